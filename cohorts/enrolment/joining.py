"""How people come into a cohort: by themselves, by a coordinator, one or hundreds at once.

Each verb is one transaction that first takes the cohort's lock, so that a hundred people who ask for the last place at
one instant are answered one after the other. Saying the same thing twice does no harm: who is in stays in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import Actor
from academy.people import queries as people
from academy.people import service as people_service
from academy.people.queries import Contact
from cohorts.enrolment import letters, rules, standing, steps
from cohorts.enrolment.standing import Cohort, Mine
from cohorts.enrolment.steps import Step
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.enrolment.tables import Source

STRANGER = Actor(None, "Registration page")
"""Somebody who has not shown yet that the address is theirs."""


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a registration."""

    enrolment: UUID
    status: S
    position: int | None = None
    """On the waiting list; 1 is next."""
    new: bool = True
    """False when the person was in already and nothing has changed."""


class CannotConfirm(rules.CannotRegister):
    """The registration has ended."""


def _unchanged(mine: Mine) -> Registered:
    position = mine.position if mine.status is S.WAITLISTED else None
    return Registered(enrolment=mine.id, status=mine.status, position=position, new=False)


def in_words(status: S, position: int) -> str:
    """How somebody stands, as a sentence."""
    return "You have a place." if status in rules.TAKES_A_PLACE else f"You are number {position} on the waiting list."


async def register(
    cohort: UUID,
    *,
    name: str,
    address: str,
    organisation: UUID | None = None,
    organisation_name: str = "",
    job_title: str = "",
    now: datetime,
) -> Registered:
    """Somebody who is not signed in registers: a place, or a number on the list, is held until the mailed link is used.

    Who is in already is told so by mail, and nothing changes. Raises CannotRegister and NotFound.
    """
    async with database.transaction():
        person = await people_service.find_or_create(name=name, address=address, now=now)
        here = await standing.lock(cohort, now=now)
        if refused := rules.why_not_register(here.facts, now=now):
            raise refused
        contact = await people.contact(person)
        told = Contact(person=person, name=contact.name, address=address, time_zone=contact.time_zone)
        mine = await standing.mine(cohort, person)
        if mine is not None and mine.live:
            await _tell_again(here, mine, told, now=now)
            return _unchanged(mine)
        employer = {
            "organisation": organisation,
            "organisation_name": organisation_name,
            "job_title": job_title,
        }
        return await _join(
            here, person, mine, confirmed=False, source=Source.SELF, actor=STRANGER, values=employer, told=told, now=now
        )


async def enrol_person(
    cohort: UUID, person: UUID, *, source: Source, actor: Actor, now: datetime, reason: str = "", **employer: Any
) -> Registered:
    """Somebody we know joins, confirmed at once: signed in, through the API, or added by a coordinator.

    People themselves are held to the registration window; coordinators are not. Without an
    ``employer`` it is where they work now. Raises CannotRegister and NotFound.
    """
    async with database.transaction():
        here = await standing.lock(cohort, now=now)
        mine = await standing.mine(cohort, person)
        if mine is not None and mine.live:
            return await _confirm(here, mine, actor=actor, now=now)
        by_themself = actor.person == person
        if refused := (rules.why_not_register if by_themself else rules.why_not_enrol)(here.facts, now=now):
            raise refused
        if not employer.get("organisation") and not employer.get("organisation_name"):
            employer = (await _employers([person])).get(person, employer)
        return await _join(
            here, person, mine, confirmed=True, source=source, actor=actor, values=employer, reason=reason, now=now
        )


async def add_person(
    cohort: UUID,
    *,
    name: str,
    address: str,
    organisation: UUID | None = None,
    organisation_name: str = "",
    actor: Actor,
    now: datetime,
) -> Registered:
    """A coordinator adds somebody by name and address, known to us or not. Raises CannotRegister and NotFound."""
    async with database.transaction():
        person = await people_service.find_or_create(name=name, address=address, now=now)
        made = await enrol_person(
            cohort,
            person,
            source=Source.COORDINATOR,
            actor=actor,
            now=now,
            organisation=organisation,
            organisation_name=organisation_name,
        )
        if made.new:
            await _note_employer(person, organisation, organisation_name, now=now)
        return made


async def confirm(enrolment: UUID, *, now: datetime) -> Registered:
    """The person has opened the mailed link: a held place becomes theirs, a number on the list stays, and their
    address counts as theirs.

    One that had ended for want of this joins again, at the end of the list if need be. Raises CannotRegister.
    """
    async with database.transaction():
        here, mine = await standing.lock_both(enrolment, now=now)
        if not mine.live and mine.status is not S.EXPIRED:
            raise CannotConfirm("This registration has ended. You can register again.")
        await people_service.verify_primary(mine.person, now=now)
        actor = await _themself(mine.person)
        if mine.status is S.EXPIRED:
            return await _come_back(here, mine, actor=actor, now=now)
        return await _confirm(here, mine, actor=actor, now=now)


async def come_back(enrolment: UUID, *, now: datetime) -> Registered:
    """The person registers again with their own link, after having withdrawn. Raises CannotRegister."""
    async with database.transaction():
        here, mine = await standing.lock_both(enrolment, now=now)
        actor = await _themself(mine.person)
        if mine.live:
            return await _confirm(here, mine, actor=actor, now=now)
        return await _come_back(here, mine, actor=actor, now=now)


async def reinstate(enrolment: UUID, *, actor: Actor, now: datetime, reason: str = "") -> Registered:
    """A coordinator takes somebody back in: to a free place, else to the end of the list. Raises CannotRegister."""
    async with database.transaction():
        here, mine = await standing.lock_both(enrolment, now=now)
        if refused := rules.why_not_enrol(here.facts, now=now):
            raise refused
        if mine.live:
            return _unchanged(mine)
        return await _join(
            here, mine.person, mine, confirmed=True, source=Source.COORDINATOR, actor=actor, reason=reason, now=now,
            verb="enrolment.reinstate",
        )  # fmt: skip


async def _come_back(here: Cohort, mine: Mine, *, actor: Actor, now: datetime) -> Registered:
    if refused := rules.why_not_register(here.facts, now=now):
        raise refused
    return await _join(here, mine.person, mine, confirmed=True, source=Source.SELF, actor=actor, now=now)


async def _join(
    here: Cohort,
    person: UUID,
    mine: Mine | None,
    *,
    confirmed: bool,
    source: Source,
    actor: Actor,
    now: datetime,
    values: dict[str, Any] | None = None,
    reason: str = "",
    told: Contact | None = None,
    verb: str = "enrolment.register",
) -> Registered:
    """A newcomer, or somebody who comes back to the same row, takes a place or joins the end of the list."""
    step = _newcomer(here, person, mine, confirmed=confirmed, source=source, now=now, values=values or {})
    step = msgspec.structs.replace(step, reason=reason, contact=told)
    await steps.write(here, [step], verb=verb, actor=actor, now=now)
    return Registered(enrolment=step.enrolment, status=step.after, position=step.position)


def _newcomer(
    here: Cohort,
    person: UUID,
    mine: Mine | None,
    *,
    confirmed: bool,
    source: Source,
    now: datetime,
    values: dict[str, Any],
) -> Step:
    after = rules.place_or_list(here.facts, confirmed=confirmed)
    listed = after is S.WAITLISTED
    columns = {name: value for name, value in values.items() if value or mine is None}
    columns |= {
        "source": source.value,
        "confirmed_at": now if confirmed else None,
        "held_until": None if confirmed else rules.held_until(here.facts, now=now),
        "list_number": here.last_number + 1 if listed else None,
        "joined_list_at": now if listed else None,
    }
    letter = "confirm-registration"
    if confirmed:
        letter = "waiting-list-joined" if listed else "registration-confirmed"
    return Step(
        enrolment=mine.id if mine else uuid4(),
        person=person,
        before=mine.status if mine else None,
        after=after,
        letter=letter,
        values=columns,
        position=here.facts.waiting + 1 if listed else None,
    )


async def _confirm(here: Cohort, mine: Mine, *, actor: Actor, now: datetime) -> Registered:
    """Confirm a live enrolment; one that is confirmed stays as it is."""
    if mine.confirmed_at is not None:
        return _unchanged(mine)
    if refused := rules.why_not_enrol(here.facts, now=now):
        raise refused
    listed = mine.status is S.WAITLISTED
    step = Step(
        enrolment=mine.id,
        person=mine.person,
        before=mine.status,
        after=S.WAITLISTED if listed else S.ENROLLED,
        letter="waiting-list-joined" if listed else "registration-confirmed",
        values={"confirmed_at": now},
        position=mine.position if listed else None,
        reason="",
    )
    await steps.write(here, [step], verb="enrolment.confirm", actor=actor, now=now)
    await _note_employer(mine.person, mine.organisation, mine.organisation_name, job_title=mine.job_title, now=now)
    return Registered(enrolment=mine.id, status=step.after, position=step.position)


async def _employers(people_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Where people work now, as an enrolment keeps it."""
    return {
        person: {"organisation": job.organisation, "organisation_name": job.name, "job_title": job.job_title}
        for person, job in (await people.jobs(list(people_ids))).items()
    }


async def _note_employer(
    person: UUID, organisation: UUID | None, typed: str, *, job_title: str = "", now: datetime
) -> None:
    """Keep where somebody says they work, unless we know it already (perhaps with a job title)."""
    if organisation is None and not typed:
        return
    job = (await people.jobs([person])).get(person)
    same = job is not None and (
        job.organisation == organisation if organisation else job.name.casefold() == typed.casefold()
    )
    if not same:
        await people_service.set_employment(
            person, organisation=organisation, organisation_name=typed, job_title=job_title, on=now.date()
        )


_LAST_CHANGE = database.compiled_sql("""
    SELECT id, at FROM enrolment_change WHERE enrolment = :enrolment ORDER BY at DESC, id LIMIT 1
""")


async def _tell_again(here: Cohort, mine: Mine, to: Contact, *, now: datetime) -> None:
    """Somebody registers with an address that is in already: its owner is told, now and then, and nobody else."""
    last = await _LAST_CHANGE.first(enrolment=mine.id)
    repeat = rules.repeat_number(last["at"], now=now) if last else 1
    if repeat == 0:
        return
    told = letters.Told(
        kind="already-registered" if mine.confirmed_at else "confirm-registration",
        fact=f"{last['id'] if last else ''}:{repeat}",
        enrolment=mine.id,
        contact=to,
        place_held=mine.status is S.OFFERED,
        held_until=mine.held_until,
        status=in_words(mine.status, mine.position),
    )
    await letters.tell(here, [told], now=now)


async def enrol_many(
    cohort: UUID, people_ids: Sequence[UUID], *, source: Source, actor: Actor, now: datetime
) -> list[Registered]:
    """Enrol hundreds at once, by the same rules: places in the order given, then the waiting list.

    Answers come in that order; who is in already stays as they are. Raises CannotRegister and NotFound.
    """
    async with database.transaction():
        here = await standing.lock(cohort, now=now)
        if refused := rules.why_not_enrol(here.facts, now=now):
            raise refused
        there = await standing.everybody(cohort)
        employers = await _employers(people_ids)
        answers: dict[UUID, Registered] = {}
        coming: list[Step] = []
        running = here
        for person in dict.fromkeys(people_ids):
            mine = there.get(person)
            if mine is not None and mine.live:
                answers[person] = _unchanged(mine)
                continue
            employer = employers.get(person, {})
            step = _newcomer(running, person, mine, confirmed=True, source=source, now=now, values=employer)
            coming.append(step)
            answers[person] = Registered(enrolment=step.enrolment, status=step.after, position=step.position)
            running = _after(running, step)
        await steps.write(here, coming, verb="enrolment.register", actor=actor, now=now)
        return [answers[person] for person in people_ids]


def _after(here: Cohort, step: Step) -> Cohort:
    """The cohort as it stands once this newcomer has joined."""
    listed = step.after is S.WAITLISTED
    facts = msgspec.structs.replace(
        here.facts, taken=here.facts.taken + (not listed), waiting=here.facts.waiting + listed
    )
    return msgspec.structs.replace(here, facts=facts, last_number=here.last_number + listed)


async def invite_to_remaining(cohort: UUID, *, now: datetime) -> None:
    """Invite everybody enrolled to the sessions still to come, such as one just added; who is invited stays so."""
    async with database.transaction():
        here = await standing.lock(cohort, now=now)
        everybody = await standing.everybody(cohort)
        enrolled = {person: mine.id for person, mine in everybody.items() if mine.status is S.ENROLLED}
        await letters.invite(here, enrolled, now=now)


async def resend_confirmation(enrolment: UUID, *, actor: Actor, now: datetime) -> str:
    """Tell somebody again how they stand. Returns the kind of mail."""
    async with database.transaction():
        here, mine = await standing.lock_both(enrolment, now=now)
        if not mine.live:
            raise CannotConfirm("This registration has ended, so there is nothing to confirm.")
        kind = "confirm-registration"
        if mine.confirmed_at:
            kind = "waiting-list-joined" if mine.status is S.WAITLISTED else "registration-confirmed"
        told = letters.Told(
            kind=kind,
            fact=f"again:{now:%Y%m%d%H%M}",
            enrolment=mine.id,
            contact=await people.contact(mine.person),
            position=mine.position,
            place_held=mine.status is S.OFFERED,
            held_until=mine.held_until,
        )
        await letters.tell(here, [told], now=now)
        await audit.record("enrolment.resend", here.about, actor=actor, now=now, person=mine.person, note=kind)
        return kind


async def _themself(person: UUID) -> Actor:
    return Actor(person, (await people.contact(person)).name)
