"""Who is where in a round. Every number of the reports is the length of one of these lists. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

import msgspec

from academy.invites.times import utc_to_local
from academy.web.words import counted
from mentoring.pairings import rules as pairing_rules
from mentoring.pairings.queries import StaffView
from mentoring.pairings.rules import LIVE, UNDER_WAY, Health
from mentoring.pairings.tables import DeclineReason, PairingStatus
from mentoring.profiles.queries import MenteeView, MentorView
from mentoring.profiles.tables import MentorStatus, PoolStatus
from mentoring.reports.queries import Facts

S = PairingStatus


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list of people: somebody in the round, and whom they are or were paired with."""

    person: UUID
    name: str
    address: str
    organisation: str
    other: UUID | None = None
    other_name: str = ""
    state: str
    since: date | None = None
    note: str = ""


def of_mentees(facts: Facts) -> dict[str, list[MenteeView]]:
    """Where each mentee who takes part stands, each in one list: paired, asked, completed, unmatched or waiting."""
    live = {each.mentee_profile: each.status for each in facts.pairings if each.status in LIVE}
    done = {each.mentee_profile for each in facts.pairings if each.status is S.COMPLETED}
    found: dict[str, list[MenteeView]] = {key: [] for key in ("paired", "asked", "completed", "unmatched", "waiting")}
    for each in facts.mentees:
        if each.status is PoolStatus.WITHDRAWN and each.id not in live and each.id not in done:
            continue
        if each.id in live:
            key = "paired" if live[each.id] in UNDER_WAY else "asked"
        elif each.id in done:
            key = "completed"
        else:
            key = "unmatched" if each.status is PoolStatus.NO_MATCH_FOUND else "waiting"
        found[key].append(each)
    return found


def pairings_in(facts: Facts, *statuses: PairingStatus) -> list[StaffView]:
    return [each for each in facts.pairings if each.status in statuses]


def of_health(facts: Facts, health: Health) -> list[StaffView]:
    return [each for each in facts.pairings if each.health(facts.now) is health]


def listed(facts: Facts) -> list[StaffView]:
    """Silent: nothing after the nudge, so that they stand on the coordinator's list."""
    return [
        each
        for each in facts.pairings
        if each.status is S.ACTIVE and (each.listed_at is not None or each.health(facts.now) is Health.SILENT)
    ]


def parted(facts: Facts) -> list[StaffView]:
    """Ended early, and the mentee has nobody since."""
    found = of_mentees(facts)
    waiting = {each.id for key in ("waiting", "unmatched") for each in found[key]}
    return [each for each in pairings_in(facts, S.ENDED_EARLY) if each.mentee_profile in waiting]


def late(facts: Facts) -> list[StaffView]:
    """Proposals past their date."""
    return [each for each in pairings_in(facts, S.PROPOSED) if each.answer_by and each.answer_by <= facts.now]


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """What mentors of a round can take at one time."""

    offered: int
    taken: int
    free: int
    paused: int
    """Not taken, of mentors who take nobody new at the moment."""


def active_mentors(facts: Facts) -> list[MentorView]:
    return [each for each in facts.mentors if each.status is MentorStatus.ACTIVE]


def free_places(facts: Facts) -> dict[UUID, int]:
    """By mentor profile, of active mentors, also of those who pause."""
    taken = Counter(each.mentor_profile for each in facts.pairings if each.status in LIVE)
    return {each.id: max(0, each.capacity - taken[each.id]) for each in active_mentors(facts)}


def with_free_places(facts: Facts, *, paused: bool = False) -> list[MentorView]:
    free, today = free_places(facts), _day(facts.now)
    return [each for each in active_mentors(facts) if free[each.id] and each.takes_new(today) is not paused]


def with_mentees(facts: Facts) -> list[MentorView]:
    taken = {each.mentor_profile for each in facts.pairings if each.status in LIVE}
    return [each for each in facts.mentors if each.id in taken]


def places(facts: Facts) -> Places:
    free = free_places(facts)
    return Places(
        offered=sum(each.capacity for each in active_mentors(facts)),
        taken=sum(each.status in LIVE for each in facts.pairings),
        free=sum(free[each.id] for each in with_free_places(facts)),
        paused=sum(free[each.id] for each in with_free_places(facts, paused=True)),
    )


STATE_WORDS: dict[str, str] = {
    "paired": "Paired",
    "asked": "Mentor asked",
    "completed": "Completed",
    "unmatched": "No mentor found",
    "waiting": "Waits",
}


# --------------------------------------------------------------------- lists
LISTS: dict[str, tuple[str, Callable[[Facts], list[Line]]]] = {
    "mentees": ("Mentees", lambda facts: _mentees(facts, *STATE_WORDS)),
    "paired": ("Mentees who are paired", lambda facts: _mentees(facts, "paired")),
    "asked": ("Mentees whose mentor has been asked", lambda facts: _mentees(facts, "asked")),
    "waiting": ("Mentees who wait for a suggestion", lambda facts: _mentees(facts, "waiting")),
    "unmatched": ("Mentees for whom no mentor was found", lambda facts: _mentees(facts, "unmatched")),
    "done": ("Mentees who have completed", lambda facts: _mentees(facts, "completed")),
    "silent": ("Pairs that are silent", lambda facts: [_pair(each) for each in listed(facts)]),
    "quiet": ("Pairs that are quiet", lambda facts: [_pair(each) for each in of_health(facts, Health.QUIET)]),
    "late": ("Mentors who have not answered in time", lambda facts: [_answer(each) for each in late(facts)]),
    "completed": (
        "Pairings that are completed",
        lambda facts: [_pair(each) for each in pairings_in(facts, S.COMPLETED)],
    ),
    "ended": ("Pairings that ended early", lambda facts: [_pair(each) for each in pairings_in(facts, S.ENDED_EARLY)]),
    "parted": ("Pairs that ended, whose mentee waits", lambda facts: [_parted(each) for each in parted(facts)]),
    "declined": ("Mentors who said no", lambda facts: [_answer(each) for each in pairings_in(facts, S.DECLINED)]),
    "expired": (
        "Mentors who never answered",
        lambda facts: [_answer(each) for each in pairings_in(facts, S.EXPIRED)],
    ),
    "mentors": ("Mentors", lambda facts: _mentors(facts, active_mentors(facts))),
    "taken": ("Mentors with mentees", lambda facts: _mentors(facts, with_mentees(facts))),
    "free": ("Mentors with free places", lambda facts: _mentors(facts, with_free_places(facts))),
    "paused": (
        "Mentors who pause, with free places",
        lambda facts: _mentors(facts, with_free_places(facts, paused=True)),
    ),
}
"""What each number opens: the heading and its people."""


def _mentees(facts: Facts, *keys: str) -> list[Line]:
    """Mentees of these states, with the mentor they have, had or may get; by name."""
    tried: dict[UUID, list[StaffView]] = defaultdict(list)
    for each in facts.pairings:
        tried[each.mentee_profile].append(each)
    found = of_mentees(facts)
    lines = [_mentee(key, one, tried[one.id]) for key in keys for one in found[key]]
    return sorted(lines, key=lambda line: (line.name.casefold(), str(line.person)))


def _mentee(key: str, one: MenteeView, tried: list[StaffView]) -> Line:
    with_mentor = {"paired": UNDER_WAY, "asked": LIVE, "completed": {S.COMPLETED}}.get(key, ())
    pairing = next((each for each in tried if each.status in with_mentor), None)
    return Line(
        person=one.person,
        name=one.name,
        address=one.address,
        organisation=one.organisation_name,
        other=pairing.mentor if pairing else None,
        other_name=pairing.mentor_name if pairing else "",
        state=STATE_WORDS[key],
        since=_day((pairing.answered_at or pairing.created_at) if pairing else one.created_at),
    )


def _pair(one: StaffView) -> Line:
    met = counted(one.meetings, "meeting")
    return Line(
        person=one.mentee,
        name=one.mentee_name,
        address=one.mentee_address,
        organisation=one.mentee_organisation,
        other=one.mentor,
        other_name=one.mentor_name,
        state=pairing_rules.CALLED[one.status],
        since=one.last_met_on or one.starts_on,
        note=met if one.meetings else "No meeting yet",
    )


def _parted(one: StaffView) -> Line:
    """With why it ended, which is for coordinators."""
    return msgspec.structs.replace(
        _pair(one), since=_day(one.ended_at) if one.ended_at else None, note=one.end_reason or "Nobody said why"
    )


def _answer(one: StaffView) -> Line:
    """The mentor who answered, and about whom they were asked."""
    reason = one.decline_reason
    return Line(
        person=one.mentor,
        name=one.mentor_name,
        address=one.mentor_address,
        organisation=one.mentor_organisation,
        other=one.mentee,
        other_name=one.mentee_name,
        state=pairing_rules.CALLED[one.status],
        since=_day(one.answered_at) if one.answered_at else None,
        note=pairing_rules.REASONS[DeclineReason(reason)] if reason in {*DeclineReason} else "",
    )


def _mentors(facts: Facts, found: list[MentorView]) -> list[Line]:
    free, today = free_places(facts), _day(facts.now)
    return [_mentor(each, free.get(each.id, 0), takes_new=each.takes_new(today)) for each in found]


def _mentor(one: MentorView, free: int, *, takes_new: bool) -> Line:
    withdrawn = one.status is MentorStatus.WITHDRAWN
    return Line(
        person=one.person,
        name=one.name,
        address=one.address,
        organisation=one.organisation_name,
        state="Withdrawn" if withdrawn else "Takes part" if takes_new else "Paused",
        since=_day(one.created_at),
        note="" if withdrawn else f"{free} of {counted(one.capacity, 'place')} free",
    )


def _day(instant: datetime) -> date:
    return utc_to_local(instant).date()
