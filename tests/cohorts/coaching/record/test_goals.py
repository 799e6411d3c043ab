"""Goals: written by either of the two, agreed by both, and by a manager where the programme wants that."""

import asyncio
from datetime import datetime, timedelta

import pytest

from academy import database as room
from academy.accounts import links
from academy.audit.tables import Entry as AuditEntry
from academy.errors import ChangedMeanwhile, Invalid, NotFound, TooMany
from academy.outbox import rules as outbox
from academy.outbox.tables import Message
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.credits.tables import CoachChoice
from cohorts.coaching.record import circle, goals, rules, service
from cohorts.coaching.record.goals import NewGoal
from cohorts.coaching.record.tables import Party
from tests.support.coached import Pair, a_pair

pytestmark = pytest.mark.usefixtures("database")

SPEAK, LISTEN = NewGoal("Speak in the board meeting", "Twice by May"), NewGoal("Listen first")


async def mails(kind: str) -> list[str]:
    rows = await Message.select(Message.to_name).where(Message.kind == kind).order_by(Message.queued_at)
    return [row["to_name"] for row in rows]


async def agreed(pair: Pair) -> dict[Party, bool]:
    found = await circle.goals(pair.enrolment)
    return {standing.party: standing.agreed_at is not None for standing in found.standings}


async def test_who_writes_the_goals_agrees_and_the_other_is_asked(now: datetime) -> None:
    pair = await a_pair(now=now)

    changed = await service.set_goals(pair.enrolment, [SPEAK, LISTEN], actor=pair.as_coachee, now=now)

    found = await circle.goals(pair.enrolment)
    assert changed
    assert [(goal.position, goal.text, goal.measure) for goal in found.goals] == [
        (1, "Speak in the board meeting", "Twice by May"),
        (2, "Listen first", ""),
    ]
    assert await agreed(pair) == {Party.COACHEE: True, Party.COACH: False}
    assert await mails("coaching-goals") == ["Dan Coach"]


async def test_goals_are_agreed_when_both_have_said_so(now: datetime) -> None:
    pair = await a_pair(now=now)
    await pair.with_goals()
    found = await circle.goals(pair.enrolment)
    assert not found.agreed

    await service.agree(pair.enrolment, seal=found.seal, actor=pair.as_coach, now=now)

    assert (await circle.goals(pair.enrolment)).agreed


async def test_a_change_asks_everybody_again_and_keeps_what_was(now: datetime) -> None:
    pair = await a_pair(now=now)
    await pair.with_goals("Speak up", "Listen first", agreed=True)
    later = now + timedelta(days=3)

    await service.set_goals(
        pair.enrolment, [NewGoal("Listen first", "I shall see it."), SPEAK], actor=pair.as_coach, now=later
    )

    found = await circle.goals(pair.enrolment)
    assert [goal.text for goal in found.goals] == ["Listen first", "Speak in the board meeting"]
    assert [(goal.text, goal.dropped_at) for goal in found.dropped] == [("Speak up", later)]
    assert [goal.added_at for goal in found.goals] == [now, later]
    assert await agreed(pair) == {Party.COACHEE: False, Party.COACH: True}
    assert await mails("coaching-goals") == ["Dan Coach", "Priya Nair"]


async def test_saving_the_same_goals_asks_nobody(now: datetime) -> None:
    pair = await a_pair(now=now)
    await service.set_goals(pair.enrolment, [SPEAK], actor=pair.as_coachee, now=now)

    changed = await service.set_goals(pair.enrolment, [SPEAK, SPEAK], actor=pair.as_coach, now=now)

    assert not changed
    assert await mails("coaching-goals") == ["Dan Coach"]


async def test_somebody_who_was_asked_within_the_hour_gets_no_second_mail(now: datetime) -> None:
    pair = await a_pair(now=now)
    for minutes, words in ((0, "One"), (10, "Two"), (61, "Three")):
        await service.set_goals(
            pair.enrolment, [NewGoal(words)], actor=pair.as_coachee, now=now + timedelta(minutes=minutes)
        )

    assert await mails("coaching-goals") == ["Dan Coach", "Dan Coach"]


async def test_nobody_agrees_to_goals_that_they_have_not_read(now: datetime) -> None:
    pair = await a_pair(now=now)
    await pair.with_goals("Speak up")
    seen = (await circle.goals(pair.enrolment)).seal
    await service.set_goals(pair.enrolment, [LISTEN], actor=pair.as_coachee, now=now)

    with pytest.raises(ChangedMeanwhile):
        await service.agree(pair.enrolment, seal=seen, actor=pair.as_coach, now=now)
    with pytest.raises(ChangedMeanwhile):
        await service.set_goals(pair.enrolment, [SPEAK], seal=seen, actor=pair.as_coach, now=now)

    assert await agreed(pair) == {Party.COACHEE: True, Party.COACH: False}


async def test_there_is_nothing_to_agree_to_without_goals(now: datetime) -> None:
    pair = await a_pair(now=now)
    empty = (await circle.goals(pair.enrolment)).seal

    with pytest.raises(rules.NoGoals):
        await service.agree(pair.enrolment, seal=empty, actor=pair.as_coach, now=now)


async def test_strangers_and_other_coaches_neither_write_nor_agree(now: datetime) -> None:
    pair = await a_pair(now=now)
    await pair.with_goals()
    other = await a_pair(now=now, coach="Eve Coach", coachee="Omar Other", programme=pair.programme)
    seal = (await circle.goals(pair.enrolment)).seal

    for actor in (other.as_coach, other.as_coachee):
        with pytest.raises(NotFound):
            await service.set_goals(pair.enrolment, [LISTEN], actor=actor, now=now)
        with pytest.raises(NotFound):
            await service.agree(pair.enrolment, seal=seal, actor=actor, now=now)


async def test_the_audit_trail_says_who_and_when_without_the_words(now: datetime) -> None:
    pair = await a_pair(now=now)
    await pair.with_goals("Get on with my manager", agreed=True)

    lines = await AuditEntry.select().where(AuditEntry.verb.like("goals.%")).order_by(AuditEntry.verb)

    assert [(line["verb"], line["actor"]) for line in lines] == [
        ("goals.agree", pair.coach_person),
        ("goals.set", pair.coachee),
    ]
    assert "manager" not in str(lines)


class TestWhoseGoals:
    async def test_without_a_coach_they_are_agreed_by_nobody_else(self, now: datetime) -> None:
        pair = await a_pair(now=now, chosen=False)
        await pair.with_goals()

        found = await circle.goals(pair.enrolment)

        assert [(each.called, each.tag[0]) for each in found.standings] == [
            ("Coachee", "Agreed"),
            ("Coach", "Not chosen yet"),
        ]
        assert (found.agreed, found.tag[0]) == (False, "Not agreed yet")

    async def test_without_a_choice_they_belong_to_the_coach_of_the_latest_session(self, now: datetime) -> None:
        pair = await a_pair(now=now, chosen=False)
        eve = await a_pair(now=now, coach="Eve Coach", coachee="Omar Other")
        await pair.session(days=-9)
        await pair.session(days=-2, coach=eve.coach)
        await pair.session(days=4, status=SessionStatus.CANCELLED_BY_COACHEE)

        assert (await circle.circle(pair.enrolment)).coach == eve.coach

    async def test_a_chemistry_call_opens_them_to_nobody(self, now: datetime) -> None:
        pair = await a_pair(now=now, chosen=False)
        await pair.session(kind=SessionKind.CHEMISTRY, status=SessionStatus.COMPLETED)

        here = await circle.circle(pair.enrolment)

        assert here.coach is None
        with pytest.raises(NotFound):
            here.party_of(pair.coach_person)

    async def test_another_coach_is_asked_anew_and_the_former_one_sees_nothing(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        await pair.with_goals(agreed=True)
        eve = await a_pair(now=now, coach="Eve Coach", coachee="Omar Other")

        await CoachChoice.update({CoachChoice.coach: eve.coach}).where(CoachChoice.enrolment == pair.enrolment)

        found = await circle.goals(pair.enrolment)
        assert await agreed(pair) == {Party.COACHEE: True, Party.COACH: False}
        assert found.circle.party_of(eve.coach_person) is Party.COACH
        with pytest.raises(NotFound):
            found.circle.party_of(pair.coach_person)
        await service.agree(pair.enrolment, seal=found.seal, actor=eve.as_coach, now=now)
        assert (await circle.goals(pair.enrolment)).agreed

    async def test_a_programme_without_coaching_has_no_goals(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        await room.fetch("DELETE FROM coaching_rules WHERE programme = {}", pair.programme)

        with pytest.raises(NotFound):
            await circle.goals(pair.enrolment)


class TestManager:
    async def asked(self, now: datetime, *, address: str = "maya@council.example") -> Pair:
        pair = await a_pair(now=now, three_way=True)
        await pair.with_goals(agreed=True)
        await service.ask_manager(pair.enrolment, name="Maya Manager", address=address, actor=pair.as_coachee, now=now)
        return pair

    async def test_the_manager_gets_a_mail_and_agrees_by_its_link(self, now: datetime) -> None:
        pair = await self.asked(now)
        found = await circle.goals(pair.enrolment)
        assert await mails("coaching-goals-manager") == ["Maya Manager"]
        assert not found.agreed
        assert found.manager and found.manager.agreement

        await service.agree_by_link(found.manager.agreement, seal=found.seal, now=now)

        assert (await circle.goals(pair.enrolment)).agreed

    async def test_before_a_manager_is_named_the_goals_are_not_agreed(self, now: datetime) -> None:
        pair = await a_pair(now=now, three_way=True)
        await pair.with_goals(agreed=True)

        found = await circle.goals(pair.enrolment)

        assert [(each.called, each.name, each.tag[0]) for each in found.standings] == [
            ("Coachee", "Priya Nair", "Agreed"),
            ("Coach", "Dan Coach", "Agreed"),
            ("Manager", "", "Not named yet"),
        ]
        assert (found.agreed, found.tag[0], found.manager) == (False, "No manager named yet", None)

    async def test_where_no_manager_has_a_say_two_are_enough(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        await pair.with_goals(agreed=True)

        found = await circle.goals(pair.enrolment)

        assert (found.agreed, found.tag[0], found.names_manager) == (True, "Agreed", False)

    async def test_a_change_asks_no_manager_who_is_not_named(self, now: datetime) -> None:
        pair = await a_pair(now=now, three_way=True)
        await pair.with_goals(agreed=True)

        await service.set_goals(pair.enrolment, [LISTEN], actor=pair.as_coachee, now=now + timedelta(days=1))

        assert await agreed(pair) == {Party.COACHEE: True, Party.COACH: False, Party.MANAGER: False}
        assert await mails("coaching-goals-manager") == []

    async def test_the_mail_is_hidden_from_staff_and_does_not_say_the_goals(self, now: datetime) -> None:
        await self.asked(now)

        rows = await Message.select(Message.kind, Message.context).where(Message.kind == "coaching-goals-manager")

        assert rows[0]["kind"] in outbox.SECRET
        assert "board meeting" not in rows[0]["context"]

    async def test_a_change_of_the_goals_asks_the_manager_again(self, now: datetime) -> None:
        pair = await self.asked(now)
        found = await circle.goals(pair.enrolment)
        assert found.manager and found.manager.agreement
        await service.agree_by_link(found.manager.agreement, seal=found.seal, now=now)

        await service.set_goals(pair.enrolment, [LISTEN], actor=pair.as_coachee, now=now + timedelta(days=1))

        assert await agreed(pair) == {Party.COACHEE: True, Party.COACH: False, Party.MANAGER: False}
        assert await mails("coaching-goals-manager") == ["Maya Manager", "Maya Manager"]

    async def test_naming_another_manager_ends_the_link_of_the_first(self, now: datetime) -> None:
        pair = await self.asked(now)
        first = await circle.goals(pair.enrolment)
        assert first.manager and first.manager.agreement

        await service.ask_manager(
            pair.enrolment, name="Noor New", address="noor@council.example", actor=pair.as_coachee, now=now
        )

        with pytest.raises(NotFound):
            await circle.of_link(links.sign(circle.LINK, first.manager.agreement))
        with pytest.raises(NotFound):
            await service.agree_by_link(first.manager.agreement, seal=first.seal, now=now)
        second = (await circle.goals(pair.enrolment)).manager
        assert second and second.name == "Noor New"

    async def test_the_link_of_an_agreement_that_is_not_a_manager_s_opens_nothing(self, now: datetime) -> None:
        pair = await self.asked(now)
        found = await circle.goals(pair.enrolment)
        coach = found.of(Party.COACH)
        assert coach and coach.agreement

        for record in (coach.agreement, pair.enrolment):
            with pytest.raises(NotFound):
                await circle.of_link(links.sign(circle.LINK, record))
        with pytest.raises(NotFound):
            await service.agree_by_link(coach.agreement, seal=found.seal, now=now)

    async def test_without_three_way_goals_no_manager_is_asked(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        await pair.with_goals()

        with pytest.raises(rules.NoManager):
            await service.ask_manager(
                pair.enrolment, name="Maya", address="maya@council.example", actor=pair.as_coachee, now=now
            )

    async def test_only_the_coachee_names_a_manager_and_neither_themself_nor_the_coach(self, now: datetime) -> None:
        pair = await a_pair(now=now, three_way=True)
        await pair.with_goals()
        addresses = {
            row["person"]: row["address"] for row in await room.fetch("SELECT person, address FROM email_address")
        }

        with pytest.raises(NotFound):
            await service.ask_manager(
                pair.enrolment, name="Maya", address="maya@council.example", actor=pair.as_coach, now=now
            )
        for person in (pair.coachee, pair.coach_person):
            with pytest.raises(Invalid):
                await service.ask_manager(
                    pair.enrolment, name="Maya", address=addresses[person], actor=pair.as_coachee, now=now
                )

    async def test_the_academy_does_not_write_to_strangers_without_end(self, now: datetime) -> None:
        pair = await self.asked(now)
        for number in range(rules.MANAGERS_A_DAY - 1):
            await service.ask_manager(
                pair.enrolment, name="Maya", address=f"m{number}@council.example", actor=pair.as_coachee, now=now
            )

        with pytest.raises(TooMany):
            await service.ask_manager(
                pair.enrolment, name="Maya", address="again@council.example", actor=pair.as_coachee, now=now
            )


async def test_once_somebody_has_rated_them_goals_stay(now: datetime) -> None:
    pair = await a_pair(now=now)
    (goal,) = await pair.with_goals()
    await pair.over()
    from cohorts.coaching.record.evaluation import Given

    await service.rate(pair.enrolment, {goal: Given(3)}, actor=pair.as_coach, now=now)

    with pytest.raises(rules.GoalsAreRated):
        await goals.set_goals(pair.enrolment, [LISTEN], actor=pair.as_coachee, now=now)


async def test_of_two_who_change_the_goals_at_once_one_is_told(now: datetime) -> None:
    pair = await a_pair(now=now)
    await pair.with_goals("Old")
    seal = (await circle.goals(pair.enrolment)).seal

    done = await asyncio.gather(
        goals.set_goals(pair.enrolment, [SPEAK], seal=seal, actor=pair.as_coach, now=now),
        goals.set_goals(pair.enrolment, [LISTEN], seal=seal, actor=pair.as_coachee, now=now),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["ChangedMeanwhile", "bool"]
    assert len((await circle.goals(pair.enrolment)).goals) == 1


async def test_control_without_the_seal_the_later_one_writes_over_the_first(now: datetime) -> None:
    pair = await a_pair(now=now)
    await pair.with_goals("Old")

    await goals.set_goals(pair.enrolment, [SPEAK], actor=pair.as_coach, now=now)
    await goals.set_goals(pair.enrolment, [LISTEN], actor=pair.as_coachee, now=now)

    assert [goal.text for goal in (await circle.goals(pair.enrolment)).goals] == ["Listen first"]
