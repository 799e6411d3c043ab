"""Did you meet? A kind nudge, and then the coordinator's list: each once for each silence."""

from datetime import date, datetime, timedelta

from academy import database as room
from mentoring.pairings import alive, meetings, service
from mentoring.pairings.rules import Health
from mentoring.pairings.tables import CheckIn, MeetingStatus
from tests.support.paired import Two, told, two


async def log(pair: Two, then: datetime, minutes: int = 60) -> None:
    await service.log_meeting(pair.id, day=then.date(), minutes=minutes, by=pair.mentor, actor=pair.as_mentor, now=then)


async def test_fourteen_days_after_the_start_both_are_nudged_once(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    assert await service.nudge_due(now + timedelta(days=13)) == 0
    assert await service.nudge_due(now + timedelta(days=14)) == 1
    assert await service.nudge_due(now + timedelta(days=14, hours=1)) == 0
    assert (await told(pair.mentor)).count("pairing-nudge") == 1
    assert (await told(pair.mentee)).count("pairing-nudge") == 1


async def test_a_week_later_still_nothing_and_it_is_on_the_coordinators_list(
    database: room.Engine, now: datetime
) -> None:
    pair = await two(now=now)
    nudged = now + timedelta(days=14)
    await service.nudge_due(nudged)

    assert await service.nudge_due(nudged + timedelta(days=6, hours=23)) == 0
    assert await service.nudge_due(nudged + timedelta(days=7)) == 1
    assert await service.nudge_due(nudged + timedelta(days=8)) == 0
    then = nudged + timedelta(days=7)
    assert (await pair.view(then)).listed_at == then
    assert (await pair.view(then)).health(then) is Health.SILENT


async def test_a_meeting_takes_the_pair_from_the_list_and_six_weeks_later_a_nudge_comes_anew(
    database: room.Engine, now: datetime
) -> None:
    pair = await two(now=now)
    for days in (14, 21):
        await service.nudge_due(now + timedelta(days=days))

    met = now + timedelta(days=22)
    await log(pair, met)

    assert (await pair.view(met)).listed_at is None
    assert await service.nudge_due(met + timedelta(days=41)) == 0
    assert await service.nudge_due(met + timedelta(days=42)) == 1
    assert (await told(pair.mentee)).count("pairing-nudge") == 2


async def test_a_meeting_to_come_is_a_sign_of_life(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    await service.offer_meeting(
        pair.id, starts_at=now + timedelta(days=20), minutes=60, by=pair.mentee, actor=pair.as_mentee, now=now
    )

    assert await service.nudge_due(now + timedelta(days=15)) == 0


async def test_a_paused_pair_is_left_alone_and_silence_counts_anew_from_its_end(
    database: room.Engine, now: datetime
) -> None:
    pair = await two(now=now)
    await service.pause(pair.id, until=date(2026, 8, 3), actor=pair.as_mentor, now=now)

    assert await service.nudge_due(now + timedelta(days=30)) == 0
    assert await service.resume_due(datetime(2026, 8, 2, 22, 59, tzinfo=now.tzinfo)) == 0
    back = datetime(2026, 8, 2, 23, 0, tzinfo=now.tzinfo)  # midnight in London
    assert await service.resume_due(back) == 1
    assert await service.nudge_due(back + timedelta(days=13)) == 0
    assert await service.nudge_due(back + timedelta(days=14)) == 1


# --------------------------------------------------------------- did you meet?
async def asked_of(pair: Two) -> alive.Asked:
    rows = await CheckIn.select(CheckIn.id).where(CheckIn.pairing == pair.id).order_by(CheckIn.asked_at)
    return await alive.check_in(rows[-1]["id"])


async def planned(pair: Two, now: datetime) -> datetime:
    starts = now + timedelta(days=2)
    await service.offer_meeting(pair.id, starts_at=starts, minutes=60, by=pair.mentee, actor=pair.as_mentee, now=now)
    return starts


async def test_the_mentee_is_asked_the_morning_after_once(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    starts = await planned(pair, now)

    assert await service.ask_check_ins(starts + timedelta(hours=17)) == 0
    assert await service.ask_check_ins(starts + timedelta(hours=18)) == 1
    assert await service.ask_check_ins(starts + timedelta(hours=19)) == 0
    assert (await told(pair.mentee)).count("pairing-check-in") == 1
    assert "pairing-check-in" not in await told(pair.mentor)


async def test_a_yes_logs_the_meeting_and_said_twice_it_is_logged_once(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    starts = await planned(pair, now)
    then = starts + timedelta(hours=18)
    await service.ask_check_ins(then)
    asked = await asked_of(pair)

    first = await service.answer_check_in(
        asked.id, met=True, day=starts.date(), minutes=50, actor=pair.as_mentee, now=then
    )
    again = await service.answer_check_in(
        asked.id, met=True, day=starts.date(), minutes=50, actor=pair.as_mentee, now=then
    )

    assert (first, again) == (True, False)
    after = await pair.view(then)
    assert (after.meetings, after.minutes) == (1, 50)


async def test_a_no_marks_the_meeting_as_missed_and_a_later_yes_is_taken(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    starts = await planned(pair, now)
    then = starts + timedelta(hours=18)
    await service.ask_check_ins(then)
    asked = await asked_of(pair)

    await service.answer_check_in(asked.id, met=False, actor=pair.as_mentee, now=then)
    [meeting] = await standing_of(pair)
    assert meeting is MeetingStatus.MISSED
    await service.answer_check_in(asked.id, met=True, day=starts.date(), minutes=30, actor=pair.as_mentee, now=then)

    assert await standing_of(pair) == [MeetingStatus.HELD]


async def standing_of(pair: Two) -> list[MeetingStatus]:
    return [each.status for each in await meetings.of_pairing(pair.id)]


async def test_a_rhythm_after_the_last_meeting_it_is_asked_again_once(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    await log(pair, now)

    assert await service.ask_check_ins(now + timedelta(days=27)) == 0
    assert await service.ask_check_ins(now + timedelta(days=28)) == 1
    assert await service.ask_check_ins(now + timedelta(days=29)) == 0


async def test_ten_days_after_the_start_it_is_asked_before_a_nudge_comes(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    assert await service.ask_check_ins(now + timedelta(days=9)) == 0
    assert await service.ask_check_ins(now + timedelta(days=10)) == 1
    assert (await told(pair.mentee)).count("pairing-check-in") == 1
