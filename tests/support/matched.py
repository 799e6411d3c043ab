"""A round with people who can be paired, and suggestions made by the verbs that everybody uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy.audit.service import ACADEMY
from mentoring.matching.criteria import Criteria
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as profile_service
from mentoring.profiles.tables import RoundStatus
from mentoring.runs import queries, service
from mentoring.runs.queries import RunView
from tests.support import makers


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """Profiles and persons by their first names."""

    round: UUID
    slug: str
    mentors: dict[str, UUID]
    mentees: dict[str, UUID]
    people: dict[str, UUID]

    def pair(self, mentor: str, mentee: str) -> tuple[UUID, UUID]:
        """Their profiles."""
        return self.mentors[mentor], self.mentees[mentee]

    def form(self, mentor: str, mentee: str, start: str = "") -> dict[str, str]:
        """As the buttons of a pair send it."""
        return {f"{start}mentor": str(self.people[mentor]), f"{start}mentee": str(self.people[mentee])}

    async def suggest(self, now: datetime, **told: Any) -> RunView:
        return await queries.run(await service.suggest(self.round, actor=told.pop("actor", ACADEMY), now=now, **told))

    def plan(self, run: RunView) -> dict[str, str]:
        """Mentee to mentor, by first names."""
        assert run.suggestion is not None
        names = {str(person): name for name, person in self.people.items()}
        return {names[one.mentee]: names[one.mentor] for one in run.suggestion.pairs}


async def matched(
    *,
    mentors: Mapping[str, Mapping[str, Any]],
    mentees: Mapping[str, Mapping[str, Any]],
    choices: Mapping[str, list[str]] | None = None,
    criteria: Criteria | None = None,
    slug: str = "winter",
    status: RoundStatus = RoundStatus.MATCHING,
    now: datetime,
) -> Matched:
    """A round with these people. ``choices`` of mentees name mentors, the first choice first."""
    round = await makers.a_round(slug=slug, status=RoundStatus.OPEN, criteria=criteria, now=now)
    there: dict[str, UUID] = {}
    people: dict[str, UUID] = {}
    for name, told in mentors.items():
        there[name] = await makers.a_mentor(round=round, name=f"{name} Mentor", now=now, **told)
        people[name] = (await profiles.mentor(there[name])).person
    seekers: dict[str, UUID] = {}
    for name, told in mentees.items():
        liked = [people[each] for each in (choices or {}).get(name, [])]
        seekers[name] = await makers.a_mentee(round=round, name=f"{name} Mentee", choices=liked, now=now, **told)
        people[name] = (await profiles.mentee(seekers[name])).person
    way = [RoundStatus.OPEN, RoundStatus.MATCHING, RoundStatus.RUNNING, RoundStatus.CLOSED]
    for each in way[1 : way.index(status) + 1]:
        await profile_service.move_round(round, each, actor=ACADEMY, now=now)
    return Matched(round=round, slug=slug, mentors=there, mentees=seekers, people=people)


async def three(now: datetime, **told: Any) -> Matched:
    """Mia, Max and Moe have a place each. Ana fits Mia best, Ben Max; Cleo fits nobody better than another."""
    return await matched(
        mentors={
            "Mia": {"skills": ("confidence", "politics"), "region": "Wales"},
            "Max": {"skills": ("data",), "region": "Scotland"},
            "Moe": {"skills": ("career",), "region": "London"},
        },
        mentees={
            "Ana": {"skills_wanted": ("confidence", "politics"), "region": "Wales"},
            "Ben": {"skills_wanted": ("data",), "region": "Scotland"},
            "Cleo": {"skills_wanted": ("career",), "region": "London"},
        },
        now=now,
        **told,
    )
