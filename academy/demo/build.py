"""Build the demonstration: everything that happened in its year, each thing at its own moment, by the usual verbs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from random import Random
from time import perf_counter
from uuid import UUID

import msgspec

from academy import database
from academy.accounts import links
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.audit import service as audit
from academy.audit.service import ACADEMY, About, Actor
from academy.database.secret import secret_key
from academy.demo import gatherings, happenings, leading, logos, organisations, programmes, training
from academy.demo.coaching import Coaching
from academy.demo.mentoring import Mentoring
from academy.demo.people import COLLEAGUE, COORDINATOR, Cast, Somebody, invent
from academy.demo.plan import ONE, Days, Plan
from academy.demo.recent import Recent
from academy.demo.stories import Step, Story, World
from academy.demo.year import Year
from academy.invites.times import UK, local_to_utc, utc_to_local
from academy.outbox import rendering
from academy.outbox import service as outbox
from academy.outbox.delivery import Postman
from academy.outbox.smtp import Receipt, Refused
from academy.people import imports
from academy.people import organisations as organisation_service
from academy.people import service as people_service
from academy.people.organisations import NewOrganisation
from academy.people.tables import Organisation
from academy.programmes import service as programme_service
from academy.programmes.rules import Logo, ProgrammeDetails, SponsorshipDetails
from academy.settings import Settings
from cohorts import jobs

SEED = 2026
PEOPLE = 1700
FEWEST_PEOPLE = 170
JUST_NOW = timedelta(hours=3)
"""Mails older than this count as sent; the few later ones leave when the academy is served."""
JOBS_FOR = 21
"""Days in the past on which the timed work ran; reminders from before are not kept."""
ABOUT = About("demonstration", UUID(int=0), "The demonstration")
TOLD = ("cohort", "enrolment", "register", "certificate", "coaching session")
BEGUN, BUILT = "demonstration.begun", "demonstration.built"

Say = Callable[[str], None]


async def build(
    settings: Settings, *, now: datetime, scale: float = 1.0, seed: int = SEED, say: Say = lambda line: None
) -> None:
    """Fill the empty, migrated database that is in use. The same seed and date make the same academy.

    ``scale`` below 1 makes a smaller one: every kind of page has something to show, but the crowds stay away.
    """
    links.use_key(secret_key(settings))
    watch = _Watch(say)
    days, known_since = Days(now), now - 900 * ONE
    rng = Random(seed)  # noqa: S311 - not a secret
    await audit.record(BEGUN, ABOUT, actor=ACADEMY, now=now)

    councils = imports.councils()
    by_name = await _organisations(councils, now=known_since)
    watch.tell(f"{len(councils)} local authorities and {len(by_name) - len(councils)} other organisations")

    crowd = invent(rng, councils, max(FEWEST_PEOPLE, round(PEOPLE * scale)))
    cast = Cast(crowd)
    people = await _people(crowd, by_name, now=now)
    watch.tell(f"{len(people)} people")

    coordinator = Actor(people[COORDINATOR], cast.known[COORDINATOR].name)
    made, sponsorships = await _programmes(by_name, coordinator, now=known_since + ONE, today=days)
    watch.tell(f"{len(made)} programmes, supported by {len(organisations.PARTNERS)} partners")

    world = World(settings.organisation, coordinator, people, cast.known, cast.facilitators, made, sponsorships)
    plans = _plans(Year(days, cast, seed=seed, scale=scale))
    recent = Recent(world, days, {plan.code: plan for plan in plans})
    coaching = Coaching(world, days, plans, scale=scale)
    mentoring = Mentoring(world, days, cast, seed=seed, scale=scale)
    steps = [*_steps(plans, world, days, recent, seed=seed), *coaching.steps(), *mentoring.steps()]
    steps.sort(key=lambda step: step.at)
    settled = now - JUST_NOW
    await _happen([step for step in steps if step.at <= settled], watch)

    kept = await outbox.keep_as_sent(before=settled)
    watch.tell(f"{kept} mails of the past, kept as sent")
    await _bounce(settings, recent, now=now - 26 * timedelta(hours=1))
    await _happen([step for step in steps if step.at > settled], watch)
    await audit.record(BUILT, ABOUT, actor=ACADEMY, now=now)


async def _organisations(councils: Sequence[NewOrganisation], *, now: datetime) -> dict[str, UUID]:
    members = [msgspec.structs.replace(each, member=number % 5 != 0) for number, each in enumerate(councils)]
    await organisation_service.import_organisations([*members, *organisations.invented()], now)
    return {row["name"]: row["id"] for row in await Organisation.select(Organisation.id, Organisation.name)}


async def _people(crowd: Sequence[Somebody], by_name: dict[str, UUID], *, now: datetime) -> dict[str, UUID]:
    found: dict[str, UUID] = {}
    for since in sorted({each.known_for for each in crowd}, reverse=True):
        wave = [each for each in crowd if each.known_for == since]
        new = [
            people_service.NewPerson(
                name=each.name,
                address=each.address,
                verified=True,
                nation=each.nation,
                time_zone=each.time_zone,
                organisation=by_name[each.organisation],
                organisation_name=each.organisation,
                job_title=each.job_title,
            )
            for each in wave
        ]
        ids = await people_service.find_or_create_many(new, now - since * ONE)
        found |= {each.address: person for each, person in zip(wave, ids, strict=True)}
    for address in (COLLEAGUE, COORDINATOR):
        await accounts.grant(found[address], Role.COORDINATOR, ACADEMY, now - 690 * ONE)
    return found


async def _programmes(
    by_name: dict[str, UUID], actor: Actor, *, now: datetime, today: Days
) -> tuple[dict[str, UUID], dict[str, UUID]]:
    """The programmes and, by their names, the sponsorships that their cohorts show."""
    found: dict[str, UUID] = {}
    shown: dict[str, UUID] = {}
    async with database.transaction():
        for details in (*PUBLISHED, *programmes.DRAFTS):
            found[details.name] = await programme_service.create_programme(details, actor=actor, now=now)
        for details in PUBLISHED:
            await programme_service.publish(found[details.name], actor=actor, now=now + ONE)
        number = 0
        for programme, role, partners, former in SPONSORS:
            for _ in range(partners):
                partner = organisations.PARTNERS[number]
                support = SponsorshipDetails(
                    organisation=by_name[partner],
                    role=role,
                    from_on=today.today - (800 if former else 500) * ONE,
                    to_on=today.today - 420 * ONE if former else None,
                    web_address=f"https://{partner.lower().replace(' ', '-')}.example/",
                    logo=Logo(logos.logo(number), "image/png", logos.alt(partner, number)),
                )
                made = await programme_service.add_sponsorship(found[programme.name], support, actor=actor, now=now)
                if not former:
                    shown.setdefault(programme.name, made)
                number += 1
    return found, shown


PUBLISHED: tuple[ProgrammeDetails, ...] = (
    *programmes.LEADERSHIP,
    *programmes.WORKSHOPS,
    programmes.CHANGE_AGENT,
    *happenings.WEBINARS,
    *happenings.EVENTS,
)
SPONSORS: tuple[tuple[ProgrammeDetails, str, int, bool], ...] = (
    (programmes.TOP_TALENT, "Supported by", 1, False),
    (programmes.CHANGE_AGENT, "Delivered with", 1, False),
    (programmes.EMPOWERING_WOMEN, "Supported by", 1, False),
    (programmes.EMPOWERING_WOMEN_NI, "Supported by", 1, False),
    (programmes.CYBER_LEADERSHIP, "Supported by", 1, False),
    (programmes.PLACE_BASED, "Pilot partner", 1, False),
    (programmes.TOP_TALENT, "Supported by", 2, True),
    (programmes.EMPOWERING_WOMEN, "Supported by", 1, True),
    *((workshop, "Supported by", 1, False) for workshop in programmes.WORKSHOPS),
    *((series, "Speakers from", 3, False) for series in happenings.WEBINARS),
    (happenings.CONFERENCE, "Exhibiting partner", 16, False),
    (happenings.REGIONAL, "Supported by", 6, False),
    (happenings.ALUMNI_EVENT, "Supported by", 2, False),
    (programmes.DATA_LEADERSHIP, "Developed with", 2, False),
)
"""Programme, role, how many partners (taken in the order of their list), and whether that was in former years."""


def _plans(year: Year) -> list[Plan]:
    for part in (
        leading.top_talent,
        leading.empowering_women,
        leading.cyber_and_place,
        training.workshops,
        gatherings.events,
        training.change_agent,
        gatherings.webinars,
    ):
        part(year)
    return year.plans


def _steps(plans: Sequence[Plan], world: World, days: Days, recent: Recent, *, seed: int) -> Iterator[Step]:
    for plan in plans:
        yield from Story(plan, world, days, Random(f"{seed}:{plan.code}:story")).steps()  # noqa: S311
    yield from recent.steps()
    for ago in range(JOBS_FOR, -1, -1):
        at = local_to_utc(days.today - ago * ONE, time(13, 10), UK)
        if at < days.now - JUST_NOW:
            yield Step(at, _timed_work)
    yield Step(days.now - JUST_NOW, _timed_work)


async def _timed_work(now: datetime) -> None:
    await jobs.release_unconfirmed(now)
    await jobs.send_reminders(now)
    await jobs.warn_below_minimum(now)


async def _happen(steps: Sequence[Step], watch: _Watch) -> None:
    """Carry out the steps in order, each month in one transaction, and tell of each month."""
    month: list[Step] = []
    for number, step in enumerate(steps):
        month.append(step)
        following = steps[number + 1] if number + 1 < len(steps) else None
        if following is not None and _month(following) == _month(step):
            continue
        counts: Counter[str] = Counter()
        async with database.transaction():
            for each in month:
                done = await each.run(each.at)
                counts[each.counts] += done if isinstance(done, int) else 1
        told = [f"{n} {what}{'s' * (n != 1)}" for what in TOLD if (n := counts[what])]
        watch.tell(f"{_month(step)}: {', '.join(told) or 'replies'}")
        month = []


def _month(step: Step) -> str:
    return f"{utc_to_local(step.at):%B %Y}"


async def _bounce(settings: Settings, recent: Recent, *, now: datetime) -> None:
    """A mail to an address that does not exist, and the refusal of its server, on the outbox's own path."""
    async with database.transaction():
        await recent.misspelt(now)
    postman = Postman(_NoSuchPlace(), head=rendering.letterhead(settings), in_flight=1)
    await postman.send_due(now + timedelta(minutes=1))
    await postman.stop()


class _NoSuchPlace:
    """A mail server that knows nobody."""

    async def send(self, octets: bytes, *, envelope_from: str, to: str) -> Receipt:
        raise Refused(f"5.1.2 The domain {to.rpartition('@')[2]} does not exist.", code=550)

    async def aclose(self) -> None:
        """Nothing is open."""


class _Watch:
    """Tells what was done, with the seconds it took."""

    def __init__(self, say: Say) -> None:
        self._say, self._since = say, perf_counter()

    def tell(self, what: str) -> None:
        seconds = perf_counter() - self._since
        self._say(f"  {what} ({seconds:.1f} s)")
        self._since = perf_counter()
