"""One mail to one person, and what became of it."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Person


class MessageState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"  # refused for good, or could not be written; a coordinator sees why
    EXPIRED = "expired"  # nobody took it before its deadline
    DROPPED = "dropped"  # overtaken, such as a reminder of a session that was cancelled


class Message(Table):
    """A mail is a row first. What is frozen here makes the same octets at every try."""

    id = c.key()
    key = c.text(200)  # unique: the same thing is never told twice
    kind = c.text(60)  # the folder under templates/email
    person = c.link(Person, null=True, on_delete=c.SET_NULL)
    to_address = c.text(254)
    to_name = c.text(120, default="")
    subject = c.text(300, default="")
    about_kind = c.text(40, default="")
    about_id = c.uuid(null=True)
    context = c.json_text()
    calendar = c.json_text(null=True)  # the frozen invite: method, sequence, dtstamp and the event's facts
    message_id = c.text(200)
    thread = c.text(120, default="")  # mails of one thread leave in the order they were queued
    number = c.whole(default=0)  # its place in the thread
    state = c.status(MessageState, MessageState.QUEUED)
    attempts = c.whole(default=0)
    queued_at = c.instant()
    next_attempt_at = c.instant()
    deadline_at = c.instant()
    lease_until = c.instant(null=True)
    lease = c.text(36, default="")
    sent_at = c.instant(null=True)
    error = c.text(500, default="")
    resend_of = c.uuid(null=True)
