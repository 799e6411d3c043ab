"""The closing evaluation: how far each goal was reached, and what the coaching was to the coachee.

Ratings of the goals are read by coachee and coach; a manager sees their own. What the coachee says of the coaching as
a whole is read by the coordinators, and by neither coach nor manager.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import Actor
from academy.errors import NotFound
from academy.outbox import service as outbox
from academy.people.queries import Contact, contacts
from cohorts.coaching.record import circle, goals, rules
from cohorts.coaching.record.circle import Goals
from cohorts.coaching.record.tables import ClosingEvaluation, GoalRating, Party

SETTLED = timedelta(hours=2)
"""A slip in marking an outcome is seen and undone at once; nobody is asked before that."""
LATELY = timedelta(days=30)
"""Nobody is asked about coaching that ended longer ago, such as that of imported years."""

_DUE = database.compiled_sql("""
    SELECT en.id AS enrolment
    FROM enrolment en
    JOIN cohort c ON c.id = en.cohort
    JOIN coaching_rules r ON r.programme = c.programme
    WHERE NOT EXISTS (SELECT 1 FROM closing_evaluation v WHERE v.enrolment = en.id)
        AND EXISTS (SELECT 1 FROM coaching_session s WHERE s.enrolment = en.id AND s.kind = 'coaching'
            AND s.status = 'completed' AND s.outcome_at <= :settled)
        AND NOT EXISTS (SELECT 1 FROM coaching_session s WHERE s.enrolment = en.id
            AND s.status IN ('requested', 'booked'))
        AND (c.last_ends_at >= :lately OR EXISTS (SELECT 1 FROM coaching_session s WHERE s.enrolment = en.id
            AND s.status = 'completed' AND s.ends_at >= :lately))
        AND (c.last_ends_at <= :now
            OR COALESCE((SELECT sum(ce.change) FROM credit_entry ce WHERE ce.enrolment = en.id), r.credits) <= 0)
    ORDER BY en.id
""")


class Given(msgspec.Struct, frozen=True):
    """One rating, 0 to 4, with what there is to say about it."""

    rating: int
    comment: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a coachee says of the coaching as a whole; ``overall`` is 1 to 5."""

    overall: int
    helped: str = ""
    better: str = ""


async def rate(enrolment: UUID, ratings: Mapping[UUID, Given], *, actor: Actor, now: datetime) -> None:
    """Coachee or coach says how far each goal was reached; once more writes over it. Raises NotFound, NotOver."""
    async with database.transaction():
        await database.lock(f"goals:{enrolment}")
        found = await circle.goals(enrolment)
        if actor.person is None:
            raise NotFound
        await _rate(found, found.circle.party_of(actor.person), ratings, actor=actor, now=now)


async def rate_by_link(agreement: UUID, ratings: Mapping[UUID, Given], *, now: datetime) -> None:
    """The manager says so; they need not. Raises NotFound, NotOver."""
    async with database.transaction():
        found, actor = await goals.manager_of(agreement, locked=True)
        await _rate(found, Party.MANAGER, ratings, actor=actor, now=now)


async def evaluate(
    enrolment: UUID, answer: Answer, ratings: Mapping[UUID, Given], *, actor: Actor, now: datetime
) -> None:
    """The coachee looks back at goals and coaching; once more writes over it. Raises NotFound, NotOver."""
    async with database.transaction():
        await database.lock(f"goals:{enrolment}")
        found = await circle.goals(enrolment)
        if actor.person != found.circle.coachee:
            raise NotFound
        await _rate(found, Party.COACHEE, ratings, actor=actor, now=now)
        row = ClosingEvaluation(
            enrolment=enrolment,
            overall=answer.overall,
            helped=answer.helped,
            better=answer.better,
            asked_at=now,
            answered_at=now,
        )
        table = ClosingEvaluation
        await database.insert(
            [row], unless=table.enrolment, update=(table.overall, table.helped, table.better, table.answered_at)
        )


async def ask_evaluations(now: datetime) -> int:
    """Ask who has just come to the end of their coaching, and their coach and manager if there are goals, by mail and
    once: how many were asked."""
    asked = 0
    for row in await _DUE.run(now=now, settled=now - SETTLED, lately=now - LATELY):
        async with database.transaction():
            await database.lock(f"goals:{row['enrolment']}")
            found = await circle.goals(row["enrolment"])
            claim = ClosingEvaluation(enrolment=row["enrolment"], asked_at=now)
            if not found.circle.is_over(now) or not await database.insert([claim], unless=ClosingEvaluation.enrolment):
                continue
            await outbox.queue_many(await _letters(found), now=now)
            asked += 1
    return asked


async def _rate(found: Goals, party: Party, ratings: Mapping[UUID, Given], *, actor: Actor, now: datetime) -> None:
    here = found.circle
    if refused := rules.why_not_evaluate(over=here.is_over(now)):
        raise refused
    if not ratings.keys() <= {goal.id for goal in found.goals}:
        raise NotFound
    rows = [
        GoalRating(goal=goal, party=party, rating=given.rating, comment=given.comment, rated_at=now)
        for goal, given in ratings.items()
    ]
    await database.insert(
        rows,
        unless=(GoalRating.goal, GoalRating.party),
        update=(GoalRating.rating, GoalRating.comment, GoalRating.rated_at),
    )
    if rows or party is Party.COACHEE:
        after = {"party": party.value}
        await audit.record("goals.rate", here.about, actor=actor, now=now, person=here.coachee, after=after)


async def _letters(found: Goals) -> list[outbox.Letter]:
    here = found.circle
    manager = None
    if found.goals and found.manager and found.manager.agreement:
        manager = (await goals.manager_of(found.manager.agreement))[1].person
    whom = [here.coachee, here.coach_person if found.goals else None, manager]
    known = await contacts([person for person in whom if person is not None])
    letters = []
    for person, is_coach in ((here.coachee, False), (here.coach_person, True)):
        if person in known and (found.goals or not is_coach):
            context: dict[str, Any] = {
                "is_coach": is_coach,
                "other": here.coachee_name if is_coach else here.coach_name,
                "programme": here.programme_name,
                "path": here.evaluation_path,
            }
            letters.append(_letter("coaching-evaluation", found, known[person], context))
    if manager in known and found.manager and found.manager.agreement:
        context = {
            "coachee": here.coachee_name,
            "programme": here.programme_name,
            "path": circle.manager_path(found.manager.agreement),
        }
        letters.append(_letter("coaching-evaluation-manager", found, known[manager], context))
    return letters


def _letter(kind: str, found: Goals, to: Contact, context: dict[str, Any]) -> outbox.Letter:
    here = found.circle
    return outbox.Letter(
        kind=kind, key=f"{kind}:{here.enrolment}:{to.person}", to=to, context=context, about=here.about
    )
