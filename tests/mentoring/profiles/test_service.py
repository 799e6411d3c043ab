"""Signing up, changing, pausing, withdrawing, and keeping people apart, as verbs."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from academy import database as room
from academy.alumni.tables import Alumnus
from academy.audit.service import ACADEMY, Actor
from academy.audit.tables import Entry
from academy.errors import ChangedMeanwhile, NotFound
from academy.people import service as people
from mentoring.matching.people import Format
from mentoring.profiles import known, queries, rules, service
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers, Told, as_json, mentee_answers, mentor_answers
from mentoring.profiles.tables import (
    ApartKind,
    Audience,
    KeptApart,
    MentorProfile,
    MentorStatus,
    PoolStatus,
    ProfileSource,
    RoundStatus,
    Side,
)
from tests.support.makers import a_mentee, a_mentor, a_person, a_round, an_organisation
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database")


# ----------------------------------------------------------------- answers
def test_answers_survive_storing_and_missing_ones_stay_missing() -> None:
    mentor = MentorAnswers(grade=7, formats=(Format.IN_PERSON,), access_offered=(), skills=("data",))

    assert mentor_answers(as_json(mentor)) == mentor
    assert mentor_answers("{}") == MentorAnswers()
    assert mentee_answers('{"goals": "x", "from a later release": 1}') == MenteeAnswers(goals="x")
    assert (mentor_answers("{}").access_offered, mentor_answers('{"access_offered": []}').access_offered) == (None, ())


# ----------------------------------------------------------------- sign-up
async def test_people_themselves_are_held_to_the_window_and_coordinators_are_not(now: datetime) -> None:
    round = await a_round(mentors_may=Audience.NOBODY, now=now)
    ana = await a_person(now=now)

    for source in (ProfileSource.SELF, ProfileSource.ALUMNI):
        with pytest.raises(rules.CannotSignUp):
            await service.sign_up_mentor(round, ana, MentorAnswers(), source=source, actor=Actor(ana, "Ana"), now=now)
    assert await a_mentor(round=round, person=ana, now=now)


async def test_a_closed_round_takes_nobody_and_keeps_its_answers(now: datetime) -> None:
    round = await a_round(now=now)
    profile = await a_mentor(round=round, now=now)
    for each in (RoundStatus.MATCHING, RoundStatus.CLOSED):
        await service.move_round(round, each, actor=ACADEMY, now=now)

    with pytest.raises(rules.CannotSignUp):
        await a_mentee(round=round, now=now)
    with pytest.raises(rules.CannotSignUp):
        await service.change_mentor(profile, MentorAnswers(), capacity=1, version=1, actor=ACADEMY, now=now)


async def test_signing_up_twice_at_once_makes_one_profile(now: datetime) -> None:
    round = await a_round(now=now)
    ana = await a_person(now=now)

    made = await asyncio.gather(*(a_mentor(round=round, person=ana, now=now) for _ in range(4)))

    assert len(set(made)) == 1
    assert await MentorProfile.count() == 1


async def test_the_employer_of_a_profile_follows_the_person(now: datetime) -> None:
    round = await a_round(now=now)
    ana = await a_person(now=now)
    profile = await a_mentor(round=round, person=ana, now=now)
    hull = await an_organisation(name="Hull City Council", now=now)

    await people.set_employment(ana, organisation=hull, organisation_name="", job_title="", on=now.date())
    await a_mentor(round=round, person=ana, now=now)

    mine = await queries.mentor(profile)
    assert (mine.organisation, mine.organisation_name) == (hull, "Hull City Council")


async def test_who_comes_back_keeps_the_profile_and_no_pause(now: datetime) -> None:
    round = await a_round(now=now)
    ana = await a_person(now=now)
    profile = await a_mentor(round=round, person=ana, now=now)
    await service.pause_mentor(profile, date(2030, 1, 1), actor=ACADEMY, now=now)
    await service.withdraw_mentor(profile, actor=ACADEMY, now=now)
    await service.withdraw_mentor(profile, actor=ACADEMY, now=now)

    again = await a_mentor(round=round, person=ana, now=now)

    mine = await queries.mentor(profile)
    assert (again, mine.status, mine.paused_until) == (profile, MentorStatus.ACTIVE, None)


async def test_an_older_version_is_not_written_over_a_newer(now: datetime) -> None:
    profile = await a_mentee(now=now)
    await service.change_mentee(profile, MenteeAnswers(goals="new"), version=1, actor=ACADEMY, now=now)

    with pytest.raises(ChangedMeanwhile):
        await service.change_mentee(profile, MenteeAnswers(goals="old"), version=1, actor=ACADEMY, now=now)

    assert (await queries.mentee(profile)).answers.goals == "new"


async def test_the_trail_says_which_answers_were_changed_and_not_what_they_are(now: datetime) -> None:
    profile = await a_mentee(now=now)
    secret = MenteeAnswers(goals="To leave my boss", access_needs=("captions",))

    await service.change_mentee(
        profile, secret, told=[Told(question="gender", answer="woman")], version=1, actor=ACADEMY, now=now
    )

    rows = await Entry.select(Entry.after).where(Entry.verb == "mentee.change")
    assert set(msgspec.json.decode(rows[0]["after"])["answers"]) >= {"goals", "access_needs"}
    everything = str(await Entry.select())
    assert "leave my boss" not in everything and "captions" not in everything and "woman" not in everything


async def test_what_is_not_given_stays_and_what_is_emptied_goes(now: datetime) -> None:
    round = await a_round(now=now)
    ana, mia = await a_person(now=now), await a_person(now=now)
    told = [Told(question="gender", answer="woman", for_matching=True)]
    await a_mentee(round=round, person=ana, choices=[mia], told=told, now=now)

    await a_mentee(round=round, person=ana, now=now)
    kept = (await queries.choices(round, Side.MENTEE, ana), await queries.told(round, ana))
    await a_mentee(round=round, person=ana, choices=[], told=[], now=now)

    assert ([each.person for each in kept[0]], list(kept[1])) == ([mia], ["gender"])
    assert (await queries.choices(round, Side.MENTEE, ana), await queries.told(round, ana)) == ([], {})


async def test_a_refused_sign_up_leaves_nothing_behind(now: datetime) -> None:
    round = await a_round(now=now)
    ana = await a_person(now=now)

    with pytest.raises(rules.BadProfile):
        await a_mentor(round=round, person=ana, choices=[ana], now=now)

    assert await MentorProfile.count() == 0


async def test_a_mentee_s_place_in_the_pool_is_set_by_runs_and_not_after_withdrawing(now: datetime) -> None:
    profile = await a_mentee(now=now)
    await service.set_pool_status(profile, PoolStatus.NO_MATCH_FOUND, now)
    await service.set_pool_status(profile, PoolStatus.NO_MATCH_FOUND, now)
    assert (await queries.mentee(profile)).status is PoolStatus.NO_MATCH_FOUND
    await service.withdraw_mentee(profile, actor=ACADEMY, now=now)

    with pytest.raises(rules.ForbiddenMove):
        await service.set_pool_status(profile, PoolStatus.WAITING_REMATCH, now)


async def test_the_places_of_many_are_set_at_once_or_none_of_them(now: datetime) -> None:
    round = await a_round(now=now)
    ana, ben, cleo = [await a_mentee(round=round, name=name, now=now) for name in ("Ana", "Ben", "Cleo")]
    await service.set_pool_status(ben, PoolStatus.NO_MATCH_FOUND, now)

    await service.set_pool_statuses(round, [ana, ben], PoolStatus.NO_MATCH_FOUND, now)

    states = {one.name: one.status for one in await queries.mentees(round)}
    assert states == {"Ana": PoolStatus.NO_MATCH_FOUND, "Ben": PoolStatus.NO_MATCH_FOUND, "Cleo": PoolStatus.IN_POOL}
    assert await Entry.count().where(Entry.verb == "mentee.pool") == 2  # Ben stood so already
    await service.withdraw_mentee(ana, actor=ACADEMY, now=now)
    with pytest.raises(rules.ForbiddenMove):
        await service.set_pool_statuses(round, [cleo, ana], PoolStatus.WAITING_REMATCH, now)
    with pytest.raises(NotFound):
        await service.set_pool_statuses(await a_round(now=now), [cleo], PoolStatus.WAITING_REMATCH, now)
    assert (await queries.mentee(cleo)).status is PoolStatus.IN_POOL


async def test_verbs_on_nobody(now: datetime) -> None:
    nobody = await a_person(now=now)
    for verb in (service.withdraw_mentor, service.withdraw_mentee):
        with pytest.raises(NotFound):
            await verb(nobody, actor=ACADEMY, now=now)
    with pytest.raises(NotFound):
        await service.pause_mentor(nobody, None, actor=ACADEMY, now=now)
    with pytest.raises(NotFound):
        await a_mentor(round=nobody, now=now)


# ------------------------------------------------------------------- alumni
async def test_an_alumna_becomes_a_mentor_in_one_step_with_what_we_know(now: datetime) -> None:
    former, round = await a_round(now=now), await a_round(mentors_may=Audience.ALUMNI, now=now)
    ana = await a_person(now=now)
    await Alumnus.insert(Alumnus(person=ana, since_on=now.date()))
    await a_mentee(round=former, person=ana, biography="I was a mentee once", region="Wales", now=now)
    await people.set_employment(ana, organisation=None, organisation_name="Hull", job_title="Head", on=now.date())

    profile = await service.from_alumni(round, ana, actor=Actor(ana, "Ana"), now=now)
    again = await service.from_alumni(round, ana, actor=Actor(ana, "Ana"), now=now)

    mine = await queries.mentor(profile)
    assert (again, mine.source, mine.organisation_name) == (profile, ProfileSource.ALUMNI, "Hull")
    assert (mine.answers.biography, mine.answers.region, mine.answers.job_title) == (
        "I was a mentee once",
        "Wales",
        "Head",
    )
    assert mine.answers.formats == (Format.VIRTUAL, Format.IN_PERSON)


async def test_who_is_no_alumna_does_not_become_a_mentor_that_way(now: datetime) -> None:
    round = await a_round(mentors_may=Audience.ALUMNI, now=now)

    with pytest.raises(rules.CannotSignUp, match="completed a programme"):
        await service.from_alumni(round, await a_person(now=now), actor=ACADEMY, now=now)


async def test_a_wish_for_somebody_alike_is_asked_anew_in_each_round(now: datetime) -> None:
    ana = await a_person(now=now)
    told = [Told(question="gender", answer="woman")]
    await a_mentee(person=ana, same_background=("gender",), told=told, goals="Kept", now=now)

    answers = await known.known_mentee(ana)

    assert (answers.goals, answers.same_background) == ("Kept", ())


async def test_rounds_that_look_for_mentors_are_those_that_one_could_join(now: datetime) -> None:
    ana = await a_person(now=now)
    await a_round(slug="anyone", now=now)
    await a_round(slug="alumni", mentors_may=Audience.ALUMNI, now=now + timedelta(minutes=1))
    await a_round(slug="later", opens_at=now + timedelta(days=1), now=now)
    await a_round(slug="over", closes_at=now, now=now)
    await a_round(slug="matching", status=RoundStatus.MATCHING, now=now)
    await a_mentor(round=await a_round(slug="mine", now=now), person=ana, now=now)

    assert await queries.rounds_to_offer(ana, now=now) == ["anyone"]
    await Alumnus.insert(Alumnus(person=ana, since_on=now.date()))
    assert await queries.rounds_to_offer(ana, now=now) == ["alumni", "anyone"]


# -------------------------------------------------------------------- apart
async def test_two_people_are_kept_apart_once_whoever_is_named_first(now: datetime) -> None:
    ana, ben = await a_person(now=now), await a_person(now=now)

    first = await service.keep_apart(ana, ben, ApartKind.NAMED, actor=ACADEMY, now=now)
    again = await service.keep_apart(ben, ana, ApartKind.NAMED, actor=ACADEMY, now=now)
    line = await service.keep_apart(ben, ana, ApartKind.LINE, actor=ACADEMY, now=now)

    assert (first == again, first == line) == (True, False)
    assert len(await queries.apart(ben)) == 2


async def test_a_word_in_confidence_of_each_stays_each_one_s_own(now: datetime) -> None:
    ana, ben = await a_person(now=now), await a_person(now=now)
    by_ana = await service.keep_apart(ana, ben, ApartKind.CONFIDENTIAL, actor=Actor(ana, "A"), now=now)
    by_ben = await service.keep_apart(ben, ana, ApartKind.CONFIDENTIAL, actor=Actor(ben, "B"), now=now)

    with pytest.raises(NotFound):
        await service.take_back(by_ana, ben)
    with pytest.raises(NotFound):
        await service.allow_together(by_ana, actor=ACADEMY, now=now)
    await service.take_back(by_ana, ana)

    assert by_ana != by_ben
    assert [row["id"] for row in await KeptApart.select()] == [by_ben]
    assert await Entry.count().where(Entry.verb.like("person.%apart%")) == 0


async def test_nobody_is_kept_apart_from_themself_or_from_nobody(now: datetime) -> None:
    ana = await a_person(now=now)

    with pytest.raises(rules.BadProfile):
        await service.keep_apart(ana, ana, ApartKind.NAMED, actor=ACADEMY, now=now)
    with pytest.raises(NotFound):
        await service.keep_apart(ana, await a_round(now=now), ApartKind.NAMED, actor=ACADEMY, now=now)


async def test_letting_two_be_paired_again_stands_in_the_trail(now: datetime) -> None:
    ana, ben = await a_person(name="Ana", now=now), await a_person(name="Ben", now=now)
    kept = await service.keep_apart(ana, ben, ApartKind.NAMED, reason="Cousins", actor=ACADEMY, now=now)

    await service.allow_together(kept, actor=ACADEMY, now=now)

    assert await queries.apart(ana) == []
    rows = await Entry.select(Entry.verb, Entry.note).where(Entry.person == ana).order_by(Entry.at)
    assert [(row["verb"], row["note"]) for row in rows if row["verb"].startswith("person.")] == [
        ("person.keep_apart", "Cousins"),
        ("person.allow_together", ""),
    ]


# -------------------------------------------------------------------- reads
async def test_lists_take_one_query_however_many_there_are(now: datetime) -> None:
    round = await a_round(now=now)
    for _ in range(3):
        await a_mentor(round=round, now=now)
        await a_mentee(round=round, now=now)
        with counted() as statements:
            await queries.mentors(round)
            await queries.mentees(round)
        assert len(statements) == 2


async def test_one_s_own_profiles_of_rounds_that_are_still_drafts_are_not_shown(now: datetime) -> None:
    ana = await a_person(now=now)
    await a_mentor(round=await a_round(status=RoundStatus.DRAFT, now=now), person=ana, now=now)
    await a_mentee(round=await a_round(slug="open", now=now), person=ana, now=now)

    (only,) = await queries.of_person(ana)

    assert (only.side, only.path, only.status, only.capacity) == (Side.MENTEE, "/mentoring/open/mentee", "in_pool", 0)


async def test_the_pool_is_the_same_whatever_the_order_of_rows(database: room.Engine, now: datetime) -> None:
    round = await a_round(now=now)
    made = [await a_person(name=f"P{number}", now=now) for number in range(4)]
    for person in made:
        await a_mentor(round=round, person=person, now=now)
    for person in reversed(made):
        await a_mentee(round=round, person=person, now=now)

    facts = await queries.pool(round, now=datetime.now(UTC))

    in_order = facts.pool.in_order()
    assert [one.id for one in in_order.mentors] == [one.id for one in in_order.mentees] == sorted(map(str, made))
