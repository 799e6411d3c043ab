"""Timed work on mentoring. Each job asks what is due by ``now`` and does it; running one twice does no harm."""

from __future__ import annotations

from datetime import datetime

from mentoring import waiting
from mentoring.pairings import service as pairings
from mentoring.profiles import service as profiles
from mentoring.reports import fairness, keeping
from mentoring.runs import service as runs
from mentoring.runs.keeping import forget_runs


async def answers_that_are_late(now: datetime) -> int:
    """Proposals that no mentor answered in time. Returns how many."""
    return await pairings.expire_due(now)


async def next_best(now: datetime) -> int:
    """Where a mentor said no or nothing, the next best is asked. Returns how many were."""
    return await runs.follow_up(now)


async def suggestions(now: datetime) -> int:
    """Suggestions, what is asked about them, and imports that nobody works on, such as after a restart.

    Returns how many were done.
    """
    return await runs.take_up(now) + await waiting.take_up([profiles.IMPORTS], now)


async def first_and_last_days(now: datetime) -> int:
    """Pairings that begin, go on after a pause, or are complete today. Returns how many."""
    begun = await pairings.activate_due(now) + await pairings.resume_due(now)
    return begun + await pairings.complete_due(now)


async def keep_alive(now: datetime) -> int:
    """Whether two have met, a nudge where nothing is heard, and then the coordinator's list. Returns how many."""
    return await pairings.ask_check_ins(now) + await pairings.nudge_due(now)


async def remind(now: datetime) -> int:
    """Reminders of meetings on the day before. Returns how many mails."""
    return await pairings.remind(now)


async def count_fairness(now: datetime) -> int:
    """How groups of people fared, once pairs are settled and once a round is closed. Returns how many rounds."""
    return await fairness.count_due(now)


async def forget_old(now: datetime) -> int:
    """Files, private notes, single characteristics and runs whose time is over. Returns how many."""
    return await keeping.forget_old(now) + await forget_runs(now)
