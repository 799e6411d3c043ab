"""Pairings and what happens in them."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.invites.tables import CalendarEvent
from academy.people.tables import Person
from mentoring.profiles.tables import MenteeProfile, MentoringRound, MentorProfile


class PairingStatus(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"  # the mentor is asked
    ACCEPTED = "accepted"  # both know; the round has not begun
    DECLINED = "declined"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ENDED_EARLY = "ended_early"
    EXPIRED = "expired"  # the mentor did not answer in time


class DeclineReason(StrEnum):
    NO_TIME = "no_time"
    NOT_MY_FIELD = "not_my_field"
    SOMEONE_ELSE = "someone_else"
    OTHER = "other"


class Pairing(Table):
    """One mentor and one mentee in a round."""

    id = c.key()
    round = c.link(MentoringRound, on_delete=c.RESTRICT)
    mentor = c.link(Person, on_delete=c.RESTRICT)
    mentee = c.link(Person, on_delete=c.RESTRICT)
    mentor_profile = c.link(MentorProfile, on_delete=c.RESTRICT)
    mentee_profile = c.link(MenteeProfile, on_delete=c.RESTRICT)
    run = c.uuid(null=True)  # the match run that suggested it; none: by hand
    status = c.status(PairingStatus, PairingStatus.PROPOSED)
    score = c.whole(null=True)  # out of 100, as it was when proposed
    points = c.json_text(default="{}")  # by criterion, as they were
    proposed_at = c.instant(null=True)
    answer_by = c.instant(null=True)
    answered_at = c.instant(null=True)
    decline_reason = c.text(40, default="")
    decline_note = c.text(300, default="")  # read by coordinators
    starts_on = c.day(null=True)
    ends_on = c.day(null=True)
    paused_until = c.day(null=True)
    resumed_on = c.day(null=True)  # silence counts anew from here
    ended_at = c.instant(null=True)
    ended_by = c.uuid(null=True)
    end_reason = c.text(300, default="")  # read by coordinators, never by the other
    let_down = c.text(40, default="")  # mentor or mentee: first in the next run
    last_met_on = c.day(null=True)
    nudged_at = c.instant(null=True)
    listed_at = c.instant(null=True)  # silent after the nudge: on the coordinator's list
    followed_at = c.instant(null=True)  # after a decline or silence: the next best was asked, or a coordinator told
    version = c.whole(default=1)
    created_at = c.instant()


class PairingChange(Table):
    """One step in the life of a pairing."""

    id = c.key()
    pairing = c.link(Pairing, on_delete=c.CASCADE)
    at = c.instant()
    from_status = c.text(40, default="")
    to_status = c.text(40)
    by = c.uuid(null=True)
    note = c.text(300, default="")


class MeetingStatus(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Meeting(Table):
    """A meeting of a pair: booked with a calendar invite, or just logged."""

    id = c.key()
    pairing = c.link(Pairing, on_delete=c.CASCADE)
    event = c.link(CalendarEvent, on_delete=c.RESTRICT, null=True)
    status = c.status(MeetingStatus, MeetingStatus.PLANNED)
    starts_at = c.instant()
    minutes = c.whole()
    added_by = c.link(Person, on_delete=c.RESTRICT)
    added_at = c.instant()


class AgreementSigned(Table):
    """One of the pair has agreed to the round's agreement, in the words it had then."""

    id = c.key()
    pairing = c.link(Pairing, on_delete=c.CASCADE)
    person = c.link(Person, on_delete=c.CASCADE)
    text = c.long_text()
    agreed_at = c.instant()


class PairingGoal(Table):
    """What the pair works on, seen by both."""

    id = c.key()
    pairing = c.link(Pairing, on_delete=c.CASCADE)
    position = c.whole()
    text = c.text(500)
    added_by = c.link(Person, on_delete=c.CASCADE)
    added_at = c.instant()
    done_at = c.instant(null=True)
    dropped_at = c.instant(null=True)


class PairingNote(Table):
    """A private note. No page shows it to anybody but its author."""

    id = c.key()
    pairing = c.link(Pairing, on_delete=c.CASCADE)
    author = c.link(Person, on_delete=c.CASCADE)
    text = c.long_text()
    written_at = c.instant()
    changed_at = c.instant()
    in_copies = c.yes_no(False)  # a mentor was told, before saving, that the mentee's copy has it


class CheckIn(Table):
    """The question "Did you meet?", asked of one of the pair by mail."""

    id = c.key()
    pairing = c.link(Pairing, on_delete=c.CASCADE)
    person = c.link(Person, on_delete=c.CASCADE)
    asked_at = c.instant()
    answered_at = c.instant(null=True)
    met = c.yes_no(False)
    meeting = c.uuid(null=True)


class PairingEvaluation(Table):
    """What one of the pair says at the end, once."""

    id = c.key()
    pairing = c.link(Pairing, on_delete=c.CASCADE)
    person = c.link(Person, on_delete=c.CASCADE)
    overall = c.whole()  # 1 to 5
    goals_reached = c.whole(null=True)  # 0 not at all to 4 fully
    helped = c.long_text(default="")
    better = c.long_text(default="")
    again = c.yes_no(False)  # would take part again
    answered_at = c.instant()
