"""What a mail says: from ``templates/email/<name>/`` and a few plain values to subject, HTML and text. Pure.

A mail is a folder with ``subject.txt`` and ``body.j2``. The comment at the top of ``body.j2`` names each value
the mail needs and its kind, one to a line, and is enforced; ``?`` after the kind makes a value optional:

    first_name: str
    place: str?
    manage_link: link
    sessions: list(title str, when str, place str)

Kinds: ``str`` (one line) and ``text`` (line breaks kept) are made safe to print and never become links by
themselves; ``link`` is an http(s) address of ours; ``address`` an e-mail address; ``int``; ``bool``; ``list``.
``organisation`` and ``sender`` (the academy's name) are always there. Bodies are built of ``academy.outbox.blocks``.
"""

import re
import textwrap
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, Undefined
from jinja2.sandbox import SandboxedEnvironment

from academy.outbox.blocks import Blocks
from academy.outbox.plain import clean_line, clean_text, unlinked
from academy.web.theme import contrast, tokens

FOLDER = Path(__file__).parents[2] / "templates" / "email"

Value = str | int | bool | list[dict[str, str]]
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_LINE = re.compile(r"^\s*(\w+): (str|text|int|bool|link|address|list\(([\w ,?]+)\))(\?)?(?:\s.*)?$")
_LINK = re.compile(r"https?://[^\s\"'<>\\^`{|}\x00-\x20\x7f]+")
_ADDRESS = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+")
_EMPTY: dict[str, Value] = {"str": "", "text": "", "link": "", "address": "", "int": 0, "bool": False}


class Letter(msgspec.Struct, frozen=True):
    """A mail's words, without its envelope."""

    subject: str
    text: str
    html: str


class NoSuchLetter(LookupError):
    """No folder in ``templates/email`` has this name."""


class WrongContext(TypeError):
    """The values given are not those that the top of ``body.j2`` names."""


class _Field(msgspec.Struct, frozen=True):
    kind: str
    optional: bool = False
    columns: tuple[tuple[str, str, bool], ...] = ()


class _Source(msgspec.Struct, frozen=True):
    subject: Template
    body: Template
    fields: dict[str, _Field]


def render(name: str, context: Mapping[str, Value], *, brand: str, sender: str, organisation: str) -> Letter:
    """The letter ``name`` with these values, in the organisation's colour (``#4b2e83``).

    Raises NoSuchLetter, and WrongContext for values that are missing, too many, or of another kind.
    """
    source = _source(name)
    values = _checked(name, source.fields, context)
    values |= {"organisation": unlinked(clean_line(organisation)), "sender": unlinked(clean_line(sender))}
    blocks = Blocks()
    stray = source.body.render({**values, **blocks.words()}).strip()
    if stray or not blocks.all or not blocks.why_text:
        raise ValueError(f"{name}/body.j2 needs blocks and a why(), and no text outside: {stray[:60]!r}")
    subject = clean_line(" ".join(source.subject.render(values).split()))
    colours = tokens(brand)
    page: dict[str, Any] = {
        "subject": subject,
        "blocks": blocks.all,
        "preview": blocks.preview_text,
        "why": blocks.why_text,
        "sender": values["sender"],
        "organisation": values["organisation"],
        "brand": colours["--govuk-brand-colour"],
        "tint": colours["--app-tint"],
        "night_brand": _on_black(brand),
    }
    html, text = _layouts()
    return Letter(subject=subject, text=text.render(page).strip() + "\n", html=html.render(page).strip() + "\n")


def subject(name: str, context: Mapping[str, Value], *, sender: str) -> str:
    """The subject alone, for lists of mails. Raises as ``render`` does."""
    source = _source(name)
    values = _checked(name, source.fields, context) | {"sender": unlinked(clean_line(sender))}
    return clean_line(" ".join(source.subject.render(values).split()))


def fields(name: str) -> frozenset[str]:
    """The values a letter takes. Raises NoSuchLetter."""
    return frozenset(_source(name).fields)


def needed(name: str) -> frozenset[str]:
    """Those of them without which it cannot be written. Raises NoSuchLetter."""
    return frozenset(key for key, field in _source(name).fields.items() if not field.optional)


def names() -> list[str]:
    """Every letter there is."""
    return sorted(folder.name for folder in FOLDER.iterdir() if (folder / "body.j2").is_file())


class _Plain(SandboxedEnvironment):
    """Templates that see values and blocks, never the objects behind them (reliability B31)."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any | Undefined:
        if isinstance(obj, dict) and argument in obj:
            return obj[argument]
        if isinstance(obj, list | tuple) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(obj=obj, name=str(argument))


@lru_cache(maxsize=1)
def _environment() -> _Plain:
    made = _Plain(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False, auto_reload=False)
    made.globals.clear()
    return made


@lru_cache(maxsize=1)
def _layouts() -> tuple[Template, Template]:
    made = {}
    for kind in ("html", "txt"):
        environment = Environment(
            loader=FileSystemLoader(FOLDER),
            undefined=StrictUndefined,
            autoescape=kind == "html",  # noqa: S701 - the text is not HTML
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.filters["fill"] = _fill
        made[kind] = environment.get_template(f"_layout.{kind}")
    return made["html"], made["txt"]


@lru_cache(maxsize=128)
def _source(name: str) -> _Source:
    path = FOLDER / name / "body.j2"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NoSuchLetter(f"There is no mail called {name!r}.")
    comment = re.match(r"\s*\{#(.*?)#\}", path.read_text(encoding="utf-8"), re.DOTALL)
    fields = dict(filter(None, map(_field, comment.group(1).splitlines() if comment else [])))
    if taken := fields.keys() & Blocks().words().keys():
        raise ValueError(f"{name}/body.j2 gives values the names of blocks: {sorted(taken)}")
    environment = _environment()
    return _Source(
        subject=environment.get_template(f"{name}/subject.txt"),
        body=environment.get_template(f"{name}/body.j2"),
        fields=fields,
    )


def _field(line: str) -> tuple[str, _Field] | None:
    found = _LINE.match(line)
    if found is None:
        return None
    name, kind, columns, optional = found.groups()
    if columns is None:
        return name, _Field(kind=kind, optional=bool(optional))
    parts = [column.split() for column in columns.split(",")]
    typed = tuple((title, kind.rstrip("?"), kind.endswith("?")) for title, kind in parts)
    return name, _Field(kind="list", optional=bool(optional), columns=typed)


def _checked(name: str, fields: Mapping[str, _Field], context: Mapping[str, Value]) -> dict[str, Any]:
    unknown = sorted(set(context) - set(fields))
    missing = sorted(key for key, field in fields.items() if key not in context and not field.optional)
    if unknown or missing:
        raise WrongContext(f"{name}: missing {missing}, not known {unknown}")
    values: dict[str, Any] = {}
    for key, field in fields.items():
        value = context.get(key, _EMPTY.get(field.kind, []))
        if field.kind != "list":
            values[key] = _value(f"{name}: {key}", field.kind, field.optional, value)
            continue
        if not isinstance(value, list | tuple):
            raise WrongContext(f"{name}: {key} must be a list")
        values[key] = [_row(f"{name}: {key}", field, row) for row in value]
    return values


def _row(where: str, field: _Field, row: Any) -> dict[str, Any]:
    if not isinstance(row, dict) or set(row) - {title for title, _, _ in field.columns}:
        raise WrongContext(f"{where} holds dicts of {[title for title, _, _ in field.columns]}")
    try:
        return {
            title: _value(f"{where}.{title}", kind, optional, row.get(title, "") if optional else row[title])
            for title, kind, optional in field.columns
        }
    except KeyError as error:
        raise WrongContext(f"{where} lacks {error}") from error


def _value(where: str, kind: str, optional: bool, value: Any) -> str | int | bool:
    if kind in ("int", "bool"):
        if type(value) is not (int if kind == "int" else bool):
            raise WrongContext(f"{where} must be {kind}, not {type(value).__name__}")
        return value
    if not isinstance(value, str):
        raise WrongContext(f"{where} must be text, not {type(value).__name__}")
    value = str.__str__(value)  # of a StrEnum or of Markup, the letters alone
    if kind == "str":
        return unlinked(clean_line(value))
    if kind == "text":
        return unlinked(clean_text(value))
    if (value or not optional) and not (_LINK if kind == "link" else _ADDRESS).fullmatch(value):
        raise WrongContext(f"{where} must be {'a web' if kind == 'link' else 'an e-mail'} address")
    return value


@lru_cache(maxsize=16)
def _on_black(brand: str) -> str:
    """The colour, as much lighter as links need where a mail program shows a dark page (7:1)."""
    parts = bytes.fromhex(brand.removeprefix("#"))
    for share in range(0, 101, 4):
        lighter = "#" + bytes(part + (255 - part) * share // 100 for part in parts).hex()
        if contrast(lighter, "#1d1f20") >= 7:
            break
    return lighter


def _fill(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text, 74, break_long_words=False, break_on_hyphens=False, initial_indent=indent, subsequent_indent=indent
    )
