"""Whose goals a coach shares, and how these stand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from academy import database
from academy.web.words import counted
from cohorts.coaching.record.circle import OWN_COACH

_COACHED = database.compiled_sql(
    f"""
    SELECT en.id AS enrolment, ep.name, g.name AS programme_name,
           (SELECT count(*) FROM goal o WHERE o.enrolment = en.id AND o.dropped_at IS NULL) AS goals,
           (SELECT count(*) FROM goal_agreement a WHERE a.enrolment = en.id AND a.agreed_at IS NULL
                AND (a.party <> 'manager' OR r.three_way_goals)) AS unanswered,
           CASE WHEN r.three_way_goals AND NOT EXISTS (SELECT 1 FROM goal_agreement a
                WHERE a.enrolment = en.id AND a.party = 'manager') THEN 1 ELSE 0 END AS no_manager,
           EXISTS (SELECT 1 FROM goal_agreement a JOIN coach k ON k.person = a.person
                WHERE a.enrolment = en.id AND a.party = 'coach' AND k.id = :coach
                    AND a.agreed_at IS NOT NULL) AS agreed
    FROM enrolment en
    JOIN person ep ON ep.id = en.person
    JOIN cohort c ON c.id = en.cohort
    JOIN programme g ON g.id = c.programme
    JOIN coaching_rules r ON r.programme = g.id
    WHERE en.id IN (
            SELECT ch.enrolment FROM coach_choice ch WHERE ch.coach = :coach
            UNION SELECT s.enrolment FROM coaching_session s WHERE s.coach = :coach AND s.ends_at > :since)
        AND (c.last_ends_at IS NULL OR c.last_ends_at > :since OR EXISTS (
            SELECT 1 FROM coaching_session s WHERE s.enrolment = en.id AND s.coach = :coach AND s.ends_at > :since))
        AND {OWN_COACH} = :coach
    ORDER BY lower(ep.name), en.id
    """,
    types={"agreed": bool, "no_manager": bool},
)


class Coached(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose goals a coach shares, and how these stand."""

    enrolment: UUID
    name: str
    programme_name: str
    goals: int
    unanswered: int
    """Parties who have been asked and have not agreed yet."""
    agreed: bool
    """The coach has agreed."""
    no_manager: bool
    """A manager has a say, and the coachee has named none yet."""

    @property
    def goals_path(self) -> str:
        return f"/coaching/{self.enrolment}/goals"

    @property
    def asks(self) -> bool:
        """The coach is asked to agree."""
        return self.goals > 0 and not self.agreed

    @property
    def state(self) -> str:
        if self.goals == 0:
            return "No goals yet"
        number = counted(self.goals, "goal")
        if not self.agreed or self.unanswered:
            return f"{number}, not agreed by everybody"
        return f"{number}, no manager named yet" if self.no_manager else f"{number}, agreed"


async def coached(coach: UUID, *, since: datetime) -> list[Coached]:
    """The people whose goals this coach shares and whose coaching goes on or ended after ``since``, by name."""
    return [Coached(**row) for row in await _COACHED.run(coach=coach, since=since)]


_ASKED = database.compiled_sql(
    """
    SELECT en.id AS enrolment, g.name AS programme_name,
           CASE WHEN a.id IS NULL OR a.agreed_at IS NOT NULL
                OR NOT EXISTS (SELECT 1 FROM goal o WHERE o.enrolment = en.id AND o.dropped_at IS NULL)
                THEN 0 ELSE 1 END AS goals,
           CASE WHEN en.status = 'enrolled' AND v.id IS NULL AND r.three_way_goals AND m.id IS NULL
                AND EXISTS (SELECT 1 FROM goal o WHERE o.enrolment = en.id AND o.dropped_at IS NULL)
                THEN 1 ELSE 0 END AS manager,
           CASE WHEN v.id IS NULL OR v.answered_at IS NOT NULL THEN 0 ELSE 1 END AS evaluation
    FROM enrolment en
    JOIN cohort c ON c.id = en.cohort
    JOIN programme g ON g.id = c.programme
    JOIN coaching_rules r ON r.programme = g.id
    LEFT JOIN goal_agreement a ON a.enrolment = en.id AND a.party = 'coachee'
    LEFT JOIN goal_agreement m ON m.enrolment = en.id AND m.party = 'manager'
    LEFT JOIN closing_evaluation v ON v.enrolment = en.id
    WHERE en.person = :person AND (a.id IS NOT NULL OR (v.id IS NOT NULL AND v.answered_at IS NULL))
    ORDER BY en.created_at, en.id
    """,
    types={"goals": bool, "manager": bool, "evaluation": bool},
)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the record asks of a coachee, in one of their places."""

    enrolment: UUID
    programme_name: str
    goals: bool
    """To agree to the goals, which the coach has written or changed."""
    manager: bool
    """To name the manager who agrees as well; not once the coaching is over."""
    evaluation: bool
    """To look back on the coaching."""


async def asked_of(person: UUID) -> list[Asked]:
    """What waits for this coachee, for their home page. One query."""
    found = [Asked(**row) for row in await _ASKED.run(person=person)]
    return [one for one in found if one.goals or one.manager or one.evaluation]


_WAITS = database.compiled_sql(
    """
    SELECT coalesce(sum(CASE WHEN s.ends_at > :now AND (s.status = 'requested' OR r.id IS NOT NULL)
               THEN 1 ELSE 0 END), 0) AS asking,
           coalesce(sum(CASE WHEN s.ends_at <= :now AND s.status = 'booked' THEN 1 ELSE 0 END), 0) AS unmarked
    FROM coach k
    JOIN coaching_session s ON s.coach = k.id
    LEFT JOIN move_request r ON r.session = s.id AND r.state = 'open'
    WHERE k.person = :person AND s.status IN ('requested', 'booked')
    """,
    types={"asking": int, "unmarked": int},
)


class Waits(msgspec.Struct, frozen=True):
    """How many requests wait for a coach's answer, and how many sessions for their outcome."""

    asking: int = 0
    unmarked: int = 0


async def waits_for(person: UUID, *, now: datetime) -> Waits:
    """What waits for this person as a coach, for their home page. One query."""
    row = await _WAITS.first(person=person, now=now)
    return Waits(**row) if row else Waits()
