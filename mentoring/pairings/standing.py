"""What a coordinator sees of a round's pairings: figures, what needs them, and the list with the health of each.

All of it is dates, numbers and the reasons that were meant for coordinators. Notes, goals and what two people speak
about are not loaded.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from academy.invites.times import UK, utc_to_local
from academy.web.lists import Column
from mentoring.pairings import queries, rules
from mentoring.pairings.own_page import COLOURS
from mentoring.pairings.queries import StaffView
from mentoring.pairings.rules import Health
from mentoring.pairings.tables import DeclineReason, PairingStatus
from mentoring.profiles import places
from mentoring.profiles import queries as profiles
from mentoring.profiles.places import Figure, Need, Part, Section
from mentoring.profiles.queries import RoundView
from mentoring.profiles.tables import RoundStatus

TAB = "Pairings"

HEALTH_COLOURS: dict[Health, str] = {
    Health.FINE: "green",
    Health.QUIET: "yellow",
    Health.SILENT: "red",
    Health.NOT_BEGUN: "light-blue",
    Health.PAUSED: "grey",
    Health.OVER: "grey",
}
VIEWS: dict[str, str] = {
    "live": "Live",
    "attention": "Needs attention",
    "fine": "Meeting",
    "quiet": "Quiet",
    "silent": "Silent",
    "paused": "Paused",
    "asked": "Waiting for the mentor",
    "completed": "Completed",
    "ended": "Ended early",
    "refused": "Declined or no answer",
    "all": "All",
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One pairing in the coordinator's list."""

    pairing: StaffView
    health: Health
    reason: str
    """Why it was declined or ended, in words."""

    @property
    def how(self) -> tuple[str, str]:
        """The words and the colour of its tag: health where it is under way, else its status."""
        if self.pairing.status in (PairingStatus.ACTIVE, PairingStatus.PAUSED):
            return rules.HEALTH_WORDS[self.health], HEALTH_COLOURS[self.health]
        return rules.CALLED[self.pairing.status], COLOURS[self.pairing.status]


def line(pairing: StaffView, *, now: datetime) -> Line:
    return Line(pairing=pairing, health=pairing.health(now), reason=reason(pairing))


def reason(pairing: StaffView) -> str:
    """Why it was declined or ended, with what was added; empty where nobody said."""
    if pairing.status is PairingStatus.DECLINED:
        known = rules.REASONS[DeclineReason(pairing.decline_reason)] if pairing.decline_reason else ""
        return ": ".join(part for part in (known, pairing.decline_note) if part)
    return pairing.end_reason


def wanted(each: Line, view: str) -> bool:
    """Whether a line belongs to a view of the list."""
    status = each.pairing.status
    match view:
        case "all":
            return True
        case "attention":
            return needs_attention(each)
        case "fine" | "quiet" | "silent":
            return each.health.value == view
        case "paused":
            return status is PairingStatus.PAUSED
        case "asked":
            return status is PairingStatus.PROPOSED
        case "completed":
            return status is PairingStatus.COMPLETED
        case "ended":
            return status is PairingStatus.ENDED_EARLY
        case "refused":
            return status in (PairingStatus.DECLINED, PairingStatus.EXPIRED)
        case _:
            return each.pairing.live


def needs_attention(each: Line) -> bool:
    """Silent after the nudge."""
    return each.health is Health.SILENT or (each.pairing.listed_at is not None and each.pairing.live)


COLUMNS: list[Column[Line]] = [
    Column("mentee", "Mentee", lambda row: row.pairing.mentee_name),
    Column("mentee_address", "Mentee’s email", lambda row: row.pairing.mentee_address),
    Column("mentor", "Mentor", lambda row: row.pairing.mentor_name),
    Column("mentor_address", "Mentor’s email", lambda row: row.pairing.mentor_address),
    Column("status", "Status", lambda row: rules.CALLED[row.pairing.status]),
    Column("health", "How it is", lambda row: row.how[0]),
    Column("score", "Score", lambda row: row.pairing.score),
    Column("starts", "From", lambda row: row.pairing.starts_on),
    Column("ends", "Until", lambda row: row.pairing.ends_on),
    Column("met", "Last met", lambda row: row.pairing.last_met_on),
    Column("next", "Next meeting", lambda row: _day(row.pairing.next_meeting_at)),
    Column("meetings", "Meetings", lambda row: row.pairing.meetings),
    Column("minutes", "Minutes", lambda row: row.pairing.minutes),
    Column("nudged", "Nudged", lambda row: _day(row.pairing.nudged_at)),
    Column("reason", "Reason", lambda row: row.reason),
]


def _day(instant: datetime | None) -> date | None:
    return utc_to_local(instant, UK).date() if instant else None


async def part(here: RoundView, now: datetime) -> Part:
    """Figures of a round's pairings, and what needs the coordinator. Two queries."""
    lines = [line(each, now=now) for each in await queries.of_round(here.id, now=now)]
    if not lines:
        return Part()
    base = f"/mentoring/rounds/{here.slug}/pairings"
    under_way = [each for each in lines if each.pairing.status in rules.UNDER_WAY]
    asked = [each for each in lines if each.pairing.status is PairingStatus.PROPOSED]
    silent = [each for each in lines if needs_attention(each)]
    figures = (
        Figure(value=str(len(under_way)), label="Pairs", note=_met(under_way), href=base),
        Figure(value=str(len(asked)), label="Waiting for a mentor’s answer", href=f"{base}?view=asked"),
    )
    needs: list[Need] = []
    settled = {each.pairing.mentee_profile for each in lines if each.pairing.status in rules.SETTLED}
    there = {each.id for each in await profiles.mentees(here.id)} - settled
    parted = [each for each in lines if each.pairing.status is PairingStatus.ENDED_EARLY]
    parted = [each for each in parted if each.pairing.mentee_profile in there]
    if parted and here.status is RoundStatus.RUNNING:
        one = parted[0]
        who = f"{one.pairing.mentee_name} and {one.pairing.mentor_name}"
        needs.append(
            Need(
                what=f"{who} have ended their pairing" if len(parted) == 1 else f"{len(parted)} pairs have ended early",
                why=_why(parted),
                action="Read why",
                href=f"{base}?view=ended",
            )
        )
    if silent:
        who = "1 pair is" if len(silent) == 1 else f"{len(silent)} pairs are"
        needs.append(
            Need(
                what=f"{who} silent",
                why="A nudge went to both a week ago, and nothing has been logged since. A call may help.",
                action="See them",
                href=f"{base}?view=attention",
            )
        )
    return Part(figures=figures, needs=tuple(needs))


def _why(parted: list[Line]) -> str:
    """The reason of one pair; several stand in the list."""
    said = "Read why, where somebody said so."
    if len(parted) == 1:
        said = f"“{parted[0].reason}”" if parted[0].reason else "Nobody said why."
    return f"{said} Who was let down comes first in the next suggestion."


def _met(lines: list[Line]) -> str:
    met = sum(bool(each.pairing.meetings) for each in lines)
    return f"{met} have met" if lines else ""


places.overview.append(part)
places.sections.append(Section(40, TAB, "/pairings"))
