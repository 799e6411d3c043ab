"""The classes of personal data: who sees them, why we may keep them, and for how long.

The privacy page shows this table, and a copy of somebody's data is arranged by it (UK GDPR articles 13 and 15).
"""

from __future__ import annotations

import msgspec


class DataClass(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the privacy page."""

    what: str
    seen_by: str
    why: str
    kept: str


ACCOUNT = DataClass(
    what="Your account: name, email addresses, employer, job title",
    seen_by="You and the coordinators",
    why="To give you what you registered for (contract), or our public task",
    kept="While you use it, and at most 24 months after you last did",
)
PLACES = DataClass(
    what="Places, waiting list, withdrawals",
    seen_by="You and the coordinators",
    why="Contract",
    kept="Waiting list: until 3 months after the cohort starts. "
    "Places: 3 years after the programme ends, then only counts.",
)
INVITES = DataClass(
    what="Invites and your answers to them",
    seen_by="You, the coordinators, the session’s facilitator",
    why="Contract",
    kept="As places",
)
ATTENDANCE = DataClass(
    what="Attendance",
    seen_by="You, the coordinators, the session’s facilitator",
    why="Contract",
    kept="3 years after the programme ends, then only counts",
)
COMPLETION = DataClass(
    what="Completion and certificate",
    seen_by="You and the coordinators. Whoever has the certificate’s code sees your name, the programme and the date.",
    why="Legitimate interests: proof for you",
    kept="7 years, or until you ask us to end it",
)
MAILS = DataClass(
    what="Emails we sent you",
    seen_by="You and the coordinators; never the links that sign you in",
    why="Legitimate interests: to know what was told",
    kept="Their text 30 days, that they were sent 12 months",
)
TRAIL = DataClass(
    what="Who changed what in our records",
    seen_by="The coordinators",
    why="Legitimate interests: security, putting mistakes right",
    kept="12 months",
)
SIGN_IN = DataClass(
    what="Sign-in: links, sessions, attempts",
    seen_by="Only you; that you signed in also stands in the records of changes",
    why="Security",
    kept="Links and attempts 1 day, ended sessions 7 days",
)
FEED = DataClass(
    what="The address of your calendar",
    seen_by="Only you: we keep a mark that recognises it",
    why="Contract",
    kept="Until you stop or replace it",
)
COACHING = DataClass(
    what="Coaching: sessions, credits, whether you came",
    seen_by="You, your coach and the coordinators",
    why="Contract",
    kept="3 years after the programme ends, then only counts",
)
COACHING_WORDS = DataClass(
    what="Coaching: what you want to talk about, actions, goals and how far they were reached",
    seen_by="You and your coach; goals also the manager whom you name",
    why="Contract",
    kept="As sessions",
)
COACHING_NOTES = DataClass(
    what="Coaching: private notes of a coach, reflections of a coachee",
    seen_by="Only who wrote them. A coach’s note is part of the coachee’s own copy of their data if the coach was told "
    "so before saving it. Please write nothing about health that is not needed.",
    why="Legitimate interests",
    kept="90 days after the coaching ends",
)
COACHING_EVALUATION = DataClass(
    what="Coaching: what you say at the end about the whole",
    seen_by="You and the coordinators; not your coach",
    why="Legitimate interests: to make it better",
    kept="12 months with your name, then without",
)
MANAGERS = DataClass(
    what="A manager’s name and address, named by a coachee",
    seen_by="The coachee, the coach and the coordinators",
    why="Legitimate interests: goals that three agree on. The email says who named them.",
    kept="As sessions",
)
COACHES = DataClass(
    what="Coaches: your profile, your week, your leave",
    seen_by="You and the coordinators. Your profile, and when you can be booked: the people of your programmes.",
    why="Contract",
    kept="While you coach, then as sessions",
)
COACHES_TIMES = DataClass(
    what="Coaches: the calendars you gave us, and when you are busy there; no titles, places or people. "
    "What you note beside your leave",
    seen_by="Only you. Others see when you can be booked.",
    why="Contract",
    kept="Until you remove the calendar or 30 days after you stop coaching; each busy time until it is over",
)
COACHES_LOG = DataClass(
    what="Coaches: your log of development and supervision",
    seen_by="Only you",
    why="Contract: to show your hours",
    kept="Until you remove it",
)
PROFILES = DataClass(
    what="Mentoring: what you offer or look for, your choices",
    seen_by="You and the coordinators. A mentor’s name, job, organisation and words: the mentees of the round. "
    "A mentee’s: the mentor who is asked.",
    why="Contract",
    kept="2 years after the round is closed, then only counts",
)
PAIRINGS = DataClass(
    what="Mentoring: your pairing, meetings and their length, goals",
    seen_by="The two of you. Coordinators see dates and counts, not goals.",
    why="Contract",
    kept="12 months after the pairing ends, then only counts",
)
PAIRING_NOTES = DataClass(
    what="Mentoring: private notes",
    seen_by="Only who wrote them. A mentor’s note is part of the mentee’s own copy of their data if the mentor was "
    "told so before saving it.",
    why="Legitimate interests",
    kept="90 days after the pairing ends",
)
REASONS = DataClass(
    what="Mentoring: why you said no, or ended a pairing",
    seen_by="You and the coordinators; never the other",
    why="Legitimate interests: to find somebody better",
    kept="As the pairing",
)
MENTORING_EVALUATION = DataClass(
    what="Mentoring: what you say at the end",
    seen_by="You and the coordinators; never the other",
    why="Legitimate interests: to make it better",
    kept="As the pairing",
)
APART = DataClass(
    what="Mentoring: with whom you do not want to be paired",
    seen_by="Only you. Pairs are made so that it is kept.",
    why="Contract",
    kept="Until you take it back",
)
CHARACTERISTICS = DataClass(
    what="Mentoring: characteristics that you choose to tell, such as gender or ethnic group",
    seen_by="Only you. Reports count them where at least ten people are alike; pairs are made by them only where "
    "somebody asked for it and you agreed.",
    why="Your consent, which you can take back on the same page",
    kept="24 months, then only counts",
)
LISTS = DataClass(
    what="Mentoring: lists of people that coordinators bring",
    seen_by="The coordinators",
    why="Legitimate interests: to know where an entry comes from",
    kept="The file 7 days",
)
BACKUPS = DataClass(
    what="Copies for safety (backups)",
    seen_by="Those who run the servers",
    why="Security",
    kept="35 days",
)

CLASSES = (
    ACCOUNT, PLACES, INVITES, ATTENDANCE, COMPLETION, MAILS, TRAIL, SIGN_IN, FEED, COACHING, COACHING_WORDS,
    COACHING_NOTES, COACHING_EVALUATION, MANAGERS, COACHES, COACHES_TIMES, COACHES_LOG, PROFILES, PAIRINGS,
    PAIRING_NOTES, REASONS, MENTORING_EVALUATION, APART, CHARACTERISTICS, LISTS, BACKUPS,
)  # fmt: skip
"""In the order of the privacy page."""
