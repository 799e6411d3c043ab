"""Mentors are asked; yes, no and silence each lead somewhere."""

from datetime import date, datetime, timedelta

import pytest

from academy import database as room
from academy.audit.service import ACADEMY
from mentoring.pairings import queries, service
from mentoring.pairings.rules import CannotPair, ForbiddenMove, NoPlace, PairedAlready, TooLate
from mentoring.pairings.service import Proposed
from mentoring.pairings.tables import DeclineReason, PairingStatus
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as signing
from mentoring.profiles.tables import ApartKind, KeptApart, PoolStatus, RoundStatus
from tests.support import makers
from tests.support.paired import told, two

S = PairingStatus


async def test_a_mentor_is_asked_and_the_mentee_hears_that_somebody_is(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)

    stands = await pair.view(now)
    assert (stands.status, stands.answer_by) == (S.PROPOSED, now + timedelta(days=7))
    assert await told(pair.mentor) == ["pairing-proposal"]
    assert await told(pair.mentee) == ["pairing-asked"]


async def test_what_nobody_has_accepted_is_not_among_the_mentees_pairings(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)

    assert [each.id for each in await queries.of_person(pair.mentor, now=now)] == [pair.id]
    assert await queries.of_person(pair.mentee, now=now) == []


async def test_a_yes_introduces_the_two_and_begins_at_once_where_the_round_has_begun(
    database: room.Engine, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)

    stands = await service.accept(pair.id, actor=pair.as_mentor, now=now)

    assert stands is S.ACTIVE
    after = await pair.view(now)
    assert (after.starts_on, after.ends_on) == (date(2026, 6, 1), date(2027, 3, 1))
    assert "pairing-introduced" in await told(pair.mentor)
    assert await told(pair.mentee) == ["pairing-asked", "pairing-introduced"]
    assert [each.to_status for each in await queries.changes(pair.id)] == [S.PROPOSED, S.ACCEPTED, S.ACTIVE]


async def test_a_question_that_still_waits_in_the_outbox_is_not_sent_after_the_answer(
    database: room.Engine, now: datetime
) -> None:
    from academy.outbox.tables import Message

    pair = await two(now=now)

    rows = await Message.select(Message.state).where(Message.key == f"pairing-proposal:{pair.id}")
    assert [row["state"] for row in rows] == ["dropped"]


async def test_a_yes_before_the_round_begins_waits_for_its_first_day(database: room.Engine, now: datetime) -> None:
    pair = await two(starts_on=date(2026, 7, 1), now=now)

    assert (await pair.view(now)).status is S.ACCEPTED
    assert await service.activate_due(now + timedelta(days=29)) == 0
    begun = datetime.combine(date(2026, 6, 30), now.timetz()) + timedelta(hours=15)  # 00:00 in London on 1 July
    assert await service.activate_due(begun) == 1
    assert (await pair.view(begun)).status is S.ACTIVE
    assert await service.activate_due(begun) == 0


@pytest.mark.parametrize("kind", [ApartKind.CONFIDENTIAL, ApartKind.NAMED])
@pytest.mark.parametrize("by_mentor", [True, False], ids=["the mentor said so", "the mentee said so"])
async def test_nobody_pairs_two_who_are_kept_apart_whoever_said_so(
    database: room.Engine, by_mentor: bool, kind: ApartKind, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    await service.decline(pair.id, DeclineReason.OTHER, actor=pair.as_mentor, now=now)
    stands = await pair.view(now)
    again = Proposed(mentor_profile=stands.mentor_profile, mentee_profile=stands.mentee_profile)
    one, other = (pair.mentor, pair.mentee) if by_mentor else (pair.mentee, pair.mentor)
    apart = await signing.keep_apart(one, other, kind, actor=ACADEMY, now=now)

    with pytest.raises(CannotPair, match="are kept apart"):
        await service.pair_by_hand(stands.round, again, actor=ACADEMY, now=now)
    with pytest.raises(CannotPair, match="are kept apart"):
        await service.propose(stands.round, [again], actor=ACADEMY, now=now)

    await KeptApart.delete().where(KeptApart.id == apart)  # the control: nothing else stood between them
    await service.pair_by_hand(stands.round, again, actor=ACADEMY, now=now)


@pytest.mark.parametrize("kind", [ApartKind.CONFIDENTIAL, ApartKind.NAMED])
async def test_a_proposal_ends_when_the_two_are_kept_apart(
    database: room.Engine, kind: ApartKind, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    assert await service.expire_due(now) == 0
    await signing.keep_apart(pair.mentee, pair.mentor, kind, actor=ACADEMY, now=now)

    with pytest.raises(CannotPair, match="has been taken back"):
        await service.accept(pair.id, actor=pair.as_mentor, now=now)
    assert await service.expire_due(now) == 1

    assert (await pair.view(now)).status is S.EXPIRED
    assert "pairing-introduced" not in await told(pair.mentee)


async def test_a_second_yes_changes_nothing(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    assert await service.accept(pair.id, actor=pair.as_mentor, now=now) is S.ACTIVE

    assert (await told(pair.mentee)).count("pairing-introduced") == 1
    assert len(await queries.changes(pair.id)) == 3


async def test_a_no_is_read_by_coordinators_and_waits_to_be_followed(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)

    await service.decline(pair.id, DeclineReason.NO_TIME, note="After the move", actor=pair.as_mentor, now=now)

    stands = await pair.view(now)
    assert (stands.status, stands.decline_reason, stands.decline_note) == (S.DECLINED, "no_time", "After the move")
    assert [each.id for each in await queries.unfollowed(now)] == [pair.id]
    assert await queries.of_person(pair.mentee, now=now) == []
    assert await told(pair.mentee) == ["pairing-asked"]


async def test_after_a_no_there_is_no_yes(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)
    await service.decline(pair.id, DeclineReason.OTHER, actor=pair.as_mentor, now=now)

    with pytest.raises(ForbiddenMove):
        await service.accept(pair.id, actor=pair.as_mentor, now=now)


async def test_silence_expires_on_the_instant_and_an_answer_then_comes_too_late(
    database: room.Engine, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    last = now + timedelta(days=7)

    assert await service.expire_due(last - timedelta(seconds=1)) == 0
    with pytest.raises(TooLate):
        await service.accept(pair.id, actor=pair.as_mentor, now=last)
    assert await service.expire_due(last) == 1
    assert (await pair.view(last)).status is S.EXPIRED
    assert await service.expire_due(last) == 0


async def test_whom_nobody_takes_is_told_once_and_stands_as_not_matched(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)
    await service.decline(pair.id, DeclineReason.NO_TIME, actor=pair.as_mentor, now=now)

    await service.followed(pair.id, asked_again=False, now=now)
    await service.followed(pair.id, asked_again=False, now=now)

    assert await queries.unfollowed(now) == []
    assert (await told(pair.mentee)).count("pairing-waiting") == 1
    assert (await profiles.mentee(pair.mentee_profile)).status is PoolStatus.NO_MATCH_FOUND


async def test_when_the_next_best_is_asked_the_mentee_hears_that_we_go_on(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)
    await service.decline(pair.id, DeclineReason.NO_TIME, actor=pair.as_mentor, now=now)
    other = await makers.a_mentor(round=pair.round, now=now)

    await service.propose(
        pair.round, [Proposed(mentor_profile=other, mentee_profile=pair.mentee_profile)], actor=ACADEMY, now=now
    )
    await service.followed(pair.id, asked_again=True, now=now)

    assert await told(pair.mentee) == ["pairing-asked", "pairing-waiting"]


async def test_more_than_a_mentors_places_are_not_proposed_and_none_of_the_others_is(
    database: room.Engine, now: datetime
) -> None:
    here = await makers.a_round(status=RoundStatus.MATCHING, now=now)
    mentor = await makers.a_mentor(round=here, capacity=1, now=now)
    both = [await makers.a_mentee(round=here, now=now) for _ in range(2)]

    with pytest.raises(NoPlace):
        await service.propose(
            here, [Proposed(mentor_profile=mentor, mentee_profile=each) for each in both], actor=ACADEMY, now=now
        )

    assert await queries.of_round(here, now=now) == []


async def test_a_mentee_has_one_pairing_in_a_round(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)
    other = await makers.a_mentor(round=pair.round, now=now)

    with pytest.raises(PairedAlready):
        await service.propose(
            pair.round, [Proposed(mentor_profile=other, mentee_profile=pair.mentee_profile)], actor=ACADEMY, now=now
        )


async def test_nobody_is_their_own_mentor(database: room.Engine, now: datetime) -> None:
    here = await makers.a_round(now=now)
    person = await makers.a_person(now=now)
    mentor = await makers.a_mentor(round=here, person=person, now=now)
    mentee = await makers.a_mentee(round=here, person=person, now=now)

    with pytest.raises(CannotPair):
        await service.propose(here, [Proposed(mentor_profile=mentor, mentee_profile=mentee)], actor=ACADEMY, now=now)


async def test_a_mentor_who_pauses_is_not_asked(database: room.Engine, now: datetime) -> None:
    here = await makers.a_round(now=now)
    mentor, mentee = await makers.a_mentor(round=here, now=now), await makers.a_mentee(round=here, now=now)
    await signing.pause_mentor(mentor, date(2026, 7, 1), actor=ACADEMY, now=now)

    with pytest.raises(NoPlace):
        await service.propose(here, [Proposed(mentor_profile=mentor, mentee_profile=mentee)], actor=ACADEMY, now=now)


async def test_for_a_mentee_who_withdraws_nobody_is_asked_any_more(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)

    await signing.withdraw_mentee(pair.mentee_profile, actor=pair.as_mentee, now=now)

    assert (await pair.view(now)).status is S.EXPIRED
    assert await queries.unfollowed(now) == []
    with pytest.raises(ForbiddenMove):
        await service.accept(pair.id, actor=pair.as_mentor, now=now)


async def test_a_mentor_who_withdraws_has_said_no(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)

    await signing.withdraw_mentor(pair.mentor_profile, actor=pair.as_mentor, now=now)

    assert (await pair.view(now)).status is S.DECLINED
    assert [each.id for each in await queries.unfollowed(now)] == [pair.id]


async def test_a_pairing_that_has_begun_goes_on_when_one_withdraws(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    await signing.withdraw_mentor(pair.mentor_profile, actor=pair.as_mentor, now=now)

    assert (await pair.view(now)).status is S.ACTIVE


async def test_a_pair_made_by_hand_is_introduced_at_once(database: room.Engine, now: datetime) -> None:
    here = await makers.a_round(starts_on=now.date(), now=now)
    mentor, mentee = await makers.a_mentor(round=here, now=now), await makers.a_mentee(round=here, now=now)

    made = await service.pair_by_hand(
        here, Proposed(mentor_profile=mentor, mentee_profile=mentee), actor=ACADEMY, now=now
    )

    stands = await queries.pairing_for_staff(made, now=now)
    assert stands.status is S.ACTIVE
    assert await told(stands.mentee) == ["pairing-introduced"]


async def test_a_proposal_that_is_taken_back_frees_both_and_asks_nobody(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)

    await service.take_back(pair.id, actor=ACADEMY, now=now)

    assert (await pair.view(now)).status is S.EXPIRED
    assert await queries.unfollowed(now) == []
    assert await queries.places_taken(pair.round) == {}
