"""What is told in trust shows nowhere: private notes, who said "not this person", and single characteristics.

Every page, file and answer of the API that a coordinator can open is read twice, with the secret one way and the other.
If not a letter differs, nobody can tell from them what it is. Each has a control that shows that reading twice finds
what is not secret.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import msgspec
import pytest_asyncio
from litestar import Litestar

from academy import database as room
from academy.accounts import service as accounts
from academy.audit.service import ACADEMY
from academy.settings import Settings
from academy.web.access import Who
from mentoring.pairings import notes
from mentoring.pairings import service as pairings
from mentoring.pairings.service import Proposed
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as profile_service
from mentoring.profiles.answers import Told
from mentoring.profiles.tables import ApartKind, EqualityAnswer, KeptApart, MentoringRound, Side
from mentoring.reports import fairness
from mentoring.reports.standing import LISTS
from mentoring.reports.tables import FairnessCount
from mentoring.runs import service as runs
from mentoring.runs.tables import MatchRun
from tests.conftest import Clock
from tests.support.client import browser, sign_in
from tests.support.makers import a_coordinator
from tests.support.matched import Matched, matched

UNTOLD = "A quiet word that nobody else may read"
CHANGES = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|_csrf_token\" value=\"[^\"]*\"")
"""Ids of what is made anew, and the tokens of forms."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A round in which two are a pair, others wait, and pairs are suggested for them."""

    here: Matched
    pairing: UUID
    file: UUID
    paths: list[str]
    """All that coordinators can open of it, of the people in it, and through the API."""
    coordinator: httpx.AsyncClient
    mentor: httpx.AsyncClient
    mentee: httpx.AsyncClient
    program: httpx.AsyncClient

    async def suggest(self, clock: Clock) -> None:
        """The first suggestion, as if there had never been another."""
        await MatchRun.delete(force=True)
        await runs.suggest(self.here.round, actor=ACADEMY, now=clock.now)

    async def seen(self) -> dict[str, str]:
        """What stands on every page, with ids and tokens left out."""
        found = {}
        for path in self.paths:
            asks = self.program if path.startswith("/api/") else self.coordinator
            answer = await asks.get(path)
            assert answer.status_code in (200, 404, 303), (path, answer.status_code)
            found[path] = CHANGES.sub("", answer.text)
        return found


@pytest_asyncio.fixture
async def place(app: Litestar, settings: Settings, database: room.Engine, clock: Clock) -> AsyncIterator[Place]:
    here = await matched(
        mentors={"Mia": {"capacity": 1}, "Max": {"grade": 9}, "May": {"grade": 8}},
        mentees={"Mo": {"grade": 4}, "Mel": {"grade": 5}, "Moe": {"grade": 3}},
        now=clock.now,
    )
    mentor, mentee = here.pair("Mia", "Mo")
    [pairing] = await pairings.propose(
        here.round, [Proposed(mentor_profile=mentor, mentee_profile=mentee)], actor=ACADEMY, now=clock.now
    )
    await pairings.accept(pairing, actor=ACADEMY, now=clock.now)
    file = await profile_service.bring_file(
        here.round, octets=b"name,email\nJo,jo@x.example\n", file_name="m.csv", side=Side.MENTEE, actor=ACADEMY,
        now=clock.now,
    )  # fmt: skip
    cora = await a_coordinator(now=clock.now)
    token = await accounts.create_api_token(cora, "m", frozenset({"read", "enrol", "manage"}), clock.now)
    async with (
        browser(app, settings, address="192.0.2.1") as coordinator,
        browser(app, settings, address="192.0.2.2") as as_mentor,
        browser(app, settings, address="192.0.2.3") as as_mentee,
        browser(app, settings, address="192.0.2.4") as program,
    ):
        await sign_in(coordinator, cora)
        await sign_in(as_mentor, here.people["Mia"])
        await sign_in(as_mentee, here.people["Mo"])
        program.headers["Authorization"] = f"Bearer {token}"
        yield Place(
            here=here,
            pairing=pairing,
            file=file,
            paths=paths(app, here, pairing, file),
            coordinator=coordinator,
            mentor=as_mentor,
            mentee=as_mentee,
            program=program,
        )


def paths(app: Litestar, here: Matched, pairing: UUID, file: UUID) -> list[str]:
    """Every address that coordinators and their programs can read, for each of the people, and the files."""
    ids = {"{round:str}": here.slug, "{pairing:uuid}": str(pairing), "{file:uuid}": str(file), "{number:int}": "1"}
    found = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            who = handler.opt.get("who")  # none: the framework answers OPTIONS
            ours = route.path.startswith(("/mentoring/rounds", "/people", "/today", "/outbox", "/api/"))
            if (
                "GET" not in handler.http_methods
                or not ours
                or who not in (Who.COORDINATOR, Who.API_MANAGE, Who.API_READ)
            ):
                continue
            for person in here.people.values():
                path = route.path
                for name, value in {**ids, "{person:uuid}": str(person)}.items():
                    path = path.replace(name, value)
                if "{" not in path and path not in found:
                    found.append(path)
    base = f"/mentoring/rounds/{here.slug}"
    asked = [
        f"{base}/pairs/why-not?mentor={mentor}&mentee={mentee}"
        for mentor in (here.people[name] for name in here.mentors)
        for mentee in (here.people[name] for name in here.mentees)
    ]
    files = [f"{base}/people?side={side.value}&export=csv" for side in Side] + [
        f"{base}/pairings?view=all&export=csv",
        "/people?export=csv",
        f"{base}/reports?table=rounds&export=csv",
    ]
    lists = [f"{base}/reports/people?show={key}&export=csv" for key in LISTS]
    return [*found, *asked, *files, *lists, f"{base}/reports/fairness?side=mentor"]


def differ(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [path for path in before if before[path] != after[path]]


# ------------------------------------------------------------------- coverage
async def test_what_is_read_is_what_coordinators_have(place: Place, clock: Clock) -> None:
    await place.suggest(clock)

    seen = await place.seen()

    base, people = f"/mentoring/rounds/{place.here.slug}", place.here.people
    shows = {
        f"{base}/people?side=mentee&export=csv": "Mel Mentee",
        f"{base}/people/{people['Mel']}": "Mel Mentee",
        f"{base}/pairings/{place.pairing}": "Mia Mentor",
        f"{base}/pairings?view=all&export=csv": "Mia Mentor",
        f"{base}/pairs": "Mel Mentee",
        f"{base}/pairs/runs/1": "Mel Mentee",
        f"{base}/pairs/why-not?mentor={people['Max']}&mentee={people['Mel']}": "Max Mentor",
        f"{base}/reports/people?show=mentees&export=csv": "Mel Mentee",
        f"{base}/reports/fairness": "Characteristics decide about nobody.",
        f"/people/{people['Mel']}": "Mel Mentee",
        "/api/coaches": "[]",
    }
    assert [path for path, text in shows.items() if text not in seen[path]] == []


# -------------------------------------------------------------- private notes
async def test_a_private_note_is_on_no_page_but_its_authors(place: Place, clock: Clock) -> None:
    await place.suggest(clock)
    theirs = f"/mentoring/pairings/{place.pairing}"
    before, of_other = await place.seen(), CHANGES.sub("", (await place.mentee.get(theirs)).text)

    note = await notes.write_note(place.pairing, UNTOLD, author=place.here.people["Mia"], now=clock.now)

    assert differ(before, await place.seen()) == []
    assert CHANGES.sub("", (await place.mentee.get(theirs)).text) == of_other
    assert [
        (await reader.get(f"{theirs}/notes/{note}")).status_code
        for reader in (place.mentor, place.mentee, place.coordinator)
    ] == [200, 404, 404]


async def test_a_note_that_is_in_copies_is_on_no_page_but_its_authors_either(place: Place, clock: Clock) -> None:
    await place.suggest(clock)
    theirs, people = f"/mentoring/pairings/{place.pairing}", place.here.people
    before, of_other = await place.seen(), CHANGES.sub("", (await place.mentee.get(theirs)).text)

    await notes.write_note(place.pairing, UNTOLD, author=people["Mia"], now=clock.now, in_copies=True)

    assert [note.text for note in await notes.notes_about(people["Mo"])] == [UNTOLD]
    assert differ(before, await place.seen()) == []
    assert CHANGES.sub("", (await place.mentee.get(theirs)).text) == of_other


async def test_control_its_author_reads_it(place: Place, clock: Clock) -> None:
    await notes.write_note(place.pairing, UNTOLD, author=place.here.people["Mia"], now=clock.now)

    assert UNTOLD in (await place.mentor.get(f"/mentoring/pairings/{place.pairing}")).text


# ---------------------------------------------------------- "not this person"
async def apart(place: Place, says: str, of: str, kind: ApartKind, clock: Clock) -> None:
    await KeptApart.delete(force=True)
    people = place.here.people
    await profile_service.keep_apart(people[says], people[of], kind, actor=ACADEMY, now=clock.now)


async def test_nobody_learns_who_said_not_this_person(place: Place, clock: Clock) -> None:
    await apart(place, "Mel", "Max", ApartKind.CONFIDENTIAL, clock)
    await place.suggest(clock)
    by_mentee = await place.seen()

    await apart(place, "Max", "Mel", ApartKind.CONFIDENTIAL, clock)
    await place.suggest(clock)

    assert differ(by_mentee, await place.seen()) == []


async def test_the_pages_of_pairs_do_not_tell_a_wish_from_a_decision(place: Place, clock: Clock) -> None:
    await apart(place, "Mel", "Max", ApartKind.CONFIDENTIAL, clock)
    await place.suggest(clock)
    by_wish = await place.seen()

    await apart(place, "Mel", "Max", ApartKind.NAMED, clock)
    await place.suggest(clock)

    base = f"/mentoring/rounds/{place.here.slug}"
    assert [each for each in differ(by_wish, await place.seen()) if each.startswith(f"{base}/pair")] == []


async def test_control_it_does_keep_the_two_apart(place: Place, clock: Clock) -> None:
    await place.suggest(clock)
    before = await place.seen()

    await apart(place, "Mel", "Max", ApartKind.CONFIDENTIAL, clock)
    await place.suggest(clock)

    base = f"/mentoring/rounds/{place.here.slug}"
    mentor, mentee = place.here.people["Max"], place.here.people["Mel"]
    changed = differ(before, await place.seen())
    assert f"{base}/pairs/why-not?mentor={mentor}&mentee={mentee}" in changed
    assert f"{base}/people/{mentee}" not in changed


async def test_control_what_a_coordinator_says_is_seen(place: Place, clock: Clock) -> None:
    before = await place.seen()

    await apart(place, "Mel", "Max", ApartKind.NAMED, clock)

    base = f"/mentoring/rounds/{place.here.slug}"
    assert f"{base}/people/{place.here.people['Mel']}" in differ(before, await place.seen())


# ------------------------------------------------------------- characteristics
async def tell(place: Place, answer: str, clock: Clock) -> None:
    """Mel and Max tell something of themselves, and of matching on it they say nothing."""
    await EqualityAnswer.delete(force=True)
    for name in ("Mel", "Max"):
        person = place.here.people[name]
        row = EqualityAnswer(round=place.here.round, person=person, question="gender", answer=answer, told_at=clock.now)
        await EqualityAnswer.insert(row)


async def count(place: Place, clock: Clock) -> None:
    """Count how groups fare, as if for the first time."""
    await FairnessCount.delete(force=True)
    await MentoringRound.update({MentoringRound.published_at: clock.now - fairness.SETTLED}).where(
        MentoringRound.id == place.here.round
    )
    assert await fairness.count_due(clock.now) == 1


async def test_what_somebody_told_of_themself_is_on_no_page(place: Place, clock: Clock) -> None:
    await tell(place, "woman", clock)
    await place.suggest(clock)
    await count(place, clock)
    before = await place.seen()

    for answer in ("man", "another"):
        await tell(place, answer, clock)
        await place.suggest(clock)
        await count(place, clock)
        assert differ(before, await place.seen()) == []

    await EqualityAnswer.delete(force=True)
    await place.suggest(clock)
    await count(place, clock)
    assert differ(before, await place.seen()) == []


async def test_control_the_same_reader_finds_what_is_not_secret(place: Place, clock: Clock) -> None:
    before = await place.seen()

    profile = await profiles.mentee(place.here.mentees["Mel"])
    await profile_service.change_mentee(
        profile.id,
        msgspec.structs.replace(profile.answers, region="Wales"),
        version=profile.version,
        actor=ACADEMY,
        now=clock.now,
    )

    base = f"/mentoring/rounds/{place.here.slug}"
    changed = differ(before, await place.seen())
    assert {f"{base}/people?side=mentee&export=csv", f"{base}/people/{place.here.people['Mel']}"} <= {*changed}


async def test_they_read_what_they_told_themselves(place: Place, clock: Clock) -> None:
    told = [Told(question="own_words", answer="Grew up on a farm")]
    profile = await profiles.mentee(place.here.mentees["Mo"])
    await profile_service.change_mentee(
        profile.id, profile.answers, version=profile.version, told=told, actor=ACADEMY, now=clock.now
    )

    assert "Grew up on a farm" in (await place.mentee.get(f"/mentoring/{place.here.slug}/mentee")).text
    assert not [path for path, text in (await place.seen()).items() if "Grew up on a farm" in text]
