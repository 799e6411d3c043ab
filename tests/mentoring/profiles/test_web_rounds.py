"""Coordinators' pages of rounds and criteria."""

import re
from datetime import date, datetime
from html import unescape

import httpx
import pytest

from academy.audit.service import ACADEMY
from mentoring.matching.criteria import Apart, Criteria, Mode, Weights
from mentoring.profiles import places, queries, rules, service
from mentoring.profiles.places import Card, Figure, Need, Part
from mentoring.profiles.queries import RoundView
from mentoring.profiles.tables import Audience, RoundStatus
from tests.conftest import Clock
from tests.support.client import post, sign_in
from tests.support.makers import a_coordinator, a_mentee, a_mentor, a_person, a_round
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database", "clock")
ROUND = "/mentoring/rounds/spring"
NEW = "/mentoring/rounds/new?from=year"
TYPED = {
    "name": "Mentoring 2027",
    "slug": "",
    "summary": "Come",
    "agreement": "Be kind",
    "mentors_may": "alumni",
    "mentees_may": "anyone",
    "opens_on": "1 January 2027",
    "opens_at": "",
    "closes_on": "2027-02-01",
    "closes_at": "12pm",
    "starts_on": "1/3/2027",
    "months": "6",
    "rhythm_weeks": "3",
    "answer_days": "5",
}


@pytest.fixture
async def cora(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A coordinator's browser."""
    await sign_in(client, await a_coordinator())
    return client


async def test_the_menu_leads_to_the_rounds(cora: httpx.AsyncClient) -> None:
    await a_round(name="Spring round")

    page = (await cora.get("/mentoring/rounds")).text

    assert 'href="/mentoring/rounds" aria-current="true"' in page
    assert "Spring round" in page


async def test_a_new_round_starts_from_a_template_first(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring", name="Spring round")
    await service.clone_round(
        round, name="Our template", starts_on=None, is_template=True, actor=ACADEMY, now=Clock().now
    )

    page = (await cora.get("/mentoring/rounds/new")).text

    order = [page.index(text) for text in ("Our template", "A year with somebody senior", "Spring round")]
    assert order == sorted(order)


async def test_the_form_is_filled_with_all_dates_moved(cora: httpx.AsyncClient) -> None:
    await a_round(
        slug="spring",
        name="Mentoring 2026",
        starts_on=date(2026, 9, 1),
        closes_at=datetime.fromisoformat("2026-08-01T16:00Z"),
    )

    page = (await cora.get("/mentoring/rounds/new?from=spring&starts_on=2027-09-08")).text

    assert 'value="Mentoring 2027"' in page
    assert 'id="starts_on" name="starts_on" type="date" value="2027-09-08"' in page
    assert 'id="closes_on" name="closes_on" type="date" value="2027-08-08"' in page
    assert 'id="closes_at" name="closes_at" type="time" value="17:00"' in page


async def test_a_round_like_another_says_what_comes_along_and_is_not_called_the_same(cora: httpx.AsyncClient) -> None:
    await a_round(slug="spring", name="Spring round", starts_on=date(2026, 9, 1))

    page = (await cora.get("/mentoring/rounds/new?from=spring")).text

    assert "A round like Spring round" in page
    assert "Texts, settings and criteria (version 1) come along" in page
    assert 'value="Spring round 2027"' in page


async def test_the_criteria_of_a_round_like_another_say_where_they_come_from(cora: httpx.AsyncClient) -> None:
    await a_round(slug="spring", name="Spring round", criteria=Criteria(keep=9))

    await post(cora, "/mentoring/rounds/new", {**TYPED, "from": "spring"}, page=NEW)

    made = await queries.round("mentoring-2027")
    assert (await queries.criteria(made.id)).note == "As in Spring round"


async def test_reverse_mentoring_does_not_ask_for_a_mentor_above(cora: httpx.AsyncClient) -> None:
    await post(cora, "/mentoring/rounds/new", {**TYPED, "from": "reverse"}, page=NEW)

    criteria = (await queries.criteria((await queries.round("mentoring-2027")).id)).criteria
    assert (criteria.rules.gap_from, criteria.rules.gap_to, criteria.weights.seniority) == (None, None, 0)


async def test_a_round_is_made_with_the_criteria_it_started_from(cora: httpx.AsyncClient) -> None:
    await a_round(slug="spring", criteria=Criteria(keep=9))

    answer = await post(cora, "/mentoring/rounds/new", {**TYPED, "from": "spring"}, page=NEW)

    here = await queries.round("mentoring-2027")
    assert answer.headers["location"] == "/mentoring/rounds/mentoring-2027"
    assert (here.months, here.rhythm_weeks, here.answer_days, here.mentors_may) == (6, 3, 5, Audience.ALUMNI)
    assert (here.starts_on, here.status) == (date(2027, 3, 1), RoundStatus.DRAFT)
    assert (here.opens_at, here.closes_at) == (
        datetime.fromisoformat("2027-01-01T09:00Z"),
        datetime.fromisoformat("2027-02-01T12:00Z"),
    )
    assert (await queries.criteria(here.id)).criteria == Criteria(keep=9)


async def test_mistakes_keep_what_was_typed(cora: httpx.AsyncClient) -> None:
    typed = {**TYPED, "name": "", "months": "99", "closes_on": "soon", "from": "year", "summary": "Long text"}

    answer = await post(cora, "/mentoring/rounds/new", typed, page=NEW)

    assert answer.status_code == 422
    for says in ("Enter a name, such as", "Enter a whole number from 1 to 36.", "Enter a date, like 24 June 2026."):
        assert says in answer.text
    assert "Long text" in answer.text and 'value="99"' in answer.text
    assert await queries.rounds() == []


async def test_dates_that_contradict_each_other_are_named(cora: httpx.AsyncClient) -> None:
    typed = {**TYPED, "closes_on": "2026-12-01", "from": "year"}

    answer = await post(cora, "/mentoring/rounds/new", typed, page=NEW)

    assert "Sign-up must close after it opens." in answer.text


async def test_the_overview_has_figures_and_parts_of_other_rooms(
    cora: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    round = await a_round(slug="spring")
    await a_mentor(round=round, capacity=2)
    await a_mentee(round=round)

    async def part(here: RoundView, now: datetime) -> Part:
        return Part(
            figures=(Figure(value="17", label="Pairs"),),
            needs=(Need(what=f"Two wait in {here.slug}", why="Since today", action="Look", href="/x"),),
        )

    monkeypatch.setattr(places, "overview", [part])
    page = (await cora.get(ROUND)).text

    assert ">Pairs<" in page and ">17<" in page
    assert "Two wait in spring" in page
    assert "Never within one organisation" in page


async def test_cards_of_other_rooms_stand_on_the_front_page(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cards(person: object, now: datetime) -> list[Card]:
        return [Card(title="Your mentor: Mia", href="/mentoring/pairings/x", action="Answer")]

    monkeypatch.setattr(places, "mine", [cards])
    anonymous = (await client.get("/mentoring")).text
    await sign_in(client, await a_person())
    page = (await client.get("/mentoring")).text

    assert ("Your mentor: Mia" in anonymous, "Your mentor: Mia" in page) == (False, True)


async def test_a_round_is_opened_ended_opened_again_and_closed(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring", status=RoundStatus.DRAFT)
    for to in ("open", "matching", "open", "matching"):
        assert f'name="to" value="{to}"' in (await cora.get(ROUND)).text
        await post(cora, f"{ROUND}/move", {"to": to}, page=ROUND)

    by_hand = await post(cora, f"{ROUND}/move", {"to": "running"}, page=ROUND)
    assert "Close this round?" in (await cora.get(f"{ROUND}/close")).text
    await post(cora, f"{ROUND}/move", {"to": "closed"}, page=f"{ROUND}/close")

    assert by_hand.status_code == 409
    assert (await queries.round_by_id(round)).status is RoundStatus.CLOSED


async def test_settings_are_changed_and_a_second_page_is_told(cora: httpx.AsyncClient) -> None:
    await a_round(slug="spring")
    here = await queries.round("spring")
    typed = {**TYPED, "slug": "spring", "version": str(here.version)}

    saved = await post(cora, f"{ROUND}/settings", typed, page=f"{ROUND}/settings")
    stale = await post(cora, f"{ROUND}/settings", {**typed, "months": "4"}, page=f"{ROUND}/settings")

    assert (saved.status_code, stale.status_code) == (303, 409)
    assert "Somebody else saved this round" in stale.text and 'value="4"' in stale.text
    assert (await queries.round("spring")).months == 6


async def test_a_template_is_kept_and_taken_away(cora: httpx.AsyncClient) -> None:
    await a_round(slug="spring", name="Spring round")

    await post(cora, f"{ROUND}/keep-as-template", page=ROUND)
    (template,) = await queries.templates()
    page = await cora.get(f"/mentoring/rounds/{template.slug}")
    assert (template.name, "Take this template away" in page.text) == ("Spring round (template)", True)
    await post(cora, f"/mentoring/rounds/{template.slug}/remove", page=f"/mentoring/rounds/{template.slug}/remove")

    assert await queries.templates() == []


async def test_the_same_round_is_kept_once_and_a_changed_one_under_a_name_of_its_own(cora: httpx.AsyncClient) -> None:
    await a_round(slug="spring", name="Spring round")

    for _ in range(2):
        await post(cora, f"{ROUND}/keep-as-template", page=ROUND)
    assert [each.name for each in await queries.templates()] == ["Spring round (template)"]

    here = await queries.round("spring")
    typed = {**TYPED, "name": "Spring round", "slug": "spring", "version": str(here.version), "months": "4"}
    await post(cora, f"{ROUND}/settings", typed, page=f"{ROUND}/settings")
    await post(cora, f"{ROUND}/keep-as-template", page=ROUND)
    assert sorted(each.name for each in await queries.templates()) == [
        "Spring round (template 2)",
        "Spring round (template)",
    ]


@pytest.mark.parametrize(
    "path",
    ["", "/settings", "/criteria", "/criteria/versions", "/people", "/people/add", "/import", "/close", "/remove"],
)
async def test_a_round_that_is_not_there(cora: httpx.AsyncClient, path: str) -> None:
    assert (await cora.get(f"{ROUND}{path}")).status_code == 404


# ---------------------------------------------------------------- criteria
async def form_of(cora: httpx.AsyncClient) -> dict[str, str]:
    """Every field of the criteria form as a browser would send it."""
    page = (await cora.get(f"{ROUND}/criteria")).text
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r' name="([^"]+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        kind = re.search(r' type="([^"]+)"', tag)
        if name and value and kind and not (kind[1] in ("checkbox", "radio") and " checked" not in tag):
            found[name[1]] = unescape(value[1])
    for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', page):
        found[name] = unescape(value)
    return found


async def test_criteria_sent_as_they_are_change_nothing(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring", criteria=Criteria(weights=Weights(role=(20, 3, 1), completed=0)))

    await post(cora, f"{ROUND}/criteria", await form_of(cora), page=f"{ROUND}/criteria")

    assert (await queries.criteria(round)).number == 1


async def test_rules_and_points_are_changed_with_a_note(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    sent = await form_of(cora)
    del sent["access"]  # a box that is not ticked sends nothing
    sent |= {
        "apart": "any",
        "gap_from": "",
        "gap_to": "4",
        "weight_skills": "50",
        "weight_region": "0",
        "mode": "quality",
        "least": "25",
        "floors": "15; 5",
        "keep": "0",
        "note": "Skills first",
    }

    answer = await post(cora, f"{ROUND}/criteria", sent, page=f"{ROUND}/criteria")

    saved = await queries.criteria(round)
    assert answer.status_code == 303
    assert (saved.number, saved.note, saved.author_name) == (2, "Skills first", "Cora Coordinator")
    made = saved.criteria
    assert (made.rules.apart, made.rules.access, made.rules.language) == (Apart.ANY, False, True)
    assert (made.rules.gap_from, made.rules.gap_to) == (None, 4)
    assert (made.weights.skills, made.weights.region, made.weights.role) == (50, (0, 0, 0), (12, 8, 4))
    assert (made.mode, made.least, made.floors, made.keep) == (Mode.QUALITY, 25, (5, 15), 0)
    versions = (await cora.get(f"{ROUND}/criteria/versions")).text
    assert "Skills first" in versions and "Never within one organisation" in versions and ">50<" in versions


async def test_coordinators_say_which_professions_are_related(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring", criteria=Criteria(weights=Weights(related=(("Finance", "Audit"),))))
    sent = await form_of(cora)
    assert sent["related"] == "Finance + Audit"

    lines = "Finance + Audit\r\n\r\n  Operational delivery+Policy  "
    await post(cora, f"{ROUND}/criteria", {**sent, "related": lines}, page=f"{ROUND}/criteria")

    saved = (await queries.criteria(round)).criteria.weights.related
    assert saved == (("Finance", "Audit"), ("Operational delivery", "Policy"))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"weight_skills": "lots"}, "Enter a whole number from 0 to 100."),
        ({"weight_skills": "100", "weight_choice": "100"}, "more than 200 points"),
        ({"gap_from": "3", "gap_to": "1"}, "At least so many levels above is more than at most."),
        ({"floors": "ten"}, "Enter scores with commas between them"),
        ({"floors": "1,2,3,4,5,6"}, "At most five floors"),
        ({"mode": "fastest"}, "Choose what comes first."),
        ({"related": "Finance"}, "Enter two professions on each line with a plus between them"),
        ({"related": "Finance + finance"}, "Enter two professions on each line with a plus between them"),
        ({"related": "Finance + Audit + Law"}, "Enter two professions on each line with a plus between them"),
        ({"in_person_hops": "13"}, "Enter a whole number from 0 to 12."),
    ],
)
async def test_criteria_that_cannot_be_are_named_and_kept(
    cora: httpx.AsyncClient, changed: dict[str, str], says: str
) -> None:
    round = await a_round(slug="spring")

    answer = await post(cora, f"{ROUND}/criteria", {**await form_of(cora), **changed, "note": "Kept"}, page="/help")

    assert (answer.status_code, says in answer.text, "Kept" in answer.text) == (422, True, True)
    assert (await queries.criteria(round)).number == 1


async def test_criteria_saved_meanwhile_are_not_overwritten(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    sent = await form_of(cora)
    await service.new_criteria(round, Criteria(keep=7), actor=ACADEMY, now=Clock().now)

    answer = await post(cora, f"{ROUND}/criteria", {**sent, "weight_skills": "44"}, page=f"{ROUND}/criteria")

    assert (answer.status_code, "Somebody else saved new criteria" in answer.text) == (409, True)
    assert 'value="44"' in answer.text
    again = await post(cora, f"{ROUND}/criteria", {**sent, "after": "2", "weight_skills": "44"}, page="/help")
    assert again.status_code == 303


async def test_two_versions_are_compared(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    for keep in (6, 7):
        await service.new_criteria(
            round, Criteria(keep=keep, weights=rules.usual_criteria().weights), actor=ACADEMY, now=Clock().now
        )

    last = (await cora.get(f"{ROUND}/criteria/versions")).text
    first = (await cora.get(f"{ROUND}/criteria/versions?from=1&to=3")).text
    odd = await cora.get(f"{ROUND}/criteria/versions?from=99&to=x")

    assert "from version 2 to version 3" in last and "from version 1 to version 3" in first
    assert ('<td class="govuk-table__cell">5</td>' in first, odd.status_code) == (True, 200)


async def test_pages_of_rounds_take_the_same_queries_for_one_and_for_three(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    counts: list[list[int]] = []
    for keep in ([11], [12, 13]):
        for each in keep:
            await a_round()
            await service.new_criteria(round, Criteria(keep=each), actor=ACADEMY, now=Clock().now)
        seen = []
        for path in ("/mentoring/rounds", NEW, ROUND, f"{ROUND}/criteria", f"{ROUND}/criteria/versions"):
            with counted() as statements:
                await cora.get(path)
            seen.append(len(statements))
        counts.append(seen)
    assert counts[0] == counts[1]
