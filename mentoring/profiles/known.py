"""What we know of somebody before they type anything: their answers of another time, else their employer."""

from __future__ import annotations

from uuid import UUID

import msgspec

from academy import database
from academy.people import queries as people
from mentoring.matching.people import Format
from mentoring.profiles import answers, options
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers

_LATEST = """
    SELECT x.answers{more} FROM {table} x JOIN mentoring_round r ON r.id = x.round
    WHERE x.person = :person AND r.is_template = :no ORDER BY x.changed_at DESC, x.id LIMIT 1
"""
_MENTOR = database.compiled_sql(_LATEST.format(table="mentor_profile", more=", x.capacity"))
_MENTEE = database.compiled_sql(_LATEST.format(table="mentee_profile", more=""))
_SHARED = ("grade", "job_title", "profession", "region", "formats", "languages", "biography")


async def known_mentor(person: UUID) -> tuple[MentorAnswers, int]:
    """The answers of somebody's latest mentor profile and its capacity; else those that a mentee profile shares with
    it; in any case the job title and region of their employer where there are none."""
    mine = await _MENTOR.first(person=person, no=False)
    if mine is not None:
        return await _with_job(person, answers.mentor_answers(mine["answers"])), mine["capacity"]
    other = await _MENTEE.first(person=person, no=False)
    start = MentorAnswers()
    if other is not None:
        start = _shared(answers.mentee_answers(other["answers"]), start)
    return await _with_job(person, start), 1


async def known_mentee(person: UUID) -> MenteeAnswers:
    """The same for a mentee."""
    mine = await _MENTEE.first(person=person, no=False)
    if mine is not None:
        former = answers.mentee_answers(mine["answers"])
        # what they told of themself stayed in that round, so a wish for somebody alike is asked anew
        return await _with_job(person, msgspec.structs.replace(former, same_background=()))
    other = await _MENTOR.first(person=person, no=False)
    start = MenteeAnswers()
    if other is not None:
        start = _shared(answers.mentor_answers(other["answers"]), start)
    return await _with_job(person, start)


def _shared(of: MentorAnswers | MenteeAnswers, into: answers.A) -> answers.A:
    return msgspec.structs.replace(into, **{name: getattr(of, name) for name in _SHARED})


async def _with_job(person: UUID, found: answers.A) -> answers.A:
    job = (await people.jobs([person])).get(person)
    return msgspec.structs.replace(
        found,
        job_title=found.job_title or (job.job_title if job else ""),
        region=found.region or (options.region_named(job.region or job.nation) if job else ""),
        formats=found.formats or (Format.VIRTUAL, Format.IN_PERSON),
        languages=found.languages or ("en",),
    )
