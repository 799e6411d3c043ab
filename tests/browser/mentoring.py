"""Rounds of mentoring for the list of pages: one that Priya is in, one that she could join, a draft, and a list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academy.audit.service import ACADEMY, Actor
from academy.people import service as people
from mentoring.matching.criteria import Criteria
from mentoring.matching.people import Format
from mentoring.profiles import queries as profiles
from mentoring.profiles import service, texts
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers, Told
from mentoring.profiles.rules import RoundDetails
from mentoring.profiles.tables import ApartKind, ProfileImport, ProfileSource, RoundStatus, Side
from mentoring.runs import inputs, queries
from mentoring.runs import service as runs
from mentoring.runs.tables import MatchRun, QuestionKind, RunQuestion, RunState
from mentoring.waiting import WorkState

MENTORS = (
    (
        "Beatrice Okonkwo-Fitzgerald",
        "Leeds City Council",
        "Director of Digital and Customer Services",
        9,
        ("politics",),
    ),
    ("Tomasz Zieliński", "Cornwall Council", "Head of Data", 7, ("data", "ai", "career")),
    ("Siân Prys-Davies", "Cyngor Gwynedd", "Assistant Director, Corporate Services", 8, ("board", "budgets")),
)
LIST = (
    "first name,last name,email address,both mentor and mentee,job title,grade,organisation,profession,"
    "match with similar identity,identity to match,biography\n"
    "Noor,Haddad,noor.haddad@gate.example,no,Analyst,HEO,Hull City Council,Finance,no,,Curious\n"
    "Owen,,owen at gate,no,Officer,Band 9,Hull City Council,Finance,no,,\n"
    "Ivy,Marsh,ivy.marsh@gate.example,no,Officer,Band 9,Hull City Council,Finance,no,,\n"
)


async def mentoring_places(priya: UUID, *, now: datetime) -> dict[str, str]:
    """The addresses of the rounds, and ids of what is in them."""
    open_round = await _round("mentoring-gate", "Mentoring this year", now=now)
    for name, organisation, job, grade, skills in MENTORS:
        address = f"{name.split()[0].lower()}@gate.example".encode("ascii", "ignore").decode()
        person = await people.find_or_create(name=name, address=address, now=now, verified=True)
        await people.set_employment(
            person, organisation=None, organisation_name=organisation, job_title=job, on=now.date()
        )
        answers = MentorAnswers(
            grade=grade,
            job_title=job,
            region="Wales",
            formats=(Format.VIRTUAL,),
            languages=("en", "cy"),
            skills=skills,
            biography="Twenty years in councils, half of them getting things wrong first.",
        )
        await service.sign_up_mentor(
            open_round, person, answers, capacity=2, source=ProfileSource.COORDINATOR, actor=ACADEMY, now=now
        )
    told = [Told(question="gender", answer="woman", for_matching=True)]
    await service.sign_up_mentor(
        open_round, priya, MentorAnswers(grade=5, skills=("first_team",)), source=ProfileSource.COORDINATOR,
        told=told, actor=ACADEMY, now=now,
    )  # fmt: skip
    await service.sign_up_mentee(
        open_round,
        priya,
        MenteeAnswers(grade=5, skills_wanted=("presence", "board"), goals="Speak up", same_background=("gender",)),
        choices=[person],
        source=ProfileSource.COORDINATOR,
        actor=ACADEMY,
        now=now,
    )
    await service.keep_apart(priya, person, ApartKind.CONFIDENTIAL, actor=Actor(priya, "Priya"), now=now)
    await service.keep_apart(priya, person, ApartKind.LINE, reason="Her director", actor=ACADEMY, now=now)
    await service.new_criteria(open_round, Criteria(keep=8), note="Fewer moves", actor=ACADEMY, now=now)
    await _round("mentoring-next", "Mentoring next year", now=now)
    draft = await _round("mentoring-draft", "A draft of a round", status=RoundStatus.DRAFT, now=now)
    await service.clone_round(
        draft, name="A template of ours", slug="a-template", starts_on=None, is_template=True, actor=ACADEMY, now=now
    )
    file = await service.bring_file(
        open_round, octets=LIST.encode(), file_name="mentees.csv", side=Side.MENTEE, actor=ACADEMY, now=now
    )
    return {
        **await pairs_places(now=now),
        "round": "mentoring-gate",
        "round_next": "mentoring-next",
        "round_draft": "mentoring-draft",
        "file": str(file),
        **await _imports(open_round, now=now),
    }


async def _imports(round: UUID, *, now: datetime) -> dict[str, str]:
    """A list that is being imported, and one that was."""
    files = [
        await service.bring_file(round, octets=LIST.encode(), file_name=name, side=Side.MENTEE, actor=ACADEMY, now=now)
        for name in ("a-long-list.csv", "yesterday.csv")
    ]
    working: dict[Any, Any] = {
        ProfileImport.state: WorkState.WORKING,
        ProfileImport.progress: 40,
        ProfileImport.asked_at: now,
        ProfileImport.leased_until: now + timedelta(days=1),
    }
    done: dict[Any, Any] = {
        ProfileImport.state: WorkState.READY,
        ProfileImport.added: 2,
        ProfileImport.skipped: 1,
        ProfileImport.asked_at: now,
        ProfileImport.done_at: now,
    }
    for file, values in zip(files, (working, done), strict=True):
        await ProfileImport.update(values).where(ProfileImport.id == file)
    return {"file_working": str(files[0]), "file_done": str(files[1])}


async def pairs_places(*, now: datetime) -> dict[str, str]:
    """The round of the demonstration that waits: its pairs are suggested, one is pinned, one ruled out, then again.

    Another round is being worked on.
    """
    here = await profiles.round("mentoring-winter")
    lost = await service.sign_up_mentee(
        here.id,
        await people.find_or_create(name="Bo", address="bo@gate.example", now=now, verified=True),
        MenteeAnswers(grade=10, skills_wanted=("board",)),
        source=ProfileSource.COORDINATOR,
        actor=ACADEMY,
        now=now,
    )
    assert lost  # nobody is above them, so that somebody is without a mentor
    first = await queries.run(await runs.suggest(here.id, actor=ACADEMY, now=now))
    assert first.suggestion is not None
    (pinned, out, other, *_) = first.suggestion.pairs
    for verb, pair in ((runs.pin, pinned), (runs.rule_out, out)):
        mentor = await profiles.mentor_of(here.id, UUID(pair.mentor))
        mentee = await profiles.mentee_of(here.id, UUID(pair.mentee))
        assert mentor is not None
        assert mentee is not None
        await verb(mentor.id, mentee.id, actor=ACADEMY, now=now)
    await runs.suggest(here.id, actor=ACADEMY, now=now)
    await RunQuestion.insert(
        RunQuestion(
            run=first.id, kind=QuestionKind.AGAIN, state=RunState.WORKING, progress=60, asked_at=now,
            leased_until=now + timedelta(days=1),
        )
    )  # fmt: skip
    waiting = await _round("mentoring-large", "A large round", now=now)
    row = MatchRun(
        round=waiting, number=1, state=RunState.WORKING, criteria_number=1, mode="floors", inputs=inputs.as_json(
            first.request
        ), inputs_hash="", asked_at=now, leased_until=now + timedelta(days=1), progress=40,
    )  # fmt: skip
    await MatchRun.insert(row)
    return {
        "round_pairs": here.slug,
        "round_working": "mentoring-large",
        "two": f"mentee={other.mentee}&mentor={pinned.mentor}",
    }


async def _round(slug: str, name: str, *, status: RoundStatus = RoundStatus.OPEN, now: datetime) -> UUID:
    text = texts.BUILT_IN["year"][1]
    starts_on = (now + timedelta(days=60)).date()
    made = await service.create_round(
        RoundDetails(name=name, slug=slug, summary=text.summary, agreement=text.agreement, starts_on=starts_on),
        actor=ACADEMY,
        now=now,
    )
    if status is RoundStatus.OPEN:
        await service.move_round(made, status, actor=ACADEMY, now=now)
    return made
