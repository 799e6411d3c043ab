"""What people are told about their places: mails as rows of the outbox, and invites to the sessions still to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy.accounts import links
from academy.invites import service as invites
from academy.invites.times import uk_day, uk_time
from academy.outbox import service as outbox
from academy.people.queries import Contact
from cohorts.enrolment.standing import Cohort

LINK = "enrolment"
"""The kind of signed link that manages a registration."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One fact that one person is told once. ``fact`` makes the key: a step of the enrolment's history."""

    kind: str
    fact: str
    enrolment: UUID
    contact: Contact
    reason: str = ""
    position: int | None = None
    place_held: bool = False
    held_until: datetime | None = None
    status: str = ""
    added_by: str = ""
    """The coordinator who gave the place; empty for people who act for themselves."""


def manage_path(enrolment: UUID) -> str:
    """The one address at which a registration is managed, for ever."""
    return f"/r/{links.sign(LINK, enrolment)}"


async def tell(cohort: Cohort, told: Sequence[Told], *, now: datetime) -> None:
    """Queue one mail for each."""
    if told:
        await outbox.queue_many([_letter(cohort, one, now=now) for one in told], now=now)


def _letter(cohort: Cohort, told: Told, *, now: datetime) -> outbox.Letter:
    deadline = told.held_until if told.kind == "confirm-registration" else None
    return outbox.Letter(
        kind=told.kind,
        key=f"{told.kind}:{told.enrolment}:{told.fact}",
        to=told.contact,
        context=CONTEXTS[told.kind](cohort, told, now),
        about=cohort.about,
        deadline=deadline,
    )


def _confirm(cohort: Cohort, told: Told, now: datetime) -> dict[str, Any]:
    sessions = cohort.to_come(now)
    first = next(iter(sessions), None)
    more = len(sessions) - 1
    also = f", and {'one more session' if more == 1 else f'{more} more sessions'}" if more > 0 else ""
    until = told.held_until or now
    return {
        "cohort": cohort.name,
        "when": first.when + also if first else "Dates follow",
        "place": first.where if first else "",
        "place_held": told.place_held,
        "confirm_by": f"{uk_time(until, cohort.facts.zone)} on {uk_day(until, cohort.facts.zone)}",
        "path": manage_path(told.enrolment),
    }


def _sessions(cohort: Cohort, told: Told, now: datetime) -> dict[str, Any]:
    return {
        "cohort": cohort.name,
        "sessions": [{"title": one.title, "when": one.when, "place": one.where} for one in cohort.to_come(now)],
        **({"added_by": told.added_by} if told.added_by and told.kind == "registration-confirmed" else {}),
        "manage_path": manage_path(told.enrolment),
    }


def _waiting(cohort: Cohort, told: Told, now: datetime) -> dict[str, Any]:
    first = next(iter(cohort.to_come(now)), None)
    return {
        "cohort": cohort.name,
        "when": first.when if first else "Dates follow",
        "position": told.position or 1,
        **({"added_by": told.added_by} if told.added_by else {}),
        "manage_path": manage_path(told.enrolment),
    }


def _already(cohort: Cohort, told: Told, now: datetime) -> dict[str, Any]:
    return {"cohort": cohort.name, "status": told.status, "manage_path": manage_path(told.enrolment)}


def _withdrawn(cohort: Cohort, told: Told, now: datetime) -> dict[str, Any]:
    return {
        "cohort": cohort.name,
        "reason": told.reason,
        "programme_path": f"/programmes/{cohort.programme_slug}",
    }


def _expired(cohort: Cohort, told: Told, now: datetime) -> dict[str, Any]:
    return {"cohort": cohort.name, "path": f"/cohorts/{cohort.code}/register"}


def _cancelled(cohort: Cohort, told: Told, now: datetime) -> dict[str, Any]:
    first = cohort.sessions[0] if cohort.sessions else None
    return {
        "cohort": cohort.name,
        "when": first.when if first else "",
        "reason": told.reason,
        "programme_path": f"/programmes/{cohort.programme_slug}",
    }


CONTEXTS = {
    "confirm-registration": _confirm,
    "registration-confirmed": _sessions,
    "moved-up": _sessions,
    "waiting-list-joined": _waiting,
    "already-registered": _already,
    "withdrawn-by-coordinator": _withdrawn,
    "registration-expired": _expired,
    "cohort-cancelled": _cancelled,
}


async def invite(cohort: Cohort, people: Mapping[UUID, UUID], *, now: datetime) -> None:
    """Invite people (person to enrolment) to every session still to come."""
    if not people:
        return
    paths = {person: manage_path(enrolment) for person, enrolment in people.items()}
    for session in cohort.to_come(now):
        await invites.invite(session.event, list(people), now=now, context={"cohort": cohort.name}, paths=paths)


async def uninvite(cohort: Cohort, people: Sequence[UUID], *, now: datetime) -> None:
    """Take people off every session still to come; the sessions go on without them."""
    for session in cohort.to_come(now):
        for person in people:
            await invites.withdraw(session.event, person, now=now)
