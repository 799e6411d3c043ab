"""Pairings for the list of pages: Priya has a mentor, is asked to be one, has paused, completed and ended others."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from academy.audit.service import ACADEMY, Actor
from academy.people import service as people
from mentoring.pairings import letters, queries, service
from mentoring.pairings.forms import Evaluation
from mentoring.pairings.service import Proposed
from mentoring.pairings.tables import CheckIn, DeclineReason
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as rounds
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers
from mentoring.profiles.rules import RoundDetails
from mentoring.profiles.tables import ProfileSource, RoundStatus

WANTS = MenteeAnswers(
    grade=5,
    job_title="Team leader, digital services",
    region="East of England",
    skills_wanted=("presence", "board", "first_team"),
    goals="I speak up where directors sit, and I know what I want from my next job.\nI say no without a stomach ache.",
    biography="I came to the council from a call centre, and I have stayed for the residents.",
    access_needs=("captions",),
)
OFFERS = MentorAnswers(
    grade=9,
    job_title="Director of Digital and Customer Services",
    region="East of England",
    skills=("presence", "board"),
    biography="Twenty years in councils, half of them getting things wrong first.",
)
AGREEMENT = """
- We meet about once a month, and say so early when it does not work.
- What is said stays between us.
- The mentee says what we talk about; the mentor asks, tells and listens.
"""
BEATRICE = "Beatrice Okonkwo-Fitzgerald"


async def pairing_places(priya: UUID, *, now: datetime) -> dict[str, str]:
    """The addresses of pairings in each state, as its two people and as coordinators open them."""
    then = now - timedelta(days=70)
    round = await _round("mentoring-pairs", "Mentoring, this spring", then=then, now=now)
    active = await _pair(round, mentee=priya, then=then)
    await service.accept(active, actor=ACADEMY, now=then)
    on = Actor(priya, "Priya Nair")
    for weeks, minutes in ((2, 60), (6, 45)):
        day = (then + timedelta(weeks=weeks)).date()
        await service.log_meeting(active, day=day, minutes=minutes, by=priya, actor=on, now=now)
    coming = now + timedelta(days=6)
    meeting = await service.offer_meeting(
        active, starts_at=coming, minutes=60, place="The library café", link="https://meet.example.org/ab",
        by=priya, actor=on, now=now,
    )  # fmt: skip
    await service.agree(active, person=priya, actor=on, now=then)
    goal = await service.add_goal(active, "Chair one meeting of the board", by=priya, now=then)
    await service.add_goal(active, "Ask for feedback after each of my talks", by=priya, now=then)
    await service.tick_goal(active, goal, done=True, now=now)
    note = await service.write_note(active, "She asked what I am afraid of. I did not say.", author=priya, now=now)
    asked = await _pair(round, mentor=priya, then=now)
    past = await _round("mentoring-past", "Mentoring, last year", then=then - timedelta(days=300), now=now)
    complete = await _pair(past, mentee=priya, then=then)
    await service.accept(complete, actor=ACADEMY, now=then)
    await service.complete(complete, actor=ACADEMY, now=now - timedelta(days=1))
    silent = await _pair(round, then=then)
    await service.accept(silent, actor=ACADEMY, now=then)
    for days in (20, 28):
        await service.nudge_due(then + timedelta(days=days))
    answered = await _answered(round, then=then, now=now)
    question = CheckIn(pairing=active, person=priya, asked_at=now)
    await CheckIn.insert(question)
    return {
        "round_paired": "mentoring-pairs",
        "pairing": str(active),
        "pairing_silent": str(silent),
        "pairing_complete": str(complete),
        "meeting": str(meeting),
        "note": str(note),
        "asked": str(asked),
        "p_asked": letters.answer_path(asked),
        "met": letters.met_path(question.id),
        **answered,
    }


async def _answered(round: UUID, *, then: datetime, now: datetime) -> dict[str, str]:
    """Proposals that were declined, or not answered, and pairings that have ended or pause."""
    declined = await _pair(round, then=now)
    await service.decline(declined, DeclineReason.NO_TIME, note="A new job in June", actor=ACADEMY, now=now)
    late = await _pair(round, then=then)
    await service.expire_due(now)
    ended = await _pair(round, then=then)
    await service.accept(ended, actor=ACADEMY, now=then)
    await service.end(ended, reason="They never answered my mails", actor=ACADEMY, now=now)
    done = await _pair(round, then=then)
    await service.accept(done, actor=ACADEMY, now=then)
    await service.complete(done, actor=ACADEMY, now=now)
    said = Evaluation(overall=4, goals_reached=3, helped="Plain words", better="More time", again=True)
    mentee = (await queries.pairing_for_staff(done, now=now)).mentee
    await service.evaluate(done, said, person=mentee, actor=ACADEMY, now=now)
    return {
        "p_declined": letters.answer_path(declined),
        "p_late": letters.answer_path(late),
        "p_yes": letters.answer_path(ended),
        "pairing_declined": str(declined),
        "pairing_ended": str(ended),
        "pairing_evaluated": str(done),
    }


async def _round(slug: str, name: str, *, then: datetime, now: datetime) -> UUID:
    details = RoundDetails(
        name=name,
        slug=slug,
        summary="A year with somebody who has been there.",
        agreement=AGREEMENT,
        starts_on=then.date(),
        months=9,
    )
    round = await rounds.create_round(details, actor=ACADEMY, now=then)
    for status in (RoundStatus.OPEN, RoundStatus.MATCHING, RoundStatus.RUNNING):
        await rounds.move_round(round, status, actor=ACADEMY, now=then)
    return round


async def _pair(round: UUID, *, mentor: UUID | None = None, mentee: UUID | None = None, then: datetime) -> UUID:
    """A mentor is asked; who is not given is one of the crowd."""
    number = len(await profiles.mentors(round)) + len(await profiles.mentees(round))
    its_mentor = mentor or await _somebody(f"mentor{number}", BEATRICE, "Leeds City Council", OFFERS, then=then)
    its_mentee = mentee or await _somebody(f"mentee{number}", "Siân Prys-Davies", "Cyngor Gwynedd", WANTS, then=then)
    offer = await rounds.sign_up_mentor(
        round, its_mentor, OFFERS, capacity=2, source=ProfileSource.COORDINATOR, actor=ACADEMY, now=then
    )
    wish = await rounds.sign_up_mentee(
        round, its_mentee, WANTS, source=ProfileSource.COORDINATOR, actor=ACADEMY, now=then
    )
    pair = Proposed(mentor_profile=offer, mentee_profile=wish, score=74, points={"skills": 30, "region": 12})
    [made] = await service.propose(round, [pair], actor=ACADEMY, now=then)
    return made


async def _somebody(
    address: str, name: str, organisation: str, answers: MentorAnswers | MenteeAnswers, *, then: datetime
) -> UUID:
    person = await people.find_or_create(name=name, address=f"{address}@pairs.example", now=then, verified=True)
    await people.set_employment(
        person, organisation=None, organisation_name=organisation, job_title=answers.job_title, on=then.date()
    )
    return person
