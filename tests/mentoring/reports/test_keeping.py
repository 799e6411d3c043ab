"""What was told in trust goes when its time is over, and not before."""

from datetime import datetime, timedelta

import pytest

from academy.audit.service import ACADEMY
from mentoring import jobs
from mentoring.pairings import notes
from mentoring.pairings import service as pairings
from mentoring.profiles import service as profiles
from mentoring.profiles.answers import Told
from mentoring.profiles.tables import EqualityAnswer, ProfileImport, RoundStatus, Side
from mentoring.reports import fairness, keeping
from tests.support.makers import a_mentee, a_round
from tests.support.paired import two

pytestmark = pytest.mark.usefixtures("database")
SECOND = timedelta(seconds=1)


async def test_a_private_note_goes_90_days_after_the_pairing_has_ended(now: datetime) -> None:
    ended, lives = await two(now=now), await two(now=now)
    for pair in (ended, lives):
        await notes.write_note(pair.id, "Shy", author=pair.mentor, now=now)
    await pairings.end(ended.id, reason="", actor=ended.as_mentee, now=now)

    early = await keeping.forget_old(now + notes.KEEP - SECOND)
    in_time = await keeping.forget_old(now + notes.KEEP)
    again = await keeping.forget_old(now + notes.KEEP)

    assert (early, in_time, again) == (0, 1, 0)
    assert await notes.notes(ended.id, author=ended.mentor) == []
    assert [note.text for note in await notes.notes(lives.id, author=lives.mentor)] == ["Shy"]


async def test_single_characteristics_go_two_years_after_the_round_was_closed_and_the_count_stays(
    now: datetime,
) -> None:
    told = [Told(question="gender", answer="woman")]
    closed = await a_round(status=RoundStatus.RUNNING, now=now)
    await a_mentee(round=closed, told=told, now=now)
    await profiles.move_round(closed, RoundStatus.CLOSED, actor=ACADEMY, now=now)
    await a_mentee(round=await a_round(now=now), told=told, now=now)
    due = now + keeping.KEEP_CHARACTERISTICS

    not_counted_yet = await jobs.forget_old(due)
    await jobs.count_fairness(due - SECOND)
    early = await jobs.forget_old(due - SECOND)
    in_time = await jobs.forget_old(due)

    assert (not_counted_yet, early, in_time) == (0, 0, 1)
    assert await EqualityAnswer.count() == 1
    counted = await fairness.counted(closed, Side.MENTEE)
    assert counted is not None and counted.tables[2].people == 1


async def test_a_file_goes_after_a_week_and_what_it_did_stays(now: datetime) -> None:
    await profiles.bring_file(
        await a_round(now=now), octets=b"name,email\nMo,mo@x.example\n", file_name="m.csv", side=Side.MENTEE,
        actor=ACADEMY, now=now,
    )  # fmt: skip

    early, in_time = (
        await keeping.forget_old(now + timedelta(days=6)),
        await keeping.forget_old(now + timedelta(days=8)),
    )

    assert (early, in_time) == (0, 1)
    assert (await ProfileImport.select(ProfileImport.content, ProfileImport.file_name)) == [
        {"content": None, "file_name": "m.csv"}
    ]
