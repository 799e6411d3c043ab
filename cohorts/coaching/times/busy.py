"""Read when coaches are busy elsewhere, from calendars that they publish or hand in.

The busy times of one calendar are replaced as a whole, and only by a reading that succeeded: the last good ones stay
while it fails. Whoever fetches holds no transaction: a slow server elsewhere must not hold up the academy.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import DomainError, NotFound
from academy.invites.times import uk_date
from academy.outbox import service as outbox
from academy.people.queries import contacts
from cohorts.coaching.times import ics, queries, sources
from cohorts.coaching.times.addresses import CannotFetch, parse
from cohorts.coaching.times.fetch import EARNEST, Reach, fetch
from cohorts.coaching.times.queries import CoachView
from cohorts.coaching.times.rules import Interval
from cohorts.coaching.times.sources import FILE_DAYS, ToRead
from cohorts.coaching.times.tables import BusySource, BusySourceKind, BusyTime, Coach

log = logging.getLogger("academy.calendars")

MOST_CALENDARS = 5
AT_ONCE = 4
"""Most calendars that are fetched at the same time."""
AGAIN = timedelta(hours=1)
LONGEST_PAUSE = timedelta(hours=12)
CLAIMED = timedelta(minutes=10)
"""For how long nobody else begins to read a calendar."""
TELL_AFTER = timedelta(days=3)
KEPT = timedelta(days=30)
"""For how long the calendars of a coach who left are kept, in case of a return."""
BEYOND_HORIZON = 14
"""Days after a coach's horizon that are read too: a coordinator may book later."""
LONGEST_PROBLEM = 300

UNEXPECTED = (
    "We could not read this calendar, and do not know why. We try again by ourselves; you can load it as a file."
)


class TooManyCalendars(DomainError):
    """A coach has as many as one can have."""


class KnownAlready(DomainError):
    """The calendar is there already."""


class CannotRead(DomainError):
    """A file is no calendar that can be read; the sentence says what to do."""

    status = 422


# -------------------------------------------------------------------- the verbs
async def add_address(coach: UUID, name: str, address: str, *, actor: Actor, now: datetime) -> UUID:
    """Busy times come from a published address from now on; it is due at once.

    Raises BadAddress, TooManyCalendars, KnownAlready and NotFound.
    """
    where = parse(address).address
    async with database.transaction():
        known = await _locked(coach)
        there = await queries.sources(coach)
        _check_number(len(there))
        if any(each["address"] == where for each in there):
            raise KnownAlready("This calendar is in your list already. Press “Read again” there to read it now.")
        made = BusySource(
            coach=coach, kind=BusySourceKind.ADDRESS, name=name, address=where, next_read_at=now, created_at=now
        )
        await BusySource.insert(made)
        await _record("coach.add_calendar", known, actor=actor, now=now)
    return made.id


async def add_file(coach: UUID, name: str, content: bytes, *, actor: Actor, now: datetime) -> UUID:
    """Busy times of the next year come from this file, which is not kept. One of the same name takes its place.

    Raises CannotRead, TooManyCalendars and NotFound.
    """
    known = await queries.coach(coach)
    since, until = ics.window(now, FILE_DAYS)
    owner = await sources.addresses(known.person)
    found = await asyncio.to_thread(ics.read, content, zone=known.zone, since=since, until=until, owner=owner)
    if found.refused:
        raise CannotRead(found.refused)
    async with database.transaction():
        await _locked(coach)
        there = await queries.sources(coach)
        same = [each["id"] for each in there if each["kind"] == "file" and each["name"].casefold() == name.casefold()]
        if same:
            source: UUID = same[0]
        else:
            _check_number(len(there))
            made = BusySource(coach=coach, kind=BusySourceKind.FILE, name=name, created_at=now)
            await BusySource.insert(made)
            source = made.id
        await _replace(source, coach, found.times)
        await BusySource.update({BusySource.read_at: now, BusySource.problem: together(found.problems)}).where(
            BusySource.id == source
        )
        await _record("coach.add_calendar", known, actor=actor, now=now)
    return source


async def remove_source(source: UUID, *, coach: UUID, actor: Actor, now: datetime) -> None:
    """Forget a calendar and its busy times. Raises NotFound, also for another coach's."""
    async with database.transaction():
        known = await _locked(coach)
        if source not in {each["id"] for each in await queries.sources(coach)}:
            raise NotFound
        await BusySource.delete().where(BusySource.id == source)
        await _record("coach.remove_calendar", known, actor=actor, now=now)


# ---------------------------------------------------------------------- reading
async def read(source: UUID, *, now: datetime, reach: Reach = EARNEST) -> bool:
    """Fetch a calendar now and put its busy times in the place of those that were there. Whether that succeeded.

    If not, the times of before stay, the coach sees why, and after three days of it they are told by mail, once.
    Raises NotFound for what is no address, TransactionMisuse inside a transaction.
    """
    if database.current().current_transaction.get() is not None:
        raise database.TransactionMisuse("Calendars are fetched outside of transactions.")
    wanted = await sources.to_read(source)
    if wanted is None or wanted.kind is not BusySourceKind.ADDRESS:
        raise NotFound
    await BusySource.update({BusySource.next_read_at: now + CLAIMED}).where(BusySource.id == source)
    try:
        found = await _found(wanted, now=now, reach=reach)
    except CannotFetch as error:
        return await _failed(wanted, error.message, now=now)
    except Exception as error:  # one calendar's trouble must not stop the others
        log.error("a calendar cannot be read", extra={"kind": type(error).__name__}, exc_info=error)
        return await _failed(wanted, UNEXPECTED, now=now)
    if found.refused:
        return await _failed(wanted, found.refused, now=now)
    async with database.transaction():
        await database.lock(f"calendar:{source}")
        if await sources.to_read(source) is None:  # removed meanwhile
            return False
        await _replace(source, wanted.coach, found.times)
        await BusySource.update(
            {
                BusySource.read_at: now,
                BusySource.next_read_at: now + pause(0),
                BusySource.failures: 0,
                BusySource.problem: together(found.problems),
            }
        ).where(BusySource.id == source)
    return True


async def read_due(now: datetime, *, reach: Reach = EARNEST) -> int:
    """Read the calendars that are due, a few at a time. Returns how many; each is due again in about an hour."""
    ids = await sources.due(now)
    if not ids:
        return 0
    claimed = await (
        BusySource.update({BusySource.next_read_at: now + CLAIMED})
        .where(BusySource.id.is_in(ids), BusySource.next_read_at <= now)
        .returning(BusySource.id)
    )
    few = asyncio.Semaphore(AT_ONCE)

    async def one(source: UUID) -> None:
        async with few:
            try:
                await read(source, now=now, reach=reach)
            except NotFound:  # removed meanwhile
                return

    await asyncio.gather(*(one(row["id"]) for row in claimed))
    return len(claimed)


async def forget_past(now: datetime) -> None:
    """Delete busy times that are over, and the calendars of coaches who left a month ago."""
    await BusyTime.delete().where(BusyTime.ends_at < now - timedelta(days=1))
    await BusySource.delete().where(BusySource.coach.is_in(Coach.select(Coach.id).where(Coach.left_at < now - KEPT)))


def pause(failures: int) -> timedelta:
    """How long to wait until the next reading: an hour, longer after several failures, and never all at one moment."""
    usual = min(AGAIN * 2 ** min(max(failures - 1, 0), 10), LONGEST_PAUSE)
    return usual * random.uniform(0.85, 1.15)  # noqa: S311 - to spread work, not to hide anything


def together(problems: Iterable[str]) -> str:
    """The sentences that fit into what is kept, the first ones first."""
    text = ""
    for each in problems:
        if len(text) + 1 + len(each) > LONGEST_PROBLEM:
            break
        text = f"{text} {each}".strip()
    return text


# ------------------------------------------------------------------------ parts
async def _found(wanted: ToRead, *, now: datetime, reach: Reach) -> ics.Found:
    """Raises CannotFetch."""
    since, until = ics.window(now, wanted.horizon_days + BEYOND_HORIZON)
    owner = await sources.addresses(wanted.person)
    content = await fetch(wanted.address, reach=reach)
    return await asyncio.to_thread(ics.read, content, zone=wanted.zone, since=since, until=until, owner=owner)


async def _replace(source: UUID, coach: UUID, times: Iterable[Interval]) -> None:
    """Put these times in the place of the source's others; most readings change nothing and write nothing."""
    there = await BusyTime.select(BusyTime.starts_at, BusyTime.ends_at).where(BusyTime.source == source)
    wanted = list(times)
    if {(row["starts_at"], row["ends_at"]) for row in there} == {(each.starts_at, each.ends_at) for each in wanted}:
        return
    await BusyTime.delete().where(BusyTime.source == source)
    await database.insert(
        [BusyTime(source=source, coach=coach, starts_at=each.starts_at, ends_at=each.ends_at) for each in wanted]
    )


async def _failed(wanted: ToRead, problem: str, *, now: datetime) -> bool:
    """Note a failure, and tell the coach by mail if it has gone on for days. Always false."""
    async with database.transaction():
        await database.lock(f"calendar:{wanted.id}")
        row = (
            await BusySource.select(BusySource.failures, BusySource.read_at, BusySource.created_at)
            .where(BusySource.id == wanted.id)
            .order_by(BusySource.id)
            .first()
        )
        if row is None:
            return False
        failures = row["failures"] + 1
        await BusySource.update(
            {
                BusySource.failures: failures,
                BusySource.problem: problem[:LONGEST_PROBLEM],
                BusySource.next_read_at: now + pause(failures),
            }
        ).where(BusySource.id == wanted.id)
        well_until = row["read_at"] or row["created_at"]
        if failures >= sources.WORRYING and now - well_until >= TELL_AFTER:
            await _tell(wanted, problem, well_until=well_until, now=now)
    return False


async def _tell(wanted: ToRead, problem: str, *, well_until: datetime, now: datetime) -> None:
    """Mail the coach, once for each time that a calendar stops working."""
    to = (await contacts([wanted.person])).get(wanted.person)
    if to is None:
        return
    await outbox.queue(
        "coaching-calendar",
        key=f"coaching-calendar:{wanted.id}:{well_until:%Y-%m-%dT%H:%M:%S}",
        to=to,
        context={
            "calendar": wanted.name,
            "since": uk_date(well_until, wanted.zone),
            "problem": problem,
            "busy_path": "/coach/busy",
        },
        about=About("coach", wanted.coach),
        now=now,
    )


async def _locked(coach: UUID) -> CoachView:
    await database.lock(f"coach:{coach}")
    return await queries.coach(coach)


def _check_number(there: int) -> None:
    if there >= MOST_CALENDARS:
        raise TooManyCalendars(
            f"You have {MOST_CALENDARS} calendars, and more cannot be read. Remove one that you no longer need first."
        )


async def _record(verb: str, coach: CoachView, *, actor: Actor, now: datetime) -> None:
    """The trail names neither the calendar nor its address: both are the coach's own."""
    await audit.record(verb, About("coach", coach.id, coach.name), actor=actor, now=now, person=coach.person)
