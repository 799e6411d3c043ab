"""Coaching of a programme: coordinators set its rules and say who coaches."""

import httpx

from academy.accounts import queries as accounts
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY
from academy.people import service as people
from academy.programmes import queries as programmes
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.times import queries as times
from cohorts.coaching.times import service as coaches
from tests.support import makers
from tests.support.client import field_errors, heading, post, words
from tests.support.makers import Coaching
from tests.support.queries import counted

HERE = "/programmes/top-talent/coaching"
TYPED = {
    "credits": "4",
    "one_coach": "yes",
    "chemistry_calls": "2",
    "chemistry_minutes": "20",
    "cancel_hours": "48",
    "move_hours": "72",
    "most_moves": "1",
    "expire_days": "90",
    "no_show_uses_credit": "yes",
}


async def the_programme() -> dict[str, object]:
    row = await programmes.by_slug("top-talent")
    assert row is not None
    return row


# ---------------------------------------------------------------------- rules
async def test_a_programme_without_coaching_gets_it_with_one_button(office: httpx.AsyncClient) -> None:
    programme = await makers.a_programme(name="Top Talent")

    before = await office.get(HERE)
    done = await post(office, HERE + "/start", page=HERE)
    again = await post(office, HERE + "/start", page=HERE)

    assert "This programme has no coaching" in words(before) and "Save rules" not in words(before)
    assert done.headers["location"] == again.headers["location"] == HERE
    rules = await credits.rules_of(programme)
    assert rules is not None and (rules.credits, rules.version) == (3, 1)
    after = words(await office.get(HERE))
    assert "Save rules" in after and "Nobody coaches here yet, so nobody can book." in after


async def test_every_rule_is_saved_and_stands_in_the_form(office: httpx.AsyncClient, priya: Coaching) -> None:
    done = await post(office, HERE, {**TYPED, "version": "1"}, page=HERE)

    assert done.status_code == 303
    rules = await credits.rules_of(priya.programme)
    assert rules is not None and rules.version == 2
    assert (rules.credits, rules.cancel_hours, rules.move_hours, rules.most_moves, rules.expire_days) == (
        4, 48, 72, 1, 90,
    )  # fmt: skip
    assert (rules.chemistry_calls, rules.chemistry_minutes, rules.chemistry_uses_credit) == (2, 20, False)
    assert (rules.one_coach, rules.late_cancel_uses_credit, rules.no_show_uses_credit) == (True, False, True)
    page = await office.get(HERE)
    assert 'name="cancel_hours" type="text" value="48"' in page.text
    assert "coaching: rules" in words(page)


async def test_every_error_is_told_at_once_and_what_was_typed_is_kept(
    office: httpx.AsyncClient, priya: Coaching
) -> None:
    answer = await post(office, HERE, {**TYPED, "credits": "many", "most_moves": "", "version": "1"}, page=HERE)

    assert (answer.status_code, field_errors(answer)) == (
        422,
        {"credits": "Enter a whole number from 0 to 50.", "most_moves": "Enter 0 if people can’t move a session."},
    )
    assert 'value="many"' in answer.text and 'value="48"' in answer.text


async def test_rules_that_somebody_else_changed_are_shown_beside_one_s_own(
    office: httpx.AsyncClient, priya: Coaching
) -> None:
    await makers.coaching_rules(priya.programme, credits=6)

    answer = await post(office, HERE, {**TYPED, "version": "1"}, page=HERE)

    shown = words(answer)
    assert answer.status_code == 409
    place = shown.index("Sessions for each person", shown.index("Typed by you"))
    assert shown[place : place + 3] == ["Sessions for each person", "6", "4"]
    assert 'name="version" value="2"' in answer.text


# -------------------------------------------------------------------- coaches
async def test_somebody_who_is_known_becomes_a_coach(office: httpx.AsyncClient, priya: Coaching) -> None:
    maria = await makers.a_person(name="Maria Lopez")

    found = await office.get(HERE + "/coaches?q=lopez")
    done = await post(office, HERE + "/coaches", {"person": str(maria)}, page=HERE + "/coaches")

    assert "Maria Lopez" in words(found)
    assert done.headers["location"] == HERE
    assert [each.name for each in await times.coaches_of(priya.programme)] == ["Daniel Reid", "Maria Lopez"]
    assert Role.COACH in await accounts.roles(maria)


async def test_somebody_new_becomes_a_coach_by_name_and_address(office: httpx.AsyncClient, priya: Coaching) -> None:
    typed = {"name": "Maria Lopez", "address": "maria@coaches.example"}

    for _ in range(2):
        done = await post(office, HERE + "/coaches", typed, page=HERE + "/coaches")

    assert done.headers["location"] == HERE
    assert await people.find("maria@coaches.example") is not None
    assert [each.name for each in await times.coaches_of(priya.programme)] == ["Daniel Reid", "Maria Lopez"]


async def test_what_is_wrong_with_a_new_coach_is_said_and_kept(office: httpx.AsyncClient, priya: Coaching) -> None:
    answer = await post(office, HERE + "/coaches", {"name": "", "address": "maria"}, page=HERE + "/coaches")

    assert (answer.status_code, field_errors(answer)) == (
        422,
        {
            "name": "Enter the coach’s name.",
            "address": "Enter an email address in the correct format, like name@council.gov.uk",
        },
    )
    assert 'value="maria"' in answer.text


async def test_a_coach_ends_in_a_programme_and_can_be_added_again(office: httpx.AsyncClient, priya: Coaching) -> None:
    done = await post(office, f"{HERE}/coaches/{priya.coach}/end", page=HERE)
    gone = await times.coaches_of(priya.programme)
    back = await post(office, HERE + "/coaches", {"person": str(priya.coach_person)}, page=HERE + "/coaches")

    assert (done.headers["location"], back.headers["location"], gone) == (HERE, HERE, [])
    assert [each.id for each in await times.coaches_of(priya.programme)] == [priya.coach]


async def test_a_coach_who_ends_with_sessions_to_come_leads_to_them(office: httpx.AsyncClient, priya: Coaching) -> None:
    await makers.a_booking(priya)

    done = await post(office, f"{HERE}/coaches/{priya.coach}/end", page=HERE)

    assert done.headers["location"] == f"/coaches/{priya.coach}"
    told = "Daniel Reid can’t be booked in Top Talent any more. 1 session to come stays booked: look at them below."
    assert told in words(await office.get(done.headers["location"]))


async def test_another_programme_s_coach_is_not_found_here(office: httpx.AsyncClient, priya: Coaching) -> None:
    other = await makers.a_coach(name="Olga Other")

    assert (await post(office, f"{HERE}/coaches/{other}/end", page=HERE)).status_code == 404
    assert (await office.get("/programmes/nothing/coaching")).status_code == 404


async def test_who_may_be_added_needs_rules_first(office: httpx.AsyncClient) -> None:
    await makers.a_programme(name="Top Talent")

    assert (await office.get(HERE + "/coaches")).status_code == 404


async def test_the_page_asks_as_many_questions_for_one_coach_as_for_three(
    office: httpx.AsyncClient, priya: Coaching
) -> None:
    await office.get(HERE)
    with counted() as one:
        assert heading(await office.get(HERE)).startswith("Top Talent")
    for name in ("Maria Lopez", "Niamh Kelly"):
        await coaches.make_coach(
            await makers.a_person(name=name), programme=priya.programme, actor=ACADEMY, now=makers.clock.now()
        )
    with counted() as three:
        await office.get(HERE)

    assert len(one) == len(three)
