"""What is forgotten: secrets that have ended, attempts, finished API calls."""

from __future__ import annotations

from datetime import datetime, timedelta

from academy import database
from academy.accounts import limits
from academy.accounts.tables import AddressChange, Attempt, IdempotencyKey, SignInLink, WebSession

KEEP_LINKS = timedelta(days=1)
KEEP_SESSIONS = timedelta(days=7)
KEEP_CALLS = timedelta(days=2)


async def forget_old(now: datetime) -> int:
    """Delete what is over: links and address changes a day after their end, sessions a week, attempts after a day,
    API calls after two. Returns how many rows. Running it twice does no harm."""
    deletes = [
        SignInLink.delete().where(SignInLink.expires_at < now - KEEP_LINKS).returning(SignInLink.id),
        AddressChange.delete().where(AddressChange.expires_at < now - KEEP_LINKS).returning(AddressChange.id),
        WebSession.delete().where(WebSession.expires_at < now - KEEP_SESSIONS).returning(WebSession.id),
        Attempt.delete().where(Attempt.at < now - limits.KEEP).returning(Attempt.id),
        IdempotencyKey.delete().where(IdempotencyKey.created_at < now - KEEP_CALLS).returning(IdempotencyKey.id),
    ]
    async with database.transaction():
        return sum([len(await delete) for delete in deletes])
