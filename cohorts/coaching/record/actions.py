"""Shared actions: what the coachee will do, kept by coach and coachee together. They are nobody else's business, so
the audit trail does not tell of them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from academy import database
from academy.errors import NotAllowed
from cohorts.coaching.record import queries, rules
from cohorts.coaching.record.queries import Action
from cohorts.coaching.record.tables import SharedAction


async def add_action(session: UUID, text: str, *, due_on: date | None = None, author: UUID, now: datetime) -> UUID:
    """Write down an action; both read it. Raises NotFound, TooManyActions."""
    async with database.transaction():
        await queries.seat(session, author)
        await database.lock(f"actions:{session}")
        if await SharedAction.count().where(SharedAction.session == session) >= rules.MOST_ACTIONS:
            raise rules.TooManyActions(f"A session has at most {rules.MOST_ACTIONS} actions. Remove one first.")
        row = SharedAction(session=session, text=text, due_on=due_on, added_by=author, added_at=now)
        await SharedAction.insert(row)
        added: UUID = row.id
        return added


async def done(session: UUID, action: UUID, *, by: UUID, now: datetime) -> Action:
    """Either of the two says that it is done; once more changes nothing. Raises NotFound."""
    return await _set_done(session, action, by=by, done_at=now)


async def undo(session: UUID, action: UUID, *, by: UUID) -> Action:
    """It is open again. Raises NotFound."""
    return await _set_done(session, action, by=by, done_at=None)


async def remove(session: UUID, action: UUID, *, by: UUID) -> Action:
    """Take an action off the list. Raises NotFound, and NotAllowed for who did not add it."""
    async with database.transaction():
        found = await queries.action(await queries.seat(session, by), action)
        if refused := why_not_remove(found, by=by):
            raise refused
        await SharedAction.delete().where(SharedAction.id == action)
        return found


def why_not_remove(action: Action, *, by: UUID) -> NotAllowed | None:
    if action.added_by != by:
        return NotAllowed(f"{action.added_by_name} added this action, and can remove it.")
    return None


async def _set_done(session: UUID, action: UUID, *, by: UUID, done_at: datetime | None) -> Action:
    async with database.transaction():
        found = await queries.action(await queries.seat(session, by), action)
        if (found.done_at is None) != (done_at is None):
            await SharedAction.update({SharedAction.done_at: done_at}).where(SharedAction.id == action)
        return found
