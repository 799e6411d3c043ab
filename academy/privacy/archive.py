"""The copy as one file: a ZIP of a page to read and the same for programs, from the same values."""

from __future__ import annotations

import io
import zipfile

from academy.privacy.copying import Copy, as_json, in_words
from academy.web.templates import environment

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
        .render(copy=copy, words=lambda cell: in_words(cell, copy.time_zone))
    )
