"""Programs register and withdraw their owners, and coordinators' programs everybody."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from academy.accounts.tables import Role, RoleGrant
from academy.outbox.tables import Message
from cohorts.enrolment import service
from cohorts.enrolment.tables import Enrolment
from cohorts.schedule import service as schedule
from cohorts.schedule.tables import CohortSession, Format
from tests.conftest import Clock
from tests.support import makers
from tests.support.makers import ACADEMY
from tests.support.programs import Program, problem, program
from tests.support.queries import counted


class Owner(Program):
    """A program whose owner we know."""

    person: UUID


async def owner(client: httpx.AsyncClient, *scopes: str, person: UUID | None = None) -> Owner:
    person = person or await makers.a_person()
    made = Owner(client, (await program(client, person, *(scopes or ("read", "enrol")))).token)
    made.person = person
    return made


@pytest.fixture
async def ana(client: httpx.AsyncClient, clock: Clock) -> Owner:
    return await owner(client)


@pytest.fixture
async def cora(client: httpx.AsyncClient, clock: Clock) -> Program:
    return await program(client, await makers.a_coordinator(), "read", "manage")


async def kinds() -> list[str]:
    rows = await Message.select(Message.kind).order_by(Message.kind)
    return [row["kind"] for row in rows]


async def statuses(cohort: UUID) -> list[str]:
    rows = await Enrolment.select(Enrolment.status).where(Enrolment.cohort == cohort).order_by(Enrolment.created_at)
    return [row["status"] for row in rows]


# --------------------------------------------------------------- one's own
async def test_somebody_registers_and_reads_their_enrolment_with_its_sessions(ana: Owner) -> None:
    await makers.a_cohort(code="essex", format=Format.VIRTUAL, venue="", link="https://join.example/1", sessions=1)

    done = await ana.post("/api/cohorts/essex/enrolments")
    again = await ana.post("/api/cohorts/essex/enrolments")
    mine = await ana.get("/api/my/enrolments")

    enrolment = done.json()["enrolment"]
    assert done.status_code == 201
    assert done.json() == {"enrolment": enrolment, "status": "enrolled", "position": None, "new": True}
    assert again.status_code == 200
    assert again.json() == {"enrolment": enrolment, "status": "enrolled", "position": None, "new": False}
    (row,) = await CohortSession.select(CohortSession.id)
    (one,) = mine.json()["enrolments"]
    assert one == {
        "id": enrolment,
        "cohort": "essex",
        "name": "Top Talent, Essex",
        "programme_name": one["programme_name"],
        "status": "enrolled",
        "position": None,
        "confirmed": True,
        "held_until": None,
        "sessions": [
            {
                "id": str(row["id"]),
                "title": "Day 1",
                "status": "planned",
                "compulsory": False,
                "starts_at": "2026-06-24T09:00:00Z",
                "ends_at": "2026-06-24T12:00:00Z",
                "zone": "Europe/London",
                "place": "",
                "link": "https://join.example/1",
                "reply": "needs_action",
            }
        ],
    }
    assert (await ana.get(f"/api/my/enrolments/{enrolment}")).json() == one
    (stored,) = await Enrolment.select(Enrolment.source)
    assert stored["source"] == "api"


async def test_who_waits_sees_the_position_and_no_link(ana: Owner) -> None:
    cohort = await makers.a_cohort(
        code="essex", capacity=1, format=Format.VIRTUAL, venue="", link="https://join.example/1"
    )
    await makers.an_enrolment(cohort=cohort)
    await makers.an_enrolment(cohort=cohort)

    done = await ana.post("/api/cohorts/essex/enrolments")
    (mine,) = (await ana.get("/api/my/enrolments")).json()["enrolments"]

    assert (done.status_code, done.json()["status"], done.json()["position"]) == (201, "waitlisted", 2)
    assert (mine["status"], mine["position"]) == ("waitlisted", 2)
    assert [(each["link"], each["reply"]) for each in mine["sessions"]] == [("", None), ("", None)]


async def test_a_cohort_that_is_not_published_cannot_be_joined_or_told_from_none(ana: Owner) -> None:
    await makers.a_cohort(code="hidden", published=False)

    hidden = await ana.post("/api/cohorts/hidden/enrolments")
    nowhere = await ana.post("/api/cohorts/nowhere/enrolments")

    assert problem(hidden) == problem(nowhere) == (404, "NotFound", [])
    assert hidden.json() == nowhere.json()


async def test_the_registration_window_holds(ana: Owner, clock: Clock) -> None:
    await makers.a_cohort(code="essex", registration_closes_at=clock.now + timedelta(hours=1))
    clock.advance(hours=2)

    assert problem(await ana.post("/api/cohorts/essex/enrolments")) == (409, "RegistrationClosed", [])


@pytest.mark.parametrize(
    "body",
    [
        {"status": "enrolled"},
        {"position": 1},
        {"person": str(uuid4())},
        {"confirmed_at": "2026-06-01T09:00:00Z"},
        {"source": "coordinator"},
        [],
        "enrolled",
        None,
    ],
)
async def test_nobody_sets_how_they_stand(ana: Owner, body: Any) -> None:
    cohort = await makers.a_cohort(code="essex", capacity=1)
    await makers.an_enrolment(cohort=cohort)

    answer = await ana.send("POST", "/api/cohorts/essex/enrolments", content=msgspec.json.encode(body))

    assert problem(answer) == (422, "Invalid", ["body"])
    assert await statuses(cohort) == ["enrolled"]


async def test_somebody_withdraws_and_comes_back_to_the_same_enrolment(ana: Owner) -> None:
    cohort = await makers.a_cohort(code="essex", capacity=1)
    enrolment = (await ana.post("/api/cohorts/essex/enrolments")).json()["enrolment"]
    waiting = await makers.an_enrolment(cohort=cohort)

    left = await ana.post(f"/api/my/enrolments/{enrolment}/withdraw", {"reason": "On leave."})
    again = await ana.post(f"/api/my/enrolments/{enrolment}/withdraw")
    back = await ana.post("/api/cohorts/essex/enrolments")

    assert (left.status_code, left.json()["status"]) == (200, "withdrawn")
    assert [each["reply"] for each in left.json()["sessions"]] == [None, None]
    assert (again.status_code, again.json()["status"]) == (200, "withdrawn")
    assert back.json() == {"enrolment": enrolment, "status": "waitlisted", "position": 1, "new": True}
    (moved,) = await Enrolment.select(Enrolment.status).where(Enrolment.id == waiting.enrolment)
    assert moved["status"] == "enrolled"


async def test_after_the_first_session_has_started_the_coordinator_decides(
    ana: Owner, cora: Program, clock: Clock
) -> None:
    await makers.a_cohort(code="essex")
    enrolment = (await ana.post("/api/cohorts/essex/enrolments")).json()["enrolment"]
    clock.advance(days=23, hours=1)

    mine = await ana.post(f"/api/my/enrolments/{enrolment}/withdraw")
    theirs = await cora.post(f"/api/enrolments/{enrolment}/withdraw", {"reason": "Left the council."})

    assert problem(mine) == (409, "TooLateToWithdraw", [])
    assert (theirs.status_code, theirs.json()["status"], theirs.json()["reason"]) == (
        200, "withdrawn", "Left the council."
    )  # fmt: skip


async def test_a_held_place_is_confirmed(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort(code="essex")
    held = await service.register(cohort, name="Ana Example", address="ana@council.example", now=clock.now)
    (row,) = await Enrolment.select(Enrolment.person)
    ana = await owner(client, person=row["person"])

    (before,) = (await ana.get("/api/my/enrolments")).json()["enrolments"]
    done = await ana.post(f"/api/my/enrolments/{held.enrolment}/confirm")

    assert (before["status"], before["confirmed"], before["held_until"]) == ("offered", False, "2026-06-02T09:00:00Z")
    assert done.json() == {"enrolment": str(held.enrolment), "status": "enrolled", "position": None, "new": True}
    assert (await kinds()).count("session-invite") == 2


async def test_somebody_replies_to_a_session_and_may_change_their_mind(ana: Owner) -> None:
    await makers.a_cohort(code="essex")
    enrolment = (await ana.post("/api/cohorts/essex/enrolments")).json()["enrolment"]
    first = (await ana.get(f"/api/my/enrolments/{enrolment}")).json()["sessions"][0]["id"]
    path = f"/api/my/enrolments/{enrolment}/replies/{first}"

    yes = await ana.put(path, {"reply": "accepted"})
    no = await ana.put(path, {"reply": "declined", "note": "Dentist."})
    wrong = await ana.put(path, {"reply": "needs_action"})

    assert [each["reply"] for each in yes.json()["sessions"]] == ["accepted", "needs_action"]
    assert [each["reply"] for each in no.json()["sessions"]] == ["declined", "needs_action"]
    assert problem(wrong) == (422, "Invalid", ["reply"])


async def test_a_reply_counts_until_the_session_moves(ana: Owner, clock: Clock) -> None:
    await makers.a_cohort(code="essex", sessions=1)
    enrolment = (await ana.post("/api/cohorts/essex/enrolments")).json()["enrolment"]
    (session,) = (await ana.get(f"/api/my/enrolments/{enrolment}")).json()["sessions"]
    await ana.put(f"/api/my/enrolments/{enrolment}/replies/{session['id']}", {"reply": "accepted"})
    await schedule.change_session(
        UUID(session["id"]),
        schedule.SessionDetails(
            title="Day 1", starts_at=clock.now + timedelta(days=40), ends_at=clock.now + timedelta(days=40, hours=1)
        ),
        reason="The hall is taken.",
        actor=ACADEMY,
        now=clock.now,
    )

    (after,) = (await ana.get(f"/api/my/enrolments/{enrolment}")).json()["sessions"]

    assert after["reply"] == "needs_action"


async def test_what_is_somebody_elses_looks_like_nothing(ana: Owner, clock: Clock, client: httpx.AsyncClient) -> None:
    await makers.a_cohort(code="essex")
    other = await makers.a_cohort(code="leeds")
    ben = await owner(client)
    mine = (await ana.post("/api/cohorts/essex/enrolments")).json()["enrolment"]
    his = (await ben.post("/api/cohorts/essex/enrolments")).json()["enrolment"]
    session = (await ana.get(f"/api/my/enrolments/{mine}")).json()["sessions"][0]["id"]
    (elsewhere, *_) = await CohortSession.select(CohortSession.id).where(CohortSession.cohort == other)

    for foreign in (his, str(uuid4()), "36893488147419103232", "%00", "'--"):
        seen = [
            await ana.get(f"/api/my/enrolments/{foreign}"),
            await ana.post(f"/api/my/enrolments/{foreign}/confirm"),
            await ana.post(f"/api/my/enrolments/{foreign}/withdraw"),
            await ana.put(f"/api/my/enrolments/{foreign}/replies/{session}", {"reply": "declined"}),
        ]
        assert [problem(each)[0] for each in seen] == [404] * 4
    foreign, unknown = await ana.get(f"/api/my/enrolments/{his}"), await ana.get(f"/api/my/enrolments/{uuid4()}")
    assert foreign.json() == unknown.json()
    for session in (elsewhere["id"], uuid4()):
        answer = await ana.put(f"/api/my/enrolments/{mine}/replies/{session}", {"reply": "declined"})
        assert problem(answer)[0] == 404
    (untouched,) = (await ben.get("/api/my/enrolments")).json()["enrolments"]
    assert (untouched["status"], [each["reply"] for each in untouched["sessions"]]) == (
        "enrolled", ["needs_action", "needs_action"]
    )  # fmt: skip


async def test_my_enrolments_cost_the_same_queries_for_one_as_for_three(ana: Owner) -> None:
    async def cost() -> tuple[int, int]:
        with counted() as statements:
            answer = await ana.get("/api/my/enrolments")
        return len(answer.json()["enrolments"]), len(statements)

    await makers.an_enrolment(person=ana.person)
    few = await cost()
    for _ in range(2):
        await makers.an_enrolment(person=ana.person)

    assert (few, await cost()) == ((1, 2), (3, 2))


# ------------------------------------------------------------- everybody's
async def test_a_coordinators_program_adds_somebody_and_reads_the_roster(cora: Program) -> None:
    council = await makers.an_organisation(name="Exampleshire Council")
    await makers.a_cohort(code="essex", capacity=1)
    ana = {"name": "Ana Example", "email": "Ana@Council.example", "organisation": "exampleshire council"}

    first = await cora.post("/api/cohorts/essex/people", ana)
    again = await cora.post("/api/cohorts/essex/people", ana)
    second = await cora.post("/api/cohorts/essex/people", {"name": "Ben Example", "email": "ben@council.example"})
    roster = (await cora.get("/api/cohorts/essex/enrolments")).json()

    assert [(each.status_code, each.json()["status"], each.json()["new"]) for each in (first, again, second)] == [
        (201, "enrolled", True),
        (200, "enrolled", False),
        (201, "waitlisted", True),
    ]
    assert roster["cohort"] == "essex"
    assert [(each["name"], each["email"], each["organisation"], each["status"]) for each in roster["enrolments"]] == [
        ("Ana Example", "Ana@council.example", "Exampleshire Council", "enrolled"),
        ("Ben Example", "ben@council.example", "", "waitlisted"),
    ]
    (row,) = await Enrolment.select(Enrolment.organisation).where(Enrolment.status == "enrolled")
    assert row["organisation"] == council


async def test_the_roster_tells_of_who_has_left_only_when_asked(cora: Program) -> None:
    cohort = await makers.a_cohort(code="essex")
    done = await makers.an_enrolment(cohort=cohort)
    await cora.post(f"/api/enrolments/{done.enrolment}/withdraw")

    here = (await cora.get("/api/cohorts/essex/enrolments")).json()["enrolments"]
    everybody = (await cora.get("/api/cohorts/essex/enrolments?everybody=yes")).json()["enrolments"]

    assert (here, [each["status"] for each in everybody]) == ([], ["withdrawn"])


async def test_a_bad_newcomer_is_refused_by_field(cora: Program) -> None:
    cohort = await makers.a_cohort(code="essex")
    good = {"name": "Ana Example", "email": "ana@council.example"}
    bad: list[tuple[dict[str, Any], list[str]]] = [
        ({"name": ""}, ["name"]),
        ({"name": "Ana\r\nBcc: all@council.example"}, ["name"]),
        ({"name": "see https://evil.example"}, ["name"]),
        ({"name": "x" * 121}, ["name"]),
        ({"email": "ana"}, ["email"]),
        ({"email": "ana@council.example\r\nBcc: x@y.example"}, ["email"]),
        ({"email": "a@b.example, c@d.example"}, ["email"]),
        ({"organisation": "\x00"}, ["organisation"]),
        ({"status": "enrolled"}, ["body"]),
    ]

    for changed, fields in bad:
        answer = await cora.post("/api/cohorts/essex/people", {**good, **changed})
        assert problem(answer) == (422, "Invalid", fields), changed
    assert await statuses(cohort) == []


async def test_a_token_opens_its_scope_and_no_other(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort(code="essex")
    done = await makers.an_enrolment(cohort=cohort)
    coordinator = await makers.a_coordinator()
    reads, enrols = await program(client, coordinator, "read"), await program(client, coordinator, "enrol")
    manages = await program(client, coordinator, "manage")
    newcomer = {"name": "Ben Example", "email": "ben@council.example"}

    tried = {
        "register with read": await reads.post("/api/cohorts/essex/enrolments"),
        "register with manage": await manages.post("/api/cohorts/essex/enrolments"),
        "read with enrol": await enrols.get("/api/my/enrolments"),
        "read with manage": await manages.get("/api/my/enrolments"),
        "add with enrol": await enrols.post("/api/cohorts/essex/people", newcomer),
        "roster with read": await reads.get("/api/cohorts/essex/enrolments"),
        "withdraw any with enrol": await enrols.post(f"/api/enrolments/{done.enrolment}/withdraw"),
    }

    assert {name: problem(answer)[:2] for name, answer in tried.items()} == dict.fromkeys(tried, (403, "NotAllowed"))
    assert await statuses(cohort) == ["enrolled"]
    assert (await enrols.post("/api/cohorts/essex/enrolments")).status_code == 201  # the control: the right scope


async def test_a_manage_token_ends_with_its_owners_role(cora: Program) -> None:
    await makers.a_cohort(code="essex")
    assert (await cora.get("/api/cohorts/essex/enrolments")).status_code == 200

    await RoleGrant.update({RoleGrant.ended_at: makers.clock.now()}).where(RoleGrant.role == Role.COORDINATOR)

    assert problem(await cora.get("/api/cohorts/essex/enrolments"))[:2] == (403, "NotAllowed")
