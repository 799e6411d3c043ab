"""What this room knows of a round: for the round's own page, and why no pairs can be suggested."""

from __future__ import annotations

from datetime import datetime

from mentoring.pairings import queries as pairings
from mentoring.profiles import queries as profiles
from mentoring.profiles.places import Need, Part
from mentoring.profiles.queries import RoundView
from mentoring.profiles.tables import RoundStatus
from mentoring.runs import queries, rules
from mentoring.runs.addresses import pairs_path


async def part(here: RoundView, now: datetime) -> Part:
    """What waits for the coordinator: people to be paired, or a suggestion to be published. Three queries."""
    if here.status not in (RoundStatus.MATCHING, RoundStatus.RUNNING):
        return Part()
    waiting = await _waiting(here)
    if not waiting or not here.mentors:
        return Part()
    newest = next(iter(await queries.runs_of(here.id)), None)
    who = "1 mentee waits" if waiting == 1 else f"{waiting} mentees wait"
    if newest is None or newest.published_at is not None:
        need = Need(
            what=f"{who} for a mentor",
            why="Suggested pairs are yours to read and change; nobody is told before you publish.",
            action="Suggest pairs",
            href=pairs_path(here.slug),
        )
    else:
        need = Need(
            what=f"{who} for a mentor, and pairs are suggested",
            why="Nobody has been told yet. Read them, pin what is good, and publish.",
            action="Review pairs",
            href=pairs_path(here.slug),
        )
    return Part(needs=(need,))


async def why_not_suggest(here: RoundView) -> str:
    """Why no pairs can be suggested now; empty when they can. Two queries."""
    refused = rules.why_not_suggest(here.status, mentors=here.mentors, mentees=await _waiting(here))
    return refused.message if refused else ""


async def _waiting(here: RoundView) -> int:
    """Mentees who have no pairing and have completed none."""
    settled = await pairings.settled(here.id)
    return sum(each.id not in settled for each in await profiles.mentees(here.id))
