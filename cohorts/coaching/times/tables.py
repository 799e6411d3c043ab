"""Coaches, and when they can be booked. Free slots are computed from these records, never stored."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Person
from academy.programmes.tables import Programme


class Nation(StrEnum):
    """Whose bank holidays a coach keeps."""

    NONE = "none"
    ENGLAND_AND_WALES = "england-and-wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


class Coach(Table):
    """A person who coaches, and the rules under which they can be booked."""

    id = c.key()
    person = c.link(Person, on_delete=c.RESTRICT)
    headline = c.text(160, default="")
    profile = c.long_text(default="")  # plain text, shown to the people of their programmes
    zone = c.text(64, default="Europe/London")  # in which the pattern is meant
    nation = c.status(Nation, Nation.ENGLAND_AND_WALES)
    place = c.text(300, default="")
    link = c.text(500, default="")  # video link
    lengths = c.text(40, default="60")  # minutes of a session that they offer, such as ``45,60``
    buffer_minutes = c.whole(default=15)  # kept free before and after each session
    notice_hours = c.whole(default=24)  # least time between booking and start
    horizon_days = c.whole(default=56)  # how far ahead they can be booked
    most_a_day = c.whole(null=True)
    most_a_week = c.whole(null=True)
    confirms = c.yes_no(False)  # says yes to each booking before it counts
    version = c.whole(default=1)
    created_at = c.instant()
    left_at = c.instant(null=True)  # no longer coaches here


class CoachProgramme(Table):
    """A coach belongs to a programme, from an instant to an instant."""

    id = c.key()
    coach = c.link(Coach, on_delete=c.CASCADE)
    programme = c.link(Programme, on_delete=c.CASCADE)
    added_at = c.instant()
    ended_at = c.instant(null=True)


class WeeklyTime(Table):
    """One stretch of the weekly pattern, in the coach's zone. Minutes count from midnight."""

    id = c.key()
    coach = c.link(Coach, on_delete=c.CASCADE)
    weekday = c.whole()  # 0 is Monday
    from_minute = c.whole()
    to_minute = c.whole()


class ExceptionKind(StrEnum):
    OFF = "off"  # not on these days, or not in these hours
    LEAVE = "leave"
    EXTRA = "extra"  # also in these hours


class TimeException(Table):
    """Days on which the weekly pattern does not hold."""

    id = c.key()
    coach = c.link(Coach, on_delete=c.CASCADE)
    kind = c.status(ExceptionKind, ExceptionKind.OFF)
    from_on = c.day()
    to_on = c.day()  # the last day, included
    from_minute = c.whole(null=True)  # none: the whole day
    to_minute = c.whole(null=True)
    note = c.text(200, default="")  # for the coach alone
    created_at = c.instant()


class BusySourceKind(StrEnum):
    ADDRESS = "address"
    FILE = "file"


class BusySource(Table):
    """A published calendar of the coach's, read for its busy times and nothing else."""

    id = c.key()
    coach = c.link(Coach, on_delete=c.CASCADE)
    kind = c.status(BusySourceKind, BusySourceKind.ADDRESS)
    name = c.text(100)
    address = c.text(1000, default="")  # a secret: shown shortened, never logged
    next_read_at = c.instant(null=True)
    read_at = c.instant(null=True)  # last read with success
    failures = c.whole(default=0)  # in a row
    problem = c.text(300, default="")  # what went wrong last, in words
    created_at = c.instant()


class BusyTime(Table):
    """A stretch in which the coach is busy elsewhere: no title, no place, no people."""

    id = c.key()
    source = c.link(BusySource, on_delete=c.CASCADE)
    coach = c.link(Coach, on_delete=c.CASCADE)
    starts_at = c.instant()
    ends_at = c.instant()
