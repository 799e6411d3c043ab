"""The copy as one file: a ZIP of a page to read and the same for programs, from the same values."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from pathlib import Path

from academy.errors import DomainError
from academy.privacy.copying import Copy, as_json, in_words
from academy.privacy.held import As
from academy.web.templates import environment


class CannotWrite(DomainError):
    """The file cannot be written where somebody wants it."""


PAGE, PROGRAMS = "everything.html", "everything.json"


def archive(copy: Copy) -> bytes:
    """A ZIP with ``everything.html`` and ``everything.json``."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in ((PAGE, as_html(copy).encode()), (PROGRAMS, as_json(copy))):
            entry = zipfile.ZipInfo(name, copy.made_at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(entry, content)
    return file.getvalue()


def as_html(copy: Copy) -> str:
    """To read, print and search: one page that needs nothing else, at home in any browser."""
    return (
        environment()
        .get_template("academy/privacy/copy.html")
        .render(copy=copy, words=lambda cell, how=As.IT_IS: in_words(cell, copy.time_zone, how))
    )


def why_not_write(file: Path, *, force: bool) -> CannotWrite | None:
    """Why a copy cannot be kept there; asked before one is made, since that is noted."""
    if not os.access(file.parent, os.W_OK | os.X_OK):
        return CannotWrite(f"{file.parent} is no folder that can be written to. Nothing was made.")
    if os.path.lexists(file) and not force:
        return CannotWrite(f"{file} is there already. Nothing was made. Use --force to replace it.")
    return None


def write(content: bytes, file: Path) -> None:
    """Keep a copy as a file that only its owner may read, from its first octet on."""
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=".copy-")
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
    Path(draft).replace(file)
