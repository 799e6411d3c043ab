"""Profiles of mentors and mentees, with whom they chose, whom they are kept apart from, and what they told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.errors import NotFound
from mentoring.profiles import answers, rules
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers, Told
from mentoring.profiles.tables import MentorStatus, PoolStatus, ProfileSource, RoundStatus, Side
from mentoring.waiting import beside


# ----------------------------------------------------------------- profiles
class _View(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    round: UUID
    person: UUID
    name: str
    address: str
    organisation: UUID | None
    organisation_name: str
    source: ProfileSource
    version: int
    created_at: datetime
    changed_at: datetime


class MentorView(_View, frozen=True, kw_only=True):
    """A mentor's profile in a round. ``id`` is the profile's."""

    status: MentorStatus
    capacity: int
    paused_until: date | None
    answers: MentorAnswers

    def takes_new(self, today: date) -> bool:
        """Whether they take anybody new on that day: neither withdrawn nor pausing."""
        return self.status is MentorStatus.ACTIVE and rules.takes_new(self.paused_until, today=today)


class MenteeView(_View, frozen=True, kw_only=True):
    """A mentee's profile in a round. ``id`` is the profile's."""

    status: PoolStatus
    answers: MenteeAnswers


_PROFILE = """
    SELECT x.*, p.name, a.address, o.name AS organisation_now
    FROM {table} x
    JOIN person p ON p.id = x.person
    LEFT JOIN email_address a ON a.person = x.person AND a."primary"
    LEFT JOIN organisation o ON o.id = x.organisation
"""
_MENTOR, _MENTEE = _PROFILE.format(table="mentor_profile"), _PROFILE.format(table="mentee_profile")
_MENTORS = database.compiled_sql(f"{_MENTOR} WHERE x.round = :round ORDER BY lower(p.name), x.id")
_MENTEES = database.compiled_sql(f"{_MENTEE} WHERE x.round = :round ORDER BY lower(p.name), x.id")
_MENTOR_BY_ID = database.compiled_sql(f"{_MENTOR} WHERE x.id = :profile")
_MENTEE_BY_ID = database.compiled_sql(f"{_MENTEE} WHERE x.id = :profile")
_MENTOR_OF = database.compiled_sql(f"{_MENTOR} WHERE x.round = :round AND x.person = :person")
_MENTEE_OF = database.compiled_sql(f"{_MENTEE} WHERE x.round = :round AND x.person = :person")


async def mentors(round: UUID, *, withdrawn: bool = False) -> list[MentorView]:
    """The mentors of a round by name; who has withdrawn only if asked for. One query."""
    found = await beside(_mentors, await _MENTORS.run(round=round))
    return [one for one in found if withdrawn or one.status is MentorStatus.ACTIVE]


async def mentees(round: UUID, *, withdrawn: bool = False) -> list[MenteeView]:
    """The mentees of a round by name; who has withdrawn only if asked for. One query."""
    found = await beside(_mentees, await _MENTEES.run(round=round))
    return [one for one in found if withdrawn or one.status is not PoolStatus.WITHDRAWN]


def _mentors(rows: list[dict[str, Any]]) -> list[MentorView]:
    return [_mentor(row) for row in rows]


def _mentees(rows: list[dict[str, Any]]) -> list[MenteeView]:
    return [_mentee(row) for row in rows]


async def mentor(profile: UUID) -> MentorView:
    """A mentor by the id of their profile, withdrawn or not. Raises NotFound."""
    row = await _MENTOR_BY_ID.first(profile=profile)
    if row is None:
        raise NotFound
    return _mentor(row)


async def mentee(profile: UUID) -> MenteeView:
    """A mentee by the id of their profile, withdrawn or not. Raises NotFound."""
    row = await _MENTEE_BY_ID.first(profile=profile)
    if row is None:
        raise NotFound
    return _mentee(row)


async def mentor_of(round: UUID, person: UUID) -> MentorView | None:
    """A person's mentor profile in a round, withdrawn or not."""
    row = await _MENTOR_OF.first(round=round, person=person)
    return None if row is None else _mentor(row)


async def mentee_of(round: UUID, person: UUID) -> MenteeView | None:
    """A person's mentee profile in a round, withdrawn or not."""
    row = await _MENTEE_OF.first(round=round, person=person)
    return None if row is None else _mentee(row)


def _mentor(row: dict[str, Any]) -> MentorView:
    return MentorView(
        **_both(row),
        status=MentorStatus(row["status"]),
        capacity=row["capacity"],
        paused_until=row["paused_until"],
        answers=answers.mentor_answers(row["answers"]),
    )


def _mentee(row: dict[str, Any]) -> MenteeView:
    return MenteeView(**_both(row), status=PoolStatus(row["status"]), answers=answers.mentee_answers(row["answers"]))


def _both(row: dict[str, Any]) -> dict[str, Any]:
    same = ("id", "round", "person", "name", "organisation", "version", "created_at", "changed_at")
    return {
        **{name: row[name] for name in same},
        "address": row["address"] or "",
        "organisation_name": row["organisation_now"] or row["organisation_name"],
        "source": ProfileSource(row["source"]),
    }


class OwnProfile(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody takes part in a round, and on which side."""

    side: Side
    profile: UUID
    round: UUID
    slug: str
    round_name: str
    round_status: RoundStatus
    starts_on: date | None
    status: str
    """A MentorStatus or a PoolStatus."""
    capacity: int
    """Of a mentor; 0 for a mentee."""
    paused_until: date | None

    @property
    def withdrawn(self) -> bool:
        return self.status == MentorStatus.WITHDRAWN

    @property
    def path(self) -> str:
        return f"/mentoring/{self.slug}/{self.side.value}"


_OF_PERSON = database.compiled_sql(
    """
    SELECT 'mentor' AS side, m.id AS profile, r.id AS round, r.slug, r.name AS round_name, r.status AS round_status,
           r.starts_on, m.status, m.capacity, m.paused_until,
           r.created_at AS made_at
    FROM mentor_profile m JOIN mentoring_round r ON r.id = m.round
    WHERE m.person = :person AND r.status <> 'draft'
    UNION ALL
    SELECT 'mentee', e.id, r.id, r.slug, r.name, r.status, r.starts_on, e.status, 0, NULL, r.created_at AS made_at
    FROM mentee_profile e JOIN mentoring_round r ON r.id = e.round
    WHERE e.person = :person AND r.status <> 'draft'
    ORDER BY made_at DESC, side
""",
    types={"profile": UUID, "round": UUID, "starts_on": date, "paused_until": date, "made_at": datetime},
)


async def of_person(person: UUID) -> list[OwnProfile]:
    """Where somebody takes part, the newest round first; rounds that are still drafts are left out. One query."""
    return [
        OwnProfile(
            **{
                **{name: row[name] for name in OwnProfile.__struct_fields__},
                "side": Side(row["side"]),
                "round_status": RoundStatus(row["round_status"]),
            }
        )
        for row in await _OF_PERSON.run(person=person)
    ]


# ------------------------------------------------- choices, apart, equality
class Chosen(msgspec.Struct, frozen=True):
    """Somebody's choice."""

    person: UUID
    name: str
    rank: int


_CHOICES = database.compiled_sql("""
    SELECT c.chosen AS person, p.name, c.rank FROM choice c JOIN person p ON p.id = c.chosen
    WHERE c.round = :round AND c.side = :side AND c.chooser = :person ORDER BY c.rank, p.name
""")


async def choices(round: UUID, side: Side, person: UUID) -> list[Chosen]:
    """Whom this mentor or mentee would like, the first choice first."""
    return [Chosen(**row) for row in await _CHOICES.run(round=round, side=side, person=person)]


class Apart(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody is never paired with another."""

    id: UUID
    other: UUID
    name: str
    kind: str
    reason: str


_APART_OF = database.compiled_sql("""
    SELECT k.id, p.id AS other, p.name, k.kind, k.reason
    FROM kept_apart k JOIN person p ON p.id = CASE WHEN k.person = :person THEN k.other ELSE k.person END
    WHERE (k.person = :person OR k.other = :person) AND k.kind <> 'confidential'
    ORDER BY lower(p.name), k.id
""")
_SAID_BY = database.compiled_sql("""
    SELECT k.id, p.id AS other, p.name, k.kind, k.reason FROM kept_apart k JOIN person p ON p.id = k.other
    WHERE k.person = :person AND k.kind = 'confidential' AND k.said_by = :person
    ORDER BY lower(p.name), k.id
""")


async def apart(person: UUID) -> list[Apart]:
    """Whom coordinators keep apart from this person. What was said in confidence, by either, is not among them."""
    return [Apart(**row) for row in await _APART_OF.run(person=person)]


async def said_in_confidence(person: UUID) -> list[Apart]:
    """Whom this person does not want to be paired with. For themself only."""
    return [Apart(**row) for row in await _SAID_BY.run(person=person)]


_KEPT_APART = database.compiled_sql(
    " UNION ALL ".join(
        f"""
        SELECT k.person, k.other FROM {one}_profile x
        JOIN kept_apart k ON k.person = x.person AND k.kind IN ('confidential', 'named')
        JOIN {other}_profile y ON y.round = x.round AND y.person = k.other
        WHERE x.round = :round
        """  # noqa: S608
        for one, other in (("mentor", "mentee"), ("mentee", "mentor"))
    )
)


async def kept_apart(round: UUID) -> set[frozenset[UUID]]:
    """Every two persons of a round who are kept apart: by a coordinator, or since one asked for it in confidence.

    For verbs that must not bring them together. Which of these it is, and who asked, is told to nobody. One query.
    """
    return {frozenset((row["person"], row["other"])) for row in await _KEPT_APART.run(round=round)}


_TOLD = database.compiled_sql("""
    SELECT question, answer, for_matching FROM equality_answer WHERE round = :round AND person = :person
""")


async def told(round: UUID, person: UUID) -> dict[str, Told]:
    """The characteristics that somebody told, by question. For themself only; reports count, and runs see ``pool``."""
    return {
        row["question"]: Told(question=row["question"], answer=row["answer"], for_matching=bool(row["for_matching"]))
        for row in await _TOLD.run(round=round, person=person)
    }


_ALUMNUS = database.compiled_sql("SELECT since_on FROM alumnus WHERE person = :person")


async def alumnus_since(person: UUID) -> date | None:
    """Since when somebody is an alumnus or alumna of the academy."""
    row = await _ALUMNUS.first(person=person)
    return None if row is None else row["since_on"]


_TO_OFFER = database.compiled_sql("""
    SELECT r.slug FROM mentoring_round r
    WHERE r.status = 'open' AND r.is_template = :no
      AND (r.mentors_may = 'anyone'
           OR r.mentors_may = 'alumni' AND EXISTS (SELECT 1 FROM alumnus a WHERE a.person = :person))
      AND (r.opens_at IS NULL OR r.opens_at <= :now) AND (r.closes_at IS NULL OR r.closes_at > :now)
      AND NOT EXISTS (SELECT 1 FROM mentor_profile m
                      WHERE m.round = r.id AND m.person = :person AND m.status = 'active')
    ORDER BY r.created_at DESC, r.id
""")


async def rounds_to_offer(person: UUID, *, now: datetime) -> list[str]:
    """The addresses of the rounds in which this person could offer to be a mentor now, and is none yet. One query."""
    return [row["slug"] for row in await _TO_OFFER.run(person=person, now=now, no=False)]
