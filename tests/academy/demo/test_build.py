"""The demonstration is built by the usual verbs, on both databases, and every page has something to show."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

import academy.demo as demo
from academy import database as room
from academy.accounts import links
from academy.database.migrate import migrate
from academy.demo import reset
from academy.demo.build import build
from academy.demo.coaching import DELIVERED
from academy.demo.mentoring import LAST_ROUND, MENTEES, MENTORS, NEW_ROUND, PAIRED
from academy.demo.year import DELEGATES, WEBINARS
from academy.people import queries as people
from academy.people import service as people_service
from academy.settings import Settings
from cohorts.attendance import queries as attendance
from cohorts.coaching.bookings import queries as coaching
from cohorts.dashboard import needs
from cohorts.dashboard import queries as dashboard
from cohorts.enrolment import queries as enrolment
from cohorts.schedule import queries as schedule
from cohorts.schedule import rules as schedule_rules
from tests.conftest import NOW, database_url, on_server

pytestmark = pytest.mark.slow

SMALL = 0.05
ONE_DATABASE = pytest.mark.parametrize("kind", ["sqlite"])
WHAT_IS_THERE = {
    "cohorts": """SELECT c.code, c.name, c.status, c.capacity, c.minimum, c.first_starts_at, c.last_ends_at
        FROM cohort c ORDER BY c.code""",
    "enrolments": """SELECT c.code, a.normalised, e.status, e.list_number, e.enrolled_at, e.reason
        FROM enrolment e JOIN cohort c ON c.id = e.cohort JOIN email_address a ON a.person = e.person
        ORDER BY c.code, a.normalised""",
    "replies": """SELECT v.title, v.starts_at, a.normalised, i.state, i.reply, i.replied_at
        FROM invitee i JOIN calendar_event v ON v.id = i.event JOIN email_address a ON a.person = i.person
        ORDER BY v.title, v.starts_at, a.normalised""",
    "attendance": """SELECT c.code, s.title, a.normalised, t.mark, t.minutes, t.note
        FROM attendance t JOIN cohort_session s ON s.id = t.session JOIN cohort c ON c.id = s.cohort
        JOIN enrolment e ON e.id = t.enrolment JOIN email_address a ON a.person = e.person
        ORDER BY c.code, s.title, a.normalised""",
    "coaching": """SELECT a.normalised, s.kind, s.status, s.starts_at, s.moves, s.minutes, s.reason
        FROM coaching_session s JOIN enrolment e ON e.id = s.enrolment JOIN email_address a ON a.person = e.person
        ORDER BY a.normalised, s.starts_at, s.kind""",
    "certificates": "SELECT holder_name, title, contact_minutes, awarded_on FROM certificate ORDER BY 1, 2",
    "mails": "SELECT kind, to_address, subject, state, queued_at FROM message ORDER BY 5, 1, 2, 3",
    "audit": "SELECT at, verb, about_kind, actor_name, note FROM entry ORDER BY 1, 2, 3, 4, 5",
}


@pytest_asyncio.fixture(scope="module", params=["sqlite", "postgresql"])
async def _small(request, tmp_path_factory):
    """A small academy on each kind of database, built once: the tests that take it only read."""
    links.use_key(b"the key of the small academy")
    url, name = "", f"academy_small_{uuid4().hex}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        on_server(server, f"CREATE DATABASE {name}")
        url = database_url(server, name)
    settings = Settings(data_dir=tmp_path_factory.mktemp("small"), database_url=url)
    await migrate(settings)
    engine = room.connect(settings)
    room.use(engine)
    await room.open(engine)
    await build(settings, now=NOW, scale=SMALL)
    yield engine
    await room.close(engine)
    if url:
        on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def small(_small):
    """The small academy, in use again after what other tests have used."""
    room.use(_small)


async def what_is_there() -> dict[str, list[dict]]:
    """Everything people could tell two academies apart by, without ids."""
    return {name: await room.fetch(sql) for name, sql in WHAT_IS_THERE.items()}


async def count(sql: str, *values: object) -> int:
    (row,) = await room.fetch(sql, *values)
    return next(iter(row.values()))


async def test_the_year_holds_the_figures_that_were_promised(database, settings, now):
    said: list[str] = []

    await build(settings, now=now, say=said.append)

    a_year_ago = now - timedelta(days=365)
    webinars = (
        "FROM cohort c JOIN programme p ON p.id = c.programme WHERE p.kind = 'webinar' AND c.status = 'closed' "
        "AND c.first_starts_at BETWEEN {} AND {}"
    )
    assert await count("SELECT count(*) FROM organisation WHERE kind = 'local_authority'") == 397
    assert await count("SELECT count(*) FROM organisation WHERE kind = 'private_sector'") == 54
    assert await count("SELECT count(*) FROM organisation WHERE kind = 'other_public_sector'") == 40
    assert 1700 <= await count("SELECT count(*) FROM person") < 1720
    assert await count(f"SELECT count(*) {webinars}", a_year_ago, now) == WEBINARS
    delegates = f"SELECT count(*) FROM enrolment e WHERE e.status = 'enrolled' AND e.cohort IN (SELECT c.id {webinars})"
    assert await count(delegates, a_year_ago, now) == DELEGATES
    assert await count("SELECT count(*) FROM alumnus") > 600
    assert await count("SELECT count(DISTINCT organisation) FROM sponsorship") == 54
    delivered = (
        "SELECT count(*) FROM coaching_session WHERE kind = 'coaching' AND status = 'completed' AND ends_at > {}"
    )
    assert await count(delivered, a_year_ago) == DELIVERED
    assert (
        await count("SELECT count(DISTINCT mentee) FROM pairing WHERE status NOT IN ('declined', 'expired')") == PAIRED
    )
    new = "SELECT count(*) FROM {} x JOIN mentoring_round r ON r.id = x.round WHERE r.slug = '{}'"
    assert await count(new.format("mentee_profile", NEW_ROUND)) == MENTEES
    assert await count(new.format("mentor_profile", NEW_ROUND)) == MENTORS
    assert await count("SELECT count(*) FROM message WHERE state = 'queued'") <= 20
    assert len(said) > 15


async def test_a_small_academy_has_every_kind_of_page(small, now):
    by_code = {code: await schedule.by_code(code) for code in await codes()}
    figures = {one.code: one for one in await dashboard.figures_of_live(now=now)}
    stages = {code: schedule_rules.stage({**row, **taken(figures.get(code))}, now) for code, row in by_code.items()}
    assert (
        stages[demo.RUNNING_COHORT] == stages[demo.CANCELLED_SESSION_COHORT] == stages[demo.MOVED_COHORT] == "running"
    )
    assert stages[demo.OPEN_COHORT] == stages[demo.VIRTUAL_COHORT] == stages[demo.OPEN_WEBINAR] == "open"
    assert stages[demo.FULL_COHORT] == "full"
    assert stages[demo.TO_CLOSE_COHORT] == stages[demo.NO_REGISTER_COHORT] == "finished"
    assert stages[demo.PLANNED_COHORT] == "planned"
    assert stages[demo.CANCELLED_COHORT] == "cancelled"
    assert stages[demo.CORRECTED_COHORT] == "closed"
    assert by_code[demo.VIRTUAL_COHORT]["format"] == "virtual"

    assert 1 <= figures[demo.OPEN_COHORT].capacity - figures[demo.OPEN_COHORT].taken <= 3
    assert figures[demo.OPEN_COHORT].unconfirmed == 1
    assert figures[demo.FULL_COHORT].waiting >= 3
    next_session = figures[demo.RUNNING_COHORT]
    assert min(next_session.accepted, next_session.silent, next_session.attended) > 0
    sessions = await schedule.sessions(by_code[demo.CANCELLED_SESSION_COHORT]["id"])
    assert [each["status"] for each in sessions] == ["planned", "planned", "cancelled", "planned"]
    asked_again = await room.fetch(
        "SELECT v.asked_sequence > 0 AS again FROM cohort_session s JOIN calendar_event v ON v.id = s.event "
        "WHERE s.cohort = {} ORDER BY v.starts_at",
        by_code[demo.MOVED_COHORT]["id"],
    )
    assert [bool(row["again"]) for row in asked_again] == [False, False, False, True, False]


async def test_a_coordinator_has_something_to_decide_of_every_kind(small, now):
    found = needs.needs_of_all(await dashboard.figures_of_live(now=now), now)

    by_code = {(need.code, need.id.removeprefix(need.code + "-")) for need in found}
    assert {
        (demo.OPEN_COHORT, "mails"),
        (demo.BELOW_MINIMUM_COHORT, "minimum"),
        (demo.NO_REGISTER_COHORT, "register"),
        (demo.RUNNING_COHORT, "silent"),
        (demo.TO_CLOSE_COHORT, "close"),
        (demo.CORRECTED_COHORT, "decide"),
        (demo.PLANNED_COHORT, "publish"),
    } <= by_code
    assert len(found) < 20


async def test_the_people_one_can_sign_in_as_have_full_pages(small):
    for address in (demo.COORDINATOR, demo.PARTICIPANT, demo.MENTOR, demo.FACILITATOR):
        assert (await people.contact(await people_service.find(address))).address == address
    certificates = "SELECT count(*) FROM completion WHERE person = {}"
    participant, mentor = await people_service.find(demo.PARTICIPANT), await people_service.find(demo.MENTOR)
    assert await count(certificates, participant) >= 2
    assert await count(certificates, mentor) >= 3
    places = {one.code: one.status for one in await enrolment.of_person(participant)}
    assert places[demo.RUNNING_COHORT] == places[demo.OPEN_WEBINAR] == "enrolled"
    assert places[demo.FULL_COHORT] == "waitlisted"
    led = await attendance.led_by(await people_service.find(demo.FACILITATOR))
    assert {demo.RUNNING_COHORT, demo.NO_REGISTER_COHORT} <= {
        row["code"] for row in await room.fetch("SELECT code, name FROM cohort") if row["name"] in names_of(led)
    }


async def test_coaching_shows_life_of_every_kind(small, now):
    rows = await room.fetch("SELECT status, count(*) AS n FROM coaching_session GROUP BY status")
    assert {row["status"] for row in rows} >= {
        "requested",
        "booked",
        "completed",
        "no_show_coachee",
        "no_show_coach",
        "cancelled_by_coachee",
    }
    assert await count("SELECT count(*) FROM move_request WHERE state = 'open'") == 1
    assert await count("SELECT count(*) FROM coaching_session WHERE waived_reason <> ''") == 1
    assert await count("SELECT count(*) FROM coaching_session WHERE status = 'booked' AND ends_at < {}", now) >= 1
    assert await count("SELECT count(*) FROM coaching_session WHERE status = 'booked' AND starts_at > {}", now) >= 3
    kinds = {row["kind"] for row in await room.fetch("SELECT DISTINCT kind FROM credit_entry")}
    assert kinds == {"granted", "reserved", "used", "returned", "expired"}
    coach = await people_service.find(demo.COACH)
    assert await count("SELECT count(*) FROM role_grant WHERE role = 'coach' AND person = {}", coach) == 1
    participant = await people_service.find(demo.PARTICIPANT)
    mine = await coaching.own(participant, now=now)
    assert (mine[0].balance.left, mine[0].balance.used, mine[0].balance.reserved) == (1, 1, 1)


async def test_mentoring_has_a_round_that_runs_and_one_that_waits_for_its_pairs(small, now):
    rounds = await room.fetch("SELECT slug, status FROM mentoring_round ORDER BY slug")
    assert rounds == [
        {"slug": LAST_ROUND, "status": "running"},
        {"slug": NEW_ROUND, "status": "matching"},
    ]
    statuses = {row["status"] for row in await room.fetch("SELECT DISTINCT status FROM pairing")}
    assert statuses >= {"active", "paused", "completed", "ended_early", "declined"}
    assert await count("SELECT count(*) FROM meeting WHERE status = 'held'") > 10
    assert await count("SELECT count(*) FROM meeting WHERE status = 'planned' AND starts_at > {}", now) == 1
    assert await count("SELECT count(*) FROM pairing WHERE listed_at IS NOT NULL") >= 1
    waiting = "SELECT count(*) FROM {} x JOIN mentoring_round r ON r.id = x.round WHERE r.slug = '{}'"
    assert await count(waiting.format("mentee_profile", NEW_ROUND)) >= 6
    assert (
        await count(
            "SELECT count(*) FROM match_run x JOIN mentoring_round r ON r.id = x.round WHERE r.slug = {}", NEW_ROUND
        )
        == 0
    )


async def test_a_mail_was_refused_on_the_usual_path_and_few_wait_to_be_sent(small, now):
    failed = await room.fetch("SELECT DISTINCT to_address, error FROM message WHERE state = 'failed'")
    assert failed == [
        {
            "to_address": "chloe.hartley@colchster.example",
            "error": "550 5.1.2 The domain colchster.example does not exist.",
        }
    ]
    assert await count("SELECT count(*) FROM email_address WHERE bounced_at IS NOT NULL") == 1
    assert 1 <= await count("SELECT count(*) FROM message WHERE state = 'queued'") <= 20
    assert await count("SELECT count(*) FROM message WHERE state = 'queued' AND deadline_at < {}", now) == 0
    assert await count("SELECT count(*) FROM message WHERE subject = ''") == 0
    assert await count("SELECT count(*) FROM entry WHERE at > {}", now) == 0


async def test_the_same_seed_and_date_make_the_same_academy(database, settings, now):
    await build(settings, now=now, scale=SMALL)
    first = await what_is_there()
    await reset.remove_everything()
    assert await count("SELECT count(*) FROM person") == 0
    await build(settings, now=now, scale=SMALL)

    again = await what_is_there()
    for name, rows in first.items():
        assert again[name] == rows, name
    assert min(len(rows) for rows in first.values()) > 20


@ONE_DATABASE
@pytest.mark.parametrize("when", ["2027-01-01T00:10", "2028-02-29T12:00", "2026-03-29T01:30", "2026-10-25T00:30"])
async def test_it_builds_on_awkward_days(database, settings, when):
    now = datetime.fromisoformat(when).replace(tzinfo=UTC)

    await build(settings, now=now, scale=SMALL)

    assert await count("SELECT count(*) FROM entry WHERE verb = 'demonstration.built'") == 1
    assert await count("SELECT count(*) FROM cohort WHERE status = 'closed'") >= 10
    assert await count("SELECT count(*) FROM entry WHERE at > {}", now) == 0


async def codes() -> list[str]:
    return [row["code"] for row in await room.fetch("SELECT code FROM cohort ORDER BY code")]


def taken(figures: dashboard.Figures | None) -> dict[str, int]:
    return {} if figures is None else {"taken": figures.taken}


def names_of(led: list) -> set[str]:
    return {each.cohort_name for each in led}
