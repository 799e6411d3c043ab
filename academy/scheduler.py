"""Timed work: send the mail that waits, and every minute ask the rooms what is due.

Nothing is scheduled at a local time of day: each job asks by instants what is due by now, so clock changes, restarts
and a second scheduler change nothing. What a job does is kept by the rows it writes, never by this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from datetime import datetime
from typing import Any

import msgspec
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from academy import clock, database
from academy.database.versions import require_current
from academy.invites import frozen as frozen  # teaches the outbox to write invites
from academy.outbox import bell, delivery
from academy.outbox.delivery import Postman
from academy.settings import Settings

log = logging.getLogger("academy.scheduler")

LOOK_FOR_MAIL = 3.0
AFTER_RING = (0.1, 0.5)
"""Seconds to wait after the bell, for the commit of whoever rang it."""


class Job(msgspec.Struct, frozen=True):
    """Something to ask for every so many seconds. Running it twice, also at the same time, does no harm."""

    name: str
    run: Callable[[datetime], Awaitable[Any]]
    seconds: float = 60.0


def minute_jobs(settings: Settings) -> list[Job]:
    """The timed work of all rooms."""
    from academy.accounts import jobs as accounts
    from academy.outbox import service as outbox
    from cohorts import jobs as cohorts
    from cohorts.coaching import jobs as coaching
    from cohorts.coaching.record import service as coaching_record
    from cohorts.coaching.times import busy
    from mentoring import jobs as mentoring

    found = [
        Job("reminders", cohorts.send_reminders),
        Job("unconfirmed places", cohorts.release_unconfirmed),
        Job("leaders without an invite", cohorts.invite_leaders),
        Job("below minimum", cohorts.warn_below_minimum),
        Job("coaching credits", coaching.grant),
        Job("coaching that ends", coaching.leave),
        Job("coaching that lapses", coaching.expire),
        Job("coaching reminders", coaching.remind),
        Job("coaching evaluations", coaching_record.ask_evaluations, seconds=3600),
        Job("late answers of mentors", mentoring.answers_that_are_late),
        Job("next best mentors", mentoring.next_best),
        Job("first and last days of pairings", mentoring.first_and_last_days),
        Job("meetings of pairs", mentoring.keep_alive),
        Job("mentoring reminders", mentoring.remind),
        Job("suggested pairs", mentoring.suggestions),
        Job("fairness of mentoring", mentoring.count_fairness, seconds=3600),
        Job("past busy times", busy.forget_past, seconds=3600),
        Job("ended secrets", accounts.forget_old, seconds=3600),
    ]
    if settings.calendar_import:
        found.append(Job("calendars of coaches", busy.read_due))
    if not settings.demo:  # the past of a demonstration is there to be looked at
        found.append(Job("old mails", outbox.purge, seconds=3600))
        found.append(Job("old private notes", coaching_record.forget_notes, seconds=3600))
        found.append(Job("old answers and files of mentoring", mentoring.forget_old, seconds=3600))
    return found


class Scheduler:
    """The timed work of one process. Belongs to one event loop; the database must be open."""

    def __init__(self, postman: Postman, jobs: Sequence[Job], *, look_for_mail: float = LOOK_FOR_MAIL) -> None:
        self._postman = postman
        self._jobs = [Job("mail", postman.start, look_for_mail), *jobs]
        self._timer = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._running: dict[str, asyncio.Task[None]] = {}
        self._listening: asyncio.Task[None] | None = None
        self.last_tick: datetime | None = None
        """When timed work last began: what /health/ready looks at."""

    def start(self) -> None:
        for job in self._jobs:
            self._timer.add_job(self._tick, "interval", args=[job], seconds=job.seconds, id=job.name)
        self._timer.start()
        # In an empty context: a task must not inherit the transaction of whoever starts us.
        loop = asyncio.get_running_loop()
        self._listening = loop.create_task(self._listen(), context=Context())
        for job in self._jobs:
            self._begin(job)

    async def stop(self, *, wait: float = 10.0) -> None:
        """Begin nothing new, and let what runs finish, for ``wait`` seconds at most."""
        if self._timer.running:
            self._timer.shutdown(wait=False)  # its own waiting would cancel jobs; ours are tasks of our own
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        await asyncio.gather(self._postman.stop(wait=wait), self._finish(wait))

    def is_alive(self, now: datetime) -> bool:
        """Whether timed work began in the last minute."""
        return self.last_tick is not None and (now - self.last_tick).total_seconds() < 60

    async def run_now(self, now: datetime) -> None:
        """Do everything once and wait for it, in order: for tests and the command line."""
        for job in self._jobs[1:]:
            await self._run(job, now)
        await self._postman.send_due(now)

    async def _tick(self, job: Job) -> None:
        self._begin(job)

    def _begin(self, job: Job) -> None:
        self.last_tick = clock.now()
        if job.name in self._running:  # still at it from last time
            return
        task = asyncio.get_running_loop().create_task(self._run(job, self.last_tick), context=Context())
        self._running[job.name] = task
        task.add_done_callback(lambda _: self._running.pop(job.name, None))

    async def _run(self, job: Job, now: datetime) -> None:
        try:
            await job.run(now)
        except Exception as error:  # one room's trouble must not stop the others; the next minute tries again
            log.error("timed work failed", extra={"job": job.name, "kind": type(error).__name__}, exc_info=error)

    async def _listen(self) -> None:
        """Send at once what is queued in this process."""
        rung = bell.listen()
        try:
            while True:
                await rung.wait()
                rung.clear()
                for pause in AFTER_RING:
                    await asyncio.sleep(pause)
                    self._begin(self._jobs[0])
        finally:
            bell.stop(rung)

    async def _finish(self, wait: float) -> None:
        tasks = set(self._running.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=wait)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def scheduler(settings: Settings) -> Scheduler:
    """The timed work these settings ask for."""
    return Scheduler(delivery.postman(settings), minute_jobs(settings))


def run_worker(settings: Settings) -> None:
    """Send mail and run timed work until SIGTERM or SIGINT. Raises NotMigrated."""
    require_current(settings)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    from academy.accounts import links
    from academy.database.secret import secret_key

    engine = database.connect(settings)
    database.use(engine)
    links.use_key(secret_key(settings))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await database.open(engine)
    work = scheduler(settings)
    try:
        work.start()
        await stop.wait()
    finally:
        await work.stop()
        await database.close(engine)
