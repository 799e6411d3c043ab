"""The building blocks of a letter: what a mail's ``body.j2`` may say. Pure.

A body is run once; each block in it goes into one list, and the HTML and the plain text are two printings of
that list. So both say the same, and what people typed is escaped in one place.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of a letter; which fields it uses depends on ``kind``."""

    kind: str
    text: str = ""
    link: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


class Blocks:
    """Collects the blocks of one letter. Its public methods are the words a ``body.j2`` has."""

    def __init__(self) -> None:
        self.all: list[Block] = []
        self.preview_text = ""
        self.why_text = ""

    def words(self) -> dict[str, Callable[..., str]]:
        """The blocks by the names that templates use."""
        return {
            "preview": self.preview,
            "heading": self.heading,
            "paragraph": self.paragraph,
            "facts": self.facts,
            "button": self.button,
            "links": self.links,
            "bullets": self.bullets,
            "schedule": self.schedule,
            "changes": self.changes,
            "quote": self.quote,
            "why": self.why,
        }

    def preview(self, text: str = "", *, caller: Callable[[], str] | None = None) -> str:
        """The line that inboxes show beside the subject."""
        self.preview_text = _flow(text, caller)
        return ""

    def heading(self, text: str = "", *, caller: Callable[[], str] | None = None) -> str:
        """A heading; the first is the title of the letter."""
        return self._add(Block(kind="heading", text=_flow(text, caller)))

    def paragraph(self, text: str = "", *, caller: Callable[[], str] | None = None) -> str:
        """A paragraph; line breaks in it are only spaces. An empty one is left out."""
        text = _flow(text, caller)
        return self._add(Block(kind="paragraph", text=text)) if text else ""

    def facts(self, rows: Sequence[tuple[str, str | int]]) -> str:
        """Names and values, one to a line; those without a value are left out."""
        kept = tuple((name, _flow(str(value))) for name, value in rows if str(value).strip())
        return self._add(Block(kind="facts", rows=kept)) if kept else ""

    def button(self, text: str, link: str) -> str:
        """The one thing to do."""
        return self._add(Block(kind="button", text=_flow(text), link=link))

    def links(self, rows: Sequence[tuple[str, str]]) -> str:
        """Other things to do; those without a link are left out."""
        kept = tuple((_flow(text), link) for text, link in rows if link)
        return self._add(Block(kind="links", rows=kept)) if kept else ""

    def bullets(self, rows: Sequence[str]) -> str:
        """Short lines, one to a bullet."""
        kept = tuple((_flow(row),) for row in rows if row.strip())
        return self._add(Block(kind="bullets", rows=kept)) if kept else ""

    def schedule(self, sessions: Sequence[Mapping[str, str]]) -> str:
        """Sessions, each with title, when and place."""
        rows = tuple((_flow(each["title"]), _flow(each["when"]), _flow(each["place"])) for each in sessions)
        return self._add(Block(kind="schedule", rows=rows)) if rows else ""

    def changes(self, rows: Sequence[Mapping[str, str]]) -> str:
        """What is different: what it is about, before, after."""
        kept = tuple((_flow(each["what"]), _flow(each["before"]), _flow(each["after"])) for each in rows)
        return self._add(Block(kind="changes", rows=kept)) if kept else ""

    def quote(self, text: str) -> str:
        """Somebody's own words, their line breaks kept. Empty words are left out."""
        rows = tuple((line,) for line in text.split("\n") if line.strip())
        return self._add(Block(kind="quote", rows=rows)) if rows else ""

    def why(self, text: str = "", *, caller: Callable[[], str] | None = None) -> str:
        """Why this person gets this mail: the last lines of the letter."""
        self.why_text = _flow(text, caller)
        return ""

    def _add(self, block: Block) -> str:
        self.all.append(block)
        return ""


def _flow(text: str, caller: Callable[..., Any] | None = None) -> str:
    return " ".join((caller() if caller is not None else text).split())
