"""Coaching sessions as pages show them. Who may see one is decided by the query that loads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.errors import NotFound
from cohorts.coaching.bookings import rules
from cohorts.coaching.bookings.tables import RequestState, SessionKind, SessionStatus
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits.queries import SELECT_RULES
from cohorts.coaching.credits.rules import Balance, Rules
from cohorts.enrolment.tables import EnrolmentStatus


class RequestView(msgspec.Struct, frozen=True, kw_only=True):
    """A wish to move a session, that waits for the coach."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    note: str
    asked_at: datetime


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """A coaching session with the names around it."""

    id: UUID
    coach: UUID
    coach_person: UUID
    coach_name: str
    enrolment: UUID
    coachee: UUID
    coachee_name: str
    cohort: UUID
    cohort_code: str
    cohort_name: str
    programme: UUID
    programme_name: str
    kind: SessionKind
    status: SessionStatus
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    link: str
    coachee_note: str
    """Read by the coach; empty for staff."""
    moves: int
    """By the coachee."""
    late: bool
    minutes: int | None
    """Really spent."""
    reason: str
    waived_reason: str
    event: UUID | None
    outcome_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    confirms: bool
    """The coach says yes to each booking."""
    has_credit: bool
    """Whether it took a credit; a chemistry call may be free."""
    handed_at: datetime | None = None
    """When the academy asked this coach to take it in the place of another one who could not."""
    coach_gone: bool = False
    """The coach has left the academy or the programme since."""
    open_request: RequestView | None = None

    @property
    def live(self) -> bool:
        return self.status in rules.LIVE

    @property
    def length(self) -> int:
        """As planned, in minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def party_of(self, person: UUID) -> rules.Party | None:
        """As what this person takes part; none for everybody else."""
        if person == self.coach_person:
            return rules.Party.COACH
        return rules.Party.COACHEE if person == self.coachee else None


_SESSION = """
    SELECT s.id, s.coach, k.person AS coach_person, kp.name AS coach_name, s.enrolment, e.person AS coachee,
           ep.name AS coachee_name, h.id AS cohort, h.code AS cohort_code, h.name AS cohort_name, h.programme,
           p.name AS programme_name, s.kind, s.status, s.starts_at, s.ends_at, s.zone, s.place, s.link,
           s.coachee_note, s.moves, s.late, s.minutes, s.reason, s.waived_reason, s.event, s.outcome_at, s.created_at,
           s.ended_at, k.confirms, EXISTS (SELECT 1 FROM credit_entry l WHERE l.session = s.id) AS has_credit,
           k.left_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM coach_programme w
               WHERE w.coach = k.id AND w.programme = h.programme AND w.ended_at IS NULL) AS coach_gone,
           (SELECT g.at FROM coaching_change g WHERE g.session = s.id AND g.verb = 'ask_coach'
               ORDER BY g.at DESC LIMIT 1) AS handed_at,
           r.id AS request_id, r.starts_at AS request_starts_at, r.ends_at AS request_ends_at,
           r.note AS request_note, r.asked_at AS request_asked_at
    FROM coaching_session s
    JOIN coach k ON k.id = s.coach JOIN person kp ON kp.id = k.person
    JOIN enrolment e ON e.id = s.enrolment JOIN person ep ON ep.id = e.person
    JOIN cohort h ON h.id = e.cohort JOIN programme p ON p.id = h.programme
    LEFT JOIN move_request r ON r.session = s.id AND r.state = 'open'
    WHERE
"""
_IN_ORDER = " ORDER BY s.starts_at, s.id"
_LIVE = "s.status IN ('requested', 'booked')"


def _sessions(where: str) -> database.CompiledSQL:
    return database.compiled_sql(_SESSION + where, types={"handed_at": datetime})


_OF_TWO = _sessions("s.id = :session AND (k.person = :person OR e.person = :person)")
_BY_ID = _sessions("s.id = :session")
_OF_PERSON = _sessions("e.person = :person" + _IN_ORDER)
_OF_ENROLMENT = _sessions("s.enrolment = :enrolment" + _IN_ORDER)
_OF_COACH = _sessions("s.coach = :coach AND s.ends_at > :since AND s.starts_at < :until" + _IN_ORDER)
_OF_COHORT = _sessions("e.cohort = :cohort" + _IN_ORDER)
_BETWEEN = _sessions("s.ends_at > :since AND s.starts_at < :until" + _IN_ORDER)
_LIVE_OF_COACH = _sessions(f"s.coach = :coach AND s.ends_at > :now AND {_LIVE}" + _IN_ORDER)


async def session(id: UUID, *, person: UUID) -> SessionView:
    """A session of this person, as coach or as coachee. Raises NotFound, also for everybody else's."""
    return _one(await _OF_TWO.first(session=id, person=person))


async def session_for_staff(id: UUID) -> SessionView:
    """Any session, without what the coachee wrote to the coach. Raises NotFound."""
    return msgspec.structs.replace(await any_session(id), coachee_note="")


async def any_session(id: UUID) -> SessionView:
    """Any session, for verbs. Raises NotFound."""
    return _one(await _BY_ID.first(session=id))


async def of_person(person: UUID) -> list[SessionView]:
    """In which this person is coached, the first first."""
    return _views(await _OF_PERSON.run(person=person))


async def of_enrolment(enrolment: UUID) -> list[SessionView]:
    """Of one place in a cohort, the first first; for staff too, so without what the coachee wrote."""
    return _for_staff(await _OF_ENROLMENT.run(enrolment=enrolment))


async def of_coach(coach: UUID, *, since: datetime | None = None, until: datetime | None = None) -> list[SessionView]:
    """All that a coach has or had, for the coach; those that overlap the interval, if one is given."""
    return _views(await _OF_COACH.run(coach=coach, since=since or _PAST, until=until or _FUTURE))


async def of_cohort(cohort: UUID) -> list[SessionView]:
    """Of everybody in a cohort, for staff."""
    return _for_staff(await _OF_COHORT.run(cohort=cohort))


async def between(since: datetime, until: datetime) -> list[SessionView]:
    """Of all coaches, those that overlap the interval, for staff."""
    return _for_staff(await _BETWEEN.run(since=since, until=until))


async def live_of_coach(coach: UUID, now: datetime) -> list[SessionView]:
    """Requested or booked, and not over, the next first."""
    return _views(await _LIVE_OF_COACH.run(coach=coach, now=now))


# ------------------------------------------------------------------ one's own
class OwnCoaching(msgspec.Struct, frozen=True, kw_only=True):
    """Coaching in one of a person's places."""

    enrolment: UUID
    enrolled: bool
    """False: the place has ended, and only the past is shown."""
    programme: UUID
    programme_name: str
    cohort: UUID
    cohort_code: str
    cohort_name: str
    balance: Balance
    rules: Rules
    choice: UUID | None
    """The chosen coach, who coaches in the programme still."""
    choice_name: str
    former: UUID | None = None
    """The chosen coach, who no longer coaches in the programme: another one can be chosen."""
    former_name: str = ""
    chemistry_made: int
    chemistry_with: frozenset[UUID]
    """The coaches with whom a chemistry call is booked or was had: there is one with each."""
    sessions: list[SessionView]

    @property
    def next(self) -> SessionView | None:
        """The next live one; past ones that nobody has marked come first."""
        return next((each for each in self.sessions if each.live), None)

    @property
    def may_call(self) -> bool:
        """Whether a chemistry call can be booked, with a coach with whom there was none."""
        return rules.why_no_chemistry_call(self.rules, made=self.chemistry_made, chosen=self.choice is not None) is None


_OWN = database.compiled_sql("""
    SELECT e.id AS enrolment, e.status AS place, p.id AS programme, p.name AS programme_name, h.id AS cohort,
           h.code AS cohort_code, h.name AS cohort_name, ch.coach AS choice, coalesce(cp.name, '') AS choice_name,
           k.left_at, w.id AS coaches_here
    FROM enrolment e JOIN cohort h ON h.id = e.cohort JOIN programme p ON p.id = h.programme
    JOIN coaching_rules r ON r.programme = p.id
    LEFT JOIN coach_choice ch ON ch.enrolment = e.id LEFT JOIN coach k ON k.id = ch.coach
    LEFT JOIN coach_programme w ON w.coach = k.id AND w.programme = p.id AND w.ended_at IS NULL
    LEFT JOIN person cp ON cp.id = k.person
    WHERE e.person = :person AND (e.status = 'enrolled'
        OR EXISTS (SELECT 1 FROM coaching_session s WHERE s.enrolment = e.id))
    ORDER BY e.created_at DESC, e.id
""")
_RULES_OF_PERSON = database.compiled_sql(
    SELECT_RULES + "WHERE r.programme IN (SELECT h.programme FROM enrolment e JOIN cohort h ON h.id = e.cohort "
    "WHERE e.person = :person)"
)


async def own(person: UUID, now: datetime) -> list[OwnCoaching]:
    """A person's coaching, one for each place in a programme with coaching, the newest first. Constant queries."""
    places = await _OWN.run(person=person)
    if not places:
        return []
    known = {row["programme"]: Rules(**row) for row in await _RULES_OF_PERSON.run(person=person)}
    balances = await credits.balances([row["enrolment"] for row in places])
    sessions = await of_person(person)
    found = []
    for row in places:
        enrolled = row.pop("place") == EnrolmentStatus.ENROLLED
        left_at, coaches_here = row.pop("left_at"), row.pop("coaches_here")
        if left_at is not None or coaches_here is None:
            row |= {"former": row["choice"], "former_name": row["choice_name"], "choice": None, "choice_name": ""}
        mine = [each for each in sessions if each.enrolment == row["enrolment"]]
        found.append(
            OwnCoaching(
                **row,
                enrolled=enrolled,
                balance=balances[row["enrolment"]],
                rules=known[row["programme"]],
                chemistry_made=len(rules.calls_made(mine)),
                chemistry_with=frozenset(rules.calls_made(mine)),
                sessions=mine,
            )
        )
    return found


# ------------------------------------------------------------------- history
class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One step in the life of a session."""

    at: datetime
    verb: str
    from_status: str
    to_status: SessionStatus
    from_starts_at: datetime | None
    to_starts_at: datetime | None
    by_name: str
    reason: str


_HISTORY = database.compiled_sql("""
    SELECT c.at, c.verb, c.from_status, c.to_status, c.from_starts_at, c.to_starts_at,
           coalesce(p.name, 'The academy') AS by_name, c.reason
    FROM coaching_change c LEFT JOIN person p ON p.id = c."by" WHERE c.session = :session ORDER BY c.at, c.id
""")


async def history(session: UUID) -> list[Change]:
    """How a session came to be as it is, the first step first."""
    return [
        Change(**{**row, "to_status": SessionStatus(row["to_status"])}) for row in await _HISTORY.run(session=session)
    ]


_REQUEST = database.compiled_sql(
    "SELECT session, starts_at, ends_at, state, note FROM move_request WHERE id = :request"
)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A request to move, whatever became of it."""

    session: UUID
    starts_at: datetime
    ends_at: datetime
    state: RequestState
    note: str


async def request(id: UUID) -> Wish:
    """Raises NotFound."""
    row = await _REQUEST.first(request=id)
    if row is None:
        raise NotFound
    return Wish(**{**row, "state": RequestState(row["state"])})


_PAST = datetime.fromisoformat("1900-01-01T00:00:00+00:00")
_FUTURE = datetime.fromisoformat("2999-01-01T00:00:00+00:00")


def _one(row: dict[str, Any] | None) -> SessionView:
    if row is None:
        raise NotFound
    return _view(row)


def _views(rows: Sequence[dict[str, Any]]) -> list[SessionView]:
    return [_view(row) for row in rows]


def _for_staff(rows: Sequence[dict[str, Any]]) -> list[SessionView]:
    return [msgspec.structs.replace(_view(row), coachee_note="") for row in rows]


def _view(row: dict[str, Any]) -> SessionView:
    asked = {name: row.pop(f"request_{name}") for name in RequestView.__struct_fields__}
    return SessionView(
        **{
            **row,
            "kind": SessionKind(row["kind"]),
            "status": SessionStatus(row["status"]),
            "late": bool(row["late"]),
            "confirms": bool(row["confirms"]),
            "has_credit": bool(row["has_credit"]),
            "coach_gone": bool(row["coach_gone"]),
            "open_request": RequestView(**asked) if asked["id"] else None,
        }
    )
