"""One person's coaching in one cohort: ledger, credits by hand, coach, sessions. Never what anybody wrote."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.accounts.presses import new_press, pressed
from academy.database.transactions import Row
from academy.errors import DomainError, Invalid, NotFound
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect
from academy.web.words import counted
from cohorts.coaching.bookings import words
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import CALLED, KIND_CALLED
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits import service
from cohorts.coaching.credits.rules import Entry, Rules
from cohorts.coaching.credits.tables import CreditKind
from cohorts.coaching.desk import forms, queries
from cohorts.coaching.desk.queries import Coached
from cohorts.coaching.record import circle
from cohorts.coaching.times import queries as times
from cohorts.coaching.times.queries import CoachView
from cohorts.schedule.queries import found_cohort

SECTION = "Cohorts"
LINES = {
    CreditKind.GRANTED: "Granted",
    CreditKind.RESERVED: "Booked",
    CreditKind.USED: "Used",
    CreditKind.RETURNED: "Given back",
    CreditKind.EXPIRED: "Ended",
}


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """One person of one cohort with coaching."""

    cohort: Row
    rules: Rules
    one: Coached

    @property
    def path(self) -> str:
        return f"/cohorts/{self.cohort['code']}/coaching/{self.one.enrolment}"

    def session(self, id: UUID) -> SessionView:
        """Raises NotFound, also for another person's."""
        for each in self.one.sessions:
            if each.id == id:
                return each
        raise NotFound


class LedgerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger, with what is left after it."""

    entry: Entry
    what: str
    left: int


async def opened(code: str, enrolment: UUID) -> Here:
    """Raises NotFound, also where there is no coaching, or the place is of another cohort."""
    cohort = await found_cohort(code)
    rules = await credits.rules_of_cohort(cohort["id"])
    one = await queries.one_coached(cohort["id"], enrolment, now=clock.now())
    if rules is None or one is None:
        raise NotFound
    return Here(cohort=cohort, rules=rules, one=one)


async def coaches_for(here: Here) -> list[CoachView]:
    """The coaches of the programme, without the person themself."""
    return [each for each in await times.coaches_of(here.cohort["programme"]) if each.person != here.one.person]


@get("/cohorts/{code:str}/coaching/{enrolment:uuid}", who=Who.COORDINATOR)
async def show(request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]) -> Response[Any]:
    return await _page(request, await opened(code, enrolment))


@post("/cohorts/{code:str}/coaching/{enrolment:uuid}/credits", who=Who.COORDINATOR)
async def change_credits(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]
) -> Response[Any]:
    """Give sessions, or take back what is left, with a reason."""
    here = await opened(code, enrolment)
    fields = await read_form(request)
    now = clock.now()
    try:
        wanted = forms.read_credits(fields)

        async def changed() -> tuple[str, str]:
            verb = service.withdraw if fields.get("do") == "take" else service.grant
            await verb(enrolment, wanted.number, note=wanted.note, actor=actor(request), now=now)
            left = (await credits.balances([enrolment]))[enrolment].left
            did = "taken back" if fields.get("do") == "take" else "granted"
            return here.path, f"{counted(wanted.number, 'session')} {did}. {here.one.name} has {left} left."

        return await pressed(request, fields, changed, now=now)
    except Invalid as error:
        return await _page(request, here, typed=fields, errors=error.errors, status=422)
    except DomainError as error:
        return await _page(request, here, typed=fields, errors={"credits": error.message}, status=error.status)


@post("/cohorts/{code:str}/coaching/{enrolment:uuid}/coach", who=Who.COORDINATOR)
async def change_coach(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]
) -> Response[Any]:
    """Another coach from now on. What is booked stays where it is."""
    here = await opened(code, enrolment)
    fields = await read_form(request)
    coach = forms.read_uuid(fields.get("coach", ""))
    known = next((each for each in await coaches_for(here) if each.id == coach), None)
    if known is None:
        return await _page(request, here, typed=fields, errors={"coach": "Choose a coach."}, status=422)
    try:
        await service.choose_coach(enrolment, known.id, by_staff=True, actor=actor(request), now=clock.now())
    except DomainError as error:
        return await _page(request, here, typed=fields, errors={"coach": error.message}, status=error.status)
    stays = [each for each in here.one.sessions if each.live and each.coach != known.id]
    told = f"{known.name} is {here.one.name}’s coach now."
    if stays:
        booked = counted(len(stays), "session")
        told += f" {booked} with the coach of before: move them one by one if they should change too."
    return redirect(here.path, said=told)


async def _page(
    request: Request[Any, Any, Any],
    here: Here,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    now = clock.now()
    entries = await credits.ledger(here.one.enrolment)
    found = await circle.goals(here.one.enrolment)
    coaches = await coaches_for(here)
    return page(
        request,
        "cohorts/coaching/desk/person.html",
        section=SECTION,
        staff=True,
        status=status,
        errors=errors,
        typed={"credits": "1", "note": "", "do": "give", "coach": "", **(typed or {})},
        cohort=here.cohort,
        one=here.one,
        rules=here.rules,
        at=here.path,
        sessions=list(reversed(here.one.sessions)),
        ledger=_ledger(entries),
        goals=len(found.goals),
        standings=found.standings,
        coaches=[("", "Choose"), *((str(each.id), each.name) for each in coaches)],
        choice=await credits.choice(here.one.enrolment),
        tag=lambda session: words.tag(session, now=now),
        called=CALLED,
        kinds=KIND_CALLED,
        press=new_press(),
        zone=request.user.time_zone,
        now=now,
    )


def _ledger(entries: list[Entry]) -> list[LedgerLine]:
    """The newest first."""
    found, left = [], 0
    for entry in entries:
        left += entry.change
        what = "Taken back" if entry.kind is CreditKind.GRANTED and entry.change < 0 else LINES[entry.kind]
        found.append(LedgerLine(entry=entry, what=what, left=left))
    return found[::-1]


routes: list[Any] = [show, change_credits, change_coach]
