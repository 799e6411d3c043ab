"""What a coordinator does for the coaching of many at once. Each verb is one transaction, unless it says otherwise."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import DomainError, NotFound
from academy.invites.times import uk_date
from academy.outbox import service as outbox
from academy.people import service as people
from academy.people.queries import contacts
from cohorts.coaching.desk import queries
from cohorts.coaching.times import service as times


class NobodyToRemind(DomainError):
    """Everybody has booked, or has nothing left to book with."""


async def add_new_coach(programme: UUID, *, name: str, address: str, actor: Actor, now: datetime) -> UUID:
    """Make somebody a coach of a programme by their address; who is not known yet is added. Raises NotAName."""
    async with database.transaction():
        person = await people.find(address)
        if person is None:
            person = await people.find_or_create(name=name, address=address, now=now)
            after = {"name": name, "address": address}
            about = About("person", person, name)
            await audit.record("person added", about, actor=actor, now=now, person=person, after=after)
        return await times.make_coach(person, programme=programme, actor=actor, now=now)


async def remind(cohort: UUID, *, actor: Actor, now: datetime) -> int:
    """Mail everybody in a cohort who has sessions left and none to come, once a day at most. Returns how many.

    Raises NobodyToRemind and NotFound.
    """
    async with database.transaction():
        here = await queries.figures_of(cohort, now=now)
        if here is None:
            raise NotFound
        idle = [each for each in await queries.coached(cohort, now=now) if each.is_idle]
        if not idle:
            raise NobodyToRemind("Everybody here has booked, or has nothing left to book with.")
        found = await contacts([one.person for one in idle])
        ends = here.expires_at
        told = await outbox.queue_many(
            [
                outbox.Letter(
                    kind="coaching-book",
                    key=f"coaching-book:{one.enrolment}:{uk_date(now)}",
                    to=found[one.person],
                    context={
                        "programme": here.programme_name,
                        "left": one.balance.left,
                        "with_name": "" if one.coach_gone else one.coach_name,
                        "until": uk_date(ends, here.zone) if ends else "",
                        "book_path": "/coaching",
                    },
                    about=About("cohort", cohort, here.name),
                )
                for one in idle
                if one.person in found
            ],
            now=now,
        )
        about = About("cohort", cohort, here.name)
        await audit.record("coaching.remind", about, actor=actor, now=now, after={"people": told})
        return told
