"""Links out of mails, as somebody reads them."""

from typing import Any
from uuid import UUID

import msgspec

from academy.outbox.tables import Message


async def mails(kind: str) -> list[dict[str, Any]]:
    """The queued mails of a kind, oldest first: to whom, and with what."""
    rows = await Message.select().where(Message.kind == kind).order_by(Message.queued_at)
    return [{"to": row["to_address"], "person": row["person"], **msgspec.json.decode(row["context"])} for row in rows]


async def link_in_mail(kind: str, person: UUID | None = None) -> str:
    """The path in the newest mail of a kind."""
    found = [mail for mail in await mails(kind) if person is None or mail["person"] == person]
    return found[-1]["link"]
