"""Events in people's calendars, and who is invited to them."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Person


class EventStatus(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class CalendarEvent(Table):
    """What stands in the calendars. UID and SEQUENCE live here and never come from a clock (RFC 5546 2.1.4)."""

    id = c.key()
    uid = c.text(120)
    sequence = c.whole(default=0)
    starts_at = c.instant()
    ends_at = c.instant()
    zone = c.text(64, default="Europe/London")
    title = c.text(200)
    description = c.long_text(default="")
    place = c.text(300, default="")
    link = c.text(500, default="")
    status = c.status(EventStatus, EventStatus.CONFIRMED)
    stamped_at = c.instant()  # DTSTAMP of the last version told
    asked_sequence = c.whole(default=0)  # the version at which people were last asked to answer
    context = c.json_text(default="{}")  # what every mail about it also says, such as the cohort's name
    wording = c.text(40, default="session")  # which mails tell of it, see rules.mail_kind
    private = c.yes_no(False)  # shared calendars show only that the person is busy
    created_at = c.instant()
    changed_at = c.instant()


class InviteeState(StrEnum):
    INVITED = "invited"
    WITHDRAWN = "withdrawn"


class Reply(StrEnum):
    """PARTSTAT of RFC 5545 3.2.12, as far as people can give it."""

    NEEDS_ACTION = "needs_action"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class Invitee(Table):
    """One person's invitation to one event, and the answer."""

    id = c.key()
    event = c.link(CalendarEvent, on_delete=c.CASCADE)
    person = c.link(Person, on_delete=c.CASCADE)
    state = c.status(InviteeState, InviteeState.INVITED)
    reply = c.status(Reply, Reply.NEEDS_ACTION)
    replied_at = c.instant(null=True)
    reply_sequence = c.whole(default=0)
    note = c.text(300, default="")
    invited_at = c.instant()
    path = c.text(200, default="")  # of the page where this person manages their place
    title = c.text(200, default="")  # of this person's calendar entry and mails; empty: the event's
    context = c.json_text(default="{}")  # what the mails to this person alone also say, such as the coach's name
    takes_part = c.yes_no(True)  # false: is here only to lead, and not counted
    leads = c.yes_no(False)
