"""What coordinators type about certificates, and what people paste to have one checked."""

from __future__ import annotations

import re

import msgspec

from academy.alumni import rules
from academy.web.forms import Reader

_CODE = re.compile(r"[A-Za-z0-9_-]{22}")


class Correction(msgspec.Struct, frozen=True):
    """What a new certificate says in place of an old one. Durations are whole minutes."""

    name: str
    contact_minutes: int
    cpd_minutes: int


def parse_correction(fields: dict[str, str]) -> Correction:
    """Raises Invalid."""
    reader = Reader(fields)
    name = reader.text("name", "Enter the name as it should stand on the certificate.", most=120, label="The name")
    contact = reader.whole("contact_minutes", "Enter the contact time in minutes.", low=0, high=rules.MOST_MINUTES)
    cpd = reader.whole("cpd_minutes", "Enter the CPD time in minutes, or 0.", low=0, high=rules.MOST_MINUTES)
    reader.done()
    return Correction(name, contact or 0, cpd or 0)


def parse_reason(fields: dict[str, str]) -> str:
    """Raises Invalid."""
    reader = Reader(fields)
    reason = reader.text("reason", "Enter why the certificate is revoked.", most=300, label="The reason")
    reader.done()
    return reason


def looks_like_a_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def code_in(text: str) -> str:
    """The code in what somebody pasted: the code itself or the whole address; empty if there is none."""
    last = text.strip().split("?")[0].split("#")[0].rstrip("/").rpartition("/")[2].strip(" .,;<>\"'")
    return last if looks_like_a_code(last) else ""
