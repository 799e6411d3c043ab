"""Timed work on coaching. Each job asks what is due by ``now`` and does it; running one twice does no harm."""

from __future__ import annotations

from datetime import datetime, timedelta

from academy import database
from academy.audit.service import ACADEMY
from academy.invites import reminders
from cohorts.coaching.bookings import service as bookings
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits import service as ledgers

OVER = "Coaching in this programme is over."

# For SQLite: CROSS JOIN keeps the order of the tables, from the few programmes with coaching to their people; IN beside
# "=" says that the index over sessions to come may be used.

# Enrolled where there is coaching, and nothing granted: for the first time, or since they came back.
_UNGRANTED = database.compiled_sql("""
    SELECT e.id FROM coaching_rules r CROSS JOIN cohort c CROSS JOIN enrolment e
    WHERE c.programme = r.programme AND e.cohort = c.id AND e.status = 'enrolled' AND c.status <> 'closed' AND (
        NOT EXISTS (SELECT 1 FROM credit_entry l WHERE l.enrolment = e.id)
        OR EXISTS (
            SELECT 1 FROM credit_entry l WHERE l.enrolment = e.id AND l.kind = 'expired' AND l.at <= e.enrolled_at
                AND NOT EXISTS (SELECT 1 FROM credit_entry g WHERE g.enrolment = e.id AND g.number > l.number
                    AND g.kind IN ('expired', 'granted'))
        )
    )
    ORDER BY e.enrolled_at, e.id
""")
# Out of the cohort, and still with something to come or something left.
_ENDED = database.compiled_sql("""
    SELECT e.id FROM coaching_rules r CROSS JOIN cohort c CROSS JOIN enrolment e
    WHERE c.programme = r.programme AND e.cohort = c.id AND e.status <> 'enrolled' AND (
        EXISTS (SELECT 1 FROM coaching_session s WHERE s.enrolment = e.id AND s.status IN ('requested', 'booked')
            AND s.starts_at > :now)
        OR (SELECT sum(l.change) FROM credit_entry l WHERE l.enrolment = e.id) > 0
    )
    ORDER BY e.id
""")
# What is left of grants of before the day on which coaching in the programme ended for the cohort.
_LEFT_OVER = database.compiled_sql("""
    SELECT e.id FROM enrolment e JOIN cohort c ON c.id = e.cohort
    WHERE c.programme = :programme AND c.last_ends_at <= :ended AND e.status = 'enrolled'
        AND (SELECT sum(l.change) FROM credit_entry l WHERE l.enrolment = e.id) > 0
    ORDER BY e.id
""")
_UNANSWERED = database.compiled_sql("""
    SELECT id FROM coaching_session WHERE status IN ('requested', 'booked') AND status = 'requested'
        AND starts_at <= :now
    ORDER BY starts_at, id
""")
_STALE_WISHES = database.compiled_sql("""
    SELECT r.id FROM move_request r JOIN coaching_session s ON s.id = r.session
    WHERE r.state = 'open' AND (r.starts_at <= :now OR s.ends_at <= :now) ORDER BY r.asked_at, r.id
""")
_TOMORROW = database.compiled_sql("""
    SELECT s.event, s.starts_at, v.changed_at, i.person, i.invited_at
    FROM coaching_session s JOIN calendar_event v ON v.id = s.event
    JOIN invitee i ON i.event = v.id AND i.state = 'invited'
    WHERE s.status IN ('requested', 'booked') AND s.status = 'booked' AND s.starts_at > :now
        AND s.starts_at <= :horizon
    ORDER BY s.starts_at, s.id, i.person
""")


async def grant(now: datetime) -> int:
    """Write down the credits of everybody who has come, or come back. Returns of how many people."""
    rows = await _UNGRANTED.run()
    for row in rows:
        await ledgers.ensure_granted(row["id"], now=now)
    return len(rows)


async def leave(now: datetime) -> int:
    """End the coaching of everybody whose place has ended: sessions cancelled, credits expired. Of how many people."""
    rows = await _ENDED.run(now=now)
    for row in rows:
        await bookings.end(row["id"], actor=ACADEMY, now=now)
    return len(rows)


async def expire(now: datetime) -> int:
    """End what nobody answered in time, and credits of cohorts that are over. Returns how many of them.

    What a coordinator grants after that day stays.
    """
    ended = 0
    for row in await _UNANSWERED.run(now=now):
        ended += await bookings.lapse(row["id"], actor=ACADEMY, now=now)
    for row in await _STALE_WISHES.run(now=now):
        await bookings.withdraw_move(row["id"], actor=ACADEMY, now=now)
        ended += 1
    for rules in await credits.all_rules():
        if rules.expire_days is None:
            continue
        grace = timedelta(days=rules.expire_days)
        for row in await _LEFT_OVER.run(programme=rules.programme, ended=now - grace):
            ended += bool(await ledgers.expire_old(row["id"], after=grace, note=OVER, actor=ACADEMY, now=now))
    return ended


async def remind(now: datetime) -> int:
    """Remind both of a session on the day before it, unless they have just been told of it. Returns how many mails."""
    rows = await _TOMORROW.run(now=now, horizon=now + reminders.A_DAY)
    return await reminders.send([reminders.Expected(**row) for row in rows], now=now)
