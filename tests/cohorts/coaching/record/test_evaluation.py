"""The closing evaluation: asked once, when the coaching has come to its end."""

from datetime import datetime, timedelta

import pytest

from academy.errors import NotFound
from academy.outbox.tables import Message
from cohorts.coaching.bookings.tables import CoachingSession, SessionStatus
from cohorts.coaching.credits.tables import CreditEntry, CreditKind
from cohorts.coaching.record import circle, evaluation, rules, service
from cohorts.coaching.record.evaluation import Answer, Given
from cohorts.coaching.record.tables import ClosingEvaluation, Party
from tests.support import makers
from tests.support.coached import Pair, a_pair

pytestmark = pytest.mark.usefixtures("database")

GOOD = Answer(overall=4, helped="Her questions.", better="More time.")


async def mails() -> list[tuple[str, str]]:
    rows = await Message.select(Message.kind, Message.to_name).where(Message.kind.like("coaching-evaluation%"))
    return sorted((row["kind"], row["to_name"]) for row in rows)


async def test_each_party_rates_each_goal_and_the_latest_rating_counts(now: datetime) -> None:
    pair = await a_pair(now=now)
    (goal,) = await pair.with_goals()
    await pair.over()

    await service.rate(pair.enrolment, {goal: Given(2)}, actor=pair.as_coach, now=now)
    await service.rate(pair.enrolment, {goal: Given(3, "She spoke once.")}, actor=pair.as_coach, now=now)
    await service.evaluate(pair.enrolment, GOOD, {goal: Given(4)}, actor=pair.as_coachee, now=now)

    (rated,) = (await circle.goals(pair.enrolment)).goals
    assert {party: (given.words, given.comment) for party, given in rated.ratings.items()} == {
        Party.COACH: ("Mostly", "She spoke once."),
        Party.COACHEE: ("Fully", ""),
    }


async def test_the_coachee_s_answer_is_kept_and_can_be_changed(now: datetime) -> None:
    pair = await a_pair(now=now)
    await pair.over()
    later = now + timedelta(hours=1)

    await service.evaluate(pair.enrolment, GOOD, {}, actor=pair.as_coachee, now=now)
    await service.evaluate(pair.enrolment, Answer(overall=5), {}, actor=pair.as_coachee, now=later)

    found = await circle.evaluation(pair.enrolment)
    assert (found.overall, found.helped, found.answered_at) == (5, "", later)
    told = await circle.evaluations(pair.cohort, reader=await makers.a_coordinator(now=now), now=now)
    assert [(each.name, each.overall) for each in told.answers] == [("Priya Nair", 5)]


async def answered(pair: Pair, *scores: int) -> None:
    """As many people of the cohort have looked back, at the same time."""
    for number, overall in enumerate(scores):
        person = await makers.a_person(name=f"Person {number}", now=pair.now)
        place = await makers.an_enrolment(cohort=pair.cohort, person=person, now=pair.now)
        await ClosingEvaluation.insert(
            ClosingEvaluation(enrolment=place.enrolment, overall=overall, answered_at=pair.now)
        )


async def test_an_average_needs_three_answers(now: datetime) -> None:
    pair = await a_pair(now=now)
    cora = await makers.a_coordinator(now=now)
    await answered(pair, 5, 4)
    two = await circle.evaluations(pair.cohort, reader=cora, now=now)
    await answered(pair, 4)

    three = await circle.evaluations(pair.cohort, reader=cora, now=now)

    assert (two.average, three.average) == (None, 4.3)


async def test_a_coordinator_who_coaches_does_not_read_what_is_said_of_them(now: datetime) -> None:
    pair = await a_pair(now=now)
    await pair.over()
    await service.evaluate(pair.enrolment, GOOD, {}, actor=pair.as_coachee, now=now)
    await answered(pair, 5, 4, 3)

    own = await circle.evaluations(pair.cohort, reader=pair.coach_person, now=now)
    others = await circle.evaluations(pair.cohort, reader=await makers.a_coordinator(now=now), now=now)

    assert (sorted(each.overall for each in own.answers), own.withheld, own.average) == ([3, 4, 5], 1, 4.0)
    assert (len(others.answers), others.withheld) == (4, 0)


async def test_after_a_year_it_has_no_name(now: datetime) -> None:
    pair = await a_pair(now=now)
    cora = await makers.a_coordinator(now=now)
    await answered(pair, 5)

    names = [
        (await circle.evaluations(pair.cohort, reader=cora, now=now + timedelta(days=days))).answers[0].name
        for days in (364, 365)
    ]

    assert names == ["Person 0", ""]


async def test_a_manager_may_rate_by_their_link(now: datetime) -> None:
    pair = await a_pair(now=now, three_way=True)
    (goal,) = await pair.with_goals()
    await service.ask_manager(
        pair.enrolment, name="Maya", address="maya@council.example", actor=pair.as_coachee, now=now
    )
    manager = (await circle.goals(pair.enrolment)).manager
    assert manager and manager.agreement
    await pair.over()

    await evaluation.rate_by_link(manager.agreement, {goal: Given(1)}, now=now)

    (rated,) = (await circle.goals(pair.enrolment)).goals
    assert rated.ratings[Party.MANAGER].rating == 1


async def test_nobody_looks_back_on_coaching_that_goes_on(now: datetime) -> None:
    pair = await a_pair(now=now)
    (goal,) = await pair.with_goals()
    await pair.session(status=SessionStatus.COMPLETED)

    with pytest.raises(rules.NotOver):
        await service.evaluate(pair.enrolment, GOOD, {goal: Given(4)}, actor=pair.as_coachee, now=now)
    with pytest.raises(rules.NotOver):
        await service.rate(pair.enrolment, {goal: Given(4)}, actor=pair.as_coach, now=now)


async def test_strangers_and_the_coach_do_not_answer_for_the_coachee(now: datetime) -> None:
    pair = await a_pair(now=now)
    (goal,) = await pair.with_goals()
    await pair.over()
    other = await a_pair(now=now, coach="Eve Coach", coachee="Omar Other")

    for actor in (pair.as_coach, other.as_coachee):
        with pytest.raises(NotFound):
            await service.evaluate(pair.enrolment, GOOD, {goal: Given(4)}, actor=actor, now=now)
    with pytest.raises(NotFound):
        await service.rate(pair.enrolment, {goal: Given(4)}, actor=other.as_coach, now=now)


async def test_a_goal_of_somebody_else_cannot_be_rated(now: datetime) -> None:
    pair, other = await a_pair(now=now), await a_pair(now=now, coach="Eve Coach", coachee="Omar Other")
    (theirs,) = await other.with_goals()
    await pair.with_goals()
    await pair.over()

    with pytest.raises(NotFound):
        await service.rate(pair.enrolment, {theirs: Given(0)}, actor=pair.as_coach, now=now)


class TestWhenItIsOver:
    async def spent(self, pair: Pair) -> None:
        lines = [(CreditKind.GRANTED, 1), (CreditKind.RESERVED, -1), (CreditKind.USED, 0)]
        for number, (kind, change) in enumerate(lines, start=1):
            await CreditEntry.insert(
                CreditEntry(enrolment=pair.enrolment, number=number, kind=kind, change=change, at=pair.now)
            )

    async def test_when_all_credits_are_spent_before_the_cohort_ends(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        await pair.session(status=SessionStatus.COMPLETED)
        assert not (await circle.circle(pair.enrolment)).is_over(now)

        await self.spent(pair)

        assert (await circle.circle(pair.enrolment)).is_over(now)

    async def test_not_while_something_is_booked(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        await pair.over()
        await pair.session(days=3)

        assert not (await circle.circle(pair.enrolment)).is_over(now)

    async def test_not_where_nothing_took_place(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        await pair.over()
        await CoachingSession.update({CoachingSession.status: SessionStatus.NO_SHOW_COACHEE}).where(
            CoachingSession.enrolment == pair.enrolment
        )

        assert not (await circle.circle(pair.enrolment)).is_over(now)

    async def test_everybody_is_asked_once(self, now: datetime) -> None:
        pair = await a_pair(now=now, three_way=True)
        await pair.with_goals()
        await service.ask_manager(
            pair.enrolment, name="Maya Manager", address="maya@council.example", actor=pair.as_coachee, now=now
        )
        await pair.over()

        first, again = await service.ask_evaluations(now), await service.ask_evaluations(now + timedelta(days=1))

        assert (first, again) == (1, 0)
        assert await mails() == [
            ("coaching-evaluation", "Dan Coach"),
            ("coaching-evaluation", "Priya Nair"),
            ("coaching-evaluation-manager", "Maya Manager"),
        ]

    async def test_without_goals_only_the_coachee_is_asked(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        await pair.over()

        await service.ask_evaluations(now)

        assert await mails() == [("coaching-evaluation", "Priya Nair")]

    async def test_who_has_answered_is_not_asked(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        await pair.over()
        await service.evaluate(pair.enrolment, GOOD, {}, actor=pair.as_coachee, now=now)

        assert await service.ask_evaluations(now) == 0

    async def test_a_slip_in_marking_asks_nobody_for_two_hours(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        await pair.over()
        await CoachingSession.update({CoachingSession.outcome_at: now}).where(
            CoachingSession.enrolment == pair.enrolment
        )

        assert await service.ask_evaluations(now + evaluation.SETTLED - timedelta(seconds=1)) == 0
        assert await service.ask_evaluations(now + evaluation.SETTLED) == 1

    async def test_years_that_were_imported_ask_nobody(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        await pair.over()

        assert await service.ask_evaluations(now + evaluation.LATELY) == 0
