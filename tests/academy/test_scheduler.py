"""Timed work: mail leaves at once, one job's trouble stops nothing, and two schedulers do everything once."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from academy import clock
from academy import database as room
from academy.audit.service import About
from academy.outbox import delivery, rendering, service
from academy.outbox.delivery import Postman
from academy.outbox.smtp import Receipt
from academy.outbox.tables import Message
from academy.people.queries import Contact
from academy.scheduler import Job, Scheduler, minute_jobs, scheduler
from academy.settings import Settings

HEAD = rendering.Letterhead(
    address="https://academy.example.org", mail_from="a@academy.example.org", organisation="Example", brand="#4b2e83"
)


class Mailbox:
    """Takes every mail at once."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def send(self, octets: bytes, *, envelope_from: str, to: str) -> Receipt:
        self.taken.append(to)
        return Receipt(250, "taken")

    async def aclose(self) -> None:
        pass


async def queue(address: str, now: datetime) -> bool:
    return await service.queue(
        "already-registered",
        key=f"test:{address}",
        to=Contact(None, "Ana", address, "Europe/London"),  # type: ignore[arg-type]
        context={"cohort": "Top Talent", "status": "You have a place.", "manage_path": "/r/x"},
        about=About("cohort", UUID(int=1)),
        now=now,
    )


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def test_a_mail_that_is_queued_leaves_at_once(database: room.Engine) -> None:
    box = Mailbox()
    work = Scheduler(Postman(box, head=HEAD), [], look_for_mail=3600)
    work.start()
    await asyncio.sleep(0.05)
    began = asyncio.get_running_loop().time()

    async with room.transaction():
        await queue("a@x.example", clock.now())
    await until(lambda: box.taken == ["a@x.example"])
    took = asyncio.get_running_loop().time() - began
    await work.stop()

    assert took < 1


async def test_mail_of_another_process_leaves_at_the_next_look(database: room.Engine) -> None:
    box = Mailbox()
    await queue("a@x.example", clock.now())
    work = Scheduler(Postman(box, head=HEAD), [], look_for_mail=0.2)
    await queue("b@x.example", clock.now())
    work.start()
    await Message.update({Message.next_attempt_at: clock.now()}, force=True)

    await until(lambda: sorted(box.taken) == ["a@x.example", "b@x.example"])
    await work.stop()


async def test_the_trouble_of_one_job_stops_no_other(database: room.Engine) -> None:
    ran: list[datetime] = []

    async def broken(now: datetime) -> None:
        raise RuntimeError("on purpose")

    async def hanging(now: datetime) -> None:
        await asyncio.sleep(3600)

    async def good(now: datetime) -> None:
        ran.append(now)

    jobs = [Job("broken", broken, 0.05), Job("hanging", hanging, 0.05), Job("good", good, 0.05)]
    work = Scheduler(Postman(Mailbox(), head=HEAD), jobs)
    work.start()

    await until(lambda: len(ran) >= 4)
    alive = work.is_alive(clock.now())
    await work.stop(wait=0.1)
    seen = len(ran)
    await asyncio.sleep(0.2)

    assert alive
    assert len(ran) == seen
    assert all(now.tzinfo is UTC for now in ran)


async def test_a_job_never_runs_twice_at_one_time_in_one_process(database: room.Engine) -> None:
    at_once, most = 0, 0

    async def slow(now: datetime) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.2)
        at_once -= 1

    work = Scheduler(Postman(Mailbox(), head=HEAD), [Job("slow", slow, 0.02)])
    work.start()
    await asyncio.sleep(0.5)
    await work.stop()

    assert (most, at_once) == (1, 0)


async def test_stopping_lets_a_running_job_finish(database: room.Engine) -> None:
    finished: list[bool] = []

    async def slow(now: datetime) -> None:
        await asyncio.sleep(0.3)
        finished.append(True)

    work = Scheduler(Postman(Mailbox(), head=HEAD), [Job("slow", slow, 60)])
    work.start()
    await asyncio.sleep(0.05)
    await work.stop()

    assert finished == [True]


async def test_two_schedulers_send_each_mail_once(database: room.Engine) -> None:
    box = Mailbox()
    now = clock.now()
    for number in range(40):
        await queue(f"p{number}@x.example", now)
    both = [Scheduler(Postman(box, head=HEAD, in_flight=3), [], look_for_mail=0.1) for _ in range(2)]
    for work in both:
        work.start()

    await until(lambda: len(box.taken) >= 40)
    await asyncio.sleep(0.3)
    await asyncio.gather(*(work.stop() for work in both))

    assert sorted(box.taken) == sorted(f"p{number}@x.example" for number in range(40))


async def test_the_product_runs_its_own_jobs_without_mail_server(database: room.Engine, settings: Settings) -> None:
    now = clock.now()
    await queue("a@x.example", now)
    work = scheduler(settings)

    await work.run_now(now)
    await work.stop()

    kept = list((settings.data_dir / "mail").iterdir())
    assert [job.name for job in minute_jobs(settings)] == [
        "reminders",
        "unconfirmed places",
        "leaders without an invite",
        "below minimum",
        "coaching credits",
        "coaching that ends",
        "coaching that lapses",
        "coaching reminders",
        "coaching evaluations",
        "late answers of mentors",
        "next best mentors",
        "first and last days of pairings",
        "meetings of pairs",
        "mentoring reminders",
        "suggested pairs",
        "fairness of mentoring",
        "past busy times",
        "ended secrets",
        "calendars of coaches",
        "old mails",
        "old private notes",
        "old answers and files of mentoring",
    ]
    assert len(kept) == 1
    assert b"To: Ana <a@x.example>" in kept[0].read_bytes() or b'To: "Ana" <a@x.example>' in kept[0].read_bytes()
    assert delivery.postman(settings) is not None


def test_a_machine_that_may_not_reach_out_reads_no_calendars() -> None:
    names = {job.name for job in minute_jobs(Settings(calendar_import=False))}

    assert {job.name for job in minute_jobs(Settings())} - names == {"calendars of coaches"}
