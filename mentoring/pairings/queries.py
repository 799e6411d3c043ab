"""Pairings as pages and other rooms read them. Who may see one is decided by the query that loads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.audit.service import About
from academy.errors import NotFound
from academy.invites.times import UK, utc_to_local
from mentoring.pairings import rules
from mentoring.pairings.rules import Health
from mentoring.pairings.tables import PairingStatus
from mentoring.profiles.tables import Side


class PairingView(msgspec.Struct, frozen=True, kw_only=True):
    """A pairing with the names around it. Reasons of declining and ending are for coordinators: see ``StaffView``."""

    id: UUID
    round: UUID
    round_slug: str
    round_name: str
    rhythm_weeks: int
    mentor: UUID
    mentor_name: str
    mentor_address: str
    mentor_organisation: str
    mentee: UUID
    mentee_name: str
    mentee_address: str
    mentee_organisation: str
    mentor_profile: UUID
    mentee_profile: UUID
    run: UUID | None
    status: PairingStatus
    score: int | None
    points: dict[str, int]
    proposed_at: datetime | None
    answer_by: datetime | None
    answered_at: datetime | None
    starts_on: date | None
    ends_on: date | None
    paused_until: date | None
    resumed_on: date | None
    ended_at: datetime | None
    ended_by: UUID | None
    last_met_on: date | None
    next_meeting_at: datetime | None
    meetings: int
    """Held."""
    minutes: int
    """Spent in them."""
    nudged_at: datetime | None
    listed_at: datetime | None
    followed_at: datetime | None
    version: int
    created_at: datetime

    @property
    def live(self) -> bool:
        return self.status in rules.LIVE

    @property
    def about(self) -> About:
        """What audit lines and mails are about."""
        return About("pairing", self.id, self.round_name)

    def side_of(self, person: UUID) -> Side | None:
        """As what this person takes part; none for everybody else."""
        if person == self.mentor:
            return Side.MENTOR
        return Side.MENTEE if person == self.mentee else None

    def other(self, person: UUID) -> tuple[UUID, str]:
        """The other of the two, with their name."""
        return (self.mentee, self.mentee_name) if person == self.mentor else (self.mentor, self.mentor_name)

    def health(self, now: datetime) -> Health:
        return rules.health(self, now=now)


class StaffView(PairingView, frozen=True, kw_only=True):
    """The same with what only coordinators read."""

    decline_reason: str
    decline_note: str
    end_reason: str
    let_down: str


_PAIRING = """
    SELECT x.*, r.slug AS round_slug, r.name AS round_name, r.rhythm_weeks,
           p.name AS mentor_name, pa.address AS mentor_address, po.name AS mentor_organisation,
           q.name AS mentee_name, qa.address AS mentee_address, qo.name AS mentee_organisation,
           t.organisation_name AS mentor_organisation_then, s.organisation_name AS mentee_organisation_then,
           (SELECT min(m.starts_at) FROM meeting m WHERE m.pairing = x.id AND m.status = 'planned'
               AND m.starts_at > :now) AS next_meeting_at,
           (SELECT count(*) FROM meeting m WHERE m.pairing = x.id AND m.status = 'held') AS meetings,
           (SELECT coalesce(sum(m.minutes), 0) FROM meeting m WHERE m.pairing = x.id AND m.status = 'held') AS minutes
    FROM pairing x
    JOIN mentoring_round r ON r.id = x.round
    JOIN person p ON p.id = x.mentor JOIN person q ON q.id = x.mentee
    JOIN mentor_profile t ON t.id = x.mentor_profile JOIN mentee_profile s ON s.id = x.mentee_profile
    LEFT JOIN email_address pa ON pa.person = p.id AND pa."primary"
    LEFT JOIN email_address qa ON qa.person = q.id AND qa."primary"
    LEFT JOIN organisation po ON po.id = t.organisation LEFT JOIN organisation qo ON qo.id = s.organisation
    WHERE
"""
_TYPES: dict[str, type] = {"next_meeting_at": datetime, "meetings": int, "minutes": int}
_NEWEST = " ORDER BY x.created_at DESC, x.id"


def _query(where: str) -> database.CompiledSQL:
    return database.compiled_sql(f"{_PAIRING} {where}", types=_TYPES)


_ONE = _query("x.id = :pairing")
_OF_TWO = _query("x.id = :pairing AND (x.mentor = :person OR x.mentee = :person)")
_OF_PERSON = _query("(x.mentor = :person OR x.mentee = :person)" + _NEWEST)
_OF_ROUND = _query("x.round = :round ORDER BY lower(q.name), x.created_at DESC, x.id")
_LIVE = "x.status IN ('draft', 'proposed', 'accepted', 'active', 'paused')"
_LIVE_OF_ROUND = _query(f"x.round = :round AND {_LIVE} ORDER BY lower(q.name), x.id")
_OF_MENTEE = _query("x.mentee_profile = :profile" + _NEWEST)
_UNFOLLOWED = _query("x.status IN ('declined', 'expired') AND x.followed_at IS NULL ORDER BY x.answered_at, x.id")
_TO_EXPIRE = _query("""
    x.status = 'proposed' AND (x.answer_by <= :now OR EXISTS (
        SELECT 1 FROM kept_apart k WHERE k.kind IN ('confidential', 'named') AND (
            k.person = x.mentor AND k.other = x.mentee OR k.person = x.mentee AND k.other = x.mentor)))
    ORDER BY x.answer_by, x.id
""")
_TO_ACTIVATE = _query("x.status = 'accepted' AND x.starts_on <= :today ORDER BY x.starts_on, x.id")
_PERHAPS_QUIET = _query(
    "x.status = 'active' AND x.listed_at IS NULL AND coalesce(x.last_met_on, x.starts_on) <= :before "
    "AND (x.nudged_at IS NULL OR x.nudged_at <= :nudged) ORDER BY x.starts_on, x.id"
)
_UNDER_WAY = _query("x.status IN ('active', 'paused') ORDER BY x.starts_on, x.id")


async def pairing(id: UUID, *, person: UUID, now: datetime) -> PairingView:
    """One of a person's pairings that they may see: a mentee sees it once the mentor has said yes.

    Raises NotFound, also for everybody else's.
    """
    row = await _OF_TWO.first(pairing=id, person=person, now=now)
    found = None if row is None else _view(row)
    if found is None or (found.mentee == person and found.status not in rules.MET):
        raise NotFound
    return found


async def pairing_for_staff(id: UUID, *, now: datetime) -> StaffView:
    """Any pairing, for coordinators and verbs. Raises NotFound."""
    row = await _ONE.first(pairing=id, now=now)
    if row is None:
        raise NotFound
    return _staff(row)


async def of_person(person: UUID, *, now: datetime) -> list[PairingView]:
    """Somebody's pairings, the newest first. What the mentor has not accepted is not among a mentee's. One query."""
    found = [_view(row) for row in await _OF_PERSON.run(person=person, now=now)]
    return [one for one in found if one.mentor == person or one.status in rules.MET]


async def of_person_for_staff(person: UUID, *, now: datetime) -> list[PairingView]:
    """All of somebody's pairings that were ever proposed, the newest first, for coordinators. One query."""
    found = [_view(row) for row in await _OF_PERSON.run(person=person, now=now)]
    return [one for one in found if one.status is not PairingStatus.DRAFT]


async def for_front(person: UUID, *, now: datetime) -> tuple[list[PairingView], list[PairingView]]:
    """Somebody's pairings as ``of_person`` gives them, and those for which a mentor was asked on their behalf and has
    not answered: of these nobody may be named. One query."""
    found = [_view(row) for row in await _OF_PERSON.run(person=person, now=now)]
    known = [one for one in found if one.mentor == person or one.status in rules.MET]
    asked = [one for one in found if one.mentee == person and one.status is PairingStatus.PROPOSED]
    return known, asked


async def of_round(round: UUID, *, now: datetime) -> list[StaffView]:
    """Every pairing of a round by the mentee's name, for coordinators. One query."""
    return [_staff(row) for row in await _OF_ROUND.run(round=round, now=now)]


async def live(round: UUID, *, now: datetime) -> list[StaffView]:
    """The pairings of a round that take a place. One query."""
    return [_staff(row) for row in await _LIVE_OF_ROUND.run(round=round, now=now)]


async def of_mentee(profile: UUID, *, now: datetime) -> list[StaffView]:
    """All that was tried for one mentee of a round, the newest first."""
    return [_staff(row) for row in await _OF_MENTEE.run(profile=profile, now=now)]


async def unfollowed(now: datetime) -> list[StaffView]:
    """Declined or expired, and nobody else has been asked yet, nor a coordinator told."""
    return [_staff(row) for row in await _UNFOLLOWED.run(now=now)]


async def to_expire(now: datetime) -> list[StaffView]:
    """Proposals that were not answered in time, or whose two are kept apart by now."""
    return [_staff(row) for row in await _TO_EXPIRE.run(now=now)]


async def to_activate(today: date, *, now: datetime) -> list[StaffView]:
    """Accepted pairings whose day has come."""
    return [_staff(row) for row in await _TO_ACTIVATE.run(today=today, now=now)]


async def perhaps_quiet(now: datetime) -> list[StaffView]:
    """Active pairings that may be due for a nudge or the coordinator's list, as ``rules.health`` decides. One query."""
    before = utc_to_local(now, UK).date() - min(rules.QUIET_AFTER_START, rules.QUIET_AFTER_MEETING)
    found = await _PERHAPS_QUIET.run(before=before, nudged=now - rules.LISTED_AFTER_NUDGE, now=now)
    return [_staff(row) for row in found]


async def under_way(now: datetime) -> list[StaffView]:
    """Active and paused pairings of all rounds."""
    return [_staff(row) for row in await _UNDER_WAY.run(now=now)]


async def health(round: UUID, *, now: datetime) -> list[tuple[StaffView, Health]]:
    """Pairings of a round under way with how they are."""
    return [(one, one.health(now)) for one in await live(round, now=now) if one.status in rules.UNDER_WAY]


_TAKEN = database.compiled_sql("""
    SELECT mentor_profile, count(*) AS taken FROM pairing
    WHERE round = :round AND status IN ('draft', 'proposed', 'accepted', 'active', 'paused') GROUP BY mentor_profile
""")


async def places_taken(round: UUID) -> dict[UUID, int]:
    """How many places of each mentor profile are taken; mentors with none taken are not in it."""
    return {row["mentor_profile"]: row["taken"] for row in await _TAKEN.run(round=round)}


_SETTLED = database.compiled_sql("""
    SELECT DISTINCT mentee_profile FROM pairing
    WHERE round = :round AND status IN ('draft', 'proposed', 'accepted', 'active', 'paused', 'completed')
""")


async def settled(round: UUID) -> set[UUID]:
    """The mentee profiles of a round that wait for nobody: they have a pairing, or have completed theirs. One query."""
    return {row["mentee_profile"] for row in await _SETTLED.run(round=round)}


_LET_DOWN = database.compiled_sql("""
    SELECT DISTINCT x.mentor FROM pairing x
    WHERE x.round = :round AND x.status = 'ended_early' AND x.let_down = 'mentor' AND NOT EXISTS (
        SELECT 1 FROM pairing y WHERE y.round = x.round AND y.mentor = x.mentor AND y.created_at > x.ended_at)
""")


async def let_down(round: UUID) -> set[UUID]:
    """Mentors whom a mentee of this round has left, and who were not asked for anybody since; persons. One query."""
    return {row["mentor"] for row in await _LET_DOWN.run(round=round)}


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """A pairing of two people that is over, of whichever round."""

    mentor: UUID
    mentee: UUID
    round: UUID
    status: PairingStatus
    end_reason: str
    both_again: bool
    """Both said at the end that they would go on."""


_HISTORY = database.compiled_sql("""
    SELECT x.mentor, x.mentee, x.round, x.status, x.end_reason,
           (SELECT count(*) FROM pairing_evaluation e WHERE e.pairing = x.id AND e.again) AS again
    FROM pairing x
    WHERE x.status IN ('completed', 'ended_early', 'declined', 'expired')
        AND x.mentee IN (SELECT person FROM mentee_profile WHERE round = :round)
    ORDER BY x.created_at, x.id
""")


async def history(round: UUID) -> list[Earlier]:
    """What was between the mentees of a round and mentors, in any round, and is over. One query."""
    return [
        Earlier(
            mentor=row["mentor"],
            mentee=row["mentee"],
            round=row["round"],
            status=PairingStatus(row["status"]),
            end_reason=row["end_reason"],
            both_again=row["again"] == 2,
        )
        for row in await _HISTORY.run(round=round)
    ]


_NO_TIME = database.compiled_sql("""
    SELECT DISTINCT mentor FROM pairing WHERE round = :round AND status = 'declined' AND decline_reason = 'no_time'
""")


async def without_time(round: UUID) -> set[UUID]:
    """The mentors who said in this round that they have no time; persons."""
    return {row["mentor"] for row in await _NO_TIME.run(round=round)}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One step in the life of a pairing."""

    at: datetime
    from_status: str
    to_status: PairingStatus
    by_name: str
    note: str


_CHANGES = database.compiled_sql("""
    SELECT c.at, c.from_status, c.to_status, coalesce(p.name, 'The academy') AS by_name, c.note
    FROM pairing_change c LEFT JOIN person p ON p.id = c."by" WHERE c.pairing = :pairing ORDER BY c.at, c.id
""")


async def changes(pairing: UUID) -> list[Change]:
    """How a pairing came to be as it is, the first step first; for coordinators."""
    found = [
        Change(**{**row, "to_status": PairingStatus(row["to_status"])}) for row in await _CHANGES.run(pairing=pairing)
    ]
    way = list(PairingStatus)  # two steps of one instant, such as yes and the first day
    return sorted(found, key=lambda step: (step.at, way.index(step.to_status)))


def _view(row: dict[str, Any]) -> PairingView:
    return PairingView(**_values(row, PairingView.__struct_fields__))


def _staff(row: dict[str, Any]) -> StaffView:
    return StaffView(**_values(row, StaffView.__struct_fields__))


def _values(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    told = {
        **row,
        "status": PairingStatus(row["status"]),
        "points": msgspec.json.decode(row["points"], type=dict[str, int]),
        "mentor_address": row["mentor_address"] or "",
        "mentee_address": row["mentee_address"] or "",
        "mentor_organisation": row["mentor_organisation"] or row["mentor_organisation_then"],
        "mentee_organisation": row["mentee_organisation"] or row["mentee_organisation_then"],
    }
    return {name: told[name] for name in names}
