"""Everything that a match run needs to know of a round, as the matching takes it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.invites.times import utc_to_local
from mentoring.matching.people import Earlier, Mentee, Mentor, Pool
from mentoring.profiles import options, rules
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers, mentee_answers, mentor_answers
from mentoring.profiles.tables import PoolStatus, Side
from mentoring.waiting import FEW


class PoolFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The people of a round as ``mentoring.matching`` takes them. Ids in it are those of persons, as text."""

    pool: Pool
    mentor_profiles: dict[str, UUID]
    """The profile of each mentor by the person's id."""
    mentee_profiles: dict[str, UUID]


_MENTORS = database.compiled_sql("""
    SELECT x.id, x.person, p.name, coalesce(o.name, x.organisation_name) AS organisation, x.answers, x.capacity,
           x.paused_until
    FROM mentor_profile x JOIN person p ON p.id = x.person LEFT JOIN organisation o ON o.id = x.organisation
    WHERE x.round = :round AND x.status = 'active' ORDER BY x.id
""")
_MENTEES = database.compiled_sql("""
    SELECT x.id, x.person, p.name, coalesce(o.name, x.organisation_name) AS organisation, x.answers, x.status
    FROM mentee_profile x JOIN person p ON p.id = x.person LEFT JOIN organisation o ON o.id = x.organisation
    WHERE x.round = :round AND x.status <> 'withdrawn' ORDER BY x.id
""")
_CHOICES = database.compiled_sql("SELECT side, chooser, chosen FROM choice WHERE round = :round ORDER BY rank, id")
_APART = database.compiled_sql("""
    WITH here AS (SELECT person FROM mentor_profile WHERE round = :round
                  UNION SELECT person FROM mentee_profile WHERE round = :round)
    SELECT k.person, k.other, k.kind
    FROM here a JOIN kept_apart k ON k.person = a.person JOIN here b ON b.person = k.other
""")
_TOLD = database.compiled_sql("""
    SELECT person, question, answer, for_matching, brought FROM equality_answer WHERE round = :round ORDER BY question
""")
_WAITED = database.compiled_sql("""
    SELECT x.person, x.status, r.closed_at
    FROM mentee_profile x JOIN mentoring_round r ON r.id = x.round
    WHERE r.status = 'closed' AND x.round <> :round
      AND x.person IN (SELECT person FROM mentee_profile WHERE round = :round)
    ORDER BY r.closed_at
""")


async def pool(
    round: UUID,
    *,
    now: datetime,
    taken: Mapping[UUID, int] | None = None,
    history: Mapping[UUID, tuple[Earlier, ...]] | None = None,
    left_out: Collection[UUID] = (),
    let_down: Collection[UUID] = (),
) -> PoolFacts:
    """The mentors and mentees of a round with choices, who is kept apart, and characteristics given for matching.

    What pairings know is the caller's to say: ``taken`` places by mentor profile (they are taken off the capacity),
    the ``history`` of a mentee by person, mentee profiles to be ``left_out``, and mentors (persons) who were
    ``let_down``. A mentor who pauses has 0 places. Who withdrew is not in it. Six queries, however many people there
    are.
    """
    rows = _Rows(
        mentors=await _MENTORS.run(round=round),
        mentees=[row for row in await _MENTEES.run(round=round) if row["id"] not in left_out],
        choices=await _CHOICES.run(round=round),
        apart=await _APART.run(round=round),
        told=await _TOLD.run(round=round),
        waited={row["person"]: row["status"] for row in await _WAITED.run(round=round)},  # the latest round decides
        let_down=frozenset(let_down),
    )
    today = utc_to_local(now).date()
    if len(rows.mentors) + len(rows.mentees) <= FEW:
        return _facts(rows, taken or {}, history or {}, today)
    return await asyncio.to_thread(_facts, rows, taken or {}, history or {}, today)


class _Rows(msgspec.Struct, frozen=True, kw_only=True):
    mentors: list[dict[str, Any]]
    mentees: list[dict[str, Any]]
    choices: list[dict[str, Any]]
    apart: list[dict[str, Any]]
    told: list[dict[str, Any]]
    waited: dict[UUID, str]
    let_down: frozenset[UUID]


def _facts(
    rows: _Rows, taken: Mapping[UUID, int], history: Mapping[UUID, tuple[Earlier, ...]], today: date
) -> PoolFacts:
    """The rows as the matching takes them."""
    liked = _grouped(rows.choices, lambda row: (row["side"], row["chooser"]), "chosen")
    kept = _both_ways(rows.apart, "confidential", "named")  # as one: nobody is to see which of the two it is
    line = _both_ways(rows.apart, "line")
    given = _told([row for row in rows.told if row["for_matching"]])  # by mentors, to be matched on
    of_themselves = _told(rows.told)  # a mentee's wish for somebody alike is about their own answer
    seekers = {row["person"]: mentee_answers(row["answers"]) for row in rows.mentees}
    asked = {question for each in seekers.values() for question in each.same_background}
    mentors = tuple(
        _mentor(
            row,
            places=max(row["capacity"] - taken.get(row["id"], 0), 0)
            if rules.takes_new(row["paused_until"], today=today)
            else 0,
            let_down=row["person"] in rows.let_down,
            choices=liked.get((Side.MENTOR, row["person"]), ()),
            line=line.get(row["person"], ()),
            not_these=kept.get(row["person"], ()),
            characteristics=_characteristics(given.get(row["person"], {}), asked, wanted=False),
        )
        for row in rows.mentors
    )
    mentees = tuple(
        _mentee(
            row,
            choices=liked.get((Side.MENTEE, row["person"]), ()),
            line=line.get(row["person"], ()),
            not_these=kept.get(row["person"], ()),
            wanted=_characteristics(
                of_themselves.get(row["person"], {}), seekers[row["person"]].same_background, wanted=True
            ),
            history=history.get(row["person"], ()),
            waited=PoolStatus(row["status"]) in rules.WAITED or rows.waited.get(row["person"]) in rules.WAITED,
        )
        for row in rows.mentees
    )
    return PoolFacts(
        pool=Pool(mentors=mentors, mentees=mentees),
        mentor_profiles={str(row["person"]): row["id"] for row in rows.mentors},
        mentee_profiles={str(row["person"]): row["id"] for row in rows.mentees},
    )


def _mentor(row: dict[str, Any], *, places: int, **others: Any) -> Mentor:
    given = mentor_answers(row["answers"])
    return Mentor(
        **_asked_of_both(row, given),
        access_offered=given.access_offered,
        skills=_skills(given.skills),
        places=places,
        **others,
    )


def _mentee(row: dict[str, Any], *, wanted: tuple[str, ...], waited: bool, **others: Any) -> Mentee:
    given = mentee_answers(row["answers"])
    return Mentee(
        **_asked_of_both(row, given),
        access_needs=given.access_needs,
        skills_wanted=_skills(given.skills_wanted),
        wants_gap=given.wants_gap,
        background_wanted=wanted,
        waited_before=waited,
        **others,
    )


def _asked_of_both(row: dict[str, Any], given: MentorAnswers | MenteeAnswers) -> dict[str, Any]:
    """What stands in ``mentoring.matching.people.Person``."""
    return {
        "id": str(row["person"]),
        "name": row["name"],
        "organisation": row["organisation"],
        "grade": given.grade,
        "role": given.job_title,
        "profession": given.profession,
        "region": given.region,
        "formats": given.formats,
        "languages": given.languages,
    }


def _skills(keys: tuple[str, ...]) -> tuple[str, ...]:
    """In words, since the reasons of a pair name them."""
    return tuple(options.words(options.SKILLS, key) for key in keys)


def _grouped(rows: list[dict[str, Any]], key: Any, value: str) -> dict[Any, tuple[str, ...]]:
    found: dict[Any, list[str]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(str(row[value]))
    return {name: tuple(values) for name, values in found.items()}


def _both_ways(rows: list[dict[str, Any]], *kinds: str) -> dict[UUID, tuple[str, ...]]:
    """Said by one, it counts for both: what is stored with a run must not tell who said it."""
    found: dict[UUID, set[str]] = {}
    for row in rows:
        if row["kind"] in kinds:
            found.setdefault(row["person"], set()).add(str(row["other"]))
            found.setdefault(row["other"], set()).add(str(row["person"]))
    return {person: tuple(sorted(others)) for person, others in found.items()}


BROUGHT = "brought with a list, "
"""Before a characteristic that the person did not tell themself."""

Answer = tuple[str, bool]
"""What was told, and whether it was brought with a list."""


def _told(rows: list[dict[str, Any]]) -> dict[UUID, dict[str, Answer]]:
    found: dict[UUID, dict[str, Answer]] = {}
    for row in rows:
        found.setdefault(row["person"], {})[row["question"]] = (row["answer"], bool(row["brought"]))
    return found


def _characteristics(told: Mapping[str, Answer], asked: Collection[str], *, wanted: bool) -> tuple[str, ...]:
    """What was told about the questions that somebody asked for; own words are one for each comma.

    What a mentor told us themself is for mentees who asked themselves. A wish that came with a coordinator's list is
    met only by what came with a list, too: otherwise an invented mentee in a list would find out what mentors told.
    """
    found: list[str] = []
    for question in sorted(asked):
        answer, brought = told.get(question, ("", False))
        parts = re.split("[,;/]", answer) if question == options.OWN_WORDS else [answer]
        for part in parts:
            if not part.strip():
                continue
            plain = f"{question}: {part.strip()}"
            if brought:
                found.append(BROUGHT + plain)
            if not (brought and wanted):
                found.append(plain)
    return tuple(found)
