"""What every calendar needs of our files, read by three parsers of other people and a lint of the lines."""

import io
import re
import time as clock
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import msgspec
import pytest
from dateutil.tz import tzical
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from academy.invites import ical
from academy.invites.ical import Event, Method, Person
from academy.invites.timezones import timezone_component
from academy.outbox.plain import clean_line, clean_text
from tests.support.examples import examples


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


ACADEMY = Person("academy@example.org", "Leadership Academy")
PRIYA = Person("priya.shah@council.example", "Priya Shah")
STAMP = utc(2026, 5, 1, 9)
DAY = Event(
    uid="5f0c2d3e9a814b6f8f5d2f3f0a1b2c3d@academy",
    title="Top Talent, Essex; day one",
    starts=utc(2026, 6, 24, 8, 30),
    ends=utc(2026, 6, 24, 15),
    zone="Europe/London",
    created=utc(2026, 4, 1, 10),
    changed=utc(2026, 4, 2, 10),
    description="Bring feedback; lunch, too.\nBackslash \\ and more",
    place="County Hall, Chelmsford",
    join_link="https://teams.example.org/l/meetup-join/19%3ameeting?a=1&b=2",
    url="https://academy.example.org/cohorts/tt-e-06",
)


def request(event: Event = DAY, **changes: Any) -> bytes:
    told: dict[str, Any] = {
        "method": Method.REQUEST,
        "attendee": PRIYA,
        "organiser": ACADEMY,
        "sequence": 0,
        "dtstamp": STAMP,
    }
    return ical.invite(event, **{**told, **changes})


def cancel(event: Event = DAY, **changes: Any) -> bytes:
    return request(event, **{"method": Method.CANCEL, "sequence": 1, **changes})


def feed(*events: Event, **changes: Any) -> bytes:
    about: dict[str, Any] = {
        "name": "Leadership Academy, all; events",
        "zone": "Europe/London",
        "refresh": timedelta(hours=1),
    }
    return ical.feed(events, **{**about, **changes})


def with_(event: Event = DAY, **changes: Any) -> Event:
    return msgspec.structs.replace(event, **changes)


def lines(octets: bytes) -> list[str]:
    return octets.replace(b"\r\n ", b"").decode().split("\r\n")


def values(octets: bytes, name: str) -> list[str]:
    inside = "\n".join(lines(octets)).split("BEGIN:VEVENT", 1)[-1].split("\n")
    return [line for line in inside if re.match(rf"{name}[:;]", line)]


Lint = Callable[[bytes], list[str]]
EVERY_KIND = [
    request(),
    cancel(),
    cancel(removed_only=True),
    feed(DAY),
    feed(DAY, with_(uid="other@academy", cancelled=True, zone="America/New_York")),
    feed(),
    request(with_(zone="Africa/Casablanca")),
    request(with_(title="ß" * 300, description="🎓" * 200)),
]


# Bytes


@pytest.mark.parametrize("octets", EVERY_KIND)
def test_lines_end_with_crlf_are_75_octets_at_most_and_are_escaped(octets: bytes, lint: Lint) -> None:
    assert lint(octets) == []


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (lambda octets: octets.replace(b"\r\n", b"\n"), "a line does not end with CRLF"),
        (lambda octets: octets.replace(b"\r\n ", b""), "octets in a line"),
        (lambda octets: octets.replace(b"\\,", b","), "not escaped"),
        (lambda octets: octets.replace("ß".encode(), b"\xc3\r\n \x9f", 1), "a fold cuts a letter"),
        (lambda octets: octets.replace(b"TZID:", b"X-ID:"), "no VTIMEZONE before"),
        (lambda octets: octets.replace(b";TZID=Europe/London", b""), "floating"),
        (lambda octets: octets.replace(b"Priya Shah", b"Priya^'Shah"), "RFC 6868"),
        (lambda octets: octets.replace(b"METHOD:REQUEST\r\n", b""), "METHOD 0 times"),
        (lambda octets: octets.replace(b"Shah", b"Sh\x00h"), "control characters"),
    ],
)
def test_control_the_lint_finds_each_fault(spoil: Callable[[bytes], bytes], finding: str, lint: Lint) -> None:
    octets = request(with_(description="Straße, " + "x" * 90))

    assert any(finding in each for each in lint(spoil(octets)))


@pytest.mark.parametrize("make", [request, cancel, lambda: feed(DAY, with_(uid="b@academy"))])
def test_the_same_input_gives_the_same_octets(make: Callable[[], bytes]) -> None:
    first = make()
    ical._published.cache_clear()

    assert make() == first


def test_control_icalendar_puts_a_random_uid_into_each_calendar() -> None:
    assert icalendar.Calendar.new().to_ical() != icalendar.Calendar.new().to_ical()


def test_a_name_with_quotes_and_carets_stands_without_them(lint: Lint) -> None:
    octets = request(attendee=Person("zoe@council.example", 'Zoë "Z" O^\'Neill; PhD, B:Sc\\'))

    assert lint(octets) == []
    assert values(octets, "ATTENDEE")[0].startswith('ATTENDEE;CN="Zoë Z O\'Neill; PhD, B:Sc";')


# Calendar and event


@pytest.mark.parametrize("octets", EVERY_KIND)
def test_there_is_one_calendar_with_version_prodid_and_method(octets: bytes) -> None:
    found = lines(octets)

    assert (found[:3], found.count("BEGIN:VCALENDAR")) == (
        ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{ical.PRODID}"],
        1,
    )
    assert len([line for line in found if line.startswith("METHOD:")]) == 1


def test_uid_sequence_and_stamps_are_those_that_are_stored() -> None:
    octets = request(sequence=7)

    assert values(octets, "UID") == [f"UID:{DAY.uid}"]
    assert values(octets, "SEQUENCE") == ["SEQUENCE:7"]
    assert values(octets, "DTSTAMP") == ["DTSTAMP:20260501T090000Z"]
    assert values(octets, "CREATED") == ["CREATED:20260401T100000Z"]
    assert values(octets, "LAST-MODIFIED") == ["LAST-MODIFIED:20260402T100000Z"]


def test_times_are_local_with_their_zone_and_the_zone_comes_first() -> None:
    octets = request()

    assert values(octets, "DTSTART") == ["DTSTART;TZID=Europe/London:20260624T093000"]
    assert values(octets, "DTEND") == ["DTEND;TZID=Europe/London:20260624T160000"]
    assert octets.index(b"BEGIN:VTIMEZONE") < octets.index(b"BEGIN:VEVENT")


def test_london_is_written_as_every_client_can_read_it() -> None:
    london = timezone_component("Europe/London", first_year=2026, last_year=2026)
    assert london is not None

    assert london.to_ical().decode().split("\r\n")[:-1] == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/London",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700329T010000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZNAME:BST",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:19701025T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZNAME:GMT",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


def every(step: timedelta, year: int) -> list[datetime]:
    first, count = utc(year, 1, 1), int(timedelta(days=365) / step)
    return [first + step * number for number in range(count)]


def shown_and_meant(zone: str, instants: list[datetime]) -> tuple[list[datetime], list[datetime]]:
    """Local times that clocks show once, and the instants they mean."""
    clocks = ZoneInfo(zone)
    pairs = [(at.astimezone(clocks), at) for at in instants]
    once = [(shown, at) for shown, at in pairs if shown.utcoffset() == shown.replace(fold=1 - shown.fold).utcoffset()]
    return [shown for shown, _ in once], [at for _, at in once]


def file_with(component: icalendar.Timezone) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add_component(component)
    return calendar.to_ical()


@pytest.mark.parametrize("year", [2026, 2027])
def test_london_is_right_for_every_half_hour_of_the_year(year: int, ical_js: Any) -> None:
    london = timezone_component("Europe/London", first_year=year, last_year=year)
    assert london is not None
    shown, meant = shown_and_meant("Europe/London", every(timedelta(minutes=30), year))

    assert ical_js.instants(file_with(london), shown) == meant


def by_the_file(component: icalendar.Timezone, instant: datetime) -> str:
    """What clocks show by the rules in the file: dateutil believes them as well."""
    return f"{instant.astimezone(tzical(io.StringIO(component.to_ical().decode())).get()):%H:%M}"


def test_control_icalendars_own_vtimezone_is_an_hour_out_after_the_spring_change(ical_js: Any) -> None:
    ours = timezone_component("Europe/London", first_year=2026, last_year=2026)
    theirs = icalendar.Timezone.from_tzid("Europe/London", first_date=date(2020, 1, 1), last_date=date(2030, 1, 1))
    assert ours is not None
    june, spring = datetime(2026, 6, 24, 9, 30, tzinfo=ZoneInfo("Europe/London")), utc(2026, 3, 29, 1, 30)

    assert [by_the_file(each, spring) for each in (ours, theirs)] == ["02:30", "01:30"]
    # and of its list of dates some programs read only the first: a June session comes an hour late
    assert [ical_js.instants(file_with(each), [june])[0] for each in (ours, theirs)] == [
        utc(2026, 6, 24, 8, 30),
        utc(2026, 6, 24, 9, 30),
    ]


ELSEWHERE = [
    "America/New_York",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Dublin",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "America/Sao_Paulo",
    "America/Havana",
]


@pytest.mark.parametrize("zone", ELSEWHERE)
def test_other_zones_are_right_for_every_hour_of_the_year(zone: str, ical_js: Any) -> None:
    component = timezone_component(zone, first_year=2026, last_year=2026)
    assert component is not None
    shown, meant = shown_and_meant(zone, every(timedelta(hours=1), 2026))

    assert ical_js.instants(file_with(component), shown) == meant
    assert re.findall(r"RRULE:(.*?);BYDAY", component.to_ical().decode()) in ([], ["FREQ=YEARLY"] * 2)


@pytest.mark.parametrize(
    "zone", ["Africa/Casablanca", "Asia/Jerusalem", "America/Nuuk", "Africa/Cairo", "UTC", "Etc/GMT+5"]
)
def test_a_zone_that_no_yearly_rule_tells_is_written_in_utc(zone: str, readers: dict[str, Any]) -> None:
    octets = request(with_(zone=zone))

    assert timezone_component(zone, first_year=2026, last_year=2026) is None
    assert values(octets, "DTSTART") == ["DTSTART:20260624T083000Z"]
    assert {name: read(octets)[0]["starts"] for name, read in readers.items()} == dict.fromkeys(readers, DAY.starts)


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Asia/Kolkata", "Africa/Casablanca"])
@pytest.mark.parametrize(
    "starts", [utc(2026, 3, 29, 1), utc(2026, 3, 29, 0, 30), utc(2026, 7, 1, 8, 30), utc(2026, 12, 1, 9)]
)
def test_three_readers_find_the_same_instants(zone: str, starts: datetime, readers: dict[str, Any]) -> None:
    event = with_(zone=zone, starts=starts, ends=starts + timedelta(hours=3))

    found = {
        name: (read(request(event))[0]["starts"], read(request(event))[0]["ends"]) for name, read in readers.items()
    }

    assert found == dict.fromkeys(readers, (event.starts, event.ends))


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends": DAY.starts},
        {"starts": datetime(2026, 6, 24, 8, 30)},  # noqa: DTZ001
        {"title": " \x00\n"},
        {"uid": ""},
        {"uid": "a" * 256},
        {"uid": "a b"},
        {"uid": "é"},
        {"url": "javascript:alert(1)"},
        {"join_link": "https://x.example/\r\nATTENDEE:mailto:a@b.example"},
    ],
)
def test_what_no_calendar_could_read_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"[A-Z].+\."):
        request(with_(**wrong))
    with pytest.raises(ValueError, match=r"[A-Z].+\."):
        feed(with_(**wrong))


def test_an_apostrophe_in_an_address_is_no_obstacle() -> None:
    octets = request(attendee=Person("sean.o'brien@council.example", "Sean O'Brien"))

    assert values(octets, "ATTENDEE")[0].endswith(":mailto:sean.o'brien@council.example")


@pytest.mark.parametrize(
    "address", ["", "a", "a@b@c", "a,b@c.example", "a@b.example\r\nX:1", '"a"@b.example', "a b@c.example"]
)
def test_what_is_not_one_mailbox_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="plain e-mail address"):
        request(attendee=Person(address, "Priya"))
    with pytest.raises(ValueError, match="plain e-mail address"):
        request(organiser=Person(address, "Academy"))


def test_status_is_confirmed_in_a_request_and_cancelled_in_a_cancel() -> None:
    assert values(request(), "STATUS") == ["STATUS:CONFIRMED"]
    assert values(cancel(), "STATUS") == ["STATUS:CANCELLED"]


def test_a_session_takes_time_and_is_public_unless_it_is_a_one_to_one() -> None:
    assert (values(request(), "TRANSP"), values(request(), "CLASS")) == (["TRANSP:OPAQUE"], ["CLASS:PUBLIC"])
    assert values(request(with_(private=True)), "CLASS") == ["CLASS:PRIVATE"]


def test_a_link_to_join_is_the_first_line_and_a_conference() -> None:
    octets = request()

    assert values(octets, "DESCRIPTION")[0].startswith(f"DESCRIPTION:Join online: {DAY.join_link}\\n\\nBring")
    assert values(octets, "CONFERENCE") == [f"CONFERENCE;FEATURE=VIDEO;LABEL=Join online;VALUE=URI:{DAY.join_link}"]
    assert values(octets, "LOCATION") == ["LOCATION:County Hall\\, Chelmsford"]


def test_an_online_session_has_its_link_as_its_place() -> None:
    assert values(request(with_(place="")), "LOCATION") == [f"LOCATION:{DAY.join_link}"]


@pytest.mark.parametrize("octets", EVERY_KIND)
def test_there_are_no_alarms_recurrences_or_scheduling_agents(octets: bytes) -> None:
    event = octets.partition(b"BEGIN:VEVENT")[2]

    assert [word for word in (b"VALARM", b"RRULE", b"RDATE", b"SCHEDULE-AGENT", b"DURATION:") if word in event] == []


# People


@pytest.mark.parametrize("octets", [request(), cancel(), cancel(removed_only=True)])
def test_the_organiser_is_one_mailbox_and_always_the_same(octets: bytes) -> None:
    assert values(octets, "ORGANIZER") == ['ORGANIZER;CN="Leadership Academy":mailto:academy@example.org']


def test_control_icalendar_writes_an_organiser_without_mailto() -> None:
    event = icalendar.Event.new(organizer="a@b.example")

    assert b"ORGANIZER:a@b.example" in event.to_ical()


def test_the_one_attendee_is_asked_to_answer() -> None:
    assert values(request(), "ATTENDEE") == [
        'ATTENDEE;CN="Priya Shah";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;'
        "RSVP=TRUE:mailto:priya.shah@council.example"
    ]


def test_the_one_attendee_of_a_cancel_is_not_asked() -> None:
    assert values(cancel(), "ATTENDEE") == [
        'ATTENDEE;CN="Priya Shah";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT:mailto:priya.shah@council.example'
    ]


@pytest.mark.parametrize("octets", EVERY_KIND)
def test_nobody_else_is_in_the_file(octets: bytes) -> None:
    addresses = set(re.findall(rb"[\w.]+@[\w.]+", octets.replace(b"\r\n ", b"")))

    assert addresses <= {b"academy@example.org", b"priya.shah@council.example", DAY.uid.encode(), b"other@academy"}


def test_nobody_is_invited_to_propose_another_time() -> None:
    assert values(request(), "X-MICROSOFT-DISALLOW-COUNTER") == ["X-MICROSOFT-DISALLOW-COUNTER:TRUE"]


# Update and cancel


def test_an_update_is_the_whole_invite_with_a_higher_sequence() -> None:
    moved = with_(starts=utc(2026, 7, 2, 9), ends=utc(2026, 7, 2, 15))

    before, after = lines(request()), lines(request(moved, sequence=1, dtstamp=STAMP + timedelta(seconds=1)))

    changed = {re.split("[:;]", line)[0] for line in set(before) ^ set(after)}
    assert changed == {"DTSTART", "DTEND", "SEQUENCE", "DTSTAMP"}


def test_a_cancel_is_for_the_same_event_at_the_same_time() -> None:
    asked, taken_back = request(), cancel()

    assert lines(taken_back)[4] == "METHOD:CANCEL"
    for name in ("UID", "DTSTART", "DTEND", "ORGANIZER", "SUMMARY"):
        assert values(taken_back, name) == values(asked, name)


def test_one_person_is_removed_without_cancelling_the_session() -> None:
    octets = cancel(removed_only=True)

    assert (lines(octets)[4], values(octets, "STATUS")) == ("METHOD:CANCEL", [])
    assert len(values(octets, "ATTENDEE")) == 1


def test_a_request_removes_nobody() -> None:
    with pytest.raises(ValueError, match="CANCEL"):
        request(removed_only=True)


# Feeds


def test_a_feed_is_published_and_names_no_attendee() -> None:
    octets = feed(DAY, organiser=ACADEMY)

    assert lines(octets)[4] == "METHOD:PUBLISH"
    assert values(octets, "ATTENDEE") == []
    assert values(octets, "UID") == values(request(), "UID")
    assert values(octets, "ORGANIZER") == values(request(), "ORGANIZER")


def test_a_feed_says_its_name_zone_and_how_often_to_ask() -> None:
    found = lines(feed(DAY))

    assert found[5:10] == [
        "NAME:Leadership Academy\\, all\\; events",
        "X-WR-CALNAME:Leadership Academy\\, all\\; events",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "X-WR-TIMEZONE:Europe/London",
    ]


def test_control_icalendar_leaves_a_name_unescaped() -> None:
    calendar = icalendar.Calendar()
    calendar.add("x-wr-calname", "A, b; c")

    assert b"X-WR-CALNAME:A, b; c" in calendar.to_ical()


def test_a_cancelled_session_stays_in_the_feed_and_takes_no_time() -> None:
    octets = feed(with_(cancelled=True))

    assert (values(octets, "STATUS"), values(octets, "TRANSP")) == (["STATUS:CANCELLED"], ["TRANSP:TRANSPARENT"])


def test_a_feed_without_sessions_is_still_a_calendar(readers: dict[str, Any]) -> None:
    assert {name: read(feed()) for name, read in readers.items()} == dict.fromkeys(readers, [])


def test_each_zone_is_written_once() -> None:
    octets = feed(DAY, with_(uid="b@academy"), with_(uid="c@academy", zone="Europe/Paris"))

    assert [line for line in lines(octets) if line.startswith("TZID:")] == ["TZID:Europe/London", "TZID:Europe/Paris"]


def test_a_zone_in_a_feed_is_right_in_all_its_years(readers: dict[str, Any]) -> None:
    years = [
        with_(uid=f"{year}@academy", starts=utc(year, 7, 1, 9), ends=utc(year, 7, 1, 12)) for year in range(2020, 2035)
    ]

    found = {name: [each["starts"] for each in read(feed(*years))] for name, read in readers.items()}

    assert found == dict.fromkeys(readers, [event.starts for event in years])


def test_a_feed_of_fifty_takes_a_few_milliseconds() -> None:
    events = [with_(uid=f"{number}@academy") for number in range(50)]
    feed(*events)

    times = []
    for _ in range(5):
        began = clock.perf_counter()
        feed(*events)
        times.append(clock.perf_counter() - began)

    assert min(times) < 0.01


# Any text


ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=80)
TRICKY = st.lists(
    st.sampled_from(
        [
            "\\",
            "\\n",
            "\\,",
            ",",
            ";",
            ":",
            '"',
            "^",
            "^n",
            "\n",
            "\r",
            "\t",
            "\x00",
            "é",
            "🎓",
            " ",
            "a",
            "BEGIN:",
            "=",
        ]
    )
).map("".join)
TEXT = ANY | TRICKY


@given(title=TEXT, description=TEXT, place=TEXT, name=TEXT)
@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_reaches_all_three_readers_as_it_is(
    title: str, description: str, place: str, name: str, readers: dict[str, Any], lint: Lint
) -> None:
    event = with_(title=f"T{title}", description=description, place=place, join_link="")
    octets = request(event, attendee=Person("p@council.example", name))
    wanted = {
        "summary": clean_line(f"T{title}"),
        "description": clean_text(description),
        "location": clean_line(place),
        "cn": clean_line(re.sub(r'["^\\]', "", name)),
        "starts": DAY.starts,
        "ends": DAY.ends,
    }

    assert lint(octets) == []
    for reader, read in readers.items():
        assert (reader, read(octets)) == (reader, [wanted])
