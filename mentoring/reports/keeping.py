"""What is told in trust is not kept for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from academy import database
from mentoring.pairings import notes
from mentoring.profiles import service as profiles

KEEP_CHARACTERISTICS = timedelta(days=730)
"""Single answers, after the round was closed. What was counted of them stays."""

# Only what has been counted goes.
_ANSWERS = database.compiled_sql("""
    DELETE FROM equality_answer WHERE round IN (
        SELECT r.id FROM mentoring_round r
        WHERE r.status = 'closed' AND r.closed_at <= :before AND (
            r.published_at IS NULL
            OR EXISTS (SELECT 1 FROM fairness_count f WHERE f.round = r.id AND f.completed_at IS NOT NULL)
        )
    ) RETURNING id
""")


async def forget_old(now: datetime) -> int:
    """Delete files of people after 7 days, private notes 90 days after the pairing ended, and single characteristics
    24 months after the round was closed. Returns how many of them."""
    files = await profiles.purge_files(now)
    written = await notes.forget_notes(now)
    return files + written + await forget_characteristics(now)


async def forget_characteristics(now: datetime) -> int:
    """Delete who told what of themself in rounds that were closed two years ago; how many answers."""
    return len(await _ANSWERS.run(before=now - KEEP_CHARACTERISTICS))
