"""A mentor's and a mentee's own page, and the page for everybody."""

from datetime import date, timedelta

import httpx
import pytest

from academy.audit.service import ACADEMY
from academy.audit.tables import Entry
from academy.people import service as people
from mentoring.profiles import queries, service
from mentoring.profiles.answers import Told
from mentoring.profiles.rules import Audience
from mentoring.profiles.tables import MentorStatus, PoolStatus, ProfileSource, RoundStatus, Side
from tests.conftest import Clock
from tests.support.client import post, sign_in
from tests.support.makers import a_coordinator, a_mentee, a_mentor, a_person, a_round
from tests.support.queries import counted

MENTOR, MENTEE = "/mentoring/spring/mentor", "/mentoring/spring/mentee"


pytestmark = pytest.mark.usefixtures("database", "clock")


async def test_everybody_reads_what_mentoring_is_and_which_round_is_open(client: httpx.AsyncClient) -> None:
    await a_round(slug="spring", name="Spring round")
    await a_round(name="Not yet", status=RoundStatus.DRAFT)

    answer = await client.get("/mentoring")

    assert answer.status_code == 200
    assert "Spring round" in answer.text
    assert "Not yet" not in answer.text
    assert 'href="/mentoring/spring/mentee"' in answer.text


async def test_one_s_own_part_stands_on_the_front_page(client: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring", name="Spring round")
    ana = await a_person()
    await a_mentor(round=round, person=ana, capacity=2)
    await sign_in(client, ana)

    answer = await client.get("/mentoring")

    assert "Mentor in Spring round" in answer.text
    assert "You take up to 2 mentees." in answer.text
    assert 'href="/mentoring/spring/mentee"' in answer.text
    assert answer.text.count("/mentoring/spring/mentor") == 1  # the card; no button to offer it again


async def test_somebody_offers_to_be_a_mentor_on_one_page(client: httpx.AsyncClient, clock: Clock) -> None:
    round = await a_round(slug="spring")
    ana, mo = await a_person(name="Ana"), await a_person(address="mo@hull.example")
    await people.set_employment(ana, organisation=None, organisation_name="Hull", job_title="Head", on=clock.now.date())
    await sign_in(client, ana)

    answer = await post(
        client,
        MENTOR,
        {
            "capacity": "2",
            "skills": ["politics", "data"],
            "biography": "Twenty years\r\nin councils",
            "grade": "7",
            "job_title": "Head of Digital",
            "region": "North East",
            "formats": ["virtual"],
            "languages": ["en", "cy"],
            "access": ["none"],
            "choice_1": "Mo@hull.example",
            "told_gender": "woman",
            "for_matching": "yes",
        },
        page=MENTOR,
    )

    mine = await queries.mentor_of(round, ana)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mentoring")
    assert mine is not None
    assert (mine.capacity, mine.organisation_name, mine.source) == (2, "Hull", ProfileSource.SELF)
    assert (mine.answers.skills, mine.answers.biography) == (("politics", "data"), "Twenty years\nin councils")
    assert mine.answers.access_offered == ()
    assert [each.person for each in await queries.choices(round, Side.MENTOR, ana)] == [mo]
    assert await queries.told(round, ana) == {"gender": Told(question="gender", answer="woman", for_matching=True)}


async def test_an_offer_with_nothing_but_the_number_is_enough(client: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana = await a_person()
    await sign_in(client, ana)

    answer = await post(client, MENTOR, {"capacity": "1"}, page=MENTOR)

    assert answer.status_code == 303
    assert [one.person for one in await queries.mentors(round)] == [ana]


async def test_what_is_known_stands_in_the_form_already(client: httpx.AsyncClient, clock: Clock) -> None:
    await a_round(slug="spring")
    ana = await a_person()
    await people.set_employment(
        ana, organisation=None, organisation_name="Hull", job_title="Chief", on=clock.now.date()
    )
    await a_mentor(round=await a_round(name="Last year"), person=ana, capacity=3, biography="Know-how")
    await sign_in(client, ana)

    page = (await client.get(MENTOR)).text

    assert 'name="capacity" type="text" value="3"' in page
    assert 'value="Chief"' in page
    assert "Know-how" in page
    assert "You work for Hull." in page


async def test_mistakes_are_named_together_and_nothing_typed_is_lost(client: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana = await a_person()
    await sign_in(client, ana)

    answer = await post(
        client,
        MENTOR,
        {
            "capacity": "many",
            "skills": ["data", "nonsense"],
            "biography": "Kept <b>",
            "choice_1": "nobody@nowhere.example",
            "not_this": "not an address",
            "formats": ["virtual"],
        },
        page=MENTOR,
    )

    assert answer.status_code == 422
    assert "Enter a number of mentees from 1 to 10." in answer.text
    assert "Choose from the list." in answer.text
    assert "Kept &lt;b&gt;" in answer.text
    assert 'value="many"' in answer.text
    assert 'value="data" checked' in answer.text
    assert 'value="nobody@nowhere.example"' in answer.text
    assert await queries.mentors(round) == []


async def test_an_address_that_nobody_has_is_named(client: httpx.AsyncClient) -> None:
    await a_round(slug="spring")
    await sign_in(client, await a_person())

    answer = await post(client, MENTOR, {"capacity": "1", "not_this": "nobody@nowhere.example"}, page=MENTOR)

    assert answer.status_code == 422
    assert "We know nobody with the address nobody@nowhere.example." in answer.text


async def test_a_mentee_chooses_skills_and_mentors_in_order(client: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    mia, max_ = await a_person(name="Mia"), await a_person(name="Max")
    await a_mentor(round=round, person=mia, biography="Been there")
    await a_mentor(round=round, person=max_)
    mo = await a_person(name="Mo")
    await sign_in(client, mo)
    assert "Been there" in (await client.get(MENTEE)).text

    answer = await post(
        client,
        MENTEE,
        {
            "skill_1": "cyber",
            "skill_3": "board",
            "goals": "Lead a team",
            "choice_1": str(max_),
            "wants_gap": "2",
            "not_this": str(mia),
            "access": ["captions"],
            "told_gender": "woman",
            "same_background": ["gender"],
        },
        page=MENTEE,
    )

    (mine,) = await queries.mentees(round)
    assert answer.status_code == 303
    assert mine.answers.skills_wanted == ("cyber", "board")
    assert (mine.answers.wants_gap, mine.answers.goals, mine.answers.access_needs) == (2, "Lead a team", ("captions",))
    assert mine.answers.same_background == ("gender",)
    assert [each.person for each in await queries.choices(round, Side.MENTEE, mo)] == [max_]
    assert [each.other for each in await queries.said_in_confidence(mo)] == [mia]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"skill_1": "cyber", "skill_2": "cyber"}, "This skill stands above already."),
        ({"skill_1": "flying"}, "Choose a skill from the list."),
        ({"choice_1": "MIA", "choice_2": "MIA"}, "This mentor stands above already."),
        ({"choice_1": "MIA", "not_this": "MIA"}, "You have chosen this mentor above."),
        ({"choice_1": "00000000-0000-4000-8000-000000000000"}, "Choose a mentor from the list."),
        ({"choice_1": "x"}, "Choose one from the list."),
        ({"same_background": "gender"}, "Answer the question about gender as well"),
        ({"grade": "11"}, "Choose one from the list."),
        ({"goals": "x" * 2001}, "must be 2000 characters or fewer"),
        ({"biography": "a\x00b"}, "has a character that cannot be used"),
    ],
)
async def test_what_a_mentee_cannot_say(client: httpx.AsyncClient, sent: dict[str, str], says: str) -> None:
    round = await a_round(slug="spring")
    mia = await a_person(name="Mia")
    await a_mentor(round=round, person=mia)
    await sign_in(client, await a_person())

    answer = await post(
        client, MENTEE, {key: value.replace("MIA", str(mia)) for key, value in sent.items()}, page=MENTEE
    )

    assert answer.status_code == 422
    assert says in answer.text
    assert await queries.mentees(round) == []


async def test_nobody_chooses_themself(client: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana = await a_person(name="Ana Both", address="ana@hull.example")
    await a_mentor(round=round, person=ana)
    await sign_in(client, ana)

    as_mentee = await post(client, MENTEE, {"choice_1": str(ana)}, page=MENTEE)
    as_mentor = await post(client, MENTOR, {"capacity": "1", "choice_1": "ana@hull.example"}, page=MENTOR)

    assert "Choose a mentor from the list." in as_mentee.text
    assert "This is you." in as_mentor.text


async def test_what_is_said_in_confidence_is_taken_back_by_its_author_only(client: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    mia, mo = await a_person(name="Mia Secret"), await a_person(name="Mo")
    await a_mentor(round=round, person=mia)
    await sign_in(client, mo)
    await post(client, MENTEE, {"not_this": str(mia)}, page=MENTEE)
    (said,) = await queries.said_in_confidence(mo)
    assert "Not paired with you" in (await client.get(MENTEE)).text

    await sign_in(client, mia)
    refused = await post(client, f"{MENTEE}/apart/{said.id}", page="/mentoring")
    assert "Not paired with you" not in (await client.get(MENTOR)).text
    await sign_in(client, mo)
    taken = await post(client, f"{MENTEE}/apart/{said.id}", page=MENTEE)

    assert (refused.status_code, taken.status_code) == (404, 303)
    assert await queries.said_in_confidence(mo) == []


async def test_coordinators_never_learn_who_said_it(client: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    mia, mo = await a_person(name="Mia Secret"), await a_person(name="Mo Author")
    await a_mentor(round=round, person=mia)
    await sign_in(client, mo)
    await post(client, MENTEE, {"not_this": str(mia)}, page=MENTEE)
    (said,) = await queries.said_in_confidence(mo)

    await sign_in(client, await a_coordinator())
    page = await client.get(f"/mentoring/rounds/spring/people/{mo}")
    other = await client.get(f"/mentoring/rounds/spring/people/{mia}")
    allow = await post(client, f"/mentoring/rounds/spring/people/{mo}/apart/{said.id}", page="/help")

    assert (page.status_code, "Mia Secret" in page.text, "Mo Author" in other.text) == (200, False, False)
    assert allow.status_code == 404
    trail = await Entry.select(Entry.verb, Entry.before, Entry.after, Entry.note, Entry.about_name)
    assert [row["verb"] for row in trail if "apart" in str(row)] == []
    assert await queries.apart(mo) == []


async def test_answers_are_changed_and_the_same_page_sent_twice_does_no_harm(client: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana = await a_person()
    await sign_in(client, ana)
    for _ in range(2):
        await post(client, MENTOR, {"capacity": "2"}, page=MENTOR)

    changed = await post(client, MENTOR, {"capacity": "3"}, page=MENTOR)

    (mine,) = await queries.mentors(round)
    assert (changed.headers["location"], mine.capacity) == (MENTOR, 3)


async def test_answers_from_an_older_page_are_shown_again(client: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana = await a_person()
    await a_mentor(round=round, person=ana)
    await sign_in(client, ana)
    await post(client, MENTOR, {"capacity": "2", "version": "1"}, page=MENTOR)

    answer = await post(client, MENTOR, {"capacity": "5", "version": "1", "biography": "typed"}, page=MENTOR)

    (mine,) = await queries.mentors(round)
    assert answer.status_code == 409
    assert "You saved other answers from another page meanwhile." in answer.text
    assert ("typed" in answer.text, mine.capacity) == (True, 2)
    assert f'name="version" value="{mine.version}"' in answer.text  # so that sending it again is taken


async def test_a_mentor_pauses_until_a_day_and_is_back_by_themself(client: httpx.AsyncClient, clock: Clock) -> None:
    round = await a_round(slug="spring")
    ana = await a_person()
    await a_mentor(round=round, person=ana)
    await sign_in(client, ana)

    past = await post(client, f"{MENTOR}/pause", {"paused_until": "2026-06-01"}, page=MENTOR)
    await post(client, f"{MENTOR}/pause", {"paused_until": "1 July 2026"}, page=MENTOR)

    assert "Enter a day in the future." in past.text
    assert "You take nobody new before 1 July 2026." in (await client.get(MENTOR)).text
    (mine,) = await queries.mentors(round)
    assert (mine.takes_new(date(2026, 6, 30)), mine.takes_new(date(2026, 7, 1))) == (False, True)
    await post(client, f"{MENTOR}/pause", {"do": "end"}, page=MENTOR)
    assert (await queries.mentors(round))[0].paused_until is None


async def test_withdrawing_asks_first_and_one_can_come_back(client: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    mo = await a_person()
    profile = await a_mentee(round=round, person=mo)
    await sign_in(client, mo)

    asked = await client.get(f"{MENTEE}/withdraw")
    answer = await post(client, f"{MENTEE}/withdraw", {"reason": "A new job"}, page=f"{MENTEE}/withdraw")

    assert ("Withdraw from this round?" in asked.text, answer.status_code) == (True, 303)
    assert (await queries.mentee(profile)).status is PoolStatus.WITHDRAWN
    assert (await client.get(f"{MENTEE}/withdraw")).status_code == 404
    await post(client, MENTEE, {"goals": "Again"}, page=MENTEE)
    back = await queries.mentee(profile)
    assert (back.status, back.answers.goals) == (PoolStatus.IN_POOL, "Again")


async def test_a_mentor_withdraws(client: httpx.AsyncClient) -> None:
    ana = await a_person()
    profile = await a_mentor(round=await a_round(slug="spring"), person=ana)
    await sign_in(client, ana)

    await post(client, f"{MENTOR}/withdraw", {}, page=f"{MENTOR}/withdraw")

    assert (await queries.mentor(profile)).status is MentorStatus.WITHDRAWN


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/mentoring/never/mentor", "find"),
        ("/mentoring/draft/mentor", "round of mentoring"),
        ("/mentoring/draft/mentee", "round of mentoring"),
        ("/mentoring/spring/mentor/withdraw", "You are not a mentor in this round."),
        ("/mentoring/spring/mentee/withdraw", "You are not a mentee in this round."),
    ],
)
async def test_what_is_not_there(client: httpx.AsyncClient, path: str, says: str) -> None:
    await a_round(slug="spring")
    await a_round(slug="draft", status=RoundStatus.DRAFT)
    await sign_in(client, await a_person())

    answer = await client.get(path)

    assert (answer.status_code, says in answer.text) == (404, True)


async def test_sign_up_says_why_it_is_not_possible_and_refuses_the_form(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await a_round(slug="spring", mentors_may=Audience.ALUMNI, closes_at=clock.now + timedelta(days=1))
    await sign_in(client, await a_person())

    page = await client.get(MENTOR)
    sent = await post(client, MENTOR, {"capacity": "1"}, page="/help")
    clock.advance(days=2)
    late = await client.get(MENTEE)

    alumni = "This is for people who have completed a programme of the academy."
    assert (alumni in page.text, alumni in sent.text, sent.status_code) == (True, True, 409)
    assert "Sign-up is over." in late.text


@pytest.mark.parametrize("rounds", [0, 1, 2])
async def test_be_a_mentor_leads_to_the_round_that_is_open(client: httpx.AsyncClient, rounds: int) -> None:
    slugs = [f"round-{number}" for number in range(rounds)]
    for slug in slugs:
        await a_round(slug=slug)
    await a_round(mentors_may=Audience.NOBODY)
    await sign_in(client, await a_person())

    answer = await client.get("/mentoring/offer")

    assert answer.headers["location"] == (f"/mentoring/{slugs[0]}/mentor" if rounds == 1 else "/mentoring")


async def test_a_mail_s_link_asks_to_sign_in_and_comes_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/mentoring/offer")

    assert answer.headers["location"] == "/sign-in?next=%2Fmentoring%2Foffer"


async def test_guessing_addresses_comes_to_an_end(client: httpx.AsyncClient) -> None:
    await a_round(slug="spring")
    await sign_in(client, await a_person())
    data = {"capacity": "1", "choice_1": "a@x.example", "choice_2": "b@x.example", "choice_3": "c@x.example"}

    statuses = [(await post(client, MENTOR, data, page="/help")).status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]


async def test_the_pages_take_the_same_queries_for_one_and_for_three(client: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    mo = await a_person()
    await a_mentee(round=round, person=mo)
    await sign_in(client, mo)
    counts: list[list[int]] = []
    for mentors in (1, 2):
        for _ in range(mentors):
            await a_mentor(round=round)
        await service.sign_up_mentee(
            round,
            mo,
            (await queries.mentees(round))[0].answers,
            choices=[each.person for each in await queries.mentors(round)],
            actor=ACADEMY,
            now=Clock().now,
        )
        seen = []
        for path in ("/mentoring", MENTEE, MENTOR):
            with counted() as statements:
                await client.get(path)
            seen.append(len(statements))
        counts.append(seen)
    assert counts[0] == counts[1]
