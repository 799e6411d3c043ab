"""Whatever happens to an event, each person's calendar, filled from the mails alone, tells the truth.

A small calendar program of its own reads the octets of the mails in the order they leave, by the rules of RFC 5546
2.1.5 and 3.2: nothing of ours helps it.
"""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from academy import database as room
from academy.invites import frozen, queries, service, telling  # noqa: F401 - frozen writes the calendar parts
from academy.invites.tables import Invitee, Reply
from academy.outbox import rendering
from academy.outbox.tables import Message
from academy.people import service as people

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
START = datetime(2026, 3, 27, 9, tzinfo=UTC)  # two days before the clocks go forward
HEAD = rendering.Letterhead(
    address="https://academy.example.org", mail_from="a@academy.example.org", organisation="Example", brand="#4b2e83"
)
NAMES = ("ana", "ben", "cia")


class CalendarProgram:
    """What one person's calendar does with the invites it gets."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.events: dict[str, dict[str, str]] = {}
        self.seen: dict[str, tuple[int, str]] = {}

    def receive(self, octets: bytes) -> None:
        text = re.sub(r"\r\n[ \t]", "", octets.decode())
        method = re.search(r"\r\nMETHOD:(\w+)", text)[1]
        event = text.split("BEGIN:VEVENT\r\n")[1].split("END:VEVENT")[0]
        assert re.findall(r"\r\nATTENDEE[^\r]*:mailto:([^\r]+)", event) == [f"{self.owner}@x.example"]
        facts = {}
        for line in event.strip().split("\r\n"):
            name, value = re.match(r"([A-Z-]+)[^:]*:(.*)", line).groups()
            facts[name] = value
        zone = re.search(r"DTSTART;TZID=([^:]+):", event)
        local = datetime.strptime(facts["DTSTART"][:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007
        facts["START"] = local.replace(tzinfo=ZoneInfo(zone[1])).astimezone(UTC)
        facts["ANSWER"] = (re.search(r"ATTENDEE[^:]*PARTSTAT=([A-Z-]+)", event) or ["", ""])[1]
        version = (int(facts["SEQUENCE"]), facts["DTSTAMP"])
        uid = facts["UID"]
        # Strictly later in both: some programs compare SEQUENCE, some DTSTAMP (calendar.md 0.2, 11).
        if uid in self.seen:
            assert version[0] > self.seen[uid][0] and version[1] > self.seen[uid][1], (self.seen[uid], version)
        self.seen[uid] = version
        if method == "CANCEL":
            assert uid in self.events, "a CANCEL for what is not there"
            del self.events[uid]
        else:
            self.events[uid] = facts


who = st.sampled_from(NAMES)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("invite"), st.sets(who, min_size=1)),
        st.tuples(st.just("withdraw"), who),
        st.tuples(st.just("lead"), st.sets(who, min_size=1)),
        st.tuples(st.just("stop leading"), who),
        st.tuples(st.just("own title"), who, st.sampled_from(["Meeting Ana", "Meeting Ben", ""])),
        st.tuples(st.just("move"), st.integers(-3, 5)),
        st.tuples(st.just("place"), st.sampled_from(["County Hall", "county hall", "Town Hall"])),
        st.tuples(st.just("typo"), st.sampled_from(["Day one", "Day 1"])),
        st.tuples(st.just("reply"), who, st.sampled_from([Reply.ACCEPTED, Reply.DECLINED])),
        st.tuples(st.just("cancel"), st.none()),
    ),
    max_size=14,
)


async def live(plan: list[tuple]) -> None:
    """Let it all happen, and compare every calendar with the truth."""
    ids = {name: await people.find_or_create(name=name, address=f"{name}@x.example", now=NOW) for name in NAMES}
    event = await service.create_event(
        title="Day one", starts_at=START, ends_at=START + timedelta(hours=6), place="County Hall", now=NOW
    )
    truth: dict[str, str] = {}  # who is invited, and the answer that counts
    parts: dict[str, set[str]] = {name: set() for name in NAMES}
    titles: dict[str, str] = {}
    start, place, title, cancelled = START, "County Hall", "Day one", False
    for step, *what in plan:
        if cancelled and step in ("invite", "lead", "move", "place", "typo", "reply", "own title"):
            continue
        if step in ("invite", "lead"):
            await service.invite(event, [ids[name] for name in sorted(what[0])], leading=step == "lead", now=NOW)
            truth |= {name: "NEEDS-ACTION" for name in what[0] if name not in truth}
            for name in what[0]:
                parts[name].add(step)
        elif step in ("withdraw", "stop leading"):
            await service.withdraw(event, ids[what[0]], leading=step == "stop leading", now=NOW)
            parts[what[0]].discard("lead" if step == "stop leading" else "invite")
            if not parts[what[0]]:
                truth.pop(what[0], None)
        elif step == "own title":
            told = await service.change_event(event, titles={ids[what[0]]: what[1]}, now=NOW)
            differs = what[0] in truth and (titles.get(what[0]) or title) != (what[1] or title)
            assert told.people == int(differs)
            titles |= {what[0]: what[1]} if what[0] in truth else {}
        elif step == "reply":
            if what[0] in truth:
                await service.reply(event, ids[what[0]], what[1], now=NOW)
                truth[what[0]] = what[1].value.upper()
        elif step == "cancel":
            await service.cancel_event(event, reason="", now=NOW)
            cancelled = True
        else:
            asks = (step == "move" and START + timedelta(days=what[0]) != start) or (
                step == "place" and what[0].lower() != place.lower()
            )
            start = START + timedelta(days=what[0]) if step == "move" else start
            place = what[0] if step == "place" else place
            title = what[0] if step == "typo" else title
            told = await service.change_event(
                event, now=NOW, starts_at=start, ends_at=start + timedelta(hours=6), place=place, title=title
            )
            assert told.asked == asks
            if asks:
                truth = dict.fromkeys(truth, "NEEDS-ACTION")
    shown = {name: titles.get(name) or title for name in NAMES}
    await compare(event, ids, truth, start=start, place=place, titles=shown, cancelled=cancelled)


async def compare(
    event: UUID,
    ids: dict[str, UUID],
    truth: dict[str, str],
    *,
    start: datetime,
    place: str,
    titles: dict[str, str],
    cancelled: bool,
) -> None:
    uid = (await queries.event(event))["uid"]
    rows = await Message.select().order_by(Message.number, Message.queued_at)
    assert len({row["key"] for row in rows}) == len(rows) == len({row["message_id"] for row in rows})
    for name in NAMES:
        program = CalendarProgram(name)
        for row in rows:
            if row["to_address"] == f"{name}@x.example":
                program.receive(rendering.calendar(row, HEAD).octets)
        if name not in truth or cancelled:
            assert program.events == {}
            continue
        shown = program.events[uid]
        assert (shown["START"], shown["LOCATION"], shown["SUMMARY"]) == (start, place, titles[name])
        kept = {answer.person: answer.reply for answer in (await queries.replies([event]))[event]}
        assert kept[ids[name]].value.upper().replace("_", "-") == truth[name]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(plan=steps)
async def test_every_calendar_tells_the_truth(plan: list[tuple], database: room.Engine) -> None:
    for table in ("message", "invitee", "calendar_event"):
        await room.fetch(f"DELETE FROM {table}")

    await live(plan)


async def test_the_calendar_program_notices_a_sequence_that_does_not_rise(
    database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the rise of SEQUENCE on withdrawal the same check fails."""

    async def same_version(row: dict, now: datetime, **changed: object) -> None:
        row.update(changed)

    monkeypatch.setattr(service, "_next_version", same_version)

    with pytest.raises(AssertionError):
        await live([("invite", {"ana"}), ("withdraw", "ana")])


async def test_the_calendar_program_notices_a_person_who_is_not_told(
    database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: if a change tells nobody, the calendar is wrong."""

    async def nobody(row: dict, guests: list, mail: telling.Mail, **said: object) -> service.Told:
        return await tell(row, [] if mail is telling.CHANGE else guests, mail, **said)

    tell = telling.tell
    monkeypatch.setattr(telling, "tell", nobody)

    with pytest.raises(AssertionError):
        await live([("invite", {"ana"}), ("move", 1)])


async def test_a_move_over_the_clock_change_keeps_the_local_time(database: room.Engine) -> None:
    await live([("invite", {"ana", "ben"}), ("move", 3), ("reply", "ana", Reply.ACCEPTED), ("typo", "Day 1")])

    assert await Invitee.count() == 2
