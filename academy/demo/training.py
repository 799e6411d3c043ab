"""The workshops and the partner training of the year."""

from __future__ import annotations

from collections.abc import Sequence

from academy.demo import programmes
from academy.demo.people import MENTOR, PARTICIPANT
from academy.demo.plan import Plan, meetings
from academy.demo.year import BELOW_MINIMUM_COHORT, CANCELLED_COHORT, CHANGE_AGENT_COHORT, NO_REGISTER_COHORT, Year
from cohorts.schedule.tables import Format

CHANGE_DAYS = ("Find the process", "Build a first version", "Data and automation", "Testing with users", "Into service")


def workshops(year: Year) -> None:
    def add(details: str, place: str, region: str, venue: str, day: int, **rest: object) -> Plan:
        online = not venue
        return year.add(
            details,
            f"{details}, {place}",
            meetings((f"{details}, {place}",), year.days.dates(day), "09:30", "12:30"),
            region=region,
            venue=venue,
            link="https://meet.example/workshop" if online else "",
            format=Format.VIRTUAL if online else Format.IN_PERSON,
            announced=45,
            waves=2,
            **rest,  # type: ignore[arg-type]
        )

    number = year.number
    feelings, coach, remote, edi = (each.name for each in programmes.WORKSHOPS)
    add(
        feelings, "Swansea", "Wales", "Guildhall, Swansea", 5, code=BELOW_MINIMUM_COHORT,
        enrolled=3, minimum=8, capacity=16, replying=1.0,
    )  # fmt: skip
    add(
        coach, "online", "Online", "", -2, code=NO_REGISTER_COHORT,
        enrolled=number(14), must=(MENTOR,), no_register=True, leader=0,
    )  # fmt: skip
    add(
        remote, "Exeter", "South West", "Civic Centre, Exeter", 20, code=CANCELLED_COHORT, enrolled=number(6),
        capacity=16,
    )  # fmt: skip
    add(edi, "online", "Online", "", 33, enrolled=number(12), capacity=number(15), replying=0.5)
    add(feelings, "online", "Online", "", 19, enrolled=number(14), waiting=number(4), replying=0.6)
    add(feelings, "Norwich", "East of England", "City Hall, Norwich", -66, enrolled=number(13), must=(PARTICIPANT,))
    add(edi, "online", "Online", "", -122, enrolled=number(15), must=(PARTICIPANT, MENTOR))
    past = (
        (coach, "Sheffield", "Yorkshire and The Humber", "Town Hall, Sheffield", -345),
        (remote, "online", "Online", "", -310),
        (edi, "Derby", "East Midlands", "Council House, Derby", -290),
        (feelings, "Inverness", "Scotland", "Town House, Inverness", -255),
        (coach, "online", "Online", "", -230),
        (remote, "Reading", "South East", "Civic Offices, Reading", -198),
        (feelings, "online", "Online", "", -165),
        (edi, "Aberystwyth", "Wales", "Canolfan Rheidol, Aberystwyth", -140),
        (coach, "Durham", "North East", "County Hall, Durham", -92),
        (remote, "online", "Online", "", -48),
        (coach, "Taunton", "South West", "Deane House, Taunton", -30),
    )
    for details, place, region, venue, day in past[: year.few(past)]:
        add(details, place, region, venue, day, enrolled=number(14), withdrawing=1)


def change_agent(year: Year) -> None:
    def add(place: str, region: str, first: Sequence[int], length: int, **rest: object) -> Plan:
        words = "two days" if length == 2 else "five days"
        return year.add(
            programmes.CHANGE_AGENT.name,
            f"Change Agent, {place} ({words})",
            meetings(CHANGE_DAYS[:length], year.days.dates(*first), "10:00", "16:00"),
            region=region,
            venue=f"Training suite, {place}",
            councils=True,
            imported=True,
            waves=2,
            announced=50,
            reminder_days="2",
            **rest,  # type: ignore[arg-type]
        )

    number = year.number
    add(
        "Leicester",
        "East Midlands",
        (-9, -2, 5, 12, 19),
        5,
        code=CHANGE_AGENT_COHORT,
        enrolled=number(22),
        replying=0.3,
    )
    add("Bristol", "South West", (27, 28), 2, enrolled=number(21), capacity=number(24))
    add("Aberdeen", "Scotland", (41, 42), 2, enrolled=number(12), capacity=number(24))
    past = (
        ("Liverpool", "North West"), ("Hull", "Yorkshire and The Humber"), ("Ipswich", "East of England"),
        ("Swindon", "South West"), ("Croydon", "London"), ("Coventry", "West Midlands"), ("Newport", "Wales"),
        ("Perth", "Scotland"), ("Lisburn", "Northern Ireland"), ("Gateshead", "North East"), ("Preston", "North West"),
        ("Maidstone", "South East"), ("Barnet", "London"), ("Stoke", "West Midlands"), ("Lincoln", "East Midlands"),
        ("Southampton", "South East"), ("Wakefield", "Yorkshire and The Humber"), ("Wrexham", "Wales"),
        ("Plymouth", "South West"), ("Luton", "East of England"), ("Paisley", "Scotland"), ("Brent", "London"),
    )  # fmt: skip
    for at, (place, region) in enumerate(past[: year.few(past)]):
        first = -350 + at * 15
        length = 5 if at % 5 == 3 else 2
        days = [first + each for each in range(length)]
        add(place, region, days, length, enrolled=number(24), withdrawing=at % 2)
