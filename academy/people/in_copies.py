"""What the author of a private note is told of copies: above the field, beside the note, and after saving. Pure.

Where the academy has decided so (``Settings.notes_in_copies``), what a coach or mentor notes about somebody is part of
the copy of everything held on that person (UK GDPR article 15). Nobody finds out afterwards: the form says it, and
sends back that it has.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from academy.errors import ChangedMeanwhile

FIELD = "told"
"""Hidden in each form for a note: what the author had before their eyes."""
_TOLD = "copies"


class Copies(msgspec.Struct, frozen=True, kw_only=True):
    """What a form for one note says of copies."""

    name: str
    """Whom the note is about."""
    given: bool
    """Whether the note is part of their copy when it is saved now. False for who writes as a private person."""
    stands: bool | None = None
    """Whether it is as it stands; None before it is written."""

    @property
    def mark(self) -> str:
        """Goes into the hidden field."""
        return _TOLD if self.given else ""

    @property
    def before(self) -> str:
        """Stands above the field; nothing where the note is its author's alone."""
        asks = f"If {self.name} asks us for a copy of everything we hold about them,"
        if self.given and self.stands is False:
            return f"{asks} your note as it stands is not part of it. When you save it again, it is."
        if self.given:
            return f"{asks} this note is part of it."
        if self.stands:
            return f"{asks} your note as it stands is part of it. When you save it again, it no longer is."
        return ""

    @property
    def beside(self) -> str:
        """Stands beside a note that is in copies."""
        return f"Part of the copy of their data that {self.name} can ask for" if self.stands else ""

    def check_told(self, fields: Mapping[str, str]) -> None:
        """Raises ChangedMeanwhile if the form promised more confidence than the note would get now."""
        if self.given and fields.get(FIELD) != _TOLD:
            raise ChangedMeanwhile(
                "The academy has changed its rule since you opened this page, so nothing was saved. "
                f"If {self.name} asks us for a copy of everything we hold about them, this note is now part of it. "
                "Save again if you want to keep it so."
            )


def said(name: str, *, in_copies: bool) -> str:
    """Who can read a note that was just saved."""
    if not in_copies:
        return "Only you can read it."
    return f"Only you can read it. If {name} asks us for a copy of everything we hold about them, it is part of it."
