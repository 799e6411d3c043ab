"""The leadership programmes of the year."""

from __future__ import annotations

from collections.abc import Sequence

from academy.demo import programmes
from academy.demo.people import MENTOR, PARTICIPANT
from academy.demo.plan import Plan, meetings, online_at_last
from academy.demo.year import (
    CANCELLED_SESSION_COHORT,
    CORRECTED_COHORT,
    FULL_COHORT,
    MOVED_COHORT,
    OPEN_COHORT,
    PLANNED_COHORT,
    RUNNING_COHORT,
    TO_CLOSE_COHORT,
    Year,
)
from cohorts.schedule.tables import Format

FOLLOW_UP = "Follow-up: what changed"
EMPOWERING_DAYS = ("Your story", "Voice and presence", "Power and politics", "Next steps")
CYBER_DAYS = ("Day one: before", "Day two: the exercise", "Day three: after")
PLACE_DAYS = (
    "One place, many services",
    "What residents say",
    "Data and trust",
    "A small experiment",
    "What we learned",
)


def top_talent(year: Year) -> None:
    def add(place: str, region: str, venue: str, days: Sequence[int], **rest: object) -> Plan:
        titles = ("Day one: leading yourself", "Day two: leading others", *rest.pop("then", ()), FOLLOW_UP)  # type: ignore[misc]
        return year.add(
            programmes.TOP_TALENT.name,
            f"Top Talent, {place}",
            online_at_last(meetings(titles, year.days.dates(*days), "09:30", "16:00")),
            region=region,
            venue=venue,
            grades=(0, 1),
            announced=75,
            **rest,  # type: ignore[arg-type]
        )

    number = year.number
    add(
        "Cambridge", "East of England", "Shire Hall, Cambridge", (-38, -37, 3, 31), code=RUNNING_COHORT,
        enrolled=number(18), withdrawing=2, must=(PARTICIPANT,), minimum=8, replying=0.8, leader=0,
        then=("Peer challenge",),
    )  # fmt: skip
    add(
        "Essex", "East of England", "County Hall, Chelmsford", (36, 37, 78), code=OPEN_COHORT,
        enrolled=number(14), capacity=number(14) + 6, withdrawing=1, minimum=8, replying=0.7,
    )  # fmt: skip
    add(
        "Birmingham", "West Midlands", "Council House, Birmingham", (-46, -45, -4), code=TO_CLOSE_COHORT,
        enrolled=number(17), withdrawing=1, minimum=8, never_closed=True, came=0.75,
    )  # fmt: skip
    add(
        "Leeds", "Yorkshire and The Humber", "Civic Hall, Leeds", (-150, -149, -108), code=CORRECTED_COHORT,
        enrolled=number(19), withdrawing=2, minimum=8,
    )  # fmt: skip
    add(
        "Edinburgh", "Scotland", "Waverley Court, Edinburgh", (45, 46, 88), code=PLANNED_COHORT,
        enrolled=0, capacity=20, minimum=8, published=False,
    )  # fmt: skip
    add(
        "Cardiff", "Wales", "County Hall, Cardiff", (-262, -261, -220), enrolled=number(16), must=(MENTOR,),
        minimum=8,
    )  # fmt: skip
    past = (
        ("Manchester", "North West", "Town Hall Extension, Manchester", (-320, -319, -278)),
        ("Glasgow", "Scotland", "City Chambers, Glasgow", (-205, -204, -160)),
        ("Exeter", "South West", "Civic Centre, Exeter", (-100, -99, -57)),
    )
    for place, region, venue, days in past[: year.few(past)]:
        add(place, region, venue, days, enrolled=number(18), withdrawing=1, minimum=8)


def empowering_women(year: Year) -> None:
    def add(programme: str, name: str, region: str, venue: str, days: Sequence[int], **rest: object) -> Plan:
        return year.add(
            programme,
            name,
            meetings(EMPOWERING_DAYS, year.days.dates(*days), "09:30", "13:00"),
            region=region,
            venue=venue,
            women=True,
            minimum=6,
            announced=75,
            **rest,  # type: ignore[arg-type]
        )

    number, plain, ni = year.number, programmes.EMPOWERING_WOMEN.name, programmes.EMPOWERING_WOMEN_NI.name
    add(
        ni, "Empowering Women NI, Belfast", "Northern Ireland", "City Hall, Belfast", (-33, -19, 9, 23),
        code=CANCELLED_SESSION_COHORT, enrolled=number(14), withdrawing=1, nation="Northern Ireland", replying=0.7,
    )  # fmt: skip
    add(
        plain, "Empowering Women, York", "Yorkshire and The Humber", "West Offices, York", (60, 74, 95, 116),
        code="empowering-women-york", enrolled=number(9), capacity=number(20), replying=0.4,
    )  # fmt: skip
    past = (
        (plain, "Empowering Women, London", "London", "Guildhall, London", (-300, -286, -265, -244)),
        (ni, "Empowering Women NI, Derry", "Northern Ireland", "Guildhall, Derry", (-240, -226, -205, -184)),
        (plain, "Empowering Women, Newcastle", "North East", "Civic Centre, Newcastle", (-130, -116, -95, -74)),
    )
    for programme, name, region, venue, days in past[: year.few(past)]:
        nation = "Northern Ireland" if programme == ni else ""
        add(programme, name, region, venue, days, enrolled=number(15), withdrawing=1, nation=nation)


def cyber_and_place(year: Year) -> None:
    def cyber(place: str, region: str, venue: str, days: Sequence[int], **rest: object) -> Plan:
        return year.add(
            programmes.CYBER_LEADERSHIP.name,
            f"Cyber Leadership, {place}",
            meetings(CYBER_DAYS, year.days.dates(*days), "10:00", "16:00", compulsory=1),
            region=region,
            venue=venue,
            grades=(1, 2),
            minimum=8,
            announced=80,
            **rest,  # type: ignore[arg-type]
        )

    def place(name: str, region: str, venue: str, days: Sequence[int], **rest: object) -> Plan:
        return year.add(
            programmes.PLACE_BASED.name,
            f"Place-based Leadership, {name}",
            meetings(PLACE_DAYS, year.days.dates(*days), "12:30", "16:30"),
            region=region,
            venue=venue,
            link="https://meet.example/place-based",
            format=Format.HYBRID,
            minimum=8,
            announced=90,
            **rest,  # type: ignore[arg-type]
        )

    number = year.number
    cyber(
        "London", "London", "Guildhall, London", (50, 51, 64), code=FULL_COHORT,
        enrolled=number(16), waiting=number(7), withdrawing=1, replying=0.6,
    )  # fmt: skip
    cyber(
        "Nottingham", "East Midlands", "Loxley House, Nottingham", (-275, -274, -260),
        enrolled=number(16), must=(MENTOR,),
    )  # fmt: skip
    past = (
        ("Stirling", "Scotland", "Old Viewforth, Stirling", (-170, -169, -155)),
        ("Belfast", "Northern Ireland", "Grosvenor House, Belfast", (-85, -84, -70)),
    )
    for name, region, venue, days in past[: year.few(past)]:
        cyber(name, region, venue, days, enrolled=number(16), withdrawing=1)
    cyber("Llandudno", "Wales", "Venue Cymru, Llandudno", (140, 141, 155), enrolled=0, capacity=16, published=False)
    place(
        "Tees Valley", "North East", "Town Hall, Middlesbrough", (-80, -52, -24, 8, 40), code=MOVED_COHORT,
        enrolled=number(15), withdrawing=1, replying=0.7,
    )  # fmt: skip
    if year.scale > 0.5:
        place("Cornwall", "South West", "New County Hall, Truro", (-330, -302, -274, -246, -218), enrolled=14)
