"""What the tests of coaching sessions look at: calendars, mails and ledgers."""

from datetime import timedelta
from uuid import UUID

from academy.audit.service import Actor
from academy.outbox.tables import Message
from academy.people.queries import contacts
from cohorts.coaching.bookings import queries
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits import queries as credits
from tests.support.calendars import Calendars
from tests.support.calendars import Entry as Shown
from tests.support.makers import Coaching

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def coachee(who: Coaching) -> Actor:
    return Actor(who.person, "Priya Nair")


def coach(who: Coaching) -> Actor:
    return Actor(who.coach_person, "Daniel Reid")


async def left(who: Coaching) -> int:
    return (await credits.balances([who.enrolment]))[who.enrolment].left


async def chain(who: Coaching, session: UUID) -> list[str]:
    """The lines of the ledger about one session."""
    return [each.kind.value for each in await credits.ledger(who.enrolment) if each.session == session]


async def mails(kind: str) -> list[str]:
    """The subjects of the mails of a kind, with whom they go to."""
    rows = await Message.select(Message.to_name, Message.subject).where(Message.kind == kind)
    return sorted(f"{row['to_name']}: {row['subject']}" for row in rows)


async def calendars() -> Calendars:
    found = Calendars()
    found.read(await Message.select().where(Message.calendar.is_not_null()))
    return found


async def coaching_of(*people: UUID) -> list[list[Shown]]:
    """What of coaching stands in these people's calendars."""
    found, known = await calendars(), await contacts(list(people))
    return [[each for each in found.of(known[one].address) if "Day" not in each.title] for one in people]


async def status(session: UUID) -> S:
    return (await queries.any_session(session)).status
