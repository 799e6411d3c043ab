"""A small academy with somebody of each kind in it, and the ids of everything that an address may name.

``own`` is what belongs to Ana, the participant; ``other`` belongs to Ben.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import msgspec

from academy import database as room
from academy.accounts import links
from academy.accounts import service as accounts
from academy.accounts.tables import AddressChange, ApiToken, Role
from academy.accounts.tokens import hash_of, new_secret
from academy.alumni.tables import Certificate, Completion
from academy.audit.service import ACADEMY
from academy.database import contents
from academy.outbox.tables import Message
from academy.people.tables import EmailAddress, OrganisationKind
from academy.programmes import service as programmes
from academy.programmes.rules import Logo, SponsorshipDetails
from academy.programmes.tables import Programme
from cohorts.coaching.bookings.rules import Party as Side
from cohorts.coaching.bookings.service import book
from cohorts.coaching.bookings.tables import CoachingSession
from cohorts.coaching.credits.tables import CoachingRules
from cohorts.coaching.record import actions, circle, goals, log
from cohorts.coaching.record.log import NewEntry
from cohorts.coaching.record.tables import GoalAgreement, LogKind, Party
from cohorts.coaching.times import busy
from cohorts.coaching.times import service as times
from cohorts.coaching.times.rules import DayException
from cohorts.coaching.times.tables import ExceptionKind
from cohorts.enrolment import letters
from cohorts.schedule import service as schedule
from cohorts.schedule.tables import Cohort, CohortSession
from mentoring.pairings import letters as pairing_letters
from mentoring.pairings import service as pairings
from mentoring.pairings.tables import CheckIn
from mentoring.profiles import service as profiles
from mentoring.profiles.tables import ApartKind, RoundStatus
from mentoring.profiles.tables import Side as OfRound
from mentoring.runs import service as runs
from tests.conftest import Clock
from tests.support.coached import Pair, a_pair
from tests.support.courses import MADE, OVER, Course, P, a_course
from tests.support.makers import a_coordinator, a_mentee, a_mentor, a_person, a_round, an_organisation
from tests.support.paired import a_pairing

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 20

Ids = Mapping[str, str]

OF_COACHING_SESSIONS = (
    "/coaching/sessions/",
    "/api/coaching-sessions/",
    "/api/my/coaching-sessions/",
    "/api/my/coachees/sessions/",
)
OF_COACHED = ("/coaching/", "/api/my/coaching/", "/api/enrolments/")
"""Where the session is one of coaching, and the enrolment one with coaching."""


class Crowd(msgspec.Struct):
    """Everybody's id and secrets. The keys of ``own`` and ``other`` are parts of path templates."""

    coordinator: UUID
    participant: UUID
    facilitator: UUID
    coach: UUID
    """Who coaches Ana."""
    tokens: dict[str, str]
    own: Ids
    other: Ids
    led: str
    """The session that Fay leads."""


async def a_crowd(clock: Clock) -> Crowd:
    """Ana and Ben have completed a cohort each; Fay leads a session of a third."""
    clock.now = MADE
    cora = await a_coordinator(name="Cora Coordinator", now=MADE)
    fay = await a_person(name="Fay Lead", now=MADE)
    ana_done, ben_done = await a_course("Ana"), await a_course("Ben")
    led = (await a_course("Cai")).sessions[0]
    await schedule.set_facilitators(led, [fay], actor=ACADEMY, now=MADE)
    clock.now = OVER
    for done in (ana_done, ben_done):
        for day in (1, 2):
            await done.take(day, **dict.fromkeys(done.people, P))
        await done.close()
    ana = ana_done.people["Ana"]
    ours = await _coaching(ana, coach="Cody Coach")
    theirs = await _coaching(ben_done.people["Ben"], coach="Dora Coach")
    fred = await a_coordinator(name="Fred Former", now=MADE)
    former = await accounts.create_api_token(fred, "m", frozenset({"manage"}), MADE)
    await accounts.revoke(fred, Role.COORDINATOR, ACADEMY, MADE)
    return Crowd(
        coordinator=cora,
        participant=ana,
        facilitator=fay,
        coach=ours.coach_person,
        tokens={
            "read": await accounts.create_api_token(ana, "r", frozenset({"read"}), OVER),
            "enrol": await accounts.create_api_token(ana, "e", frozenset({"read", "enrol"}), OVER),
            "manage, formerly": former,
            "manage": await accounts.create_api_token(cora, "m", frozenset({"read", "enrol", "manage"}), OVER),
        },
        own={
            **await _ids(ana_done),
            **await _ids_of_coaching(ours),
            **await _at_the_desk(ana_done, ours),
            **await _mentoring(ana_done, RoundStatus.OPEN),
        },
        other={
            **await _ids(ben_done),
            **await _ids_of_coaching(theirs),
            **await _at_the_desk(ben_done, theirs),
            **await _mentoring(ben_done, RoundStatus.DRAFT),
        },
        led=str(led),
    )


async def _ids(done: Course) -> Ids:
    (person,) = done.people.values()
    (enrolment,) = done.enrolments.values()
    (cohort,) = await Cohort.select(Cohort.programme).where(Cohort.id == done.cohort)
    (programme,) = await Programme.select(Programme.slug).where(Programme.id == cohort["programme"])
    completion = await Completion.select(Completion.id).where(Completion.person == person)
    certificates = await Certificate.select(Certificate.id, Certificate.code).where(
        Certificate.completion == completion[0]["id"]
    )
    (event,) = await CohortSession.select(CohortSession.event).where(CohortSession.id == done.sessions[0])
    addresses = await EmailAddress.select(EmailAddress.id).where(EmailAddress.person == person)
    mails = await Message.select(Message.id).where(Message.person == person, Message.kind == "session-invite")
    api_token = await accounts.create_api_token(person, "spreadsheet", frozenset({"read"}), OVER)
    tokens = await ApiToken.select(ApiToken.id).where(ApiToken.token_hash == hash_of(api_token))
    partner = await an_organisation(name=f"Partner of {done.code}", kind=OrganisationKind.PRIVATE, now=OVER)
    sponsorship = await programmes.add_sponsorship(
        cohort["programme"],
        SponsorshipDetails(organisation=partner, from_on=date(2026, 1, 1), logo=Logo(PNG, "image/png", "Partner")),
        actor=ACADEMY,
        now=OVER,
    )
    return {
        "/account/address/{token:str}": await _address_change(person),
        "/sign-in/{token:str}": (await accounts.make_sign_in_link(person, OVER)).rpartition("/")[2],
        "/r/{token:str}": links.sign(letters.LINK, enrolment),
        "/account/tokens/{token:uuid}": str(tokens[0]["id"]),
        "/verify/{code:str}": certificates[0]["code"],
        "/feeds/{name:str}": await accounts.create_feed_token(person, OVER) + ".ics",
        "{name:path}": "app.css",
        "{code:str}": done.code,
        "{slug:str}": programme["slug"],
        "{certificate:uuid}": str(certificates[0]["id"]),
        "{enrolment:uuid}": str(enrolment),
        "{event:uuid}": str(event["event"]),
        "{mail:uuid}": str(mails[0]["id"]),
        "{organisation:uuid}": str(partner),
        "{person:uuid}": str(person),
        "{session:uuid}": str(done.sessions[0]),
        "{sponsorship:uuid}": str(sponsorship),
        "{address:uuid}": str(addresses[0]["id"]),
    }


async def _coaching(person: UUID, *, coach: str) -> Pair:
    """Somebody coaches this person and is busy, away and learning besides; a manager is to agree to the goals."""
    pair = await a_pair(now=OVER, coach=coach, coachee_person=person, three_way=True, chosen=False)
    await pair.with_goals("Speak in the board meeting")
    await goals.ask_manager(
        pair.enrolment, name="Mo Manager", address=f"mo.{person.hex}@council.example", actor=pair.as_coachee, now=OVER
    )
    return pair


async def _ids_of_coaching(pair: Pair) -> Ids:
    coming = await book(
        pair.enrolment,
        pair.coach,
        starts_at=OVER + timedelta(days=9),
        minutes=60,
        by=Side.ACADEMY,
        actor=ACADEMY,
        now=OVER,
    )
    day = OVER.date() + timedelta(days=20)
    off = DayException(kind=ExceptionKind.OFF, from_on=day, to_on=day)
    entry = NewEntry(kind=LogKind.CPD, day=OVER.date(), minutes=60, what="A course")
    (agreement,) = await GoalAgreement.select(GoalAgreement.id).where(
        GoalAgreement.enrolment == pair.enrolment, GoalAgreement.party == Party.MANAGER
    )
    address = "https://calendar.invalid/x.ics"  # a name that never exists (RFC 6761, section 6.4)
    return {
        **{f"{start}{{session:uuid}}": str(coming) for start in OF_COACHING_SESSIONS},
        **{f"{start}{{enrolment:uuid}}": str(pair.enrolment) for start in OF_COACHED},
        "/goals/{token:str}": links.sign(circle.LINK, agreement["id"]),
        "{action:uuid}": str(await actions.add_action(coming, "Ask for a slot", author=pair.coachee, now=OVER)),
        "{calendar:uuid}": str(await busy.add_address(pair.coach, "Work", address, actor=pair.as_coach, now=OVER)),
        "{coach:uuid}": str(pair.coach),
        "{entry:uuid}": str(await log.add_log(pair.coach, entry, now=OVER)),
        "{exception:uuid}": str(await times.add_exception(pair.coach, off, actor=pair.as_coach, now=OVER)),
    }


async def _at_the_desk(done: Course, pair: Pair) -> Ids:
    """Coordinators find coaching under the cohort: its programme has some too, and the person a session there."""
    (enrolment,) = done.enrolments.values()
    (cohort,) = await Cohort.select(Cohort.programme).where(Cohort.id == done.cohort)
    await CoachingRules.insert(CoachingRules(programme=cohort["programme"], changed_at=OVER))
    starts_at = OVER + timedelta(days=12)
    session = CoachingSession(
        coach=pair.coach,
        enrolment=enrolment,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        created_at=OVER,
    )
    await CoachingSession.insert(session)
    return {"/cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}": str(session.id)}


async def _mentoring(done: Course, status: RoundStatus) -> dict[str, str]:
    """A round in which the person is mentor and mentee, has said something in confidence, and a list was brought."""
    (person,) = done.people.values()
    slug = f"mentoring-{done.code}"
    round = await a_round(slug=slug, status=status, now=OVER)
    await a_mentor(round=round, person=person, now=OVER)
    await a_mentee(round=round, person=person, now=OVER)
    if status is RoundStatus.OPEN:
        await a_mentee(round=round, name="Wanda Waiting", now=OVER)
        await runs.suggest(round, actor=ACADEMY, now=OVER)
    mia = await a_person(name="Mia Mentor", now=OVER)
    apart = await profiles.keep_apart(person, mia, ApartKind.CONFIDENTIAL, actor=ACADEMY, now=OVER)
    file = await profiles.bring_file(
        round, octets=b"name,email\nMo,mo@x.example\n", file_name="m.csv", side=OfRound.MENTEE, actor=ACADEMY, now=OVER
    )
    pairs = await _pairings(round, person)
    return {"{round:str}": slug, "{number:int}": "1", "{apart:uuid}": str(apart), "{file:uuid}": str(file), **pairs}


async def _pairings(round: UUID, person: UUID) -> dict[str, str]:
    """The person is a mentee with a meeting to come, a goal and a note, and is asked to be a mentor besides."""
    pair = await a_pairing(round, mentee=person, now=OVER)
    await pairings.accept(pair.id, actor=pair.as_mentor, now=OVER)
    coming = OVER + timedelta(days=9)
    meeting = await pairings.offer_meeting(
        pair.id, starts_at=coming, minutes=60, by=person, actor=pair.as_mentee, now=OVER
    )
    asked = await a_pairing(round, mentor=person, now=OVER)
    question = CheckIn(pairing=pair.id, person=person, asked_at=OVER)
    await CheckIn.insert(question)
    return {
        "{pairing:uuid}": str(pair.id),
        "/mentoring/proposals/{pairing:uuid}": str(asked.id),
        "{meeting:uuid}": str(meeting),
        "{goal:uuid}": str(await pairings.add_goal(pair.id, "Speak up", by=person, now=OVER)),
        "{note:uuid}": str(await pairings.write_note(pair.id, "I was nervous", author=person, now=OVER)),
        "/p/{token:str}": links.sign(pairing_letters.PROPOSAL, asked.id),
        "/met/{token:str}": links.sign(pairing_letters.CHECK_IN, question.id),
    }


async def _address_change(person: UUID) -> str:
    secret = new_secret()
    await AddressChange.insert(
        AddressChange(
            person=person,
            address=f"{person.hex}@new.example",
            token_hash=hash_of(secret),
            created_at=OVER,
            expires_at=OVER + timedelta(days=1),
        )
    )
    return secret


async def fingerprint(engine: room.Engine) -> str:
    """A hash over everything in the database."""
    if isinstance(engine, room.PostgresDatabase):
        connection = await asyncpg.connect(engine.url)
        try:
            async with connection.transaction():
                return (await contents.of_postgres(connection)).sha256
        finally:
            await connection.close()
    with closing(contents.open_file(engine.file)) as opened:
        return contents.of_sqlite(opened).sha256
