"""What needs a coordinator, in order of urgency: a sentence, why, and one button. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from academy.invites.times import uk_day
from academy.programmes.tables import ProgrammeKind
from academy.web.words import counted
from cohorts.dashboard.queries import Figures
from cohorts.schedule.tables import CohortStatus

ASK_AFTER = timedelta(days=7)
"""Who has not replied so long after the invite is asked once more."""
ASK_WITHIN = timedelta(days=21)
"""Nobody is asked about what is further away."""
WARN_WITHIN = timedelta(days=7)
"""Too few people so near the start need a decision."""
PUBLISH_WITHIN = timedelta(days=56)
BOOK_BEFORE = timedelta(days=42)
"""Who has coaching left and none booked so near its end is reminded."""


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to decide. ``post`` is what the button does at once; else it leads to ``href``."""

    id: str
    what: str
    why: str
    action: str
    href: str = ""
    post: str = ""
    cohort: str = ""
    code: str = ""
    urgency: int = 5


def needs(one: Figures, now: datetime) -> list[Need]:
    """What this cohort needs now, the most urgent first."""
    found = [need for rule in _RULES if (need := rule(one, now)) is not None]
    named = (msgspec.structs.replace(need, cohort=one.name, code=one.code) for need in found)
    return sorted(named, key=lambda need: need.urgency)


def needs_of_all(all_figures: Iterable[Figures], now: datetime) -> list[Need]:
    """What all cohorts need, the most urgent first and the soonest cohort first among equals."""
    return sorted((need for one in all_figures for need in needs(one, now)), key=lambda need: need.urgency)


def _mails_failed(one: Figures, now: datetime) -> Need | None:
    if not one.failed_mails:
        return None
    return Need(
        id=f"{one.code}-mails",
        what=f"{counted(one.failed_mails, 'mail')} could not be delivered",
        why="The address may be wrong or closed. Each mail says why.",
        action="See the mails",
        href=f"/cohorts/{one.code}/mails?state=failed",
        urgency=1,
    )


def _below_minimum(one: Figures, now: datetime) -> Need | None:
    starts = one.first_starts_at
    if one.status is not CohortStatus.OPEN or starts is None or not now < starts <= now + WARN_WITHIN:
        return None
    if one.taken >= one.minimum:
        return None
    return Need(
        id=f"{one.code}-minimum",
        what=f"{one.taken} of at least {counted(one.minimum, 'person', 'people')} have a place",
        why=f"It starts on {uk_day(starts, one.zone)}. Go ahead, find more people, or cancel it.",
        action="Decide",
        href=f"/cohorts/{one.code}/edit",
        urgency=1,
    )


def _no_register(one: Figures, now: datetime) -> Need | None:
    if one.status is not CohortStatus.OPEN or not one.no_register or one.no_register_session is None:
        return None
    more = f" and {counted(one.no_register - 1, 'earlier session')}" if one.no_register > 1 else ""
    return Need(
        id=f"{one.code}-register",
        what=f"Nobody has taken the register of {one.no_register_title}{more}",
        why="Hours and certificates come from the register.",
        action="Take the register",
        href=f"/sessions/{one.no_register_session}/register",
        urgency=2,
    )


def _place_free(one: Figures, now: datetime) -> Need | None:
    free = one.capacity - one.taken
    if one.status is not CohortStatus.OPEN or one.next_event is None or free <= 0 or not one.waiting:
        return None
    return Need(
        id=f"{one.code}-place",
        what="A place is free" if free == 1 else f"{free} places are free",
        why=f"First on the waiting list: {one.first_waiting}.",
        action="Give the place" if free == 1 else "Give the places",
        post=f"/cohorts/{one.code}/fill",
        urgency=2,
    )


def _silent(one: Figures, now: datetime) -> Need | None:
    if one.status is not CohortStatus.OPEN or not one.silent or one.next_starts_at is None or one.invited_at is None:
        return None
    if one.kind is ProgrammeKind.WEBINAR:  # hundreds are invited, no room or lunch waits for them
        return None
    if not now < one.next_starts_at <= now + ASK_WITHIN or now - one.invited_at < ASK_AFTER:
        return None
    days = (now - one.invited_at).days
    have = "has" if one.silent == 1 else "have"
    return Need(
        id=f"{one.code}-silent",
        what=f"{counted(one.silent, 'person', 'people')} {have} not replied about "
        f"{uk_day(one.next_starts_at, one.zone)}",
        why=f"The invite went out {days} days ago." if days < 60 else "The invite went out months ago.",
        action="Remind them",
        post=f"/cohorts/{one.code}/ask-again",
        urgency=3,
    )


def _to_close(one: Figures, now: datetime) -> Need | None:
    ended = one.last_ends_at
    if one.status is not CohortStatus.OPEN or ended is None or ended > now or one.no_register:
        return None
    return Need(
        id=f"{one.code}-close",
        what="The last session is over",
        why="Close the cohort to issue the certificates.",
        action="See who completes",
        href=f"/cohorts/{one.code}/close",
        urgency=3,
    )


def _to_decide(one: Figures, now: datetime) -> Need | None:
    if not one.to_decide:
        return None
    return Need(
        id=f"{one.code}-decide",
        what=f"{counted(one.to_decide, 'certificate')} to look at",
        why="Attendance was corrected after the award.",
        action="Decide",
        href=f"/cohorts/{one.code}/close",
        urgency=4,
    )


def _to_publish(one: Figures, now: datetime) -> Need | None:
    starts = one.first_starts_at
    if one.status is not CohortStatus.PLANNED or starts is None or not now < starts <= now + PUBLISH_WITHIN:
        return None
    return Need(
        id=f"{one.code}-publish",
        what="Not published yet",
        why=f"It starts on {uk_day(starts, one.zone)}, and nobody can register.",
        action="Check and publish",
        href=f"/cohorts/{one.code}/manage",
        urgency=4,
    )


def _coaching_unanswered(one: Figures, now: datetime) -> Need | None:
    if one.coaching is None or not one.coaching.unanswered:
        return None
    number = one.coaching.unanswered
    return Need(
        id=f"{one.code}-coaching-requests",
        what=f"{counted(number, 'coaching request')} not answered for two days",
        why="Somebody waits for a coach’s yes. Ask the coach, and answer for them.",
        action="See who waits",
        href=f"/cohorts/{one.code}/coaching?show=waiting",
        urgency=2,
    )


def _coaching_unmarked(one: Figures, now: datetime) -> Need | None:
    if one.coaching is None or not one.coaching.unmarked:
        return None
    number = one.coaching.unmarked
    return Need(
        id=f"{one.code}-coaching-outcome",
        what=f"{counted(number, 'coaching session')} without an outcome",
        why="Nobody has said whether they took place. Hours and credits come from that.",
        action="See which",
        href=f"/cohorts/{one.code}/coaching?show=unmarked",
        urgency=3,
    )


def _coaching_idle(one: Figures, now: datetime) -> Need | None:
    found = one.coaching
    if found is None or not found.idle or one.status is CohortStatus.PLANNED:
        return None
    ends = found.expires_at or found.last_ends_at
    if ends is None or not now < ends <= now + BOOK_BEFORE:
        return None
    have = "has" if found.idle == 1 else "have"
    return Need(
        id=f"{one.code}-coaching-book",
        what=f"{counted(found.idle, 'person', 'people')} {have} coaching left and nothing booked",
        why=f"{'What is left ends' if found.expires_at else 'The cohort ends'} on {uk_day(ends, one.zone)}.",
        action="Remind them",
        post=f"/cohorts/{one.code}/coaching/remind",
        urgency=3,
    )


_RULES = (
    _mails_failed,
    _below_minimum,
    _no_register,
    _place_free,
    _coaching_unanswered,
    _silent,
    _to_close,
    _coaching_idle,
    _coaching_unmarked,
    _to_decide,
    _to_publish,
)
