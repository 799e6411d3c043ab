"""One ledger, held under its lock until the end of the transaction: the only place where lines are written."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from academy import database
from academy.audit import service as audit
from academy.audit.service import ACADEMY, Actor
from cohorts.coaching.credits import queries, rules
from cohorts.coaching.credits.queries import Place
from cohorts.coaching.credits.rules import Balance, Entry, Rules
from cohorts.coaching.credits.tables import CreditEntry, CreditKind

NO_COACHING = "There is no coaching in this programme."

# What a person spent in the same programme before they were moved to the cohort where they are now.
_ELSEWHERE = database.compiled_sql("""
    SELECT o.id FROM enrolment o JOIN cohort c ON c.id = o.cohort
    WHERE o.person = :person AND c.programme = :programme AND o.id <> :enrolment
      AND o.status IN ('transferred', 'deferred')
""")


class Ledger:
    """The ledger of one enrolment. Get it from ``opened`` or ``locked``, inside a transaction."""

    def __init__(self, place: Place, found: Rules | None, entries: list[Entry]) -> None:
        self.place = place
        self.found_rules = found
        self.entries = entries

    @property
    def rules(self) -> Rules:
        """Raises NoCoaching."""
        if self.found_rules is None:
            raise rules.NoCoaching(NO_COACHING)
        return self.found_rules

    @property
    def balance(self) -> Balance:
        return rules.balance(self.entries)

    @property
    def left(self) -> int:
        return sum(each.change for each in self.entries)

    def stands(self, session: UUID) -> CreditKind | None:
        """How the credit of a session stands; none if it needs none."""
        return rules.of_session(self.entries, session)

    async def open(self, *, now: datetime) -> None:
        """Write what is granted to somebody who has just come (or come back), unless it is written."""
        if self.found_rules is None or not self.place.is_granted:
            return
        if not self.entries:
            others = await _ELSEWHERE.run(
                person=self.place.person, programme=self.place.programme, enrolment=self.place.id
            )
            before = await queries.ledgers([row["id"] for row in others])
            spent = rules.balance(entry for entries in before.values() for entry in entries)
            number = rules.first_grant(self.rules, spent)
            note = "For your place in the programme" if number == self.rules.credits else "Less what was used before"
            await self.add(CreditKind.GRANTED, number, note=note, actor=ACADEMY, now=now)
        elif rules.came_back(self.entries, self.place.enrolled_at):
            number = rules.grant_again(self.rules, self.balance)
            await self.add(CreditKind.GRANTED, number, note="Back in the programme", actor=ACADEMY, now=now)

    async def reserve(self, session: UUID, *, note: str = "", actor: Actor, now: datetime) -> None:
        """Hold a credit for a session. Raises NoCredit."""
        if self.left < 1:
            raise rules.NoCredit(
                "You have no coaching sessions left. Ask the coordinator if you need another."
                if actor.person == self.place.person
                else "No coaching session is left. A coordinator can grant another."
            )
        await self.add(CreditKind.RESERVED, -1, session=session, note=note, actor=actor, now=now)

    async def settle(
        self, session: UUID, wanted: CreditKind, *, note: str = "", actor: Actor, now: datetime
    ) -> CreditKind | None:
        """Lead the credit of a session to where it should stand. Returns where it stood; none if it needs none.

        Raises NoCredit where a credit that came back would be needed again and has been spent meanwhile.
        """
        stands = self.stands(session)
        if stands is not None:
            for kind in rules.lines_to(stands, wanted):
                if kind is CreditKind.RESERVED:
                    await self.reserve(session, note=note, actor=actor, now=now)
                else:
                    await self.add(kind, rules.CHANGE[kind], session=session, note=note, actor=actor, now=now)
        return stands

    async def expire(self, *, most: int | None = None, note: str, actor: Actor, now: datetime) -> int:
        """What is left ends, or ``most`` of it. Returns how many."""
        number = max(0, self.left if most is None else min(self.left, most))
        if number:
            await self.add(CreditKind.EXPIRED, -number, note=note, actor=actor, now=now)
        return number

    async def add(
        self,
        kind: CreditKind,
        change: int,
        *,
        session: UUID | None = None,
        note: str = "",
        actor: Actor,
        now: datetime,
    ) -> None:
        """One more line. What is about no session also stands in the audit trail."""
        line: dict[str, Any] = {
            "number": len(self.entries) + 1,
            "kind": kind,
            "change": change,
            "session": session,
            "at": now,
            "by": actor.person,
            "note": note[:300],
        }
        await CreditEntry.insert(CreditEntry(enrolment=self.place.id, **line))
        self.entries.append(Entry(**line))
        if session is None:
            await audit.record(
                f"credits.{kind.value}",
                self.place.about,
                actor=actor,
                now=now,
                person=self.place.person,
                after={"change": change, "left": self.left},
                note=note,
            )


async def locked(enrolment: UUID) -> Ledger:
    """The ledger as it stands, with everybody else who would write to it waiting. Raises NotFound."""
    await database.lock(f"enrolment-credits:{enrolment}")
    place = await queries.place(enrolment)
    return Ledger(place, await queries.rules_of(place.programme), await queries.ledger(enrolment))


async def opened(enrolment: UUID, *, now: datetime) -> Ledger:
    """The same, with what is granted written down. Raises NotFound."""
    ledger = await locked(enrolment)
    await ledger.open(now=now)
    return ledger
