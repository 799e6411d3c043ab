"""The verbs of sessions, on both databases, with real invites and mails."""

import random
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from academy import database as db
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY
from academy.audit.tables import Entry
from academy.errors import ChangedMeanwhile, NotFound
from academy.invites import service as invites
from academy.invites.tables import CalendarEvent, Reply
from academy.outbox.tables import Message
from cohorts.coaching.bookings import queries as bookings
from cohorts.coaching.bookings import service as coaching
from cohorts.schedule import queries, rules, service, sessions
from cohorts.schedule.rules import SessionDetails
from cohorts.schedule.sessions import Leaders, Newcomer
from tests.support import makers
from tests.support.makers import a_cohort, a_person

HOUR = timedelta(hours=1)


def as_it_is(session: dict, **changed: object) -> SessionDetails:
    """What is said of a session, but for what is ``changed``."""
    names = ("title", "starts_at", "ends_at", "compulsory")
    return SessionDetails(**{**{name: session[name] for name in names}, **changed})


async def mails(kind: str) -> int:
    return await Message.count().where(Message.kind == kind)


async def verbs() -> list[str]:
    rows = await Entry.select(Entry.verb).where(Entry.about_kind == "session").order_by(Entry.at, Entry.verb)
    return [row["verb"] for row in rows]


# --------------------------------------------------------------------- add
async def test_an_added_session_is_where_the_cohort_is(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)
    before = await queries.by_id(cohort)
    extra = SessionDetails(
        title="Review", starts_at=before["last_ends_at"] + HOUR, ends_at=before["last_ends_at"] + 2 * HOUR
    )

    made = await service.add_session(cohort, extra, actor=ACADEMY, now=now)

    session = await queries.session(made)
    assert (session["title"], session["place"], session["status"]) == ("Review", "County Hall", "planned")
    assert (await queries.by_id(cohort))["last_ends_at"] == extra.ends_at
    assert await verbs() == ["session.add"]


async def test_a_session_of_a_published_cohort_needs_a_place(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(now=now)
    nowhere = SessionDetails(title="Day 3", starts_at=now, ends_at=now + HOUR, place="", link="")

    with pytest.raises(rules.BadPlace):
        await service.add_session(cohort, nowhere, actor=ACADEMY, now=now)


# -------------------------------------------------------------------- move
async def test_a_moved_session_is_told_and_asked_again(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)
    (session,) = await queries.sessions(cohort)
    person = await a_person(now=now)
    await invites.invite(session["event"], [person], now=now)
    await invites.reply(session["event"], person, Reply.ACCEPTED, now=now)
    later = {"starts_at": session["starts_at"] + 24 * HOUR, "ends_at": session["ends_at"] + 24 * HOUR}

    moved = await service.change_session(
        session["id"], as_it_is(session, **later), reason="The trainer is ill", actor=ACADEMY, now=now
    )

    after = await queries.session(session["id"])
    (event,) = await CalendarEvent.select()
    assert moved is True
    assert (after["starts_at"], after["sequence"]) == (later["starts_at"], 1)
    assert event["asked_sequence"] == 1
    assert (await queries.by_id(cohort))["first_starts_at"] == later["starts_at"]
    assert await mails("session-changed") == 1
    assert await verbs() == ["session.move"]


async def test_a_corrected_title_asks_nobody(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)
    (session,) = await queries.sessions(cohort)
    await invites.invite(session["event"], [await a_person(now=now)], now=now)

    moved = await service.change_session(
        session["id"], as_it_is(session, title="Leading change"), actor=ACADEMY, now=now
    )

    (event,) = await CalendarEvent.select()
    assert moved is False
    assert (event["title"], event["sequence"], event["asked_sequence"]) == ("Top Talent, Essex: Leading change", 1, 0)
    assert event["description"] == "Leading change, a session of Top Talent, Essex."
    assert await verbs() == ["session.change"]


async def test_compulsory_alone_disturbs_no_calendar(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)
    (session,) = await queries.sessions(cohort)
    await invites.invite(session["event"], [await a_person(now=now)], now=now)

    await service.change_session(session["id"], as_it_is(session, compulsory=True), actor=ACADEMY, now=now)

    after = await queries.session(session["id"])
    assert (after["compulsory"], after["sequence"]) == (True, 0)
    assert await mails("session-changed") == 0


async def test_moving_needs_a_reason_once_people_know(database: db.Engine, now: datetime) -> None:
    for published in (True, False):
        cohort = await a_cohort(sessions=1, published=published, now=now)
        (session,) = await queries.sessions(cohort)
        moved = as_it_is(session, ends_at=session["ends_at"] + HOUR)

        if published:
            with pytest.raises(rules.ReasonMissing):
                await service.change_session(session["id"], moved, actor=ACADEMY, now=now)
        else:
            assert await service.change_session(session["id"], moved, actor=ACADEMY, now=now)


async def test_what_is_to_come_is_not_moved_into_the_past_but_the_past_can_be_corrected(
    database: db.Engine, now: datetime
) -> None:
    cohort = await a_cohort(sessions=1, published=False, now=now)
    (session,) = await queries.sessions(cohort)
    a_year_ago = as_it_is(
        session, starts_at=session["starts_at"] - 24 * 365 * HOUR, ends_at=session["ends_at"] - 24 * 365 * HOUR
    )

    with pytest.raises(rules.BadTimes, match="in the past"):
        await service.change_session(session["id"], a_year_ago, actor=ACADEMY, now=now)
    moved = await service.change_session(session["id"], a_year_ago, actor=ACADEMY, now=session["ends_at"] + HOUR)

    assert moved is True


async def test_a_form_opened_before_another_change_is_refused(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, published=False, now=now)
    (session,) = await queries.sessions(cohort)
    seen = sessions.mark_of(session)
    await service.change_session(session["id"], as_it_is(session, title="A"), seen=seen, actor=ACADEMY, now=now)

    with pytest.raises(ChangedMeanwhile):
        await service.change_session(session["id"], as_it_is(session, title="B"), seen=seen, actor=ACADEMY, now=now)

    assert (await queries.session(session["id"]))["title"] == "A"


async def test_a_session_that_is_not_there_is_not_found(database: db.Engine, now: datetime) -> None:
    with pytest.raises(NotFound):
        await service.cancel_session(UUID(int=5), "R", actor=ACADEMY, now=now)


# ------------------------------------------------------------------ cancel
async def test_a_cancelled_session_leaves_calendars_and_the_others_stay(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=2, now=now)
    first, second = await queries.sessions(cohort)
    people = [await a_person(now=now) for _ in range(3)]
    for session in (first, second):
        await invites.invite(session["event"], people, now=now)

    await service.cancel_session(first["id"], "Snow", actor=ACADEMY, now=now)

    row = await queries.by_id(cohort)
    assert [each["status"] for each in await queries.sessions(cohort)] == ["cancelled", "planned"]
    assert (row["status"], row["first_starts_at"]) == ("open", second["starts_at"])
    assert await mails("session-cancelled") == 3
    with pytest.raises(rules.ForbiddenMove):
        await service.cancel_session(first["id"], "Snow", actor=ACADEMY, now=now)
    assert await mails("session-cancelled") == 3


# ------------------------------------------------------------ dates in step
@pytest.mark.parametrize("seed", range(6))
async def test_the_dates_of_a_cohort_are_those_of_its_sessions(database: db.Engine, now: datetime, seed: int) -> None:
    """After any series of adding, moving and cancelling."""
    chance = random.Random(seed)
    cohort = await a_cohort(sessions=1, published=False, now=now)

    for _ in range(12):
        live = [each for each in await queries.sessions(cohort) if each["status"] == "planned"]
        starts = now + chance.randrange(1, 500) * HOUR
        details = SessionDetails(title="Any", starts_at=starts, ends_at=starts + chance.randrange(1, 8) * HOUR)
        action = chance.choice(["add", "move", "cancel"]) if live else "add"
        if action == "add":
            await service.add_session(cohort, details, actor=ACADEMY, now=now)
        elif action == "move":
            await service.change_session(chance.choice(live)["id"], details, actor=ACADEMY, now=now)
        else:
            await service.cancel_session(chance.choice(live)["id"], "", actor=ACADEMY, now=now)

        row, everything = await queries.by_id(cohort), await queries.sessions(cohort)
        counting = [each for each in everything if each["status"] == "planned"] or everything
        assert (row["first_starts_at"], row["last_ends_at"]) == (
            min(each["starts_at"] for each in counting),
            max(each["ends_at"] for each in counting),
        )


# ------------------------------------------------------------ facilitators
async def test_a_facilitator_gets_the_role_and_sees_their_sessions_only(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=2, now=now)
    first, second = await queries.sessions(cohort)
    person = await a_person(name="Fay Cilitator", now=now)

    await service.set_facilitators(first["id"], [person], actor=ACADEMY, now=now)

    assert await accounts.has_role(person, Role.FACILITATOR)
    assert [await queries.leads(person, each["id"]) for each in (first, second)] == [True, False]
    assert {key: [each["name"] for each in value] for key, value in (await queries.facilitators(cohort)).items()} == {
        first["id"]: ["Fay Cilitator"]
    }
    assert await verbs() == ["session.set_facilitators"]


async def test_somebody_new_can_lead_and_somebody_else_no_longer(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)
    (session,) = await queries.sessions(cohort)
    former = await a_person(name="Former", now=now)
    await service.set_facilitators(session["id"], [former], actor=ACADEMY, now=now)

    await service.set_facilitators(
        session["id"], Leaders((), (Newcomer("Nia New", "nia@partner.example"),)), actor=ACADEMY, now=now
    )

    (leader,) = await queries.facilitators_of(session["id"])
    assert leader["name"] == "Nia New"
    assert not await queries.leads(former, session["id"])
    assert [name for _, name in await queries.known_facilitators()] == ["Former", "Nia New"]


async def test_setting_the_same_facilitators_again_says_nothing(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)
    (session,) = await queries.sessions(cohort)
    person = await a_person(now=now)

    for _ in range(2):
        await service.set_facilitators(session["id"], [person], actor=ACADEMY, now=now)

    assert await verbs() == ["session.set_facilitators"]


# ----------------------------------------------------------------- clashes
async def test_leading_or_attending_two_things_at_once_is_found_across_programmes(
    database: db.Engine, now: datetime
) -> None:
    one, other = await a_cohort(sessions=1, now=now), await a_cohort(sessions=1, now=now)
    (here,), (there,) = await queries.sessions(one), await queries.sessions(other)
    leader, guest, idle = [await a_person(name=name, now=now) for name in ("Lea", "Gus", "Ida")]
    await service.set_facilitators(there["id"], [leader], actor=ACADEMY, now=now)
    await invites.invite(there["event"], [guest], now=now)
    times = {"starts_at": here["starts_at"] + HOUR, "ends_at": here["ends_at"] + HOUR}

    found = await queries.clashes([leader, guest, idle], session=here["id"], **times)

    assert [(each.person_name, each.session) for each in found] == [("Gus", there["id"]), ("Lea", there["id"])]
    after = {"starts_at": there["ends_at"], "ends_at": there["ends_at"] + HOUR}
    assert await queries.clashes([leader, guest], session=here["id"], **after) == []
    assert await queries.clashes([], session=here["id"], **times) == []


async def test_coaching_that_waits_for_a_yes_is_a_clash_for_both_until_it_is_answered(
    database: db.Engine, now: datetime
) -> None:
    who = await makers.coaching(now=now)
    eve = await makers.a_coach(name="Eve Adams", programme=who.programme, confirms=True, now=now)
    asked = await makers.a_booking(who, coach=eve, now=now)
    view = await bookings.any_session(asked)
    both = [who.person, view.coach_person]
    times = {"starts_at": view.starts_at, "ends_at": view.ends_at}
    after = {"starts_at": view.ends_at, "ends_at": view.ends_at + HOUR}

    found = await queries.clashes(both, **times)
    waits = (
        await queries.participants_asked(who.cohort, **times),
        await queries.participants_asked(who.cohort, **after),
    )
    before = await queries.participants_elsewhere(who.cohort, **times)
    await coaching.answer_booking(asked, yes=True, actor=ACADEMY, now=now)
    answered = await queries.clashes(both, **times)

    told = [(each.person_name, each.title, each.starts_at) for each in found]
    assert told == [(name, "asked for coaching", view.starts_at) for name in ("Eve Adams", "Priya Nair")]
    assert (waits, before) == ((1, 0), 0)
    assert [(each.person_name, each.title) for each in answered] == [
        ("Eve Adams", "Something private"),
        ("Priya Nair", "Something private"),
    ]
    assert await queries.clashes(both, **after) == []
    assert await queries.participants_asked(who.cohort, **times) == 0
    assert await queries.participants_elsewhere(who.cohort, **times) == 1


async def test_a_cancelled_session_or_a_withdrawn_place_is_no_clash(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=2, starts_at=now + 24 * HOUR, now=now)
    first, second = await queries.sessions(cohort)
    leader, guest = await a_person(now=now), await a_person(now=now)
    await service.set_facilitators(first["id"], [leader], actor=ACADEMY, now=now)
    await invites.invite(second["event"], [guest], now=now)
    times = {"starts_at": first["starts_at"], "ends_at": second["ends_at"]}
    before = len(await queries.clashes([leader, guest], **times))

    await service.cancel_session(first["id"], "Snow", actor=ACADEMY, now=now)
    await invites.withdraw(second["event"], guest, now=now)

    assert before == 2
    assert await queries.clashes([leader, guest], **times) == []
