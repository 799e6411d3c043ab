"""Either ends it alone, and the other is not told why; what is complete counts for both."""

from datetime import date, datetime, timedelta

import pytest

from academy import database as room
from academy.alumni.contributions import contributions_of
from academy.audit.service import ACADEMY
from academy.audit.tables import Entry
from academy.invites import queries as invited
from academy.outbox.tables import Message
from mentoring.pairings import ending, queries, service
from mentoring.pairings.forms import Evaluation
from mentoring.pairings.rules import ForbiddenMove, NotNow
from mentoring.pairings.tables import PairingStatus
from mentoring.profiles import queries as profiles
from mentoring.profiles.tables import PoolStatus
from tests.support import makers
from tests.support.paired import told, two

WHY = "We talked past each other"
SAID = Evaluation(overall=5, goals_reached=3, helped="Honest words", better="", again=True)


async def test_a_mentee_ends_it_alone_and_the_reason_goes_to_coordinators_only(
    database: room.Engine, now: datetime
) -> None:
    pair = await two(now=now)

    await service.end(pair.id, reason=WHY, actor=pair.as_mentee, now=now)

    after = await pair.view(now)
    assert (after.status, after.end_reason, after.ended_by) == (PairingStatus.ENDED_EARLY, WHY, pair.mentee)
    assert after.let_down == "mentor"
    seen_by_mentor = await queries.pairing(pair.id, person=pair.mentor, now=now)
    assert "end_reason" not in seen_by_mentor.__struct_fields__
    assert (await told(pair.mentor)).count("pairing-ended") == 1
    assert "pairing-ended" not in await told(pair.mentee)
    assert await _mentions(WHY) == {"pairing"}


async def test_the_control_finds_the_reason_where_it_was_leaked(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    await service.end(pair.id, reason=WHY, actor=pair.as_mentee, now=now)

    await Message.update({Message.subject: WHY}, force=True)

    assert await _mentions(WHY) == {"pairing", "message"}


async def _mentions(words: str) -> set[str]:
    """In which tables these words stand, of all that have mails, history and audit in them."""
    found = set()
    if any(words in str(row) for row in await Message.select()):
        found.add("message")
    if any(words in str(row) for row in await Entry.select()):
        found.add("entry")
    from mentoring.pairings.tables import Pairing, PairingChange

    if any(words in str(row) for row in await PairingChange.select()):
        found.add("pairing_change")
    if any(words in str(row) for row in await Pairing.select()):
        found.add("pairing")
    return found


async def test_the_mentee_who_was_let_down_comes_first_in_the_next_run(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    await service.end(pair.id, actor=pair.as_mentor, now=now)

    assert (await profiles.mentee(pair.mentee_profile)).status is PoolStatus.WAITING_REMATCH
    facts = await profiles.pool(pair.round, now=now)
    assert [one.waited_before for one in facts.pool.mentees] == [True]
    assert await queries.places_taken(pair.round) == {}


async def test_who_ends_it_does_not_come_first(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    await service.end(pair.id, actor=pair.as_mentee, now=now)

    assert (await profiles.mentee(pair.mentee_profile)).status is PoolStatus.IN_POOL


async def test_a_mentee_who_ends_it_after_a_long_silence_was_let_down_too(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    await service.end(pair.id, actor=pair.as_mentee, now=now + timedelta(days=21))

    assert (await profiles.mentee(pair.mentee_profile)).status is PoolStatus.WAITING_REMATCH


async def test_planned_meetings_leave_the_calendars(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    await service.offer_meeting(
        pair.id, starts_at=now + timedelta(days=3), minutes=60, by=pair.mentee, actor=pair.as_mentee, now=now
    )

    await service.end(pair.id, actor=pair.as_mentee, now=now)

    assert await invited.events_of(pair.mentor, now=now) == []


async def test_ended_twice_is_ended_once(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    await service.end(pair.id, reason=WHY, actor=pair.as_mentee, now=now)

    await service.end(pair.id, reason="Something else", actor=pair.as_mentor, now=now)

    assert (await pair.view(now)).end_reason == WHY
    assert (await told(pair.mentor)).count("pairing-ended") == 1


async def test_a_proposal_is_not_ended_but_declined(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)

    with pytest.raises(ForbiddenMove):
        await service.end(pair.id, actor=pair.as_mentor, now=now)


async def test_after_the_last_day_it_is_complete_and_both_are_asked(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    await service.log_meeting(pair.id, day=now.date(), minutes=60, by=pair.mentor, actor=pair.as_mentor, now=now)
    last = datetime(2027, 3, 1, 23, 30, tzinfo=now.tzinfo)

    assert await service.complete_due(last) == 0
    assert await service.complete_due(last + timedelta(hours=1)) == 1
    assert await service.complete_due(last + timedelta(hours=1)) == 0

    for person, kind, what in (
        (pair.mentor, "mentor", "Mentor in Mentoring 2026"),
        (pair.mentee, "mentee", "Mentored in Mentoring 2026"),
    ):
        assert (await told(person)).count("pairing-evaluation") == 1
        [line] = await contributions_of(person)
        assert (line.kind, line.what, line.minutes, line.on) == (kind, what, 60, date(2027, 3, 1))


async def test_each_says_once_how_it_was(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    await service.complete(pair.id, actor=ACADEMY, now=now)

    assert await service.evaluate(pair.id, SAID, person=pair.mentee, actor=pair.as_mentee, now=now)
    assert not await service.evaluate(pair.id, SAID, person=pair.mentee, actor=pair.as_mentee, now=now)
    assert await service.evaluate(pair.id, SAID, person=pair.mentor, actor=pair.as_mentor, now=now)

    assert {each.person for each in await ending.evaluations(pair.id)} == {pair.mentor, pair.mentee}
    other = await makers.a_mentee(round=pair.round, now=now)
    assert other and [each.both_again for each in await queries.history(pair.round)] == [True]


async def test_nobody_says_how_it_was_before_it_is_complete(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    with pytest.raises(NotNow):
        await service.evaluate(pair.id, SAID, person=pair.mentee, actor=pair.as_mentee, now=now)
