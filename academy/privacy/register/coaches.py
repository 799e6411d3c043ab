"""What coaching holds on a coach, on a manager who was named, and on whoever wrote a private note."""

from __future__ import annotations

from academy.privacy import classes
from academy.privacy.held import REST, As, Given, Held, Why
from academy.privacy.register.coaching import SESSION
from cohorts.coaching.bookings.tables import CoachingChange, CoachingSession
from cohorts.coaching.credits.tables import CoachChoice
from cohorts.coaching.record.tables import GoalAgreement, LogEntry, PrivateNote, SharedAction
from cohorts.coaching.times.tables import BusySource, BusyTime, Coach, CoachProgramme, TimeException, WeeklyTime

COACH = "coach.person"
NOT_OWN = """NOT EXISTS (SELECT 1 FROM coaching_session s JOIN enrolment n ON n.id = s.enrolment
    WHERE s.id = t.session AND n.person = t.{})"""
"""Somebody did something in a session that is not their own coaching. A session may have another coach by now."""

HELD: tuple[Held, ...] = (
    Held(
        table=PrivateNote,
        whose="author",
        what="Private notes and reflections that you wrote about coaching",
        of=classes.COACHING_NOTES,
        give=(
            Given("written_at", "Written"),
            Given("changed_at", "Changed"),
            Given("session.starts_at", "Session on"),
            Given("text", "What you wrote"),
            Given("in_copies", "Also given to whom it is about"),
        ),
        staff=False,
    ),
    Held(
        table=GoalAgreement,
        whose="person",
        what="Goals that you were asked to agree to as a manager",
        of=classes.MANAGERS,
        give=(
            Given("asked_at", "Asked"),
            Given("agreed_at", "Agreed"),
            Given("name", "Your name, as the coachee typed it"),
        ),
        leave={Why.TWICE: ("party",)},
        only_if="t.party = 'manager'",
    ),
    Held(
        table=GoalAgreement,
        whose="person",
        what="Goals that you were asked to agree to as a coach",
        of=classes.COACHING_WORDS,
        give=(Given("asked_at", "Asked"), Given("agreed_at", "Agreed")),
        leave={Why.TWICE: REST},
        only_if="t.party = 'coach'",
        staff=False,
    ),
    Held(
        table=SharedAction,
        whose="added_by",
        what="Actions that you added for somebody whom you coach",
        of=classes.COACHING_WORDS,
        give=(
            Given("added_at", "Added"),
            Given("session.starts_at", "Session on"),
            Given("text", "Action"),
            Given("due_on", "Due"),
        ),
        leave={Why.TWICE: REST},
        only_if=NOT_OWN.format("added_by"),
        staff=False,
    ),
    Held(
        table=CoachingChange,
        whose="by",
        what="What you did with coaching sessions as a coach",
        of=classes.COACHING,
        give=(
            Given("at", "When"),
            Given("session.starts_at", "Session on"),
            Given("verb", "What you did", As.STATE),
            Given("reason", "Your reason"),
        ),
        leave={Why.TWICE: REST},
        only_if=f"EXISTS (SELECT 1 FROM coach k WHERE k.person = t.by) AND {NOT_OWN.format('by')}",
    ),
    Held(
        table=Coach,
        whose="person",
        what="You as a coach",
        of=classes.COACHES,
        give=(
            Given("created_at", "Since"),
            Given("left_at", "Until"),
            Given("headline", "In one line"),
            Given("profile", "Your words"),
            Given("zone", "Time zone"),
            Given("nation", "Bank holidays of", As.STATE),
            Given("place", "Where"),
            Given("link", "Link"),
            Given("lengths", "Minutes of a session"),
            Given("buffer_minutes", "Minutes kept free around it"),
            Given("notice_hours", "Hours of notice"),
            Given("horizon_days", "Days ahead"),
            Given("most_a_day", "At most a day"),
            Given("most_a_week", "At most a week"),
            Given("confirms", "You confirm each booking"),
        ),
        leave={Why.INNER: ("version",)},
    ),
    Held(
        table=CoachProgramme,
        whose=COACH,
        what="Programmes you coach in",
        of=classes.COACHES,
        give=(Given("added_at", "From"), Given("ended_at", "To"), Given("programme.name", "Programme")),
    ),
    Held(
        table=WeeklyTime,
        whose=COACH,
        what="Your week",
        of=classes.COACHES,
        give=(
            Given("weekday", "Day, 0 is Monday"),
            Given("from_minute", "From, in minutes after midnight"),
            Given("to_minute", "To, in minutes after midnight"),
        ),
    ),
    Held(
        table=TimeException,
        whose=COACH,
        what="Your leave and other days",
        of=classes.COACHES,
        give=(
            Given("from_on", "From"),
            Given("to_on", "To"),
            Given("kind", "Kind", As.STATE),
            Given("from_minute", "From, in minutes after midnight"),
            Given("to_minute", "To, in minutes after midnight"),
            Given("created_at", "Added"),
        ),
        leave={Why.TWICE: ("note",)},
    ),
    Held(
        table=TimeException,
        whose=COACH,
        what="What you noted beside your leave",
        of=classes.COACHES_TIMES,
        give=(Given("from_on", "From"), Given("note", "Your note")),
        leave={Why.TWICE: REST},
        only_if="t.note <> ''",
        staff=False,
    ),
    Held(
        table=BusySource,
        whose=COACH,
        what="Calendars we read for you",
        of=classes.COACHES_TIMES,
        give=(
            Given("created_at", "Added"),
            Given("name", "Name"),
            Given("kind", "Kind", As.STATE),
            Given("address", "Address"),
            Given("read_at", "Last read"),
            Given("next_read_at", "Next read"),
            Given("failures", "Failures in a row"),
            Given("problem", "What went wrong"),
        ),
        staff=False,
    ),
    Held(
        table=BusyTime,
        whose=COACH,
        what="When you are busy elsewhere",
        of=classes.COACHES_TIMES,
        give=(Given("starts_at", "From"), Given("ends_at", "To"), Given("source.name", "From the calendar")),
        staff=False,
    ),
    Held(
        table=CoachingSession,
        whose=COACH,
        what="Coaching sessions you give and gave",
        of=classes.COACHING,
        give=(*SESSION, Given("enrolment.person.name", "Coachee"), Given("enrolment.cohort.name", "Cohort")),
        leave={Why.OTHERS: ("coachee_note", "reason", "waived_reason")},
    ),
    Held(
        table=CoachChoice,
        whose=COACH,
        what="Who chose you as their coach",
        of=classes.COACHING,
        give=(
            Given("chosen_at", "Chosen"),
            Given("enrolment.person.name", "Coachee"),
            Given("enrolment.cohort.name", "Cohort"),
            Given("chosen_by", "Chosen by", As.SOMEBODY),
        ),
    ),
    Held(
        table=LogEntry,
        whose=COACH,
        what="Your log of development and supervision",
        of=classes.COACHES_LOG,
        give=(
            Given("day", "Day"),
            Given("kind", "Kind", As.STATE),
            Given("minutes", "Minutes"),
            Given("what", "What"),
            Given("learned", "What you learned"),
            Given("added_at", "Added"),
        ),
        staff=False,
    ),
)
