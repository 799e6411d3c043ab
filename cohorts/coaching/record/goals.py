"""Goals: written by coachee or coach, agreed by both, and by a manager where the programme wants that.

A goal's words never change: another wording is another goal, and the old one is kept as dropped. So whoever agrees
agrees to words, and the history shows what they were. The audit trail says who changed or agreed and when, without
the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.accounts import limits
from academy.audit import service as audit
from academy.audit.service import Actor
from academy.errors import ChangedMeanwhile, Invalid, NotFound
from academy.outbox import service as outbox
from academy.people import queries as people
from academy.people import service as persons
from cohorts.coaching.record import circle, rules
from cohorts.coaching.record.circle import Circle, Goals
from cohorts.coaching.record.tables import Goal, GoalAgreement, Party

ASKED_LATELY = timedelta(hours=1)
"""Who was asked so recently and has not answered is not written to again: the link shows the goals as they are now."""
CHANGED = "The goals were changed after you opened this page. Read them again first."


class NewGoal(msgspec.Struct, frozen=True):
    """A goal as somebody typed it; ``measure`` is how they will know."""

    text: str
    measure: str = ""


async def set_goals(
    enrolment: UUID, goals: Sequence[NewGoal], *, seal: str | None = None, actor: Actor, now: datetime
) -> bool:
    """The goals are these from now on. Whoever changes them agrees by that; everybody else is asked (again), by mail.

    False, and nobody is asked, if they were these already. Raises NotFound for who is neither coachee nor coach,
    GoalsAreRated, and ChangedMeanwhile where ``seal`` names goals that have changed.
    """
    async with database.transaction():
        await database.lock(f"goals:{enrolment}")
        before = await circle.goals(enrolment)
        party = _party(before.circle, actor)
        if seal is not None and seal != before.seal:
            raise ChangedMeanwhile(CHANGED)
        if refused := rules.why_not_change(rated=before.rated):
            raise refused
        wanted = list(dict.fromkeys(goals))
        stood = {NewGoal(goal.text, goal.measure): goal for goal in before.goals}
        if wanted == list(stood):
            return False
        gone = [goal.id for words, goal in stood.items() if words not in wanted]
        if gone:
            await Goal.update({Goal.dropped_at: now, Goal.changed_at: now}).where(Goal.id.is_in(gone))
        new = []
        for position, words in enumerate(wanted, start=1):
            if words in stood:
                await Goal.update({Goal.position: position}).where(Goal.id == stood[words].id)
            else:
                new.append(
                    Goal(
                        enrolment=enrolment,
                        position=position,
                        text=words.text,
                        measure=words.measure,
                        added_at=now,
                        changed_at=now,
                    )
                )
        await database.insert(new)
        await _ask(before, by=party, actor=actor, now=now)
        here = before.circle
        counts = {"goals": len(wanted), "new": len(new), "dropped": len(gone)}
        await audit.record("goals.set", here.about, actor=actor, now=now, person=here.coachee, after=counts)
        return True


async def agree(enrolment: UUID, *, seal: str, actor: Actor, now: datetime) -> None:
    """Coachee or coach agrees to the goals that ``seal`` names. Raises NotFound, NoGoals, ChangedMeanwhile."""
    async with database.transaction():
        await database.lock(f"goals:{enrolment}")
        found = await circle.goals(enrolment)
        party = _party(found.circle, actor)
        await _agree(found, party, seal=seal, actor=actor, now=now)


async def agree_by_link(agreement: UUID, *, seal: str, now: datetime) -> None:
    """The manager whom the coachee named agrees. Raises NotFound, NoGoals, NoManager, ChangedMeanwhile."""
    async with database.transaction():
        found, actor = await manager_of(agreement, locked=True)
        await _agree(found, Party.MANAGER, seal=seal, actor=actor, now=now)


async def manager_of(agreement: UUID, *, locked: bool = False) -> tuple[Goals, Actor]:
    """The goals that a manager's link opens, and the manager. Raises NotFound once the coachee has named another."""
    row = (
        await GoalAgreement.select(GoalAgreement.enrolment, GoalAgreement.person, GoalAgreement.name)
        .where(GoalAgreement.id == agreement, GoalAgreement.party == Party.MANAGER)
        .order_by(GoalAgreement.id)
        .first()
    )
    if row is None:
        raise NotFound
    if locked:
        await database.lock(f"goals:{row['enrolment']}")
    found = await circle.goals(row["enrolment"])
    if found.manager is None or found.manager.agreement != agreement:
        raise NotFound
    return found, Actor(row["person"], row["name"])


async def ask_manager(enrolment: UUID, *, name: str, address: str, actor: Actor, now: datetime) -> None:
    """The coachee names their manager, who gets a mail with a link of their own; an earlier manager's link ends.

    Raises NotFound for anybody but the coachee, NoManager, NoGoals, TooMany, Invalid.
    """
    async with database.transaction():
        await database.lock(f"goals:{enrolment}")
        found = await circle.goals(enrolment)
        here = found.circle
        if actor.person != here.coachee:
            raise NotFound
        if refused := rules.why_not_ask_manager(three_way=here.three_way_goals, goals=len(found.goals)):
            raise refused
        await limits.check("goals-manager", str(here.coachee), most=rules.MANAGERS_A_DAY, minutes=24 * 60, now=now)
        person = await persons.find_or_create(name=name, address=address, now=now)
        if person in (here.coachee, here.coach_person):
            raise Invalid({"address": "Enter the email address of your manager, not your own or your coach’s."})
        await GoalAgreement.delete().where(GoalAgreement.enrolment == enrolment, GoalAgreement.party == Party.MANAGER)
        row = GoalAgreement(enrolment=enrolment, party=Party.MANAGER, person=person, name=name, asked_at=now)
        await GoalAgreement.insert(row)
        await outbox.queue_many([await _to_manager(here, row.id, person, now=now)], now=now)
        await audit.record("goals.ask-manager", here.about, actor=actor, now=now, person=here.coachee)


def _party(here: Circle, actor: Actor) -> Party:
    if actor.person is None:
        raise NotFound
    return here.party_of(actor.person)


async def _agree(found: Goals, party: Party, *, seal: str, actor: Actor, now: datetime) -> None:
    if refused := rules.why_not_agree(goals=len(found.goals)):
        raise refused
    if seal != found.seal:
        raise ChangedMeanwhile(CHANGED)
    here = found.circle
    standing = found.of(party)
    if standing is None:
        raise NotFound
    if standing.agreed_at is not None:
        return
    if standing.agreement is not None:
        await GoalAgreement.update({GoalAgreement.agreed_at: now}).where(GoalAgreement.id == standing.agreement)
    else:
        await _write(here.enrolment, party, actor.person, asked_at=now, agreed_at=now)
    await audit.record(
        "goals.agree", here.about, actor=actor, now=now, person=here.coachee, after={"party": party.value}
    )


async def _ask(before: Goals, *, by: Party, actor: Actor, now: datetime) -> None:
    """Everybody's agreement starts anew; ``by`` has agreed by writing."""
    here = before.circle
    whom = {Party.COACHEE: here.coachee, Party.COACH: here.coach_person}
    letters: list[outbox.Letter] = []
    for standing in before.standings:
        if standing.missing:
            continue
        told = standing.asked_at and not standing.agreed_at and now - standing.asked_at < ASKED_LATELY
        asked_at = standing.asked_at if told else now
        if standing.party is Party.MANAGER:
            manager = standing.agreement
            await GoalAgreement.update({GoalAgreement.asked_at: asked_at, GoalAgreement.agreed_at: None}).where(
                GoalAgreement.id == manager
            )
            if not told and manager is not None:
                row = await GoalAgreement.select(GoalAgreement.person).where(GoalAgreement.id == manager)
                letters.append(await _to_manager(here, manager, row[0]["person"], now=now))
            continue
        person = whom[standing.party]
        agreed_at = now if standing.party is by else None
        await _write(here.enrolment, standing.party, person, asked_at=asked_at, agreed_at=agreed_at)
        if standing.party is not by and not told and person is not None:
            letters.append(await _to_party(here, standing.party, person, actor=actor, now=now))
    await outbox.queue_many(letters, now=now)


async def _write(
    enrolment: UUID, party: Party, person: UUID | None, *, asked_at: datetime | None, agreed_at: datetime | None
) -> None:
    row = GoalAgreement(enrolment=enrolment, party=party, person=person, asked_at=asked_at, agreed_at=agreed_at)
    await database.insert(
        [row],
        unless=(GoalAgreement.enrolment, GoalAgreement.party),
        update=(GoalAgreement.person, GoalAgreement.asked_at, GoalAgreement.agreed_at),
    )


async def _to_party(here: Circle, party: Party, person: UUID, *, actor: Actor, now: datetime) -> outbox.Letter:
    other = here.coach_name if party is Party.COACHEE else here.coachee_name
    return await _letter(
        "coaching-goals",
        here,
        person,
        {"changed_by": actor.name, "other": other, "programme": here.programme_name, "path": here.goals_path},
        now=now,
    )


async def _to_manager(here: Circle, agreement: UUID, person: UUID, *, now: datetime) -> outbox.Letter:
    return await _letter(
        "coaching-goals-manager",
        here,
        person,
        {
            "coachee": here.coachee_name,
            "programme": here.programme_name,
            "path": circle.manager_path(agreement),
        },
        now=now,
        key=str(agreement),
    )


async def _letter(
    kind: str, here: Circle, person: UUID, context: dict[str, Any], *, now: datetime, key: str = ""
) -> outbox.Letter:
    return outbox.Letter(
        kind=kind,
        key=f"{kind}:{key or here.enrolment}:{person}:{now.isoformat()}",
        to=await people.contact(person),
        context=context,
        about=here.about,
    )
