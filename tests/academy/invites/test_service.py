"""Invites over the life of an event, read back from the mails as a calendar program would."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from uuid import UUID

import msgspec
import pytest
from icalendar import Calendar

from academy import database as room
from academy.invites import frozen, queries, rules, service  # noqa: F401 - frozen writes the calendar parts
from academy.invites.tables import CalendarEvent, Invitee, Reply
from academy.outbox import rendering
from academy.outbox.tables import Message
from academy.people import service as people

HEAD = rendering.Letterhead(
    address="https://academy.example.org",
    mail_from="academy@academy.example.org",
    organisation="Example Society",
    brand="#4b2e83",
)
START = datetime(2026, 6, 24, 8, 30, tzinfo=UTC)
END = START + timedelta(hours=6)


async def person(name: str = "Ana Petrova", address: str = "ana@council.example") -> UUID:
    return await people.find_or_create(name=name, address=address, now=datetime(2026, 1, 1, tzinfo=UTC))


async def session(now: datetime, **changed: object) -> UUID:
    given = {"title": "Top Talent, day one", "starts_at": START, "ends_at": END, "place": "County Hall, Chelmsford"}
    return await service.create_event(now=now, context={"cohort": "Top Talent Essex"}, **(given | changed))


async def mails(to: str = "ana@council.example") -> list[tuple[str, dict]]:
    """Each mail to an address as (kind, calendar facts read from its octets), in the order they leave."""
    rows = await Message.select().where(Message.to_address == to).order_by(Message.number, Message.queued_at)
    found = []
    for row in rows:
        mail = message_from_bytes(rendering.octets(row, HEAD), policy=policy.default)
        parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        facts = {}
        if parts:
            calendar = Calendar.from_ical(parts[0].get_payload(decode=True))
            event = calendar.walk("VEVENT")[0]
            facts = {
                "method": str(calendar["METHOD"]),
                "sequence": event["SEQUENCE"],
                "stamp": event["DTSTAMP"].dt,
                "start": event["DTSTART"].dt.astimezone(UTC),
                "status": str(event.get("STATUS", "")),
                "answer": event["ATTENDEE"].params.get("PARTSTAT", ""),
                "to": str(event["ATTENDEE"]),
            }
        found.append((row["kind"], facts))
    return found


async def test_an_invite_is_one_mail_to_one_person(database: room.Engine, now: datetime) -> None:
    ana, ben = await person(), await person("Ben Okafor", "ben@council.example")
    event = await session(now)

    told = await service.invite(event, [ana, ben], now=now, paths={ana: "/r/a", ben: "/r/b"})

    assert told == service.Told(0, 2)
    assert await mails() == [
        (
            "session-invite",
            {
                "method": "REQUEST",
                "sequence": 0,
                "stamp": now,
                "start": START,
                "status": "CONFIRMED",
                "answer": "NEEDS-ACTION",
                "to": "mailto:ana@council.example",
            },
        )
    ]
    row = await Message.select().where(Message.to_address == "ana@council.example").first().order_by(Message.number)
    octets = rendering.octets(row, HEAD)
    assert octets == rendering.octets(row, HEAD)
    assert b"ben" not in octets.lower()
    assert b"https://academy.example.org/r/a" in octets
    assert await service.invite(event, [ana], now=now) == service.Told(0, 0)


async def test_a_late_joiner_gets_the_version_that_everybody_has(database: room.Engine, now: datetime) -> None:
    ana, ben = await person(), await person("Ben Okafor", "ben@council.example")
    event = await session(now)
    await service.invite(event, [ana], now=now)
    later = now + timedelta(hours=1)
    await service.change_event(event, now=later, place="Town Hall, Colchester")

    await service.invite(event, [ben], now=later + timedelta(days=1))

    kind, facts = (await mails("ben@council.example"))[0]
    assert (kind, facts["sequence"], facts["stamp"]) == ("session-invite", 1, later)
    assert [facts["sequence"] for _, facts in await mails()] == [0, 1]


async def test_another_time_asks_again_and_a_typo_does_not(database: room.Engine, now: datetime) -> None:
    ana = await person()
    event = await session(now)
    await service.invite(event, [ana], now=now)
    await service.reply(event, ana, Reply.ACCEPTED, now=now)

    typo = await service.change_event(event, now=now, title="Top Talent, day 1")
    (kept,) = (await queries.replies([event]))[event]
    moved = await service.change_event(
        event, now=now, starts_at=START + timedelta(days=1), ends_at=END + timedelta(days=1), reason="The room is shut."
    )
    (asked,) = (await queries.replies([event]))[event]

    assert (typo, moved) == (service.Told(1, 1), service.Told(2, 1, asked=True))
    assert (kept.reply, kept.older) == (Reply.ACCEPTED, None)
    assert (asked.reply, asked.older) == (Reply.NEEDS_ACTION, Reply.ACCEPTED)
    assert [(f["sequence"], f["answer"]) for _, f in await mails()] == [
        (0, "NEEDS-ACTION"),
        (1, "ACCEPTED"),
        (2, "NEEDS-ACTION"),
    ]
    stamps = [facts["stamp"] for _, facts in await mails()]
    assert stamps == [now, now + timedelta(seconds=1), now + timedelta(seconds=2)]


async def test_nothing_shown_changed_tells_nobody_and_keeps_the_sequence(database: room.Engine, now: datetime) -> None:
    ana = await person()
    event = await session(now)
    await service.invite(event, [ana], now=now)

    told = await service.change_event(event, now=now, place="County Hall, Chelmsford", starts_at=START)

    assert told == service.Told(0, 0)
    assert len(await mails()) == 1


async def test_who_comes_back_gets_a_higher_sequence_than_the_cancel(database: room.Engine, now: datetime) -> None:
    ana, ben = await person(), await person("Ben Okafor", "ben@council.example")
    event = await session(now)
    await service.invite(event, [ana, ben], now=now, paths={ana: "/r/ana"})

    await service.withdraw(event, ana, now=now)
    await service.withdraw(event, ana, now=now)
    await service.invite(event, [ana, ben], now=now)

    assert [(kind, f["method"], f["sequence"], f["status"]) for kind, f in await mails()] == [
        ("session-invite", "REQUEST", 0, "CONFIRMED"),
        ("place-withdrawn", "CANCEL", 1, ""),
        ("session-invite", "REQUEST", 2, "CONFIRMED"),
    ]
    assert [f["sequence"] for _, f in await mails("ben@council.example")] == [0]


async def test_a_cancelled_event_is_cancelled_once_for_those_who_are_invited(
    database: room.Engine, now: datetime
) -> None:
    ana, ben = await person(), await person("Ben Okafor", "ben@council.example")
    event = await session(now)
    await service.invite(event, [ana, ben], now=now)
    await service.withdraw(event, ben, now=now)

    first = await service.cancel_event(event, reason="The trainer is ill.", now=now, rebook_path="/programmes")
    second = await service.cancel_event(event, reason="The trainer is ill.", now=now)

    assert (first, second) == (service.Told(2, 1), service.Told(2, 0))
    assert (await mails())[-1][1]["status"] == "CANCELLED"
    assert [kind for kind, _ in await mails("ben@council.example")] == ["session-invite", "place-withdrawn"]
    with pytest.raises(rules.EventCancelled):
        await service.change_event(event, now=now, title="Another")
    with pytest.raises(rules.EventCancelled):
        await service.invite(event, [ben], now=now)
    with pytest.raises(rules.EventCancelled):
        await service.reply(event, ana, Reply.ACCEPTED, now=now)


async def test_nobody_is_told_of_what_is_over(database: room.Engine, now: datetime) -> None:
    ana = await person()
    event = await session(now)
    await service.invite(event, [ana], now=now)
    after = END + timedelta(minutes=1)

    changed = await service.change_event(event, now=after, place="Town Hall")
    invited = await service.invite(event, [await person("Ben", "ben@council.example")], now=after)
    cancelled = await service.cancel_event(event, reason="", now=after)

    assert (changed.people, invited.people, cancelled.people) == (0, 0, 0)
    assert [kind for kind, _ in await mails()] == ["session-invite"]
    with pytest.raises(rules.EventCancelled):
        await service.reply(event, ana, Reply.DECLINED, now=after)


async def test_a_failed_change_leaves_neither_a_new_version_nor_a_mail(database: room.Engine, now: datetime) -> None:
    ana = await person()
    event = await session(now)
    await service.invite(event, [ana], now=now)

    with pytest.raises(RuntimeError):
        async with room.transaction():
            await service.change_event(event, now=now, place="Town Hall")
            raise RuntimeError

    row = await queries.event(event)
    assert (row["sequence"], row["place"], len(await mails())) == (0, "County Hall, Chelmsford", 1)


async def test_reminders_go_once_to_those_invited_and_anew_for_a_new_date(database: room.Engine, now: datetime) -> None:
    ana, ben = await person(), await person("Ben Okafor", "ben@council.example")
    event = await session(now)
    await service.invite(event, [ana, ben], now=now)
    await service.withdraw(event, ben, now=now)
    due = START - timedelta(days=7)

    first = await service.remind(event, [ana, ben], days_before=7, now=due)
    again = await service.remind(event, [ana, ben], days_before=7, now=due)
    await service.change_event(event, now=due, starts_at=START + timedelta(days=7), ends_at=END + timedelta(days=7))
    states = await Message.select(Message.state).where(Message.kind == "session-reminder").order_by(Message.queued_at)
    anew = await service.remind(event, [ana], days_before=7, now=due + timedelta(days=7))

    assert (first, again, anew) == (1, 0, 1)
    assert [row["state"] for row in states] == ["dropped"]
    await service.cancel_event(event, reason="", now=due + timedelta(days=8))
    assert await service.remind(event, [ana], days_before=1, now=due + timedelta(days=8)) == 0


async def test_clashes_are_overlaps_and_not_touching_ends(database: room.Engine, now: datetime) -> None:
    ana = await person()
    event = await session(now)
    await service.invite(event, [ana], now=now)

    overlapping = await queries.clashes(ana, starts_at=END - timedelta(minutes=1), ends_at=END + timedelta(hours=1))
    touching = await queries.clashes(ana, starts_at=END, ends_at=END + timedelta(hours=1))
    before = await queries.clashes(ana, starts_at=START - timedelta(hours=1), ends_at=START)
    itself = await queries.clashes(ana, starts_at=START, ends_at=END, but=event)

    assert [each.id for each in overlapping] == [event]
    assert (touching, before, itself) == ([], [], [])


async def test_a_feed_keeps_what_was_cancelled_for_thirty_days(database: room.Engine, now: datetime) -> None:
    ana, ben = await person(), await person("Ben Okafor", "ben@council.example")
    event, other = await session(now), await session(now, title="Day two")
    await service.invite(event, [ana], now=now)
    await service.invite(other, [ben], now=now)
    await service.cancel_event(event, reason="", now=now)

    soon = await queries.calendar_of(ana, now=now + timedelta(days=29))
    late = await queries.calendar_of(ana, now=now + timedelta(days=30))

    assert ([each.id for each in soon.events], soon.changed_at) == ([event], now + timedelta(seconds=1))
    assert (late.events, late.changed_at) == ([], now + timedelta(days=30))
    assert await queries.events_of(ana, now=now) == []
    assert [each.id for each in await queries.events_of(ben, now=now)] == [other]


async def test_inviting_costs_the_same_statements_for_one_and_for_fifty(
    database: room.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = [await person()]
    fifty = [await person(f"Person {n}", f"p{n}@council.example") for n in range(50)]
    events = [await session(now), await session(now)]
    counted: list[str] = []
    statements = room.transactions.Transaction.run

    async def counting(self: object, sql: str, *args: object, **kwargs: object) -> object:
        counted.append(sql)
        return await statements(self, sql, *args, **kwargs)

    monkeypatch.setattr(room.transactions.Transaction, "run", counting)
    await service.invite(events[0], one, now=now)
    for_one = len(counted)
    counted.clear()
    await service.invite(events[1], fifty, now=now)

    assert len(counted) == for_one
    assert await Invitee.count() == 51
    assert await CalendarEvent.count() == 2


async def changed_mail(event: UUID, now: datetime, **changed: object) -> tuple[list[dict[str, str]], str]:
    """What the mail about a change lists, and its text."""
    await service.change_event(event, now=now, **changed)
    rows = await Message.select().where(Message.kind == "session-changed").order_by(Message.number, ascending=False)
    mail = message_from_bytes(rendering.octets(rows[0], HEAD), policy=policy.default)
    return msgspec.json.decode(rows[0]["context"])["changed"], " ".join(mail.get_body(("plain",)).get_content().split())


async def test_who_is_not_asked_again_reads_that_the_answer_stands(database: room.Engine, now: datetime) -> None:
    event = await session(now)
    await service.invite(event, [await person()], now=now)

    _, typo = await changed_mail(event, now, title="Top Talent, day 1")
    _, moved = await changed_mail(event, now, starts_at=START + timedelta(hours=1))

    stands, asks = "an answer that you have given us stands", "Say whether you can come"
    assert (stands in typo, asks in typo) == (True, False)
    assert (stands in moved, asks in moved) == (False, True)


async def test_a_session_that_goes_online_has_one_new_place(database: room.Engine, now: datetime) -> None:
    event = await session(now)
    await service.invite(event, [await person()], now=now)

    online, _ = await changed_mail(event, now, place="", link="https://teams.example/a")
    other, _ = await changed_mail(event, now, link="https://teams.example/b")
    back, _ = await changed_mail(event, now, place="Town Hall", link="")

    assert online == [{"what": "Place", "before": "County Hall, Chelmsford", "after": "Online"}]
    assert other == [{"what": "Link to join", "before": "another link", "after": "the link below"}]
    assert back == [{"what": "Place", "before": "Online", "after": "Town Hall"}]
