"""Timed work on cohorts. Each job asks what is due by ``now`` and does it; running one twice does no harm."""

from datetime import datetime, timedelta
from uuid import UUID

from academy import database
from academy.accounts import queries as accounts
from academy.accounts.tables import Role
from academy.audit.service import About
from academy.invites import reminders, times
from academy.outbox import service as outbox
from academy.people.queries import contacts
from cohorts.enrolment import service as enrolment
from cohorts.schedule import queries as sessions
from cohorts.schedule import rules
from cohorts.schedule import service as schedule
from cohorts.schedule.tables import Cohort

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

    Returns the number of mails queued.
    """
    rows = await _EXPECTED.run(now=now, horizon=now + rules.MOST_REMINDER_DAYS * reminders.A_DAY)
    expected = []
    for row in rows:
        days_before = rules.reminder_days(row.pop("reminder_days"))
        expected.append(reminders.Expected(**row, days_before=days_before))
    return await reminders.send(expected, now=now)


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
            people = await contacts(await accounts.holders(Role.COORDINATOR))
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


async def invite_leaders(now: datetime) -> int:
    """Put sessions to come into the calendars of those who lead them and have no invite yet. Returns how many invites.

    Whoever is named to lead today is invited at once; this finds those who were named before that was so.
    """
    return sum(
        [
            await schedule.invite_uninvited_leaders(session, now=now)
            for session in await sessions.uninvited_leaders(now=now)
        ]
    )


async def release_unconfirmed(now: datetime) -> object:
    """Give places that nobody confirmed to the next in line."""
    return await enrolment.release_unconfirmed(now=now)
