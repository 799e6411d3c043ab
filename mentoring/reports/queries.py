"""What the reports of a round are made of, and what needs a coordinator today."""

from __future__ import annotations

from datetime import datetime

import msgspec

from academy import database
from mentoring.pairings import queries as pairings
from mentoring.pairings.queries import StaffView
from mentoring.pairings.tables import MeetingStatus
from mentoring.profiles import queries as profiles
from mentoring.profiles.queries import MenteeView, MentorView, RoundView
from mentoring.profiles.tables import RoundStatus


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting of some pair of the round. Minutes as planned or logged."""

    starts_at: datetime
    status: MeetingStatus
    minutes: int


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said at the end, without who they are."""

    overall: int
    goals_reached: int | None
    helped: str
    better: str
    again: bool


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that the reports of one round are made of."""

    round: RoundView
    now: datetime
    pairings: list[StaffView]
    mentors: list[MentorView]
    """Withdrawn ones too, as are mentees."""
    mentees: list[MenteeView]
    meetings: list[Met]
    evaluations: list[Evaluation]
    """In the order in which they were given."""


_MEETINGS = database.compiled_sql("""
    SELECT m.starts_at, m.status, m.minutes FROM meeting m JOIN pairing x ON x.id = m.pairing
    WHERE x.round = :round ORDER BY m.starts_at, m.id
""")
_EVALUATIONS = database.compiled_sql("""
    SELECT e.overall, e.goals_reached, e.helped, e.better, e.again
    FROM pairing_evaluation e JOIN pairing x ON x.id = e.pairing
    WHERE x.round = :round ORDER BY e.answered_at, e.id
""")


async def facts(here: RoundView, *, now: datetime) -> Facts:
    """Everything that is known of a round. Five queries."""
    return Facts(
        round=here,
        now=now,
        pairings=await pairings.of_round(here.id, now=now),
        mentors=await profiles.mentors(here.id, withdrawn=True),
        mentees=await profiles.mentees(here.id, withdrawn=True),
        meetings=[
            Met(starts_at=row["starts_at"], status=MeetingStatus(row["status"]), minutes=row["minutes"])
            for row in await _MEETINGS.run(round=here.id)
        ],
        evaluations=[
            Evaluation(**{**row, "again": bool(row["again"])}) for row in await _EVALUATIONS.run(round=here.id)
        ],
    )


async def compared_with(here: RoundView) -> RoundView | None:
    """The round it was cloned from, or the one published before it; never a template. One query."""
    others = [each for each in await profiles.rounds() if each.id != here.id and each.status is not RoundStatus.DRAFT]
    for each in others:
        if each.id == here.cloned_from:
            return each
    earlier = [each for each in others if each.created_at < here.created_at and each.published_at is not None]
    return max(earlier, key=lambda each: each.created_at, default=None)


# --------------------------------------------------------------------- needs
class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Something in mentoring that waits for a coordinator."""

    id: str
    what: str
    why: str
    action: str
    href: str
    round: str
    round_href: str
    urgency: int


_WAITING = database.compiled_sql(
    """
    SELECT r.slug, r.name,
        (SELECT count(*) FROM pairing x WHERE x.round = r.id AND x.status = 'proposed' AND x.answer_by <= :now) AS late,
        (SELECT count(*) FROM pairing x WHERE x.round = r.id AND x.status = 'active' AND x.listed_at IS NOT NULL)
            AS silent,
        (SELECT count(*) FROM mentee_profile e WHERE e.round = r.id AND e.status = 'no_match_found'
            AND NOT EXISTS (SELECT 1 FROM pairing x WHERE x.mentee_profile = e.id
                AND x.status IN ('draft', 'proposed', 'accepted', 'active', 'paused', 'completed'))) AS unmatched,
        (SELECT count(*) FROM pairing x JOIN mentee_profile e ON e.id = x.mentee_profile
            WHERE x.round = r.id AND x.status = 'ended_early' AND e.status <> 'withdrawn'
            AND NOT EXISTS (SELECT 1 FROM pairing y WHERE y.mentee_profile = e.id
                AND y.status IN ('draft', 'proposed', 'accepted', 'active', 'paused', 'completed'))) AS parted
    FROM mentoring_round r
    WHERE r.status IN ('matching', 'running') AND r.is_template = :no
    ORDER BY r.created_at, r.id
""",
    types={"late": int, "silent": int, "unmatched": int, "parted": int},
)


async def needs(now: datetime) -> list[Need]:
    """What waits in rounds that go on: late answers, mentees without a mentor, pairs that ended or are silent. One
    query."""
    found = []
    for row in await _WAITING.run(now=now, no=False):
        base = f"/mentoring/rounds/{row['slug']}"
        for key, urgency, one, many, why, action in _NEEDS:
            if number := row[key]:
                found.append(
                    Need(
                        id=f"{row['slug']}-{key}",
                        what=one if number == 1 else many.format(number),
                        why=why,
                        action=action,
                        href=f"{base}/reports/people?show={key}",
                        round=row["name"],
                        round_href=base,
                        urgency=urgency,
                    )
                )
    return found


_NEEDS = (
    (
        "late",
        2,
        "A mentor has not answered in time",
        "{} mentors have not answered in time",
        "The next best mentor is asked by itself within minutes. If this stays, look at the outbox and timed work.",
        "See who",
    ),
    (
        "unmatched",
        2,
        "No mentor was found for a mentee",
        "No mentor was found for {} mentees",
        "Ask somebody yourself, loosen a rule, or tell them when the next round begins.",
        "See who",
    ),
    (
        "parted",
        2,
        "A pair has ended before its time, and the mentee waits",
        "{} pairs have ended before their time, and the mentees wait",
        "Read why, where somebody said so. Then suggest pairs again: who was let down comes first.",
        "Read why",
    ),
    (
        "silent",
        3,
        "A pair has not met, also after a reminder",
        "{} pairs have not met, also after a reminder",
        "A word with each of them helps most. Either can end it, and both can be paired again.",
        "See which",
    ),
)
