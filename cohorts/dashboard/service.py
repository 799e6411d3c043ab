"""What a coordinator does from the dashboard to several people at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import DomainError
from academy.invites.rules import thread
from academy.invites.tables import Reply
from academy.invites.times import uk_date, when
from academy.outbox import queries as outbox_queries
from academy.outbox import service as outbox
from academy.people.queries import contacts
from cohorts.dashboard import queries
from cohorts.enrolment import service as enrolment
from cohorts.enrolment import standing


class NobodyToAsk(DomainError):
    """Everybody has replied, or nothing is to come."""


async def ask_again(cohort: UUID, *, actor: Actor, now: datetime, only: Collection[UUID] | None = None) -> int:
    """Mail everyone who has not replied about the next session, at most once a day each. Returns how many.

    ``only`` narrows it to these enrolments. Raises NobodyToAsk.
    """
    async with database.transaction():
        here = await standing.read(cohort, now=now)
        session = next(iter(here.to_come(now)), None)
        silent = [
            one
            for one in await queries.roster(cohort, now=now)
            if one.reply is Reply.NEEDS_ACTION and (only is None or one.enrolment in only)
        ]
        if session is None or not silent:
            raise NobodyToAsk("Everybody here has replied about the next session.")
        found = await contacts([one.person for one in silent])
        told = await outbox.queue_many(
            [
                outbox.Letter(
                    kind="please-reply",
                    key=f"please-reply:{session.event}:{one.person}:{uk_date(now)}",
                    to=found[one.person],
                    context={
                        "cohort": here.name,
                        "title": session.title,
                        "when": when(session.starts_at, session.ends_at, session.zone, found[one.person].time_zone),
                        "place": session.place,
                        "manage_path": enrolment.manage_path(one.enrolment),
                    },
                    about=About("cohort", cohort, here.name),
                    deadline=session.starts_at,
                )
                for one in silent
                if one.person in found
            ],
            now=now,
        )
        await audit.record("cohort.ask_again", here.about, actor=actor, now=now, after={"people": told})
        return told


async def send_invites_again(cohort: UUID, people: Collection[UUID], *, actor: Actor, now: datetime) -> int:
    """Send these people the newest invite of every session to come once more. Returns how many mails."""
    async with database.transaction():
        here = await standing.read(cohort, now=now)
        threads = [thread(one.event, person) for one in here.to_come(now) for person in people]
        newest = await outbox_queries.newest_of_threads(threads)
        done = await outbox.send_again(newest, actor=actor, now=now)
        return done.queued
