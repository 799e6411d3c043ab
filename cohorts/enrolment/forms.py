"""What people type to register, withdraw or add somebody."""

from __future__ import annotations

import msgspec

from academy.people.rules import check_name
from academy.web.forms import Fields, Reader


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants to come, and from which organisation, as typed."""

    name: str
    address: str
    organisation: str


def registration(fields: Fields, *, by_themself: bool = True) -> Registration:
    """Read the form, from the person or from a coordinator, who may leave the organisation out. Raises Invalid."""
    reader = Reader(fields)
    name = reader.text("name", "Enter your full name." if by_themself else "Enter the person's name.", most=120)
    if name:
        reader.check("name", lambda: check_name(name))
    address = reader.email("email")
    organisation = reader.text(
        "organisation",
        "Enter the organisation you work for, or “none”." if by_themself else "",
        most=200,
        label="The organisation",
    )
    reader.done()
    return Registration(name=name, address=address, organisation=organisation)


def reason(fields: Fields, *, missing: str = "") -> str:
    """Why, in at most 300 characters; ``missing`` asks for it. Raises Invalid."""
    reader = Reader(fields)
    told = reader.text("reason", missing, most=300, lines=True, label="The reason")
    reader.done()
    return told
