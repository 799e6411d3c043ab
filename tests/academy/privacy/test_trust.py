"""What one person tells in trust changes nothing in another's copy: each copy is read twice, before and after.

If not a letter differs, nobody can tell from their copy that anything was said. Each has a control that shows that
reading twice finds what is no secret.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.privacy import service
from academy.privacy.copying import as_json
from cohorts.coaching.record import evaluation
from cohorts.coaching.record import notes as coaching_notes
from cohorts.coaching.record.evaluation import Answer
from mentoring.pairings import notes as pairing_notes
from mentoring.pairings import service as pairings
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as profile_service
from mentoring.profiles.answers import Told
from mentoring.profiles.tables import ApartKind
from tests.academy.privacy.planted import NOW
from tests.academy.privacy.test_planted import HEAD
from tests.support.coached import a_pair
from tests.support.matched import Matched, matched
from tests.support.paired import Two, two

SELF, STAFF = False, True


async def differing(said: Awaitable[object], *people: UUID) -> list[tuple[int, bool]]:
    """In whose copies something changes, by their place, and whether a coordinator made it."""

    async def read() -> dict[tuple[int, bool], bytes]:
        return {
            (place, staff): as_json(await service.copy_of(person, staff=staff, head=HEAD, now=NOW))
            for place, person in enumerate(people)
            for staff in (SELF, STAFF)
        }

    before = await read()
    await said
    after = await read()
    return [each for each in before if before[each] != after[each]]


# ---------------------------------------------------------------- "not this person"
async def people_of_a_round() -> Matched:
    return await matched(mentors={"Max": {}}, mentees={"Mel": {}}, now=NOW)


@pytest.mark.parametrize(("says", "of"), [("Mel", "Max"), ("Max", "Mel")])
async def test_who_does_not_want_whom(database: room.Engine, says: str, of: str) -> None:
    here = (await people_of_a_round()).people
    said = profile_service.keep_apart(here[says], here[of], ApartKind.CONFIDENTIAL, actor=ACADEMY, now=NOW)

    assert await differing(said, here[of], here[says]) == [(1, SELF)]


@pytest.mark.parametrize("why", [ApartKind.NAMED, ApartKind.LINE])
async def test_whom_a_coordinator_keeps_apart(database: room.Engine, why: ApartKind) -> None:
    here = (await people_of_a_round()).people
    said = profile_service.keep_apart(here["Mel"], here["Max"], why, reason="Quarrel", actor=ACADEMY, now=NOW)

    assert await differing(said, here["Mel"], here["Max"]) == []


async def test_who_chose_whom(database: room.Engine) -> None:
    here = await people_of_a_round()
    mel = await profiles.mentee(here.mentees["Mel"])
    said = profile_service.change_mentee(
        mel.id, mel.answers, choices=[here.people["Max"]], version=mel.version, actor=ACADEMY, now=NOW
    )

    assert await differing(said, here.people["Max"], here.people["Mel"]) == [(1, SELF), (1, STAFF)]


async def test_what_somebody_told_of_themself(database: room.Engine) -> None:
    here = await people_of_a_round()
    mel = await profiles.mentee(here.mentees["Mel"])

    def tell(answer: str) -> Awaitable[object]:
        told = [Told(question="gender", answer=answer)]
        return profile_service.change_mentee(
            mel.id, mel.answers, told=told, version=mel.version, actor=ACADEMY, now=NOW
        )

    await tell("woman")
    mel = await profiles.mentee(here.mentees["Mel"])
    changed = await differing(tell("man"), here.people["Max"], here.people["Mel"])

    assert changed == [(1, SELF), (1, STAFF)]  # a coordinator's has the line that answers were saved


# ------------------------------------------------------------------ private notes
async def of_a_coach(in_copies: bool) -> list[tuple[int, bool]]:
    pair = await a_pair(now=NOW)
    session = await pair.session()
    said = coaching_notes.write_note(session, "Bold", author=pair.coach_person, now=NOW, in_copies=in_copies)
    return await differing(said, pair.coachee, pair.coach_person)


async def of_a_mentor(in_copies: bool) -> list[tuple[int, bool]]:
    pair = await two(now=NOW)
    said = pairing_notes.write_note(pair.id, "Bold", author=pair.mentor, now=NOW, in_copies=in_copies)
    return await differing(said, pair.mentee, pair.mentor)


@pytest.mark.parametrize("note", [of_a_coach, of_a_mentor])
async def test_a_note_in_confidence(
    database: room.Engine, note: Callable[[bool], Awaitable[list[tuple[int, bool]]]]
) -> None:
    assert await note(False) == [(1, SELF)]


@pytest.mark.parametrize("note", [of_a_coach, of_a_mentor])
async def test_control_a_note_that_is_given_is_found(
    database: room.Engine, note: Callable[[bool], Awaitable[list[tuple[int, bool]]]]
) -> None:
    assert await note(True) == [(0, SELF), (1, SELF)]


async def test_a_reflection(database: room.Engine) -> None:
    pair = await a_pair(now=NOW)
    session = await pair.session()
    said = coaching_notes.write_note(session, "Nervous", author=pair.coachee, now=NOW, in_copies=True)

    assert await differing(said, pair.coach_person, pair.coachee) == [(1, SELF)]


async def test_a_mentees_note(database: room.Engine) -> None:
    pair = await two(now=NOW)
    said = pairing_notes.write_note(pair.id, "Nervous", author=pair.mentee, now=NOW, in_copies=True)

    assert await differing(said, pair.mentor, pair.mentee) == [(1, SELF)]


# ------------------------------------------------------------------- what was said
async def test_what_a_coachee_says_of_the_coaching(database: room.Engine) -> None:
    pair = await a_pair(now=NOW)
    await pair.over()
    said = evaluation.evaluate(pair.enrolment, Answer(overall=1, helped="Nothing"), {}, actor=pair.as_coachee, now=NOW)

    assert await differing(said, pair.coach_person, pair.coachee) == [(1, SELF), (1, STAFF)]


async def ended(pair: Two, reason: str, by: Actor) -> list[bytes]:
    """Both copies of the one who did not end it."""
    await pairings.end(pair.id, reason=reason, actor=by, now=NOW)
    other = pair.mentor if by.person == pair.mentee else pair.mentee
    return [as_json(await service.copy_of(other, staff=staff, head=HEAD, now=NOW)) for staff in (SELF, STAFF)]


async def test_why_the_other_ended_it(database: room.Engine) -> None:
    pair = await two(now=NOW)

    assert [copy for copy in await ended(pair, "Overbearing", pair.as_mentee) if b"Overbearing" in copy] == []


async def test_why_a_coordinator_ended_it(database: room.Engine) -> None:
    """It may hold what the other told them. A coordinator who answers a request looks there."""
    pair = await two(now=NOW)

    assert [copy for copy in await ended(pair, "Overbearing", ACADEMY) if b"Overbearing" in copy] == []


async def test_control_who_ended_it_reads_why(database: room.Engine) -> None:
    pair = await two(now=NOW)
    await ended(pair, "Overbearing", pair.as_mentee)

    own = [as_json(await service.copy_of(pair.mentee, staff=staff, head=HEAD, now=NOW)) for staff in (SELF, STAFF)]

    assert [b"Overbearing" in copy for copy in own] == [True, True]
