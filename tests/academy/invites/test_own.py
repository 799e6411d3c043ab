"""What is one person's alone: their title, the values of their mails, their privacy, and the time it takes."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID, uuid4

import httpx
import pytest
from icalendar import Calendar

from academy import database as room
from academy.accounts import service as accounts
from academy.invites import frozen, queries, service, telling  # noqa: F401 - frozen writes the calendar parts
from academy.invites.queries import Busy
from academy.invites.tables import CalendarEvent, Invitee, Reply
from academy.outbox import letters, rendering
from academy.outbox.tables import Message
from tests.conftest import Clock
from tests.support.client import sign_in
from tests.support.makers import a_person
from tests.support.queries import counted

HEAD = rendering.Letterhead(
    address="https://academy.example.org",
    mail_from="academy@academy.example.org",
    organisation="Example Society",
    brand="#4b2e83",
)
START = datetime(2026, 6, 24, 8, 30, tzinfo=UTC)
END = START + timedelta(minutes=60)
HOUR = timedelta(hours=1)
PRIYA, DANIEL = "priya@council.example", "daniel@coaches.example"
COUNTERPART = {"coaching": {"programme": "Top Talent"}, "meeting": {"round_name": "Mentoring 2026"}}


class Pair:
    """Two who meet, the event, and who each is for the other."""

    def __init__(self, event: UUID, priya: UUID, daniel: UUID) -> None:
        self.event, self.priya, self.daniel = event, priya, daniel


async def a_pair(now: datetime, wording: str = "coaching") -> Pair:
    priya = await a_person(name="Priya Nair", address=PRIYA, now=now)
    daniel = await a_person(name="Daniel Reid", address=DANIEL, now=now)
    event = await service.create_event(
        title="Coaching",
        starts_at=START,
        ends_at=END,
        link="https://meet.example/x",
        wording=wording,
        private=True,
        now=now,
        context=COUNTERPART[wording],
    )
    await service.invite(
        event,
        [priya, daniel],
        now=now,
        paths={priya: "/mine", daniel: "/theirs"},
        titles={priya: "Coaching with Daniel Reid", daniel: "Coaching: Priya Nair"},
        own={priya: {"with_name": "Daniel Reid"}, daniel: {"with_name": "Priya Nair"}},
    )
    return Pair(event, priya, daniel)


async def mails(to: str) -> list[tuple[str, EmailMessage]]:
    """What an address gets, in the order it leaves."""
    rows = await Message.select().where(Message.to_address == to).order_by(Message.number, Message.queued_at)
    return [(row["kind"], message_from_bytes(rendering.octets(row, HEAD), policy=policy.default)) for row in rows]


def entry(mail: EmailMessage) -> tuple[str, str]:
    """Title and class in the calendar part."""
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    event = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
    return str(event["SUMMARY"]), str(event["CLASS"])


def said(mail: EmailMessage) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


async def whole_life(pair: Pair, now: datetime) -> None:
    """A change, a reminder, and the end."""
    await service.change_event(pair.event, now=now + HOUR, starts_at=START + HOUR, ends_at=END + HOUR)
    await service.remind(pair.event, [pair.priya, pair.daniel], days_before=1, now=START - timedelta(days=1))
    await service.withdraw(pair.event, pair.daniel, now=now + 2 * HOUR)
    await service.invite(pair.event, [pair.daniel], now=now + 3 * HOUR)
    await service.cancel_event(pair.event, reason="The coach is ill.", now=now + 4 * HOUR)


@pytest.mark.parametrize("wording", ["coaching", "meeting"])
async def test_each_mail_of_each_person_has_their_own_title_and_names_only_the_other(
    database: room.Engine, now: datetime, wording: str
) -> None:
    pair = await a_pair(now, wording)

    await whole_life(pair, now)

    kinds = {
        PRIYA: ["invite", "reminder", "changed", "cancelled"],
        DANIEL: ["invite", "reminder", "changed", "withdrawn", "invite", "cancelled"],
    }
    titles = {PRIYA: "Coaching with Daniel Reid", DANIEL: "Coaching: Priya Nair"}
    for address, expected in kinds.items():
        found = await mails(address)
        # the reminder has no number: it belongs to no version
        assert sorted(kind for kind, _ in found) == sorted(f"{wording}-{each}" for each in expected)
        for kind, mail in found:
            assert titles[address] in mail["Subject"]
            if not kind.endswith("reminder"):
                assert entry(mail) == (titles[address], "PRIVATE")
        other = PRIYA if address == DANIEL else DANIEL
        everything = b"".join(mail.as_bytes() for _, mail in found)
        assert titles[other].encode() not in everything
        assert other.encode() not in everything
        assert (b"/theirs" in everything) == (address == DANIEL)


async def test_control_values_that_are_the_events_name_the_other_to_both(database: room.Engine, now: datetime) -> None:
    pair = await a_pair(now)
    await room.fetch("UPDATE invitee SET context = {}, title = ''", "{}")
    await service.change_event(pair.event, now=now, context={"with_name": "Priya Nair"}, title="Coaching: Priya Nair")

    ((_, invite), (_, changed)) = await mails(PRIYA)

    assert b"Coaching: Priya Nair" not in invite.as_bytes()
    assert b"Coaching: Priya Nair" in changed.as_bytes()


async def test_a_value_of_the_event_does_not_cover_one_persons_own(database: room.Engine, now: datetime) -> None:
    pair = await a_pair(now)

    await service.change_event(
        pair.event, now=now, context={"with_name": "somebody"}, starts_at=START + HOUR, ends_at=END + HOUR
    )

    (priyas,) = [mail for kind, mail in await mails(PRIYA) if kind == "coaching-changed"]
    assert "somebody" not in said(priyas)
    assert "With: Daniel Reid" in said(priyas)
    (row,) = await CalendarEvent.select(CalendarEvent.context)
    assert telling.read(row["context"])["with_name"] == "somebody"


async def test_another_counterpart_tells_only_the_person_who_stays(database: room.Engine, now: datetime) -> None:
    pair = await a_pair(now)
    sarah = await a_person(name="Sarah Okafor", address="sarah@coaches.example", now=now)

    await service.withdraw(pair.event, pair.daniel, now=now + HOUR)
    told = await service.change_event(
        pair.event,
        now=now + HOUR,
        titles={pair.priya: "Coaching with Sarah Okafor"},
        own={pair.priya: {"with_name": "Sarah Okafor"}},
    )
    await service.invite(
        pair.event,
        [sarah],
        now=now + HOUR,
        titles={sarah: "Coaching: Priya Nair"},
        own={sarah: {"with_name": "Priya Nair"}},
    )

    assert (told.people, told.asked) == (1, False)
    (_, (kind, mail)) = await mails(PRIYA)
    assert (kind, entry(mail)) == ("coaching-changed", ("Coaching with Sarah Okafor", "PRIVATE"))
    assert "Was: Coaching with Daniel Reid Now: Coaching with Sarah Okafor" in said(mail)
    assert [kind for kind, _ in await mails(DANIEL)] == ["coaching-invite", "coaching-withdrawn"]
    assert [kind for kind, _ in await mails("sarah@coaches.example")] == ["coaching-invite"]
    assert b"Sarah" not in b"".join(mail.as_bytes() for _, mail in await mails(DANIEL))


async def test_a_new_title_of_the_event_is_no_news_for_who_has_their_own(database: room.Engine, now: datetime) -> None:
    pair = await a_pair(now)

    told = await service.change_event(pair.event, now=now, title="One-to-one")

    assert told == service.Told(1, 0)


async def test_what_is_given_for_somebody_who_is_not_invited_changes_nothing(
    database: room.Engine, now: datetime
) -> None:
    pair = await a_pair(now)

    told = await service.change_event(pair.event, now=now, titles={uuid4(): "Another"})

    assert told == service.Told(0, 0)


async def test_a_mail_that_would_lack_a_value_is_refused_where_it_is_asked_for(
    database: room.Engine, now: datetime
) -> None:
    priya = await a_person(name="Priya Nair", address=PRIYA, now=now)
    event = await service.create_event(
        title="Coaching", starts_at=START, ends_at=END, wording="coaching", now=now, context={"programme": "Top Talent"}
    )

    with pytest.raises(letters.WrongContext, match="with_name"):
        await service.invite(event, [priya], now=now)

    assert (await Invitee.count(), await Message.count()) == (0, 0)


async def test_an_unknown_wording_is_refused(database: room.Engine, now: datetime) -> None:
    with pytest.raises(letters.NoSuchLetter):
        await service.create_event(title="Lunch", starts_at=START, ends_at=END, wording="lunch", now=now)


async def test_a_feed_shows_a_persons_own_title_as_private(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await a_pair(now)
    public = await service.create_event(title="Day one", starts_at=START + 3 * HOUR, ends_at=END + 3 * HOUR, now=now)
    await service.invite(public, [pair.priya], now=now)
    secret = await accounts.create_feed_token(pair.priya, now=now)

    feed = await client.get(f"/feeds/{secret}.ics")
    await sign_in(client, pair.priya)
    single = await client.get(f"/events/{pair.event}/event.ics")

    shown = [(str(e["SUMMARY"]), str(e["CLASS"])) for e in Calendar.from_ical(feed.content).walk("VEVENT")]
    assert shown == [("Coaching with Daniel Reid", "PRIVATE"), ("Day one", "PUBLIC")]
    assert Calendar.from_ical(single.content).walk("VEVENT")[0]["SUMMARY"] == "Coaching with Daniel Reid"
    assert b"Priya" not in feed.content


async def test_busy_is_what_overlaps_and_stands(database: room.Engine, now: datetime) -> None:
    pair = await a_pair(now)
    free = await a_person(name="Ben", address="ben@council.example", now=now)
    cancelled = await service.create_event(title="Called off", starts_at=START, ends_at=END, now=now)
    await service.invite(cancelled, [pair.priya], now=now)
    await service.cancel_event(cancelled, reason="", now=now)
    left = await service.create_event(title="Left", starts_at=START, ends_at=END, now=now)
    await service.invite(left, [pair.priya], now=now)
    await service.withdraw(left, pair.priya, now=now)
    people = [pair.priya, pair.daniel, free]

    overlapping = await queries.busy(people, since=END - timedelta(minutes=1), until=END + HOUR)
    touching = await queries.busy(people, since=END, until=END + HOUR)
    before = await queries.busy(people, since=START - HOUR, until=START)

    assert overlapping == {
        pair.priya: [Busy(pair.event, START, END, "Coaching with Daniel Reid")],
        pair.daniel: [Busy(pair.event, START, END, "Coaching: Priya Nair")],
        free: [],
    }
    assert touching == before == {person: [] for person in people}
    assert await queries.busy([], since=START, until=END) == {}


async def test_who_leads_or_declined_is_busy_too(database: room.Engine, now: datetime) -> None:
    ana = await a_person(name="Ana", address="ana@council.example", now=now)
    led = await service.create_event(title="Led", starts_at=START, ends_at=END, now=now)
    declined = await service.create_event(title="Declined", starts_at=START, ends_at=END, now=now + HOUR)
    await service.invite(led, [ana], leading=True, now=now)
    await service.invite(declined, [ana], now=now)
    await service.reply(declined, ana, Reply.DECLINED, now=now)

    found = await queries.busy([ana], since=START, until=END)

    assert sorted(each.title for each in found[ana]) == ["Declined", "Led"]


async def test_busy_is_one_query_for_any_number_of_people(database: room.Engine, now: datetime) -> None:
    pair = await a_pair(now)
    others = [uuid4() for _ in range(40)]

    with counted() as one:
        await queries.busy([pair.priya], since=START, until=END)
    with counted() as many:
        found = await queries.busy([*others, pair.priya], since=START, until=END)

    assert (len(one), len(many)) == (1, 1)
    assert [len(each) for each in found.values()] == [0] * 40 + [1]


async def test_busy_reads_by_index(database: room.Engine, now: datetime) -> None:
    pair = await a_pair(now)
    with counted() as statements:
        await queries.busy([pair.priya, pair.daniel], since=START, until=END)
    values = [pair.priya, pair.daniel, START, END]

    if isinstance(database, room.PostgresDatabase):
        async with room.transaction():
            await database.run("SET LOCAL enable_seqscan = off", [])
            plan = [row["QUERY PLAN"] for row in await database.run("EXPLAIN " + statements[0], values)]
        assert [line for line in plan if "Seq Scan" in line] == []
    else:
        plan = [row["detail"] for row in await database.run("EXPLAIN QUERY PLAN " + statements[0], values)]
        assert [line for line in plan if line.startswith("SCAN")] == []


async def test_rows_of_the_version_before_fit(database: room.Engine, now: datetime) -> None:
    """While a new version starts, the one before still writes."""
    person, event = await a_person(now=now), uuid4()
    await room.fetch(
        "INSERT INTO calendar_event (id, uid, sequence, starts_at, ends_at, zone, title, description, place, link,"
        " status, stamped_at, asked_sequence, context, created_at, changed_at) VALUES"
        " ({}, 'u1', 0, {}, {}, 'Europe/London', 'Day one', '', 'Town Hall', '', 'confirmed', {}, 0, {}, {}, {})",
        event,
        START,
        END,
        now,
        "{}",
        now,
        now,
    )
    await room.fetch(
        "INSERT INTO invitee (id, event, person, state, reply, reply_sequence, note, invited_at, path) VALUES"
        " ({}, {}, {}, 'invited', 'needs_action', 0, '', {}, '')",
        uuid4(),
        event,
        person,
        now,
    )

    told = await service.change_event(event, now=now, place="County Hall")
    (found,) = await queries.events_of(person, now=now)

    assert told.people == 1
    assert (found.title, found.wording, found.private) == ("Day one", "session", False)
    assert (found.takes_part, found.leads) == (True, False)


async def test_a_mail_that_the_version_before_queued_can_be_sent(database: room.Engine, now: datetime) -> None:
    pair = await a_pair(now)
    (row, *_) = await Message.select()
    facts = telling.read(row["calendar"])
    del facts["private"]

    octets = rendering.calendar({**row, "calendar": telling.written(facts)}, HEAD).octets

    assert pair.event
    assert b"CLASS:PUBLIC" in octets
