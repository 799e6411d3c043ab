"""Send what is due: claim one mail, write it, hand it over, write down what became of it.

Each claim is one UPDATE with a lease, so that any number of processes share the work. No transaction is open while a
mail is written or sent. A mail can go out twice only if the process dies (or the server's answer gets lost) between
the server taking it and our writing that down; both copies then are the same octets.
"""

import asyncio
import logging
import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academy import database
from academy.errors import DomainError
from academy.outbox import rendering, rules
from academy.outbox.rendering import Letterhead, Unwritable
from academy.outbox.smtp import FileSender, Refused, Sender, SmtpSender, TryLater
from academy.outbox.tables import Message, MessageState
from academy.people import service as people
from academy.settings import Settings

log = logging.getLogger("academy.outbox")

SEND_AT_MOST = rules.LEASE - timedelta(seconds=15)
# Clocks jump: a lease or a pause that ends later than any of ours can is one that counts as over.
_TODO = """
    m.state IN ('queued', 'sending')
    AND (m.next_attempt_at <= :now OR m.next_attempt_at > :no_pause_ends_later)
    AND (m.lease_until IS NULL OR m.lease_until <= :now OR m.lease_until > :no_lease_ends_later)
    AND m.deadline_at <= :up_to
    AND NOT EXISTS (
        SELECT 1 FROM message p
        WHERE m.thread <> '' AND p.thread = m.thread AND p.number < m.number AND p.state IN ('queued', 'sending')
    )
"""
_CLAIM = f"""
    UPDATE message SET state = 'sending', lease = :lease, lease_until = :lease_until, attempts = attempts + 1
    WHERE id = (SELECT m.id FROM message m WHERE {_TODO} ORDER BY m.deadline_at, m.queued_at, m.number LIMIT 1 %s)
    RETURNING id
"""  # noqa: S608 - no value from outside
_CLAIMS = {
    "sqlite": database.compiled_sql(_CLAIM % "", types={"id": UUID}),
    "postgres": database.compiled_sql(_CLAIM % "FOR UPDATE SKIP LOCKED", types={"id": UUID}),
}
_ANY_DUE = database.compiled_sql(f"SELECT 1 AS due FROM message m WHERE {_TODO} LIMIT 1")  # noqa: S608
_ROW = database.compiled(Message.select().where(Message.id == database.value("id")))
_SETTLE = database.compiled_sql("""
    UPDATE message SET state = :state, lease = '', lease_until = NULL, sent_at = :sent_at, error = :error,
        next_attempt_at = :next_attempt_at, context = :context
    WHERE id = :id AND state = 'sending' AND lease = :lease
    RETURNING id
""")
_LATE = "state IN ('queued', 'sending') AND deadline_at <= :now AND (lease_until IS NULL OR lease_until <= :now)"
_ANY_LATE = database.compiled_sql(f"SELECT 1 AS late FROM message WHERE {_LATE} LIMIT 1")  # noqa: S608
_EXPIRE = database.compiled_sql(
    f"UPDATE message SET state = 'expired', lease = '', lease_until = NULL WHERE {_LATE} RETURNING id"  # noqa: S608
)
_SENT_LATELY = database.compiled_sql(
    "SELECT (SELECT count(*) FROM message WHERE sent_at > :since) + "
    "(SELECT count(*) FROM message WHERE state = 'sending' AND lease_until > :now) AS n"
)


class Postman:
    """Sends the mails of one process. ``in_flight`` at one time; ``per_minute`` counts those of all processes.

    Belongs to one event loop; never start one inside a transaction.
    """

    def __init__(
        self,
        sender: Sender,
        *,
        head: Letterhead,
        in_flight: int = 2,
        per_minute: int | None = None,
        keep_secrets: bool = False,
    ) -> None:
        self._sender, self._head = sender, head
        self._in_flight, self._per_minute = in_flight, per_minute
        self._keep_secrets = keep_secrets
        self._workers: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._allowance = 0
        self._counted_at: datetime | None = None
        self._failures_in_a_row, self._quiet_until = 0, float("-inf")

    async def send_due(self, now: datetime) -> None:
        """Send everything that is due, and wait until that is done."""
        await self.start(now)
        while self._workers:
            await asyncio.wait(set(self._workers))

    async def start(self, now: datetime) -> None:
        """Send everything that is due, without waiting. A worker that hangs from an earlier call holds up no other."""
        if self._stopping or _ticks() < self._quiet_until:
            return
        if await _ANY_LATE.first(now=now):
            await _EXPIRE.run(now=now)
        if len(self._workers) >= self._in_flight or not await _ANY_DUE.first(**_times(now), up_to=_far(now)):
            return
        began = _ticks()
        for _ in range(self._in_flight - len(self._workers)):
            # Time goes on while mails are sent; a clock that somebody sets meanwhile does not matter.
            worker = asyncio.create_task(self._work(lambda: now + timedelta(seconds=_ticks() - began)))
            self._workers.add(worker)
            worker.add_done_callback(self._ended)

    async def stop(self, *, wait: float = 10.0) -> None:
        """Let mails under way finish for ``wait`` seconds, then go. What did not finish is free after its lease."""
        self._stopping = True
        if self._workers:
            _, late = await asyncio.wait(set(self._workers), timeout=wait)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._sender.aclose()

    def _ended(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        if not worker.cancelled() and (error := worker.exception()) is not None:
            # The database is away, or a mistake of ours: the next look goes on where this one broke off.
            log.error("sending stopped", extra={"kind": type(error).__name__}, exc_info=error)

    async def _work(self, clock: Callable[[], datetime]) -> None:
        while not self._stopping and _ticks() >= self._quiet_until:
            up_to = await self._next_may_be_due_by(clock())
            if up_to is None:
                return
            self._allowance -= 1
            row = await claim(now=clock(), up_to=up_to)
            if row is None:
                self._allowance += 1
                return
            await self._deliver(row, clock)

    async def _next_may_be_due_by(self, now: datetime) -> datetime | None:
        """None if this minute's mails are sent; when few are left, only mails that are soon useless may go."""
        if self._per_minute is None:
            return _far(now)
        if self._counted_at is None or abs(now - self._counted_at) >= timedelta(seconds=1):
            self._counted_at = now
            lately = await _SENT_LATELY.first(since=now - timedelta(minutes=1), now=now)
            self._allowance = self._per_minute - (lately["n"] if lately else 0)
        if self._allowance <= 0:
            return None
        return _far(now) if self._allowance > rules.reserve(self._per_minute) else rules.urgent_until(now)

    async def _deliver(self, row: dict[str, Any], clock: Callable[[], datetime]) -> None:
        try:
            octets = rendering.octets(row, self._head)
        except Unwritable as error:
            log.error("mail cannot be written", extra={"kind": row["kind"], "mail": str(row["id"])})
            await self._settle(row, MessageState.FAILED, clock(), error=str(error))
            return
        try:
            async with asyncio.timeout(SEND_AT_MOST.total_seconds()):
                await self._sender.send(
                    octets, envelope_from=rules.envelope_sender(self._head.mail_from), to=row["to_address"]
                )
        except Refused as refused:
            self._failures_in_a_row = 0
            await self._settle(row, MessageState.FAILED, clock(), error=str(refused))
            if rules.speaks_of_address(refused.code, refused.text):
                await people.note_bounce(row["to_address"], reason=str(refused), now=clock())
        except Exception as error:  # also what a sender should not raise: a mail is never lost to a mistake of ours
            self._note_failure(error)
            again = rules.next_attempt(
                attempts=row["attempts"],
                luck=random.random(),  # noqa: S311 - not a secret
                now=clock(),
                deadline=row["deadline_at"],
            )
            text = str(error) or "The mail server did not answer in time."
            await self._settle(row, MessageState.QUEUED, clock(), error=text, next_attempt_at=again)
        else:
            self._failures_in_a_row = 0
            await self._settle(row, MessageState.SENT, clock())

    def _note_failure(self, error: Exception) -> None:
        """After failures in a row that are about the server, leave it alone for some seconds, up to a minute.

        Else each of ten thousand mails would find out by itself that the server is away, and be put off for long.
        """
        if isinstance(error, TryLater) and not rules.about_server(error.code):
            self._failures_in_a_row = 0
            return
        self._failures_in_a_row += 1
        if self._failures_in_a_row > self._in_flight:
            over = self._failures_in_a_row - self._in_flight
            self._quiet_until = _ticks() + min(60, 2 ** min(over, 6))

    async def _settle(
        self,
        row: dict[str, Any],
        state: MessageState,
        now: datetime,
        *,
        error: str = "",
        next_attempt_at: datetime | None = None,
    ) -> None:
        """Write down what became of a claimed mail, unless its lease has gone to another worker meanwhile.

        Tries for half a minute: a mail that left and is not marked would leave again.
        """
        rules.move(MessageState.SENDING, state)
        forget = row["kind"] in rules.SECRET and state is MessageState.SENT and not self._keep_secrets
        for pause in (0.2, 1.0, 3.0, 8.0, 15.0, None):
            try:
                await _SETTLE.run(
                    id=row["id"],
                    lease=row["lease"],
                    state=state,
                    sent_at=now if state is MessageState.SENT else None,
                    error=" ".join(error.split())[:500],
                    next_attempt_at=next_attempt_at or row["next_attempt_at"],
                    context="" if forget else row["context"],
                )
                return
            except DomainError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)


async def claim(*, now: datetime, up_to: datetime) -> dict[str, Any] | None:
    """Take the next mail that is due for this worker alone, for 60 seconds; the soonest deadline first."""
    found = await _CLAIMS[database.current().engine_type].first(
        lease=str(uuid.uuid4()), lease_until=now + rules.LEASE, up_to=up_to, **_times(now)
    )
    return None if found is None else await _ROW.first(id=found["id"])


def postman(settings: Settings) -> Postman:
    """The one these settings ask for: by SMTP, or into files while no mail server is named."""
    head = rendering.letterhead(settings)
    if not settings.smtp_host:
        sender = FileSender(settings.data_dir / "mail")
        return Postman(sender, head=head, in_flight=1, keep_secrets=settings.demo)
    return Postman(
        SmtpSender(
            host=settings.smtp_host,
            port=settings.smtp_port,
            tls=settings.smtp_tls,
            user=settings.smtp_user,
            password=settings.smtp_password,
            connections=settings.mail_connections,
        ),
        head=head,
        in_flight=settings.mail_connections,
        per_minute=settings.mail_per_minute,
        keep_secrets=settings.demo,
    )


def _times(now: datetime) -> dict[str, datetime]:
    return {
        "now": now,
        "no_pause_ends_later": now + rules.LONGEST_PAUSE + timedelta(minutes=1),
        "no_lease_ends_later": now + 2 * rules.LEASE,
    }


def _far(now: datetime) -> datetime:
    return now + timedelta(days=36_500)


def _ticks() -> float:
    return asyncio.get_running_loop().time()
