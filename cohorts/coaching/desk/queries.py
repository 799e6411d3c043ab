"""Coaching in numbers and tables, for coordinators: dates, attendance and counts, never what somebody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy import database
from academy.database.transactions import Row
from cohorts.coaching.bookings import queries as bookings
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits.rules import Balance
from cohorts.coaching.record.circle import OWN_COACH
from cohorts.enrolment.tables import EnrolmentStatus

ANSWER_WITHIN = timedelta(days=2)
"""A coach who has not answered a request for so long is a matter for the coordinator."""
MARK_WITHIN = timedelta(days=2)
"""So long after a session its coach may take to say how it went."""


# ------------------------------------------------------------------ a cohort
class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The coaching of one cohort, as far as somebody has to decide something. Instants are UTC."""

    cohort: UUID
    code: str
    name: str
    programme_name: str
    zone: str
    last_ends_at: datetime | None
    expire_days: int | None
    idle: int
    """People with sessions left and none to come."""
    unanswered: int
    """Requests that a coach has not answered for ``ANSWER_WITHIN``."""
    unmarked: int
    """Sessions that were over ``MARK_WITHIN`` ago, and nobody has said how they went."""

    @property
    def expires_at(self) -> datetime | None:
        """When what is left ends; none: it stays."""
        if self.last_ends_at is None or self.expire_days is None:
            return None
        return self.last_ends_at + timedelta(days=self.expire_days)


_FIGURES = """
SELECT c.id AS cohort, c.code, c.name, c.zone, c.last_ends_at, p.name AS programme_name, r.expire_days,
    (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status = 'enrolled'
        AND coalesce((SELECT sum(l.change) FROM credit_entry l WHERE l.enrolment = e.id),
                     CASE WHEN c.status = 'closed' THEN 0 ELSE r.credits END) > 0
        AND NOT EXISTS (SELECT 1 FROM coaching_session s WHERE s.enrolment = e.id
                        AND s.status IN ('requested', 'booked') AND s.ends_at > :now)) AS idle,
    (SELECT count(*) FROM enrolment e JOIN coaching_session s ON s.enrolment = e.id
        LEFT JOIN move_request m ON m.session = s.id AND m.state = 'open'
        WHERE e.cohort = c.id AND s.ends_at > :now
        AND ((s.status = 'requested' AND s.created_at <= :asked AND NOT EXISTS (SELECT 1 FROM coaching_change g
                  WHERE g.session = s.id AND g.verb = 'ask_coach' AND g.at > :asked))
             OR (s.status = 'booked' AND m.asked_at <= :asked))) AS unanswered,
    (SELECT count(*) FROM enrolment e JOIN coaching_session s ON s.enrolment = e.id
        WHERE e.cohort = c.id AND s.status = 'booked' AND s.ends_at <= :held) AS unmarked
FROM cohort c JOIN programme p ON p.id = c.programme JOIN coaching_rules r ON r.programme = c.programme
"""
_OF_ONE = database.compiled_sql(_FIGURES + "WHERE c.id = :cohort")
_OF_ALL = database.compiled_sql(_FIGURES + "WHERE c.status IN ('open', 'closed') ORDER BY c.code")


async def figures_of(cohort: UUID, *, now: datetime) -> Figures | None:
    """One cohort's coaching in numbers; none where its programme has no coaching."""
    row = await _OF_ONE.first(cohort=cohort, now=now, asked=now - ANSWER_WITHIN, held=now - MARK_WITHIN)
    return None if row is None else Figures(**row)


async def figures_of_all(*, now: datetime) -> dict[UUID, Figures]:
    """The same of every cohort that is published and has coaching, in one query."""
    rows = await _OF_ALL.run(now=now, asked=now - ANSWER_WITHIN, held=now - MARK_WITHIN)
    return {row["cohort"]: Figures(**row) for row in rows}


class Coached(msgspec.Struct, frozen=True, kw_only=True):
    """One person of a cohort, and how far their coaching is."""

    enrolment: UUID
    person: UUID
    name: str
    address: str
    organisation: str
    status: EnrolmentStatus
    coach: UUID | None
    """The one they have chosen, or had last."""
    coach_name: str
    coach_gone: bool
    """That coach coaches in the programme no longer, so that another one can be chosen."""
    balance: Balance
    sessions: list[SessionView]
    last: SessionView | None
    """The latest that took place."""
    next: SessionView | None
    unmarked: int
    """Over, and nobody has said how they went."""

    @property
    def enrolled(self) -> bool:
        return self.status is EnrolmentStatus.ENROLLED

    @property
    def is_idle(self) -> bool:
        """Has something left to book with, and nothing to come."""
        return self.enrolled and self.balance.left > 0 and self.next is None

    @property
    def delivered(self) -> int:
        """Coaching sessions that took place; chemistry calls are ``calls``."""
        return sum(each.status is SessionStatus.COMPLETED for each in self.sessions if _is_coaching(each))

    @property
    def calls(self) -> int:
        return sum(each.status is SessionStatus.COMPLETED for each in self.sessions if not _is_coaching(each))

    @property
    def missed(self) -> int:
        return sum(each.status is SessionStatus.NO_SHOW_COACHEE for each in self.sessions)


_PEOPLE = f"""
SELECT en.id AS enrolment, en.person, n.name, coalesce(m.address, '') AS address,
       coalesce(o.name, en.organisation_name) AS organisation, en.status, k.id AS coach,
       coalesce(kn.name, '') AS coach_name, k.left_at, w.id AS coaches_here
FROM enrolment en JOIN cohort c ON c.id = en.cohort JOIN person n ON n.id = en.person
LEFT JOIN email_address m ON m.person = en.person AND m."primary"
LEFT JOIN organisation o ON o.id = en.organisation
LEFT JOIN coach k ON k.id = {OWN_COACH}
LEFT JOIN person kn ON kn.id = k.person
LEFT JOIN coach_programme w ON w.coach = k.id AND w.programme = c.programme AND w.ended_at IS NULL
WHERE en.cohort = :cohort AND {{which}} ORDER BY lower(n.name), n.name, en.id
"""
_OF_COHORT = database.compiled_sql(
    _PEOPLE.replace(
        "{which}",
        "(en.status = 'enrolled' OR EXISTS (SELECT 1 FROM coaching_session s WHERE s.enrolment = en.id))",
    )
)
_OF_ENROLMENT = database.compiled_sql(_PEOPLE.replace("{which}", "en.id = :enrolment"))


def _is_coaching(session: SessionView) -> bool:
    return session.kind is SessionKind.COACHING


async def coached(cohort: UUID, *, now: datetime) -> list[Coached]:
    """Everybody who has or had coaching in a cohort, by name, in a constant number of queries."""
    rows = await _OF_COHORT.run(cohort=cohort)
    sessions: dict[UUID, list[SessionView]] = {}
    for each in await bookings.of_cohort(cohort):
        sessions.setdefault(each.enrolment, []).append(each)
    return await _coached(rows, sessions, now=now)


async def one_coached(cohort: UUID, enrolment: UUID, *, now: datetime) -> Coached | None:
    """One person of a cohort, whatever became of their place; none if it is of another cohort."""
    rows = await _OF_ENROLMENT.run(cohort=cohort, enrolment=enrolment)
    if not rows:
        return None
    (found,) = await _coached(rows, {enrolment: await bookings.of_enrolment(enrolment)}, now=now)
    return found


async def _coached(rows: Sequence[Row], sessions: dict[UUID, list[SessionView]], *, now: datetime) -> list[Coached]:
    balances = await credits.balances([row["enrolment"] for row in rows])
    found = []
    for row in rows:
        mine = sessions.get(row["enrolment"], [])
        left_at, coaches_here = row.pop("left_at"), row.pop("coaches_here")
        held = [each for each in mine if each.status is SessionStatus.COMPLETED and _is_coaching(each)]
        found.append(
            Coached(
                **{**row, "status": EnrolmentStatus(row["status"])},
                coach_gone=row["coach"] is not None and (left_at is not None or coaches_here is None),
                balance=balances[row["enrolment"]],
                sessions=mine,
                last=held[-1] if held else None,
                next=next((each for each in mine if each.live and each.ends_at > now), None),
                unmarked=sum(each.status is SessionStatus.BOOKED and each.ends_at <= now for each in mine),
            )
        )
    return found


# -------------------------------------------------------------------- coaches
_WAITING = database.compiled_sql("""
SELECT s.coach, count(*) AS waiting FROM coaching_session s
LEFT JOIN move_request m ON m.session = s.id AND m.state = 'open'
WHERE s.ends_at > :now AND (s.status = 'requested' OR (s.status = 'booked' AND m.id IS NOT NULL))
GROUP BY s.coach
""")
_UNMARKED = database.compiled_sql("""
SELECT coach, count(*) AS unmarked FROM coaching_session WHERE status = 'booked' AND ends_at <= :now GROUP BY coach
""")
_PROGRAMMES = database.compiled_sql("""
SELECT p.id, p.slug, p.name, r.id AS rules FROM programme p LEFT JOIN coaching_rules r ON r.programme = p.id
WHERE r.id IS NOT NULL OR EXISTS (SELECT 1 FROM coach_programme m WHERE m.programme = p.id)
ORDER BY lower(p.name), p.id
""")
_LIVE_IN = database.compiled_sql("""
SELECT s.coach, count(*) AS live FROM coaching_session s JOIN enrolment e ON e.id = s.enrolment
JOIN cohort c ON c.id = e.cohort
WHERE c.programme = :programme AND s.status IN ('requested', 'booked') AND s.ends_at > :now GROUP BY s.coach
""")


async def requests_waiting(*, now: datetime) -> dict[UUID, int]:
    """How many bookings and wishes to move wait for each coach's yes."""
    return {row["coach"]: row["waiting"] for row in await _WAITING.run(now=now)}


async def unmarked(*, now: datetime) -> dict[UUID, int]:
    """How many sessions of each coach are over, and nobody has said how they went."""
    return {row["coach"]: row["unmarked"] for row in await _UNMARKED.run(now=now)}


async def live_in(programme: UUID, *, now: datetime) -> dict[UUID, int]:
    """How many sessions to come each coach has with people of a programme."""
    return {row["coach"]: row["live"] for row in await _LIVE_IN.run(programme=programme, now=now)}


class Taught(msgspec.Struct, frozen=True):
    """A programme that has coaching, or coaches."""

    id: UUID
    slug: str
    name: str
    has_rules: bool


async def programmes() -> list[Taught]:
    """Programmes with coaching or with coaches, by name."""
    return [Taught(row["id"], row["slug"], row["name"], row["rules"] is not None) for row in await _PROGRAMMES.run()]
