"""Enrolments in the JSON API: one's own, and for coordinators everybody's.

What belongs to somebody else is answered like what does not exist. A body says what to do and never how things stand:
a status, a position or a confirmation in it is refused as unknown.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, get, post, put
from litestar.params import FromPath
from msgspec import Meta

from academy import clock, database
from academy.accounts.calls import perform
from academy.accounts.guards import actor, me
from academy.errors import NotFound
from academy.invites import service as invites
from academy.invites.rules import effective_reply
from academy.invites.tables import Reply
from academy.web import api
from academy.web.access import Who
from academy.web.api import Json, Nothing, Reason
from academy.web.forms import Fields
from cohorts.enrolment import forms, queries, service, standing
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.enrolment.tables import Source
from cohorts.schedule import queries as schedule
from cohorts.schedule.tables import CohortStatus

MINE = ["My enrolments"]
EVERYBODY = ["Enrolments"]


class Newcomer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to add to a cohort."""

    name: Annotated[str, Meta(min_length=1, max_length=120)]
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    organisation: Annotated[str, Meta(max_length=200)] = ""


class Leaving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a place is given back, if somebody wants to say so."""

    reason: Reason = ""


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether one comes to a session."""

    reply: Literal["accepted", "tentative", "declined"]
    note: Reason = ""


class RegisteredOut(msgspec.Struct, frozen=True):
    """How a registration ended."""

    enrolment: UUID
    status: S
    position: int | None
    """On the waiting list; 1 is next."""
    new: bool
    """False when the person was in already and nothing has changed."""


class MySession(msgspec.Struct, frozen=True, kw_only=True):
    """A session of a cohort that one is in."""

    id: UUID
    title: str
    status: str
    compulsory: bool
    starts_at: api.Moment
    ends_at: api.Moment
    zone: str
    place: str
    link: str
    """To join by; empty for who is not invited."""
    reply: Reply | None
    """One's own answer; null for who is not invited."""


class MyEnrolment(msgspec.Struct, frozen=True, kw_only=True):
    """One's own enrolment."""

    id: UUID
    cohort: str
    """The code of the cohort."""
    name: str
    programme_name: str
    status: S
    position: int | None
    """On the waiting list; 1 is next."""
    confirmed: bool
    held_until: api.Moment | None
    """When a place that is not confirmed goes to somebody else."""
    sessions: list[MySession]


class MyEnrolments(msgspec.Struct, frozen=True):
    """Every cohort one is or was in, the latest first."""

    enrolments: list[MyEnrolment]


class RosterLine(msgspec.Struct, frozen=True, kw_only=True):
    """One person in a cohort."""

    enrolment: UUID
    person: UUID
    name: str
    email: str
    organisation: str
    status: S
    confirmed: bool
    since: api.Moment
    """When they enrolled, joined the list, or left."""
    reason: str


class Roster(msgspec.Struct, frozen=True):
    """Who is in a cohort, by name."""

    cohort: str
    enrolments: list[RosterLine]


# --------------------------------------------------------------- one's own
_MINE = """
    SELECT as_json(e.id, id) AS enrolment, c.code, c.name, p.name AS programme_name, e.status,
           e.confirmed_at IS NOT NULL AS confirmed, as_json(e.held_until, instant) AS held_until,
           (SELECT count(*) FROM enrolment o WHERE e.status = 'waitlisted' AND o.cohort = e.cohort
               AND o.status = 'waitlisted' AND o.list_number <= e.list_number) AS position,
           as_json(s.id, id) AS session, s.title, s.status AS session_status, s.compulsory,
           as_json(v.starts_at, instant) AS starts_at, as_json(v.ends_at, instant) AS ends_at, v.zone, v.place, v.link,
           i.reply, i.reply_sequence, v.asked_sequence
    FROM enrolment e JOIN cohort c ON c.id = e.cohort JOIN programme p ON p.id = c.programme
    LEFT JOIN cohort_session s ON s.cohort = c.id LEFT JOIN calendar_event v ON v.id = s.event
    LEFT JOIN invitee i ON i.event = v.id AND i.person = e.person AND i.state = 'invited' AND i.takes_part
    WHERE e.person = :person {}
    ORDER BY c.first_starts_at DESC, e.id, v.starts_at, s.id
"""
_ALL_MINE = database.compiled_sql(_MINE.format(""))
_ONE_OF_MINE = database.compiled_sql(_MINE.format("AND e.id = :enrolment"))


@get("/api/my/enrolments", who=Who.API_READ, tags=MINE, gives=MyEnrolments)
async def my_enrolments(request: Request[Any, Any, Any]) -> Json:
    """One's own enrolments with their sessions, the latest cohort first."""
    return api.answer(MyEnrolments(_mine(await _ALL_MINE.run(person=me(request)))))


@get("/api/my/enrolments/{enrolment:uuid}", who=Who.API_READ, tags=MINE, gives=MyEnrolment)
async def my_enrolment(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Json:
    """One of one's own enrolments."""
    return api.answer(await _one_of_mine(me(request), enrolment))


@post("/api/cohorts/{code:str}/enrolments", who=Who.API_ENROL, tags=MINE, body=Nothing, gives=RegisteredOut,
      codes=(201, 200))  # fmt: skip
async def register_myself(request: Request[Any, Any, Any], code: FromPath[str]) -> Json:
    """Register the token's owner: a place, or a number on the waiting list. 200 if they were in already."""
    now = clock.now()

    async def register(_: Nothing) -> tuple[int, RegisteredOut]:
        cohort = await _cohort(code, published=True)
        return _told(await service.enrol_person(cohort, me(request), source=Source.API, actor=actor(request), now=now))

    return await perform(request, Nothing, register, now=now)


@post("/api/my/enrolments/{enrolment:uuid}/confirm", who=Who.API_ENROL, tags=MINE, body=Nothing, gives=RegisteredOut)
async def confirm(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Json:
    """Take up a place that is held, or stay on the list."""
    now = clock.now()

    async def confirm_it(_: Nothing) -> tuple[int, RegisteredOut]:
        await _one_of_mine(me(request), enrolment)
        return 200, _told(await service.confirm(enrolment, now=now))[1]

    return await perform(request, Nothing, confirm_it, now=now)


@post("/api/my/enrolments/{enrolment:uuid}/withdraw", who=Who.API_ENROL, tags=MINE, body=Leaving, gives=MyEnrolment)
async def withdraw_mine(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Json:
    """Give back one's own place, or leave the waiting list, until the first session starts."""
    now = clock.now()

    async def leave(body: Leaving) -> tuple[int, MyEnrolment]:
        await _one_of_mine(me(request), enrolment)
        await service.withdraw(enrolment, reason=_reason(body), actor=actor(request), now=now)
        return 200, await _one_of_mine(me(request), enrolment)

    return await perform(request, Leaving, leave, now=now)


@put("/api/my/enrolments/{enrolment:uuid}/replies/{session:uuid}", who=Who.API_ENROL, tags=MINE, body=Answer,
     gives=MyEnrolment)  # fmt: skip
async def reply(request: Request[Any, Any, Any], enrolment: FromPath[UUID], session: FromPath[UUID]) -> Json:
    """Say whether one comes to a session. The last answer counts."""
    now = clock.now()

    async def answer(body: Answer) -> tuple[int, MyEnrolment]:
        mine = await _one_of_mine(me(request), enrolment)
        found = await schedule.session(session)
        if found is None or str(session) not in {str(each.id) for each in mine.sessions}:
            raise NotFound("There is no such session in this enrolment.")
        await invites.reply(found["event"], me(request), Reply(body.reply), note=body.note, now=now)
        return 200, await _one_of_mine(me(request), enrolment)

    return await perform(request, Answer, answer, now=now)


# ------------------------------------------------------------- everybody's
@get("/api/cohorts/{code:str}/enrolments", who=Who.API_MANAGE, tags=EVERYBODY, gives=Roster,
     asks={"everybody": "yes: also who has left."})  # fmt: skip
async def roster(request: Request[Any, Any, Any], code: FromPath[str]) -> Json:
    """Who has a place, is offered one or waits, by name."""
    cohort = await _cohort(code, published=False)
    entries = await queries.roster(cohort, everybody=request.query_params.get("everybody") == "yes")
    return api.answer(Roster(code, [_line(entry) for entry in entries]))


@post("/api/cohorts/{code:str}/people", who=Who.API_MANAGE, tags=EVERYBODY, body=Newcomer, gives=RegisteredOut,
      codes=(201, 200))  # fmt: skip
async def add_somebody(request: Request[Any, Any, Any], code: FromPath[str]) -> Json:
    """Add somebody, known to us or not: to a free place, else to the end of the list. 200 if they were in already."""
    now = clock.now()

    async def add(body: Newcomer) -> tuple[int, RegisteredOut]:
        form = forms.registration(Fields(msgspec.structs.asdict(body).items()), by_themself=False)
        done = await service.add_person(
            await _cohort(code, published=False),
            name=form.name,
            address=form.address,
            organisation=await queries.organisation_named(form.organisation),
            organisation_name=form.organisation,
            actor=actor(request),
            now=now,
        )
        return _told(done)

    return await perform(request, Newcomer, add, now=now)


@post("/api/enrolments/{enrolment:uuid}/withdraw", who=Who.API_MANAGE, tags=EVERYBODY, body=Leaving, gives=RosterLine)
async def withdraw_somebody(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Json:
    """Withdraw somebody, with a reason that they read; the next on the list gets the place."""
    now = clock.now()

    async def withdraw(body: Leaving) -> tuple[int, RosterLine]:
        mine = await standing.enrolment(enrolment)
        await service.withdraw(enrolment, reason=_reason(body), actor=actor(request), now=now)
        entry = await queries.entry(mine.cohort, enrolment)
        assert entry is not None
        return 200, _line(entry)

    return await perform(request, Leaving, withdraw, now=now)


# ------------------------------------------------------------------ shared
async def _cohort(code: str, *, published: bool) -> UUID:
    """The cohort of a code. Raises NotFound, also for one that is not published if it must be."""
    row = await schedule.by_code(code)
    if row is None or (published and row["status"] == CohortStatus.PLANNED):
        raise NotFound("There is no such cohort.")
    return UUID(str(row["id"]))


async def _one_of_mine(person: UUID, enrolment: UUID) -> MyEnrolment:
    """Raises NotFound, also for somebody else's."""
    found = _mine(await _ONE_OF_MINE.run(person=person, enrolment=enrolment))
    if not found:
        raise NotFound("You have no such enrolment.")
    return found[0]


def _mine(rows: list[dict[str, Any]]) -> list[MyEnrolment]:
    """Rows of one query, a row for each session, as enrolments."""
    found: dict[UUID, MyEnrolment] = {}
    for row in rows:
        mine = found.get(row["enrolment"])
        if mine is None:
            mine = found[row["enrolment"]] = MyEnrolment(
                id=row["enrolment"],
                cohort=row["code"],
                name=row["name"],
                programme_name=row["programme_name"],
                status=row["status"],
                position=row["position"] or None,
                confirmed=bool(row["confirmed"]),
                held_until=row["held_until"],
                sessions=[],
            )
        if row["session"] is not None:
            mine.sessions.append(_my_session(row))
    return list(found.values())


def _my_session(row: dict[str, Any]) -> MySession:
    reply = row["reply"]
    return MySession(
        id=row["session"],
        title=row["title"],
        status=row["session_status"],
        compulsory=row["compulsory"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        zone=row["zone"],
        place=row["place"],
        link=row["link"] if reply is not None else "",
        reply=None
        if reply is None
        else effective_reply(reply, reply_sequence=row["reply_sequence"], asked_sequence=row["asked_sequence"]),
    )


def _line(entry: queries.Entry) -> RosterLine:
    return RosterLine(
        enrolment=entry.enrolment,
        person=entry.person,
        name=entry.name,
        email=entry.address,
        organisation=entry.organisation,
        status=entry.status,
        confirmed=entry.confirmed,
        since=entry.since,
        reason=entry.reason,
    )


def _told(done: service.Registered) -> tuple[int, RegisteredOut]:
    told = RegisteredOut(done.enrolment, done.status, done.position, done.new)
    return (201 if done.new else 200), told


def _reason(body: Leaving) -> str:
    return forms.reason(Fields([("reason", body.reason)]))


routes: list[Any] = [
    my_enrolments,
    my_enrolment,
    register_myself,
    confirm,
    withdraw_mine,
    reply,
    roster,
    add_somebody,
    withdraw_somebody,
]
