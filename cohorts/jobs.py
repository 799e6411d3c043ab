"""Timed work on cohorts. Each job asks what is due by ``now`` and does it; running one twice does no harm."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from academy import database
from academy.accounts.tables import Role, RoleGrant
from academy.audit.service import About
from academy.invites import service as invites
from academy.invites import times
from academy.outbox import service as outbox
from academy.people.queries import contacts
from cohorts.enrolment import service as enrolment
from cohorts.schedule import rules
from cohorts.schedule.tables import Cohort

NOT_AFTER_INVITE = timedelta(hours=12)
"""Whoever has just been invited knows; a reminder in the same hours would only be noise."""
WARN_BEFORE = timedelta(days=7)

# A session of a cohort that runs, with each person who holds a place and is invited to it.
_EXPECTED = database.compiled_sql(
    """
    SELECT s.event, e.starts_at, e.changed_at, c.reminder_days, i.person, i.invited_at
    FROM cohort_session s
    JOIN cohort c ON c.id = s.cohort
    JOIN calendar_event e ON e.id = s.event
    JOIN invitee i ON i.event = e.id AND i.state = 'invited' AND i.takes_part
    JOIN enrolment n ON n.cohort = c.id AND n.person = i.person AND n.status = 'enrolled'
    WHERE c.status = 'open' AND s.status = 'planned' AND e.status = 'confirmed'
        AND e.starts_at > :now AND e.starts_at <= :horizon
    ORDER BY e.starts_at, s.event, i.person
    """,
    types={"event": UUID, "person": UUID},
)
_TOLD = database.compiled_sql("SELECT key FROM message WHERE about_id = :event AND kind = 'session-reminder'")
_SHORT = database.compiled_sql(
    """
    SELECT c.id, c.code, c.name, c.zone, c.minimum, c.first_starts_at,
        (SELECT count(*) FROM enrolment n WHERE n.cohort = c.id AND n.status = 'enrolled') AS enrolled,
        (SELECT count(*) FROM enrolment n WHERE n.cohort = c.id AND n.status = 'offered') AS waiting
    FROM cohort c
    WHERE c.status = 'open' AND c.minimum > 0 AND c.minimum_warned_at IS NULL
        AND c.first_starts_at > :now AND c.first_starts_at <= :horizon
    ORDER BY c.first_starts_at
    """,
    types={"id": UUID},
)


async def send_reminders(now: datetime) -> int:
    """Remind people of their coming sessions on the days before that their cohort names, such as ``7,1``.

    Of several that became due while nothing ran only the latest is sent. Returns the number of mails queued.
    """
    wanted: dict[tuple[UUID, int], list[UUID]] = defaultdict(list)
    starts: dict[UUID, datetime] = {}
    for row in await _EXPECTED.run(now=now, horizon=now + timedelta(days=60)):
        told_at = max(row["invited_at"], row["changed_at"])
        days = due_reminder(row["reminder_days"], starts_at=row["starts_at"], told_at=told_at, now=now)
        if days is not None:
            wanted[row["event"], days].append(row["person"])
            starts[row["event"]] = row["starts_at"]
    queued = 0
    for (event, days), people in wanted.items():
        told = {row["key"] for row in await _TOLD.run(event=event)}
        missing = [each for each in people if invites.reminder_key(event, each, days, starts[event]) not in told]
        if missing:
            queued += await invites.remind(event, missing, days_before=days, now=now)
    return queued


def due_reminder(reminder_days: str, *, starts_at: datetime, told_at: datetime, now: datetime) -> int | None:
    """Which reminder of a session is due to somebody, as days before; none if there is none to send.

    Due is the latest whose instant has come, and only if that was at least twelve hours after the person was told
    of the session (invited, or told of its new date): late joiners are not reminded of what was due before they joined.
    """
    if starts_at <= now:
        return None
    due = [days for days in rules.reminder_days(reminder_days) if starts_at - timedelta(days=days) <= now]
    if not due:
        return None
    latest = min(due)
    if starts_at - timedelta(days=latest) < told_at + NOT_AFTER_INVITE:
        return None
    return latest


async def warn_below_minimum(now: datetime) -> int:
    """Tell the coordinators, once, of a cohort that begins within a week with fewer people than it needs."""
    warned = 0
    for row in await _SHORT.run(now=now, horizon=now + WARN_BEFORE):
        if row["enrolled"] >= row["minimum"]:
            continue
        async with database.transaction():
            claimed = (
                await Cohort.update({Cohort.minimum_warned_at: now})
                .where(Cohort.id == row["id"], Cohort.minimum_warned_at.is_null())
                .returning(Cohort.id)
            )
            if not claimed:  # the other scheduler has told them
                continue
            about = About("cohort", row["id"], row["name"])
            context = {
                "cohort": row["name"],
                "enrolled": row["enrolled"],
                "minimum": row["minimum"],
                "waiting": row["waiting"],
                "starts": times.uk_weekday_date(row["first_starts_at"], row["zone"]),
                "link": f"/cohorts/{row['code']}/manage",
            }
            people = await contacts(await _coordinators())
            await outbox.queue_many(
                [
                    outbox.Letter(
                        kind="below-minimum",
                        key=f"below-minimum:{row['id']}:{person}",
                        to=to,
                        context=context,
                        about=about,
                        deadline=row["first_starts_at"],
                    )
                    for person, to in people.items()
                ],
                now=now,
            )
            warned += 1
    return warned


async def release_unconfirmed(now: datetime) -> object:
    """Give places that nobody confirmed to the next in line."""
    return await enrolment.release_unconfirmed(now=now)


async def _coordinators() -> list[UUID]:
    held = RoleGrant.select(RoleGrant.person).where(RoleGrant.role == Role.COORDINATOR, RoleGrant.ended_at.is_null())
    return [row["person"] for row in await held.order_by(RoleGrant.granted_at)]
