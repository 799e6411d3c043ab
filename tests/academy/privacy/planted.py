"""An academy in which every text is a word of its own, so that a copy shows by its words what it holds.

Ana and Ben share everything: each is coach and mentor of the other, and each other's manager. For everything that
stands between two, there is a row with Ana on the one side and Ben on the other, and one the other way round.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import msgspec
from piccolo.columns import Bytea, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from academy import database
from academy.accounts.tables import (
    AddressChange,
    ApiToken,
    Attempt,
    FeedToken,
    IdempotencyKey,
    RoleGrant,
    SignInLink,
    WebSession,
)
from academy.alumni.tables import Alumnus, Certificate, Completion, Contribution
from academy.audit.tables import Entry
from academy.invites.tables import CalendarEvent, Invitee
from academy.outbox.tables import Message
from academy.people.tables import EmailAddress, Employment, Membership, Organisation, OrganisationName, Person
from academy.programmes.tables import Programme, Sponsorship
from cohorts.attendance.tables import Attendance
from cohorts.coaching.bookings.tables import CoachingChange, CoachingSession, MoveRequest
from cohorts.coaching.credits.tables import CoachChoice, CoachingRules, CreditEntry
from cohorts.coaching.record.tables import (
    ClosingEvaluation,
    Goal,
    GoalAgreement,
    GoalRating,
    LogEntry,
    Party,
    PrivateNote,
    SharedAction,
)
from cohorts.coaching.times.tables import BusySource, BusyTime, Coach, CoachProgramme, TimeException, WeeklyTime
from cohorts.completion.tables import Outcome
from cohorts.enrolment.tables import Enrolment, EnrolmentChange
from cohorts.schedule.tables import Cohort, CohortSession, Facilitator
from mentoring.matching.criteria import Criteria
from mentoring.matching.people import Mentee, Mentor, Pool
from mentoring.matching.worker import Request
from mentoring.pairings.tables import (
    AgreementSigned,
    CheckIn,
    Meeting,
    Pairing,
    PairingChange,
    PairingEvaluation,
    PairingGoal,
    PairingNote,
    PairingStatus,
)
from mentoring.profiles.tables import (
    ApartKind,
    Choice,
    EqualityAnswer,
    KeptApart,
    MenteeProfile,
    MentoringRound,
    MentorProfile,
    ProfileImport,
    RoundCriteria,
)
from mentoring.reports.tables import FairnessCount
from mentoring.runs.tables import Hold, MatchRun, RunQuestion

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
A_WORD = re.compile(r"zq\d{5}zq")
ANOTHER = "Zelda Quill"
TAIL = f" says {ANOTHER}, zelda@quill.example, 07700 900123"
"""Stands behind the word wherever there is room: somebody else, who is masked in what others wrote."""
LONG = 100


class Word(msgspec.Struct, frozen=True):
    """One text that was planted: in which column, and who stands on which side of its row."""

    column: str
    sides: dict[str, UUID]


def holds_words(column: Any) -> bool:
    """Whether a column may hold any words; a status holds words of ours."""
    return isinstance(column, Varchar | Text) and column.default in (None, "", "{}")


def texts(table: type[Table]) -> list[str]:
    """The names of the columns of a table that may hold any words."""
    return [column._meta.name for column in table._meta.columns if holds_words(column)]


class Field:
    """Where words are planted."""

    def __init__(self) -> None:
        self.words: dict[str, Word] = {}
        self.tables: set[type[Table]] = set()
        self._numbers = count(1)

    def word(self, column: str, sides: dict[str, UUID]) -> str:
        """A new word."""
        made = f"zq{next(self._numbers):05}zq"
        self.words[made] = Word(column, sides)
        return made

    async def plant(self, table: type[Table], /, given: dict[str, Any] | None = None, **sides: UUID) -> UUID:
        """A row in which every column is filled, each text with a word of its own unless it is given."""
        values: dict[str, Any] = {"id": uuid4(), **(given or {})}
        for column in table._meta.columns:
            name = column._meta.name
            if name not in values and not isinstance(column, ForeignKey):
                values[name] = self._value(table, column, sides)
        row = table(**{name: value for name, value in values.items() if value is not ...})
        await database.insert([row])
        self.tables.add(table)
        made: UUID = row.id  # type: ignore[attr-defined]
        return made

    def _value(self, table: type[Table], column: Any, sides: dict[str, UUID]) -> Any:
        name = f"{table._meta.tablename}.{column._meta.name}"
        if holds_words(column):
            word = self.word(name, sides)
            if column._meta.name in JSON:
                return msgspec.json.encode({"said": word + TAIL}).decode()
            return word + TAIL if isinstance(column, Text) or column.length > LONG else word
        if isinstance(column, Bytea):
            return self.word(name, sides).encode()
        if isinstance(column, Timestamptz):
            return NOW
        if isinstance(column, Date):
            return NOW.date()
        return 1 if isinstance(column, Integer) else ...  # the column's own default


JSON = {"context", "calendar", "before", "after", "points", "criteria", "mapping", "result", "modes", "tables"}
"""Columns that hold a document."""


class Planted(msgspec.Struct, frozen=True):
    """The academy, and the words in it."""

    field: Field
    ana: UUID
    ben: UUID


async def planted() -> Planted:
    """Everything about Ana and Ben, in every table."""
    field = Field()
    people = {name: await _person(field, name) for name in ("Ana Archer", "Ben Brown", ANOTHER)}
    ana, ben, zelda = people.values()
    programme = await field.plant(Programme, takes=ana, takes_too=ben)
    await field.plant(Sponsorship, {"programme": programme, "organisation": await field.plant(Organisation)})
    await field.plant(OrganisationName, {"organisation": await field.plant(Organisation)})
    await field.plant(Attempt)
    await field.plant(CoachingRules, {"programme": programme, "changed_by": zelda})
    coaches = {person: await _coach(field, person, programme) for person in (ana, ben)}
    for person, other in ((ana, ben), (ben, ana)):
        await _alone(field, person)
        await _coaching(field, person, other, coach=coaches[other], programme=programme, by=zelda)
        await _mentoring(field, person, other, by=zelda)
    return Planted(field, ana, ben)


async def _person(field: Field, name: str) -> UUID:
    person = uuid4()
    await field.plant(Person, {"id": person, "name": name, "time_zone": "Europe/London"}, owner=person)
    address = f"{name.split()[0].lower()}@{name.split()[1].lower()}.example"
    for given in ({"address": address, "normalised": address, "primary": True}, {}):
        await field.plant(EmailAddress, {"person": person, **given}, owner=person)
    return person


async def _alone(field: Field, person: UUID) -> None:
    """What concerns nobody else."""
    works = await field.plant(Organisation, works=person)
    await field.plant(Employment, {"person": person, "organisation": works}, owner=person)
    for table in (Membership, RoleGrant, AddressChange, SignInLink, WebSession, ApiToken, FeedToken, IdempotencyKey,
                  Alumnus):  # fmt: skip
        given: dict[str, Any] = {"person": person}
        if table is SignInLink:
            given["sent_to"] = None
        await field.plant(table, given, owner=person)
    context = {
        "with_name": field.word("message.context", {"owner": person}),
        "round_name": "Mentoring",
        "is_mentee": True,
        "looks_on": True,
        "manage_path": "/" + field.word("message.context, a link", {"owner": person}),
    }
    secret = {"path": "/sign-in/" + field.word("message.context, a link", {"owner": person}), "minutes": 10}
    mails = [
        {"kind": "pairing-ended", "context": msgspec.json.encode(context).decode()},
        {"kind": "sign-in-link", "context": msgspec.json.encode(secret).decode()},
        {"kind": "pairing-ended", "context": ""},
    ]
    for mail in mails:
        await field.plant(Message, {"person": person, "about_id": None, "resend_of": None, **mail}, owner=person)
    event = await field.plant(CalendarEvent, invited=person)
    await field.plant(Invitee, {"event": event, "person": person}, owner=person)
    done = {"person": person, "programme_id": uuid4(), "cohort_id": uuid4()}
    completion = await field.plant(Completion, done, owner=person)
    await field.plant(Certificate, {"completion": completion, "replaced_by": None}, owner=person)
    await field.plant(Contribution, {"person": person, "about_id": uuid4()}, owner=person)


async def _entry(field: Field, given: dict[str, Any], **sides: UUID) -> None:
    await field.plant(Entry, {"actor": None, "person": None, "about_id": uuid4(), **given}, **sides)


async def _coach(field: Field, person: UUID, programme: UUID) -> UUID:
    coach = await field.plant(Coach, {"person": person, "zone": "Europe/London"}, coach=person)
    await field.plant(CoachProgramme, {"coach": coach, "programme": programme})
    for table in (WeeklyTime, TimeException, LogEntry):
        await field.plant(table, {"coach": coach}, coach=person)
    source = await field.plant(BusySource, {"coach": coach}, coach=person)
    await field.plant(BusyTime, {"coach": coach, "source": source})
    return coach


async def _coaching(field: Field, person: UUID, other: UUID, *, coach: UUID, programme: UUID, by: UUID) -> None:
    """A place of the person's in a cohort in which the other coaches them, takes the register and is their manager."""
    works = await field.plant(Organisation, works=person)
    sides = {"takes": person, "leads": other}
    cohort = await field.plant(Cohort, {"programme": programme}, **sides)
    event = await field.plant(CalendarEvent)
    meets = await field.plant(CohortSession, {"cohort": cohort, "event": event}, **sides)
    await field.plant(Facilitator, {"session": meets, "person": other})
    place = await field.plant(Enrolment, {"cohort": cohort, "person": person, "organisation": works}, owner=person)
    await field.plant(EnrolmentChange, {"enrolment": place, "by": by}, owner=person)
    await field.plant(Attendance, {"session": meets, "enrolment": place, "marked_by": other}, owner=person)
    await field.plant(Outcome, {"enrolment": place}, owner=person)
    await _entry(field, {"actor": other, "person": person}, whose=person, deed=other)
    await _entry(field, {"actor": person, "about_kind": "person", "about_id": person}, about=person, deed=person)
    for verb in ("pairing.decline", "pair.rule_out", "person.keep_apart", "person.allow_together"):
        await _entry(field, {"actor": by, "person": person, "verb": verb})

    async def session(number: int) -> UUID:
        starts = NOW + timedelta(days=number)
        given = {"coach": coach, "enrolment": place, "starts_at": starts, "ends_at": starts + timedelta(hours=1)}
        return await field.plant(CoachingSession, given, coachee=person, coach=other)

    first, second = await session(1), await session(2)
    for who, more in ((person, {}), (other, {"by_coach": other}), (by, {}), (None, {})):
        await field.plant(CoachingChange, {"session": first, "by": who}, coachee=person, **more)
    await field.plant(MoveRequest, {"session": first, "answered_by": other}, coachee=person)
    await field.plant(CreditEntry, {"enrolment": place, "by": by, "session": first}, coachee=person)
    await field.plant(CoachChoice, {"enrolment": place, "coach": coach, "chosen_by": by})
    await field.plant(ClosingEvaluation, {"enrolment": place}, coachee=person)
    goal = await field.plant(Goal, {"enrolment": place}, coachee=person)
    for party, who in ((Party.COACHEE, person), (Party.COACH, other), (Party.MANAGER, other)):
        named = {"coachee": person, "manager": other} if party is Party.MANAGER else {}
        await field.plant(GoalAgreement, {"enrolment": place, "party": party, "person": who}, **named)
        await field.plant(GoalRating, {"goal": goal, "party": party}, coachee=person, rater=who)
    await field.plant(PrivateNote, {"session": first, "author": person, "in_copies": False}, author=person)
    await field.plant(PrivateNote, {"session": first, "author": other, "in_copies": False}, author=other)
    await field.plant(PrivateNote, {"session": second, "author": other, "in_copies": True}, author=other, told=person)
    await field.plant(SharedAction, {"session": first, "added_by": person}, coachee=person)
    await field.plant(SharedAction, {"session": first, "added_by": other}, coachee=person, added=other)


async def _mentoring(field: Field, person: UUID, other: UUID, *, by: UUID) -> None:
    """Rounds in which the other is asked to be the person's mentor, and what becomes of it."""
    works = await field.plant(Organisation, works=person)
    for kind, reason_by in ((ApartKind.CONFIDENTIAL, person), (ApartKind.NAMED, by), (ApartKind.LINE, by)):
        said = {"sayer": person} if reason_by == person else {}
        await field.plant(KeptApart, {"person": person, "other": other, "kind": kind, "said_by": reason_by}, **said)
    for status in PairingStatus:
        ended_by = {"ended_early": (person, other, by, None), "completed": (other,)}.get(status, (None,))
        for ender in ended_by:
            await _pairing(field, person, other, works=works, by=by, status=status, ender=ender)


async def _pairing(
    field: Field, person: UUID, other: UUID, *, works: UUID, by: UUID, status: PairingStatus, ender: UUID | None
) -> None:
    met = status not in (PairingStatus.DRAFT, PairingStatus.PROPOSED, PairingStatus.DECLINED, PairingStatus.EXPIRED)
    here = await field.plant(MentoringRound, {"cloned_from": None}, takes_part=person, takes_part_too=other)
    await field.plant(RoundCriteria, {"round": here, "author": by})
    await field.plant(FairnessCount, {"round": here})
    await field.plant(ProfileImport, {"round": here, "brought_by": by, "asked_by": by})
    profiles = []
    for table, who in ((MentorProfile, other), (MenteeProfile, person)):
        column = f"{table._meta.tablename}.answers"
        answers: dict[str, Any] = {"biography": field.word(column, {"owner": who})}
        if table is MenteeProfile:
            answers["same_background"] = [field.word(f"{column}, same_background", {"owner": who})]
        given = {"round": here, "person": who, "answers": msgspec.json.encode(answers).decode()}
        if who == person:
            given["organisation"] = works
        profiles.append(await field.plant(table, given, owner=who))
    both = {"round": here, "mentor_profile": profiles[0], "mentee_profile": profiles[1]}
    await field.plant(Choice, {"round": here, "chooser": person, "chosen": other, "rank": 1})
    await field.plant(EqualityAnswer, {"round": here, "person": person}, owner=person)
    await field.plant(Hold, {**both, "held_by": by})
    await _run(field, here, person, other, by=by)
    sides: dict[str, UUID] = {}
    if status is PairingStatus.DECLINED:
        sides["decliner"] = other
    if status is PairingStatus.ENDED_EARLY and ender in (person, other):
        sides["ender"] = ender
    pairing = await field.plant(
        Pairing,
        {**both, "mentor": other, "mentee": person, "run": None, "status": status, "ended_by": ender},
        **sides,
    )
    knows = {**({} if status is PairingStatus.DRAFT else {"mentor": other}), **({"mentee": person} if met else {})}
    await field.plant(PairingChange, {"pairing": pairing, "to_status": status, "by": by}, **knows)
    if met:
        await field.plant(Meeting, {"pairing": pairing, "added_by": other})
        await field.plant(PairingGoal, {"pairing": pairing, "added_by": other}, mentor=other, mentee=person)
        for who in (person, other):
            for table in (AgreementSigned, PairingEvaluation):
                await field.plant(table, {"pairing": pairing, "person": who}, owner=who)
            await field.plant(CheckIn, {"pairing": pairing, "person": who, "meeting": None})
            await field.plant(PairingNote, {"pairing": pairing, "author": who, "in_copies": False}, author=who)
        note = {"pairing": pairing, "author": other, "in_copies": True}
        await field.plant(PairingNote, note, author=other, told=person)


async def _run(field: Field, here: UUID, person: UUID, other: UUID, *, by: UUID) -> None:
    column = "match_run.inputs"
    pool = Pool(
        mentors=(
            Mentor(id=str(other), role=field.word(column, {"owner": other})),
            Mentor(id=str(by), role=field.word(column, {})),
        ),
        mentees=(
            Mentee(
                id=str(person), role=field.word(column, {"owner": person}), not_these=(str(other),),
                choices=(str(other), field.word(f"{column}, choices", {"owner": person})),
            ),
        ),
    )  # fmt: skip
    inputs = msgspec.json.encode(Request(pool=pool, criteria=Criteria())).decode()
    run = await field.plant(MatchRun, {"round": here, "inputs": inputs, "asked_by": by, "published_by": by})
    await field.plant(RunQuestion, {"run": run, "asked_by": by})
