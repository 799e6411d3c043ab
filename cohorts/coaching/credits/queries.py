"""Reads about credits, rules and chosen coaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.audit.service import About
from academy.errors import NotFound
from cohorts.coaching.credits.rules import Balance, Entry, Rules, balance
from cohorts.coaching.credits.tables import CreditKind
from cohorts.enrolment.tables import EnrolmentStatus
from cohorts.schedule.tables import CohortStatus

SELECT_RULES = """
    SELECT r.id, r.programme, r.credits, r.chemistry_calls, r.chemistry_minutes, r.chemistry_uses_credit, r.one_coach,
           r.cancel_hours, r.move_hours, r.most_moves, r.late_cancel_uses_credit, r.no_show_uses_credit,
           r.expire_days, r.three_way_goals, r.version, r.changed_at, r.changed_by
    FROM coaching_rules r
"""
_OF_PROGRAMME = database.compiled_sql(SELECT_RULES + "WHERE r.programme = :programme")
_OF_COHORT = database.compiled_sql(SELECT_RULES + "JOIN cohort c ON c.programme = r.programme WHERE c.id = :cohort")
_OF_ENROLMENT = database.compiled_sql(
    SELECT_RULES
    + "JOIN cohort c ON c.programme = r.programme JOIN enrolment e ON e.cohort = c.id WHERE e.id = :enrolment"
)
_ALL = database.compiled_sql(SELECT_RULES + "ORDER BY r.programme")


async def rules_of(programme: UUID) -> Rules | None:
    """How coaching works in a programme; none if it has no coaching."""
    return _rules(await _OF_PROGRAMME.first(programme=programme))


async def rules_of_cohort(cohort: UUID) -> Rules | None:
    """How coaching works for the people of a cohort."""
    return _rules(await _OF_COHORT.first(cohort=cohort))


async def rules_of_enrolment(enrolment: UUID) -> Rules | None:
    """How coaching works for one person's place in a cohort."""
    return _rules(await _OF_ENROLMENT.first(enrolment=enrolment))


async def all_rules() -> list[Rules]:
    """Of every programme with coaching."""
    return [Rules(**row) for row in await _ALL.run()]


_PLACE = database.compiled_sql("""
    SELECT e.id, e.person, e.cohort, e.status, e.enrolled_at, c.name AS cohort_name,
           c.status AS cohort_status, c.programme, c.last_ends_at, ch.coach AS choice, k.id AS chosen
    FROM enrolment e JOIN cohort c ON c.id = e.cohort LEFT JOIN coach_choice ch ON ch.enrolment = e.id
    LEFT JOIN coach_programme w ON w.coach = ch.coach AND w.programme = c.programme AND w.ended_at IS NULL
    LEFT JOIN coach k ON k.id = w.coach AND k.left_at IS NULL
    WHERE e.id = :enrolment
""")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolment as coaching sees it."""

    id: UUID
    person: UUID
    cohort: UUID
    cohort_name: str
    cohort_status: CohortStatus
    status: EnrolmentStatus
    enrolled_at: datetime | None
    programme: UUID
    last_ends_at: datetime | None
    """Of the cohort's last session."""
    choice: UUID | None
    """The coach whom they chose, also one who has left since."""
    chosen: UUID | None
    """The same, if that coach coaches in the programme still: who has none may choose."""

    @property
    def about(self) -> About:
        return About("cohort", self.cohort, self.cohort_name)

    @property
    def enrolled(self) -> bool:
        return self.status is EnrolmentStatus.ENROLLED

    @property
    def is_granted(self) -> bool:
        """Whether the rules grant credits: to who is enrolled, unless the cohort was closed before there were any."""
        return self.enrolled and self.cohort_status is not CohortStatus.CLOSED


async def place(enrolment: UUID) -> Place:
    """Raises NotFound."""
    row = await _PLACE.first(enrolment=enrolment)
    if row is None:
        raise NotFound
    statuses = {"status": EnrolmentStatus(row["status"]), "cohort_status": CohortStatus(row["cohort_status"])}
    return Place(**{**row, **statuses})


_CHOICE = database.compiled_sql("SELECT coach FROM coach_choice WHERE enrolment = :enrolment")


async def choice(enrolment: UUID) -> UUID | None:
    """The coach that a person has chosen, also one who has left since."""
    row = await _CHOICE.first(enrolment=enrolment)
    return None if row is None else row["coach"]


_LEDGER = database.compiled_sql("""
    SELECT l.number, l.kind, l.change, l.session, l.at, l."by", coalesce(p.name, '') AS by_name, l.note
    FROM credit_entry l LEFT JOIN person p ON p.id = l."by"
    WHERE l.enrolment = :enrolment ORDER BY l.number
""")


async def ledger(enrolment: UUID) -> list[Entry]:
    """Every line, the first first. Empty until the first verb or the minute job has written the grant."""
    return [_entry(row) for row in await _LEDGER.run(enrolment=enrolment)]


async def balances(enrolments: Sequence[UUID]) -> dict[UUID, Balance]:
    """What these people have, in two queries for any number of them.

    Who is enrolled and has no line yet is shown what the rules grant. Enrolments of programmes without coaching are
    in the answer with zeros.
    """
    lines = await ledgers(enrolments)
    found = {enrolment: balance(entries) for enrolment, entries in lines.items()}
    unopened = [enrolment for enrolment, entries in lines.items() if not entries]
    if unopened:
        wanted = ", ".join(["{}"] * len(unopened))
        for row in await database.fetch(
            "SELECT e.id, r.credits FROM enrolment e JOIN cohort c ON c.id = e.cohort "
            "JOIN coaching_rules r ON r.programme = c.programme "
            f"WHERE e.status = 'enrolled' AND c.status <> 'closed' AND e.id IN ({wanted})",  # noqa: S608 - only places for values
            *unopened,
        ):
            found[row["id"]] = Balance(granted=row["credits"], left=row["credits"])
    return found


async def ledgers(enrolments: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    """The lines of many ledgers, without the names of who wrote them. One query for up to 500."""
    found: dict[UUID, list[Entry]] = {enrolment: [] for enrolment in enrolments}
    unique = list(found)
    for start in range(0, len(unique), 500):
        part = unique[start : start + 500]
        wanted = ", ".join(["{}"] * len(part))
        for row in await database.fetch(
            'SELECT enrolment, number, kind, change, session, at, "by", note FROM credit_entry '
            f"WHERE enrolment IN ({wanted}) ORDER BY enrolment, number",  # noqa: S608 - only places for values
            *part,
        ):
            found[row.pop("enrolment")].append(_entry(row))
    return found


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(**{**row, "kind": CreditKind(row["kind"])})


def _rules(row: dict[str, Any] | None) -> Rules | None:
    return None if row is None else Rules(**row)
