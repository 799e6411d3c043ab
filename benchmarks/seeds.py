"""Academies with something in them, made by the product's own verbs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec

from academy import clock, database
from academy.accounts import links
from academy.accounts import service as accounts
from academy.accounts.tables import ApiToken
from academy.accounts.tokens import hash_of, new_secret
from academy.audit.service import ACADEMY
from academy.database.secret import secret_key
from academy.invites import service as invites
from academy.invites.tables import Reply
from academy.outbox.tables import Message
from academy.people import service as people
from academy.people.service import NewPerson
from academy.settings import Settings
from cohorts.attendance import service as attendance
from cohorts.attendance.rules import MarkGiven
from cohorts.attendance.tables import Mark
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.tables import Source
from cohorts.schedule import queries as schedule
from tests.support.makers import a_cohort, a_coordinator, a_programme

T = TypeVar("T")

REGIONS = ("London", "South East", "Wales", "Scotland", "North West")
REPLIES = (Reply.ACCEPTED, Reply.ACCEPTED, Reply.TENTATIVE, Reply.DECLINED)


class Sample(msgspec.Struct):
    """Names of what can be asked for."""

    cohort: str
    """Code of the cohort of 30 people, the first of its four sessions over."""
    token: str
    """Of a participant, for reading and enrolling."""
    session: str
    """The cookie of a coordinator."""
    feed: str
    """Path of the participant's own feed."""
    places: list[str]
    """Codes of cohorts with room for everybody."""


def inside(settings: Settings, work: Callable[[], Awaitable[T]]) -> T:
    """Run ``work`` with this academy's database open."""

    async def run() -> T:
        engine = database.connect(settings)
        database.use(engine)
        links.use_key(secret_key(settings))
        await database.open(engine)
        try:
            return await work()
        finally:
            await database.close(engine)

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return asyncio.run(run())


async def sample(*, entries: int = 50, size: int = 30) -> Sample:
    """An academy with ``entries`` dates in the calendar, one of them a running cohort of ``size`` people."""
    now = clock.now()
    programmes = [await a_programme(name=f"Programme {number}", now=now) for number in range(5)]
    for number in range(entries - 1):
        await a_cohort(
            programme=programmes[number % 5],
            starts_at=now + timedelta(days=10 + number),
            name=f"Cohort {number}",
            code=f"cohort-{number}",
            region=REGIONS[number % 5],
            capacity=5000,
            now=now,
        )
    began = now - timedelta(days=30)
    cohort = await a_cohort(
        programme=programmes[0],
        sessions=4,
        starts_at=now - timedelta(days=1, hours=5),
        name="Top Talent, Essex",
        code="tt-essex",
        region="South East",
        capacity=size,
        now=began,
    )
    everybody = await newcomers(size + 5, now=began)
    await enrolment.enrol_many(cohort, everybody, source=Source.COORDINATOR, actor=ACADEMY, now=began)
    await _answer_and_mark(cohort, everybody[:size], began=began, now=now)
    coordinator = await a_coordinator(now=now)
    return Sample(
        cohort="tt-essex",
        token=(await tokens(everybody[:1], now=now))[0],
        session=await accounts.start_session(coordinator, browser="Bench", now=now),
        feed=f"/feeds/{await accounts.create_feed_token(everybody[0], now)}.ics",
        places=["cohort-0", "cohort-1"],
    )


async def _answer_and_mark(cohort: UUID, everybody: list[UUID], *, began: datetime, now: datetime) -> None:
    sessions = await schedule.sessions(cohort)
    async with database.transaction():
        for session in sessions:
            for number, person in enumerate(everybody):
                if number % 5:
                    await invites.reply(session["event"], person, REPLIES[number % 4], now=began)
    roster = await database.fetch("SELECT id FROM enrolment WHERE cohort = {} AND status = 'enrolled'", cohort)
    marks = {row["id"]: MarkGiven(Mark.ABSENT if n % 7 == 0 else Mark.PRESENT) for n, row in enumerate(roster)}
    await attendance.mark(sessions[0]["id"], marks, actor=ACADEMY, now=now)


async def newcomers(count: int, *, now: datetime) -> list[UUID]:
    """People nobody has seen before."""
    batch = uuid4().hex[:8]
    return await people.find_or_create_many(
        [NewPerson(name=f"Ana Example {n}", address=f"ana{n}.{batch}@council.example") for n in range(count)], now
    )


async def tokens(everybody: list[UUID], *, now: datetime) -> list[str]:
    """A token for reading and enrolling for each."""
    secrets = [new_secret() for _ in everybody]
    rows = [
        ApiToken(person=person, token_hash=hash_of(secret), name="bench", scopes="enrol read", created_at=now)
        for person, secret in zip(everybody, secrets, strict=True)
    ]
    for start in range(0, len(rows), 500):
        await ApiToken.insert(*rows[start : start + 500])
    return secrets


async def newcomers_with_tokens(count: int) -> list[str]:
    """Tokens of so many new people."""
    now = clock.now()
    return await tokens(await newcomers(count, now=now), now=now)


async def quiet_outbox() -> None:
    """Forget the mails that seeding has queued, so that they are not measured."""
    await Message.delete(force=True)


async def counted_in(cohort: str) -> list[dict[str, Any]]:
    """Everybody in a cohort, in the order in which the rows were made."""
    return await database.fetch(
        "SELECT e.person, e.status, e.list_number FROM enrolment e JOIN cohort c ON c.id = e.cohort "
        "WHERE c.code = {} ORDER BY e.created_at, e.id",
        cohort,
    )
