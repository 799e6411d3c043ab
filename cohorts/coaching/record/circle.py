"""Goals and closing evaluation, and who they concern: coachee, coach and, in some programmes, a manager."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.accounts import links
from academy.audit.service import About
from academy.errors import NotFound
from cohorts.coaching.record import rules
from cohorts.coaching.record.tables import Party

LINK = "goals"
"""The kind of signed link that a manager gets. It names their line of the agreement."""

# The goals belong to the chosen coach, or to the coach of the latest session; not to coaches of chemistry calls.
# A piece of SQL about an enrolment ``en``.
OWN_COACH = """COALESCE(
        (SELECT ch.coach FROM coach_choice ch WHERE ch.enrolment = en.id),
        (SELECT s.coach FROM coaching_session s
            WHERE s.enrolment = en.id AND s.kind = 'coaching'
                AND s.status NOT IN ('cancelled_by_coachee', 'cancelled_by_coach', 'cancelled_by_academy')
            ORDER BY s.starts_at DESC LIMIT 1))"""
_CIRCLE = database.compiled_sql(
    f"""
    SELECT en.id AS enrolment, en.person AS coachee, ep.name AS coachee_name, en.status, c.id AS cohort,
           c.code AS cohort_code, c.name AS cohort_name, c.last_ends_at, c.zone, g.name AS programme_name,
           r.three_way_goals, r.credits, k.id AS coach, k.person AS coach_person, kp.name AS coach_name,
           (SELECT count(*) FROM coaching_session s
                WHERE s.enrolment = en.id AND s.kind = 'coaching' AND s.status = 'completed') AS completed,
           (SELECT count(*) FROM coaching_session s
                WHERE s.enrolment = en.id AND s.status IN ('requested', 'booked')) AS live,
           (SELECT sum(change) FROM credit_entry ce WHERE ce.enrolment = en.id) AS left_over
    FROM enrolment en
    JOIN person ep ON ep.id = en.person
    JOIN cohort c ON c.id = en.cohort
    JOIN programme g ON g.id = c.programme
    JOIN coaching_rules r ON r.programme = g.id
    LEFT JOIN coach k ON k.id = {OWN_COACH}
    LEFT JOIN person kp ON kp.id = k.person
    WHERE en.id = :enrolment
    """,
    types={"left_over": int},
)

_GOALS = database.compiled_sql("""
    SELECT id, position, text, measure, added_at, dropped_at FROM goal
    WHERE enrolment = :enrolment ORDER BY position, added_at, id
""")

_AGREEMENTS = database.compiled_sql("""
    SELECT id, party, person, name, asked_at, agreed_at FROM goal_agreement WHERE enrolment = :enrolment
""")

_RATINGS = database.compiled_sql("""
    SELECT r.goal, r.party, r.rating, r.comment, r.rated_at FROM goal_rating r JOIN goal g ON g.id = r.goal
    WHERE g.enrolment = :enrolment
""")

_EVALUATION = database.compiled_sql("""
    SELECT overall, helped, better, asked_at, answered_at FROM closing_evaluation WHERE enrolment = :enrolment
""")

_OF_LINK = database.compiled_sql("""
    SELECT id, enrolment, person, name, asked_at, agreed_at FROM goal_agreement
    WHERE id = :agreement AND party = 'manager'
""")

_EVALUATIONS = database.compiled_sql("""
    SELECT v.enrolment, p.name, v.overall, v.helped, v.better, v.answered_at,
        EXISTS (SELECT 1 FROM coach k WHERE k.person = :reader AND (
            EXISTS (SELECT 1 FROM coaching_session s WHERE s.coach = k.id AND s.enrolment = v.enrolment)
            OR EXISTS (SELECT 1 FROM coach_choice ch WHERE ch.coach = k.id AND ch.enrolment = v.enrolment))) AS own
    FROM closing_evaluation v JOIN enrolment en ON en.id = v.enrolment JOIN person p ON p.id = en.person
    WHERE en.cohort = :cohort AND v.answered_at IS NOT NULL
    ORDER BY v.answered_at, v.enrolment
""")


class Circle(msgspec.Struct, frozen=True, kw_only=True):
    """The people around one enrolment's coaching, and how far the coaching is."""

    enrolment: UUID
    coachee: UUID
    coachee_name: str
    status: str
    cohort: UUID
    cohort_code: str
    cohort_name: str
    last_ends_at: datetime | None
    zone: str
    programme_name: str
    three_way_goals: bool
    credits: int
    coach: UUID | None
    coach_person: UUID | None
    coach_name: str
    completed: int
    live: int
    left: int

    def party_of(self, person: UUID) -> Party:
        """Raises NotFound for who is neither coachee nor coach. Managers come by their link."""
        if person == self.coachee:
            return Party.COACHEE
        if person == self.coach_person:
            return Party.COACH
        raise NotFound

    def is_over(self, now: datetime) -> bool:
        """Whether the coaching has ended and can be evaluated."""
        return rules.is_over(
            completed=self.completed, live=self.live, left=self.left, last_ends_at=self.last_ends_at, now=now
        )

    @property
    def goals_path(self) -> str:
        return f"/coaching/{self.enrolment}/goals"

    @property
    def evaluation_path(self) -> str:
        return f"/coaching/{self.enrolment}/evaluation"

    @property
    def about(self) -> About:
        """What an audit line and a mail are about: the cohort, never the words."""
        return About("cohort", self.cohort, self.cohort_name)


async def circle(enrolment: UUID) -> Circle:
    """Raises NotFound where there is no such enrolment, or no coaching in its programme."""
    row = await _CIRCLE.first(enrolment=enrolment)
    if row is None:
        raise NotFound
    left = row.pop("left_over")
    return Circle(
        **row | {"coach_name": row["coach_name"] or "", "three_way_goals": bool(row["three_way_goals"])},
        left=row["credits"] if left is None else left,
    )


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """One goal, with how its parties rated it. ``dropped_at``: it counts no longer."""

    id: UUID
    position: int
    text: str
    measure: str
    added_at: datetime
    dropped_at: datetime | None
    ratings: dict[Party, Rating]


class Rating(msgspec.Struct, frozen=True):
    rating: int
    comment: str
    rated_at: datetime

    @property
    def words(self) -> str:
        return rules.RATINGS[self.rating]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one party stands to the goals."""

    party: Party
    name: str
    """Empty while nobody is chosen or named."""
    asked_at: datetime | None
    agreed_at: datetime | None
    agreement: UUID | None = None
    missing: bool = False
    """Has a say, and is nobody yet: no coach is chosen, or no manager named."""

    @property
    def called(self) -> str:
        return rules.PARTY_CALLED[self.party]

    @property
    def tag(self) -> tuple[str, str]:
        """In words, and a colour."""
        return rules.standing(self.party, missing=self.missing, asked_at=self.asked_at, agreed_at=self.agreed_at)


class Goals(msgspec.Struct, frozen=True, kw_only=True):
    """The goals of one enrolment as they stand, and as they stood before."""

    circle: Circle
    goals: list[Goal]
    dropped: list[Goal]
    standings: list[Standing]
    """Of everybody who has a say, also of who is not chosen or named yet."""

    @property
    def seal(self) -> str:
        return rules.seal(goal.id for goal in self.goals)

    @property
    def agreed(self) -> bool:
        """Whether everybody who has a say has agreed to them as they stand."""
        return bool(self.goals) and all(standing.agreed_at for standing in self.standings)

    @property
    def tag(self) -> tuple[str, str]:
        """How far they are agreed, in words, and a colour."""
        waits = [each.party for each in self.standings if not each.agreed_at]
        named = {each.party for each in self.standings if not each.missing}
        return rules.agreed(waits, named)

    @property
    def names_manager(self) -> bool:
        """Whether a manager has a say, and the coachee has named none yet."""
        return bool(self.goals) and any(each.missing and each.party is Party.MANAGER for each in self.standings)

    @property
    def rated(self) -> bool:
        return any(goal.ratings for goal in self.goals)

    @property
    def manager(self) -> Standing | None:
        """The one whom the coachee has named."""
        return next((each for each in self.standings if each.party is Party.MANAGER and not each.missing), None)

    def of(self, party: Party) -> Standing | None:
        return next((each for each in self.standings if each.party is party), None)

    def rated_by(self, party: Party) -> bool:
        return bool(self.goals) and all(party in goal.ratings for goal in self.goals)


async def goals(enrolment: UUID) -> Goals:
    """The goals with who has agreed. Four queries. Who may see them is asked of ``goals.circle.party_of``.

    Raises NotFound.
    """
    here = await circle(enrolment)
    rows = await _GOALS.run(enrolment=enrolment)
    ratings: dict[UUID, dict[Party, Rating]] = {}
    for row in await _RATINGS.run(enrolment=enrolment):
        given = Rating(row["rating"], row["comment"], row["rated_at"])
        ratings.setdefault(row["goal"], {})[Party(row["party"])] = given
    found = [Goal(**row, ratings=ratings.get(row["id"], {})) for row in rows]
    agreements = {Party(row["party"]): row for row in await _AGREEMENTS.run(enrolment=enrolment)}
    return Goals(
        circle=here,
        goals=[goal for goal in found if goal.dropped_at is None],
        dropped=sorted((goal for goal in found if goal.dropped_at), key=lambda goal: goal.added_at),
        standings=_standings(here, agreements),
    )


def _standings(here: Circle, agreements: dict[Party, dict[str, Any]]) -> list[Standing]:
    """Who has a say. What a former coach agreed to does not count for the one who came after."""
    people: list[tuple[Party, UUID | None, str]] = [
        (Party.COACHEE, here.coachee, here.coachee_name),
        (Party.COACH, here.coach_person, here.coach_name),
    ]
    if here.three_way_goals:
        manager = agreements.get(Party.MANAGER, {})
        people.append((Party.MANAGER, manager.get("person"), manager.get("name", "")))
    standings = []
    for party, person, name in people:
        row = agreements.get(party)
        counts = row is not None and row["person"] == person
        standings.append(
            Standing(
                party=party,
                name=name,
                asked_at=row["asked_at"] if row and counts else None,
                agreed_at=row["agreed_at"] if row and counts else None,
                agreement=row["id"] if row and counts else None,
                missing=person is None,
            )
        )
    return standings


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What the coachee said when the coaching was over. ``overall`` is none until they have."""

    overall: int | None = None
    helped: str = ""
    better: str = ""
    asked_at: datetime | None = None
    answered_at: datetime | None = None


async def evaluation(enrolment: UUID) -> Evaluation:
    """For the coachee alone; coordinators read ``evaluations``."""
    row = await _EVALUATION.first(enrolment=enrolment)
    return Evaluation(**row) if row else Evaluation()


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """One closing evaluation, for coordinators: neither goals nor their ratings."""

    enrolment: UUID
    name: str
    """Empty once it is kept without one."""
    overall: int
    helped: str
    better: str
    answered_at: datetime

    @property
    def words(self) -> str:
        return rules.OVERALL[self.overall]


class Evaluations(msgspec.Struct, frozen=True, kw_only=True):
    """What the people of a cohort said of their coaching as a whole, the earliest first."""

    answers: list[Answered]
    withheld: int
    """Of people whom the reader coaches or coached: a coach does not read what is said of them."""

    @property
    def average(self) -> float | None:
        """From 1 to 5; none where it would say what one person answered."""
        return rules.average([each.overall for each in self.answers])


async def evaluations(cohort: UUID, *, reader: UUID, now: datetime) -> Evaluations:
    """For a coordinator, who may coach as well. One query."""
    answers, withheld = [], 0
    for row in await _EVALUATIONS.run(cohort=cohort, reader=reader):
        if row.pop("own"):
            withheld += 1
            continue
        named = now - row["answered_at"] < rules.KEEP_NAMES
        answers.append(Answered(**row | {"name": row["name"] if named else ""}))
    return Evaluations(answers=answers, withheld=withheld)


def manager_path(agreement: UUID) -> str:
    """The address at which a manager agrees. It ends when the coachee names somebody else."""
    return f"/goals/{links.sign(LINK, agreement)}"


async def of_link(token: str) -> tuple[UUID, UUID]:
    """The agreement that a manager's link opens, and its enrolment. Raises NotFound."""
    row = await _OF_LINK.first(agreement=links.read(LINK, token))
    if row is None:
        raise NotFound
    return row["id"], row["enrolment"]
