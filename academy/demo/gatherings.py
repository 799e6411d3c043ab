"""The webinars and events of the year."""

from __future__ import annotations

from random import Random

from academy.demo import happenings
from academy.demo.people import MENTOR, PARTICIPANT
from academy.demo.plan import Plan, meetings, share_out
from academy.demo.year import DELEGATES, OPEN_WEBINAR, VIRTUAL_COHORT, WEBINARS, Year
from academy.programmes.rules import slug
from cohorts.schedule.tables import Format


def webinars(year: Year) -> None:
    rng = Random(f"{year.seed}:webinars")  # noqa: S311 - not a secret
    series = happenings.WEBINAR_TITLES.items()
    titles = [(programme, titles[at]) for at in range(8) for programme, titles in series]
    held = WEBINARS if year.scale == 1 else max(3, round(WEBINARS * year.scale))
    delegates = share_out(rng, DELEGATES if year.scale == 1 else max(24, round(DELEGATES * year.scale)), held)
    step = 338 / (WEBINARS - 1)
    for at, ((programme, title), number) in enumerate(zip(titles, delegates, strict=False)):
        must = ((PARTICIPANT,) if at % 6 == 2 else ()) + ((MENTOR,) if at % 9 == 2 else ())
        day = -345 + round((WEBINARS - held + at) * step)
        _webinar(year, programme, title, day, enrolled=number, withdrawing=at % 3 == 0, must=must, came=0.74)
    for at, (programme, title) in enumerate(happenings.UPCOMING_TITLES[: 4 if year.scale > 0.5 else 2]):
        code = OPEN_WEBINAR if at == 0 else ""
        number, replying = year.number((61, 48, 33, 17)[at]), 0.4 if at < 2 else 0.2
        _webinar(year, programme, title, (6, 15, 29, 47)[at], code=code, enrolled=number, replying=replying)


def _webinar(year: Year, programme: str, title: str, day: int, *, enrolled: int, **rest: object) -> Plan:
    return year.add(
        programme,
        title,
        meetings((title,), year.days.dates(day), "12:30", "13:30"),
        region="Online",
        format=Format.VIRTUAL,
        link=f"https://meet.example/{slug(title, most=40)}",
        enrolled=enrolled,
        capacity=500,
        once=False,
        waves=2,
        announced=40,
        reminder_days="1",
        **rest,  # type: ignore[arg-type]
    )


def events(year: Year) -> None:
    def add(details: str, name: str, region: str, venue: str, day: int, hours: str, **rest: object) -> Plan:
        begins, _, ends = hours.partition("-")
        return year.add(
            details,
            name,
            meetings((name,), year.days.dates(day), begins, ends),
            region=region,
            venue=venue,
            once=False,
            announced=70,
            came=0.85,
            **rest,  # type: ignore[arg-type]
        )

    number = year.number
    conference, regional, alumni = (each.name for each in happenings.EVENTS)
    add(
        alumni, "Alumni Gathering, Manchester", "North West", "Town Hall Extension, Manchester", 26, "16:00-18:00",
        code=VIRTUAL_COHORT, enrolled=number(38), must=(MENTOR,), capacity=80, replying=0.6,
    )  # fmt: skip
    add(
        conference, "National Conference", "London", "Riverside Hall, London", 95, "10:00-16:00",
        code="national-conference", enrolled=number(140), capacity=400, format=Format.HYBRID,
        link="https://meet.example/conference", must=(PARTICIPANT, MENTOR),
    )  # fmt: skip
    coming = (("North West", "Town Hall, Preston", 12), ("Wales", "County Hall, Cardiff", 40))
    for region, venue, day in coming[: 2 if year.scale > 0.5 else 1]:
        name, must = f"Regional Meeting, {region}", (MENTOR,) if region == "Wales" else ()
        add(
            regional,
            name,
            region,
            venue,
            day,
            "11:00-15:00",
            enrolled=number(34),
            capacity=60,
            must=must,
            replying=0.5,
        )
    past: tuple[tuple[str, str, str, str, int, int, str], ...] = (
        (regional, "Regional Meeting, South East", "South East", "County Hall, Maidstone", -24, 41, "11:00-15:00"),
        (conference, "National Conference, Birmingham", "West Midlands", "Lakeside Hall, Birmingham", -252, 310,
         "10:00-16:00"),
        (alumni, "Alumni Gathering, London", "London", "Guildhall, London", -190, 62, "16:00-18:00"),
        (regional, "Regional Meeting, Scotland", "Scotland", "City Chambers, Dundee", -335, 38, "11:00-15:00"),
        (regional, "Regional Meeting, North East", "North East", "Civic Centre, Sunderland", -295, 36, "11:00-15:00"),
        (regional, "Regional Meeting, South West", "South West", "City Hall, Bristol", -215, 44, "11:00-15:00"),
        (regional, "Regional Meeting, East Midlands", "East Midlands", "City Hall, Leicester", -155, 37, "11:00-15:00"),
        (regional, "Regional Meeting, Northern Ireland", "Northern Ireland", "City Hall, Armagh", -110, 29,
         "11:00-15:00"),
    )  # fmt: skip
    for details, name, region, venue, day, enrolled, hours in past[: year.few(past)]:
        hybrid = details == conference
        add(
            details, name, region, venue, day, hours, enrolled=number(enrolled), withdrawing=2,
            format=Format.HYBRID if hybrid else Format.IN_PERSON,
            link="https://meet.example/conference" if hybrid else "",
        )  # fmt: skip
