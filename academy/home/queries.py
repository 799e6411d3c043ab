"""What the pages of the roof show across rooms: the sessions of the week, who is new, one person everywhere."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.invites.rules import effective_reply
from academy.invites.tables import Reply
from academy.people.tables import MembershipCategory
from cohorts.attendance.tables import Mark
from cohorts.completion.queries import BETWEEN
from cohorts.completion.tables import OutcomeKind
from cohorts.enrolment.rules import CALLED, LIVE
from cohorts.enrolment.tables import EnrolmentStatus
from cohorts.schedule.rules import LONGEST_SESSION

WEEK = timedelta(days=7)
MOST_NEW = 12


# ------------------------------------------------------------ over all cohorts
class Soon(msgspec.Struct, frozen=True, kw_only=True):
    """One session of the next days, with how many are expected and what they answered."""

    session: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    link: str
    code: str
    cohort_name: str
    capacity: int
    enrolled: int
    coming: int
    declined: int
    invited: int
    leaders: str

    @property
    def silent(self) -> int:
        """Invited, and neither coming, nor tentative, nor declined."""
        return self.invited - self.coming - self.declined


_ANSWERED = """(SELECT count(*) FROM invitee i WHERE i.event = v.id AND i.state = 'invited' AND i.takes_part
        AND i.reply IN ({replies}) AND i.reply_sequence >= v.asked_sequence)"""
_SOON = database.compiled_sql(f"""
    SELECT s.id AS session, s.title, v.starts_at, v.ends_at, v.zone, v.place, v.link, c.code, c.name AS cohort_name,
           c.capacity,
           (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status = 'enrolled') AS enrolled,
           {_ANSWERED.format(replies="'accepted', 'tentative'")} AS coming,
           {_ANSWERED.format(replies="'declined'")} AS declined,
           (SELECT count(*) FROM invitee i WHERE i.event = v.id AND i.state = 'invited' AND i.takes_part) AS invited,
           n.name AS leader
    FROM calendar_event v
    JOIN cohort_session s ON s.event = v.id
    JOIN cohort c ON c.id = s.cohort
    LEFT JOIN facilitator f ON f.session = s.id
    LEFT JOIN person n ON n.id = f.person
    WHERE v.starts_at > :since AND v.starts_at < :until AND v.ends_at > :now
      AND s.status = 'planned' AND c.status = 'open'
    ORDER BY v.starts_at, s.id, n.name
""")  # noqa: S608


async def soon(*, now: datetime) -> list[Soon]:
    """The sessions that run or start within seven days, the next first. One query."""
    found: dict[UUID, dict[str, Any]] = {}
    leaders: dict[UUID, list[str]] = {}
    for row in await _SOON.run(now=now, since=now - LONGEST_SESSION, until=now + WEEK):
        leader = row.pop("leader")
        found.setdefault(row["session"], row)
        leaders.setdefault(row["session"], []).extend([leader] if leader else [])
    return [Soon(**row, leaders=", ".join(leaders[id])) for id, row in found.items()]


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has just registered or was added."""

    enrolment: UUID
    person: UUID
    name: str
    organisation: str
    code: str
    cohort_name: str
    status: EnrolmentStatus
    created_at: datetime
    total: int
    """How many there are in all."""

    @property
    def status_name(self) -> str:
        return CALLED[self.status]


_NEW = database.compiled_sql("""
    SELECT e.id AS enrolment, e.person, n.name, coalesce(o.name, e.organisation_name) AS organisation, c.code,
           c.name AS cohort_name, e.status, e.created_at, count(*) OVER () AS total
    FROM enrolment e
    JOIN person n ON n.id = e.person
    JOIN cohort c ON c.id = e.cohort
    LEFT JOIN organisation o ON o.id = e.organisation
    WHERE e.created_at >= :since AND e.status IN ('enrolled', 'offered', 'waitlisted')
    ORDER BY e.created_at DESC, e.id LIMIT :most
""")


async def newcomers(*, since: datetime) -> list[Newcomer]:
    """Who has come in since an instant and is still in, the latest first; at most twelve. One query."""
    rows = await _NEW.run(since=since, most=MOST_NEW)
    return [Newcomer(**{**row, "status": EnrolmentStatus(row["status"])}) for row in rows]


# ------------------------------------------------------------------ one person
class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """One session of a cohort that a person is or was in, with their answer and their attendance."""

    session: UUID
    title: str
    cancelled: bool
    starts_at: datetime
    ends_at: datetime
    zone: str
    reply: Reply | None
    """None for who is not invited (any more)."""
    reply_note: str
    mark: Mark
    minutes: int
    mark_note: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A person's place in one cohort, session by session."""

    enrolment: UUID
    cohort: UUID
    code: str
    cohort_name: str
    programme_name: str
    status: EnrolmentStatus
    position: int
    """On the waiting list; 0 for who is not on it."""
    created_at: datetime
    ended_at: datetime | None
    reason: str
    organisation: str
    job_title: str
    first_starts_at: datetime | None
    last_ends_at: datetime | None
    zone: str
    outcome: OutcomeKind | None
    missing: list[str]
    meetings: list[Meeting]

    @property
    def live(self) -> bool:
        return self.status in LIVE

    @property
    def status_name(self) -> str:
        return CALLED[self.status]

    @property
    def attended(self) -> int:
        return sum(one.mark in (Mark.PRESENT, Mark.LATE, Mark.PARTIAL) for one in self.meetings if not one.cancelled)

    @property
    def marked(self) -> int:
        return sum(one.mark is not Mark.UNMARKED for one in self.meetings if not one.cancelled)

    @property
    def minutes(self) -> int:
        """Really attended."""
        return sum(one.minutes for one in self.meetings if not one.cancelled)


_PLACES = database.compiled_sql("""
    SELECT e.id AS enrolment, e.cohort, c.code, c.name AS cohort_name, p.name AS programme_name, e.status,
           (SELECT count(*) FROM enrolment o WHERE e.status = 'waitlisted' AND o.cohort = e.cohort
               AND o.status = 'waitlisted' AND o.list_number <= e.list_number) AS position,
           e.created_at, e.ended_at, e.reason, coalesce(g.name, e.organisation_name) AS organisation, e.job_title,
           c.first_starts_at, c.last_ends_at, c.zone, ou.outcome, ou.missing
    FROM enrolment e
    JOIN cohort c ON c.id = e.cohort
    JOIN programme p ON p.id = c.programme
    LEFT JOIN organisation g ON g.id = e.organisation
    LEFT JOIN outcome ou ON ou.enrolment = e.id
    WHERE e.person = :person
""")
_MEETINGS = database.compiled_sql(
    """
    SELECT e.id AS enrolment, s.id AS session, s.title, (s.status = 'cancelled') AS cancelled, v.starts_at, v.ends_at,
           v.zone, v.asked_sequence, i.state, i.reply, i.reply_sequence, i.note AS reply_note, a.mark, a.minutes,
           a.note AS mark_note
    FROM enrolment e
    JOIN cohort_session s ON s.cohort = e.cohort
    JOIN calendar_event v ON v.id = s.event
    LEFT JOIN invitee i ON i.event = v.id AND i.person = e.person AND i.takes_part
    LEFT JOIN attendance a ON a.session = s.id AND a.enrolment = e.id
    WHERE e.person = :person ORDER BY v.starts_at, s.id
""",
    types={"cancelled": bool},
)


async def places_of(person: UUID) -> list[Place]:
    """Every cohort a person is or was in, those that they are in first, then the latest. Two queries."""
    meetings: dict[UUID, list[Meeting]] = {}
    for row in await _MEETINGS.run(person=person):
        meetings.setdefault(row["enrolment"], []).append(_meeting(row))
    places = [_place(row, meetings.get(row["enrolment"], [])) for row in await _PLACES.run(person=person)]
    places.sort(key=lambda one: (one.first_starts_at or one.created_at, one.code), reverse=True)
    return sorted(places, key=lambda one: not one.live)


def _place(row: dict[str, Any], meetings: list[Meeting]) -> Place:
    told = {
        **row,
        "status": EnrolmentStatus(row["status"]),
        "outcome": OutcomeKind(row["outcome"]) if row["outcome"] else None,
        "missing": [part for part in (row["missing"] or "").split(BETWEEN) if part],
    }
    return Place(**told, meetings=meetings)


def _meeting(row: dict[str, Any]) -> Meeting:
    reply: Reply | None = None
    if row["state"] == "invited":
        reply = effective_reply(
            Reply(row["reply"]), reply_sequence=row["reply_sequence"], asked_sequence=row["asked_sequence"]
        )
    return Meeting(
        session=row["session"],
        title=row["title"],
        cancelled=row["cancelled"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        zone=row["zone"],
        reply=reply,
        reply_note=row["reply_note"] or "",
        mark=Mark(row["mark"] or Mark.UNMARKED),
        minutes=row["minutes"] or 0,
        mark_note=row["mark_note"] or "",
    )


class Membership(msgspec.Struct, frozen=True):
    """A category of membership from a day to a day."""

    category: MembershipCategory
    from_on: date
    to_on: date | None

    @property
    def words(self) -> str:
        return self.category.value.capitalize()


_MEMBERSHIPS = database.compiled_sql(
    "SELECT category, from_on, to_on FROM membership WHERE person = :person ORDER BY from_on DESC"
)


async def memberships(person: UUID) -> list[Membership]:
    """A person's categories of membership, the latest first."""
    rows = await _MEMBERSHIPS.run(person=person)
    return [Membership(MembershipCategory(row["category"]), row["from_on"], row["to_on"]) for row in rows]


_JOINABLE = database.compiled_sql("""
    SELECT c.code, c.name, c.first_starts_at, c.zone FROM cohort c
    WHERE c.status = 'open' AND c.last_ends_at > :now AND NOT EXISTS (SELECT 1 FROM enrolment e
        WHERE e.cohort = c.id AND e.person = :person AND e.status IN ('enrolled', 'offered', 'waitlisted'))
    ORDER BY c.first_starts_at, c.name
""")


async def joinable(person: UUID, *, now: datetime) -> list[dict[str, Any]]:
    """The published cohorts that are not over and that the person is not in, the soonest first."""
    return await _JOINABLE.run(person=person, now=now)
