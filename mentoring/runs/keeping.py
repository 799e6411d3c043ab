"""Runs hold what people answered, some of it in trust. They are kept as long as single characteristics are."""

from __future__ import annotations

from datetime import datetime, timedelta

from academy import database

KEEP = timedelta(days=730)
"""After the round was closed."""

_OLD = database.compiled_sql("""
    DELETE FROM match_run WHERE round IN (
        SELECT id FROM mentoring_round WHERE status = 'closed' AND closed_at <= :before
    ) RETURNING id
""")


async def forget_runs(now: datetime) -> int:
    """Delete the runs of rounds that were closed two years ago; how many. Pairings keep their score and points."""
    return len(await _OLD.run(before=now - KEEP))
