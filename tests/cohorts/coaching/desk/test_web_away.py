"""A coach is ill or leaves: all bookings of that time in one list, one page to check, one button."""

from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import pytest

from academy.accounts import queries as accounts
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY
from academy.outbox.tables import Message
from cohorts.coaching.bookings import queries, service
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.desk import away as aways
from cohorts.coaching.desk.away import Decision, Fate
from cohorts.coaching.desk.forms import Away
from cohorts.coaching.times import queries as times
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import field_errors, post, words
from tests.support.makers import Coaching
from tests.support.pages import fields
from tests.support.queries import counted

MONDAY = Away(date(2026, 6, 8), date(2026, 6, 8))
TYPED = {"for": "days", "since": "2026-06-08", "until": "2026-06-08", "reason": "Daniel can’t be there."}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


async def in_cohort(who: Coaching, name: str, **told: object) -> Coaching:
    return await makers.coaching(programme=who.programme, cohort=who.cohort, coach=who.coach, name=name, **told)  # type: ignore[arg-type]


@pytest.fixture
async def maria(priya: Coaching) -> UUID:
    """Another coach of Top Talent, with the same hours."""
    return await makers.a_coach(name="Maria Lopez", programme=priya.programme)


async def options(who: Coaching, session: UUID, *, away: Away = MONDAY, now: datetime) -> dict[str, str]:
    """What can become of one session, by the text that is shown."""
    plan = await aways.plan(await times.coach(who.coach), away, zone="Europe/London", now=now)
    (found,) = [each for each in plan.bookings if each.session.id == session]
    return {text: value for value, text in found.options} | {"default": found.default}


async def mailed() -> list[tuple[str, str]]:
    rows = await Message.select(Message.to_name, Message.kind).where(Message.kind.like("coaching-%"))
    return sorted((row["to_name"], row["kind"]) for row in rows)


# ------------------------------------------------------------------ what can be
async def test_the_same_time_with_another_free_coach_is_the_default(priya: Coaching, maria: UUID, clock: Clock) -> None:
    session = await makers.a_booking(priya, starts_at=at(8, 8, 30))

    found = await options(priya, session, now=clock.now)

    assert found["default"] == found["Same time with Maria Lopez"] == f"{maria}@2026-06-08T08:30Z"
    assert list(found)[1:4] == [
        "Monday 8 June, 9am, with Maria Lopez",
        "Monday 8 June, 10am, with Maria Lopez",
        "Monday 8 June, 10:30am, with Maria Lopez",
    ]
    later = [text for text in found if "still with Daniel Reid" in text]
    assert later == ["Tuesday 9 June, 9am, still with Daniel Reid", "Tuesday 9 June, 9:30am, still with Daniel Reid"]
    assert {"Give the session back, to book again", "Leave it with Daniel Reid"} < set(found)


async def test_a_coach_who_is_booked_away_or_busy_at_that_time_is_not_offered_for_it(
    priya: Coaching, maria: UUID, clock: Clock
) -> None:
    ben = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=maria, name="Ben Hall")
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    await makers.a_booking(ben, starts_at=at(8, 8, 30))

    found = await options(priya, session, now=clock.now)

    assert "Same time with Maria Lopez" not in found and found["default"] == Fate.BACK


async def test_nobody_is_offered_a_time_at_which_they_have_something_else(
    priya: Coaching, maria: UUID, clock: Clock
) -> None:
    """Priya is coached in another programme at 9:30am on Tuesday, the first time that would be later."""
    other = await makers.coaching(person=priya.person)
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    await makers.a_booking(other, starts_at=at(9, 8))

    found = await options(priya, session, now=clock.now)

    assert "Tuesday 9 June, 9am, still with Daniel Reid" not in found
    assert "Tuesday 9 June, 10am, still with Daniel Reid" in found


async def test_short_notice_is_said_and_never_the_default(priya: Coaching, maria: UUID) -> None:
    """The coach calls in sick at 7am; the session is at 9am."""
    session = await makers.a_booking(priya, starts_at=at(8, 8))

    found = await options(priya, session, now=at(8, 6))

    assert "Same time with Maria Lopez, at short notice: ask first" in found and found["default"] == Fate.BACK


async def test_a_coach_of_other_programmes_and_the_coachee_themself_are_not_offered(
    priya: Coaching, clock: Clock
) -> None:
    await makers.a_coach(name="Olga Other")
    await makers.a_coach(person=priya.person, programme=priya.programme)
    session = await makers.a_booking(priya, starts_at=at(8, 8))

    found = await options(priya, session, now=clock.now)

    assert not any("Olga" in text or "Priya" in text for text in found)


async def test_a_chemistry_call_is_not_given_to_somebody_else(clock: Clock, database: object) -> None:
    who = await makers.coaching(chemistry_calls=2)
    await makers.a_coach(name="Maria Lopez", programme=who.programme)
    session = await makers.a_booking(who, starts_at=at(8, 8), minutes=30, kind=SessionKind.CHEMISTRY)

    found = await options(who, session, now=clock.now)

    assert not any("Maria" in text for text in found)
    assert found["default"] == found["Cancel it; a new call can be booked"]


async def test_who_leaves_has_no_later_times_and_all_sessions_in_the_list(
    priya: Coaching, maria: UUID, clock: Clock
) -> None:
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    for day in (9, 23):
        await makers.a_booking(priya, starts_at=at(day, 8))

    plan = await aways.plan(await times.coach(priya.coach), Away(date(2026, 6, 1), None), zone="UTC", now=clock.now)
    found = await options(priya, session, away=plan.away, now=clock.now)

    assert [each.session.starts_at for each in plan.bookings] == [at(8, 8), at(9, 8), at(23, 8)]
    assert not any("still with" in text for text in found)


async def test_the_list_takes_as_many_questions_for_one_session_as_for_three(
    office: httpx.AsyncClient, priya: Coaching, maria: UUID
) -> None:
    here = f"/coaches/{priya.coach}/away?for=days&since=2026-06-08&until=2026-06-08"
    await makers.a_booking(priya, starts_at=at(8, 8))
    await office.get(here)
    with counted() as one:
        assert (await office.get(here)).status_code == 200
    for name, hour in (("Ben Hall", 10), ("Cai Jones", 13)):
        await makers.a_booking(await in_cohort(priya, name), starts_at=at(8, hour))
    with counted() as three:
        await office.get(here)

    assert len(one) == len(three)


# ------------------------------------------------------------------- the pages
async def test_days_then_choices_then_one_button(
    office: httpx.AsyncClient, priya: Coaching, maria: UUID, clock: Clock
) -> None:
    ben, cai = await in_cohort(priya, "Ben Hall"), await in_cohort(priya, "Cai Jones")
    first = await makers.a_booking(priya, starts_at=at(8, 8))
    second = await makers.a_booking(ben, starts_at=at(8, 10))
    third = await makers.a_booking(cai, starts_at=at(8, 13))
    outside = await makers.a_booking(priya, starts_at=at(9, 8))
    here = f"/coaches/{priya.coach}/away"
    await Message.delete(force=True)

    listed = await office.get(f"{here}?for=days&since=2026-06-08&until=2026-06-08")
    choices = {f"s-{second}": f"{maria}@2026-06-10T09:00Z", f"s-{third}": "back"}
    check = await post(office, here + "/check", {**TYPED, **choices}, page=here)
    done = await office.post(here, data=fields(check, here))

    assert "3 sessions are booked in that time." in " ".join(words(listed))
    shown = words(check)
    assert "5 people" in shown  # three coachees, Maria and Daniel
    assert {
        "With Maria Lopez instead, at the same time.",
        "With Maria Lopez: Wednesday 10 June 2026, 10am to 11am (UK time).",
        "Cancelled. Cai Jones is told and gets the session back, and is asked to book again.",
    } <= set(shown)
    said = (
        "Daniel Reid is away on 8 June 2026. 2 sessions moved, 1 session given back. Everyone concerned gets an email."
    )
    assert said in words(await office.get(done.headers["location"]))
    a, b, c, d = [await queries.any_session(each) for each in (first, second, third, outside)]
    assert [(each.coach, each.starts_at, each.status) for each in (a, b, c, d)] == [
        (maria, at(8, 8), SessionStatus.BOOKED),
        (maria, at(10, 9), SessionStatus.BOOKED),
        (priya.coach, at(8, 13), SessionStatus.CANCELLED_BY_ACADEMY),
        (priya.coach, at(9, 8), SessionStatus.BOOKED),
    ]
    assert (await credits.balances([cai.enrolment]))[cai.enrolment].left == 3
    assert c.reason == "Daniel can’t be there. You have the session back: please book another time."
    (leave,) = await times.exceptions(priya.coach)
    assert (leave.from_on, leave.to_on, leave.note) == (date(2026, 6, 8), date(2026, 6, 8), "")
    assert {to for to, _ in await mailed()} == {"Priya Nair", "Ben Hall", "Cai Jones", "Maria Lopez", "Daniel Reid"}


async def test_coaches_who_confirm_are_asked_and_those_who_do_not_come_first(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    amy = await makers.a_coach(name="Amy Bell", programme=priya.programme, confirms=True)
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    alone = await options(priya, session, now=clock.now)
    maria = await makers.a_coach(name="Maria Lopez", programme=priya.programme)
    beside = await options(priya, session, now=clock.now)
    here = f"/coaches/{priya.coach}/away"

    check = await post(office, here + "/check", {**TYPED, f"s-{session}": f"{amy}@2026-06-08T08:00Z"}, page=here)
    done = await office.post(here, data=fields(check, here))

    assert alone["default"] == alone["Same time with Amy Bell, who is asked and confirms"]
    assert beside["default"] == f"{maria}@2026-06-08T08:00Z"
    told = "Amy Bell is asked for the same time, and confirms. Priya Nair is told that it waits."
    assert told in words(check) and "3 people" in words(check)
    said = "Daniel Reid is away on 8 June 2026. 1 session asked of another coach, who confirms. "
    assert said + "Everyone concerned gets an email." in words(await office.get(done.headers["location"]))
    found = await queries.any_session(session)
    assert (found.coach, found.status) == (amy, SessionStatus.REQUESTED)


async def test_the_button_pressed_twice_acts_once(office: httpx.AsyncClient, priya: Coaching, maria: UUID) -> None:
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    here = f"/coaches/{priya.coach}/away"
    form = fields(await post(office, here + "/check", TYPED, page=here), here)

    await office.post(here, data=form)
    mails = await mailed()
    again = await office.post(here, data=form)

    assert again.status_code == 303 and await mailed() == mails
    assert len(await times.exceptions(priya.coach)) == 1
    assert (await queries.any_session(session)).coach == maria


async def test_who_lost_a_race_stays_in_the_list_with_a_sentence_and_the_others_are_done(
    office: httpx.AsyncClient, priya: Coaching, maria: UUID
) -> None:
    ben, cai = await in_cohort(priya, "Ben Hall"), await in_cohort(priya, "Cai Jones")
    first, second = await makers.a_booking(priya, starts_at=at(8, 8)), await makers.a_booking(ben, starts_at=at(8, 10))
    kept = await makers.a_booking(cai, starts_at=at(8, 13))
    here = f"/coaches/{priya.coach}/away"
    form = fields(await post(office, here + "/check", {**TYPED, f"s-{kept}": "keep"}, page=here), here)
    dora = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=maria, name="Dora Day")
    await makers.a_booking(dora, starts_at=at(8, 8))  # a second before

    answer = await office.post(here, data=form)

    shown = " ".join(words(answer))
    assert answer.status_code == 409
    assert field_errors(answer) == {f"s-{first}": "This time has just been taken. Choose another one."}
    assert "Done: 1 session moved, 1 session left as it is." in shown and "Ben Hall," not in shown
    assert (await queries.any_session(second)).coach == maria
    assert (await queries.any_session(first)).coach == priya.coach
    # the second try keeps what was kept
    assert fields(answer, here + "/check")[f"s-{kept}"] == "keep"
    form = fields(
        await post(office, here + "/check", {**TYPED, f"s-{kept}": "keep", f"s-{first}": "back"}, page=here), here
    )
    assert (await office.post(here, data=form)).status_code == 303
    assert (await queries.any_session(kept)).status is SessionStatus.BOOKED
    assert (await queries.any_session(first)).status is SessionStatus.CANCELLED_BY_ACADEMY


async def test_a_session_that_was_booked_meanwhile_is_not_decided_for(
    office: httpx.AsyncClient, priya: Coaching
) -> None:
    here = f"/coaches/{priya.coach}/away"
    form = fields(await post(office, here + "/check", TYPED, page=here), here)
    session = await makers.a_booking(priya, starts_at=at(8, 8))

    answer = await office.post(here, data=form)

    assert field_errors(answer) == {f"s-{session}": "This session was booked meanwhile. Choose what becomes of it."}
    assert (await queries.any_session(session)).status is SessionStatus.BOOKED


async def test_a_coach_leaves_for_good(office: httpx.AsyncClient, priya: Coaching, maria: UUID) -> None:
    session = await makers.a_booking(priya, starts_at=at(23, 8))
    here = f"/coaches/{priya.coach}/away"

    typed = {"for": "good", "reason": "Daniel Reid no longer coaches here."}
    check = await post(office, here + "/check", typed, page=here)
    await office.post(here, data=fields(check, here))

    assert (await times.coach(priya.coach)).left_at is not None
    assert Role.COACH not in await accounts.roles(priya.coach_person)
    assert (await queries.any_session(session)).coach == maria
    assert [each.id for each in await times.coaches_of(priya.programme)] == [maria]


async def test_days_without_sessions_are_leave_all_the_same(office: httpx.AsyncClient, priya: Coaching) -> None:
    here = f"/coaches/{priya.coach}/away"

    check = await post(office, here + "/check", TYPED, page=here)
    done = await office.post(here, data=fields(check, here))

    assert "Nobody" in words(check)
    said = "Daniel Reid is away on 8 June 2026. No session was booked in that time."
    assert said in words(await office.get(done.headers["location"]))
    assert len(await times.exceptions(priya.coach)) == 1


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"since": ""}, {"since": "Enter the first day, like 24 June 2026."}),
        ({"since": "2026-06-08", "until": "2026-06-01"}, {"until": "The last day must not be before the first."}),
        ({"since": "2026-05-08", "until": "2026-05-09"}, {"since": "These days are over. Check the date."}),
    ],
)
async def test_days_that_make_no_sense_are_asked_again(
    office: httpx.AsyncClient, priya: Coaching, typed: dict[str, str], errors: dict[str, str]
) -> None:
    answer = await office.get(f"/coaches/{priya.coach}/away", params={"for": "days", **typed})

    assert (answer.status_code, field_errors(answer)) == (422, errors)
    assert all(f'value="{value}"' in answer.text for value in typed.values() if value)


async def test_what_was_chosen_is_kept_on_the_way_back_and_beside_errors(
    office: httpx.AsyncClient, priya: Coaching, maria: UUID
) -> None:
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    here = f"/coaches/{priya.coach}/away"
    typed = {**TYPED, f"s-{session}": "keep"}

    back = await post(office, here, {**typed, "do": "back"}, page=here)
    wrong = await post(office, here + "/check", {**typed, "reason": ""}, page=here)
    odd = await post(office, here + "/check", {**typed, f"s-{session}": "anybody"}, page=here)

    for answer in (back, wrong):
        assert '<option value="keep" selected>' in answer.text
    assert "Daniel can’t be there." in back.text
    assert field_errors(wrong) == {"reason": "Write one sentence. Everyone who is told reads it."}
    assert field_errors(odd) == {f"s-{session}": "Choose what becomes of this session."}


async def test_a_decision_is_read_as_it_is_written() -> None:
    given = Decision(Fate.GIVE, UUID(int=7), at(8, 8))

    assert [aways.read(each.value) for each in (given, Decision(Fate.BACK))] == [given, Decision(Fate.BACK)]
    with pytest.raises(aways.NoDecision):
        aways.read("give")


async def test_a_session_that_is_cancelled_meanwhile_is_no_longer_in_the_list(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    here = f"/coaches/{priya.coach}/away"
    form = fields(await post(office, here + "/check", TYPED, page=here), here)
    await service.cancel(session, by=Party.COACH, actor=ACADEMY, now=clock.now)

    done = await office.post(here, data=form)

    assert done.status_code == 303
    assert (await queries.any_session(session)).status is SessionStatus.CANCELLED_BY_COACH
