"""Rounds, criteria, and the profiles of mentors and mentees."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Organisation, Person


class RoundStatus(StrEnum):
    DRAFT = "draft"  # only coordinators see it
    OPEN = "open"  # people sign up
    MATCHING = "matching"  # sign-up is over; pairs are being made
    RUNNING = "running"  # pairs are published
    CLOSED = "closed"


class Audience(StrEnum):
    """Who may sign up by themselves; a coordinator can add anybody."""

    ANYONE = "anyone"
    ALUMNI = "alumni"
    NOBODY = "nobody"


class MentoringRound(Table):
    """One round of the mentoring scheme."""

    id = c.key()
    slug = c.text(60)
    name = c.text(160)
    status = c.status(RoundStatus, RoundStatus.DRAFT)
    is_template = c.yes_no(False)
    cloned_from = c.uuid(null=True)
    summary = c.long_text(default="")  # Markdown, on the sign-up page
    agreement = c.long_text(default="")  # Markdown, what both agree to
    mentors_may = c.status(Audience, Audience.ANYONE)
    mentees_may = c.status(Audience, Audience.ANYONE)
    opens_at = c.instant(null=True)
    closes_at = c.instant(null=True)
    starts_on = c.day(null=True)
    months = c.whole(default=9)  # length of a pairing
    rhythm_weeks = c.whole(default=4)  # between meetings
    answer_days = c.whole(default=7)  # to answer a proposal
    version = c.whole(default=1)
    created_at = c.instant()
    published_at = c.instant(null=True)  # pairs, first time
    closed_at = c.instant(null=True)


class RoundCriteria(Table):
    """Hard rules, weights, floors and mode of a round, in versions that are never changed."""

    id = c.key()
    round = c.link(MentoringRound, on_delete=c.CASCADE)
    number = c.whole()
    criteria = c.json_text()  # mentoring.matching.criteria.Criteria
    note = c.text(300, default="")
    author = c.link(Person, null=True, on_delete=c.SET_NULL)
    made_at = c.instant()


class ProfileSource(StrEnum):
    SELF = "self"
    COORDINATOR = "coordinator"
    IMPORT = "import"
    ALUMNI = "alumni"


class MentorStatus(StrEnum):
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class MentorProfile(Table):
    """What a mentor offers in a round."""

    id = c.key()
    round = c.link(MentoringRound, on_delete=c.CASCADE)
    person = c.link(Person, on_delete=c.RESTRICT)
    status = c.status(MentorStatus, MentorStatus.ACTIVE)
    organisation = c.link(Organisation, null=True, on_delete=c.SET_NULL)
    organisation_name = c.text(200, default="")
    capacity = c.whole(default=1)  # pairings at one time
    paused_until = c.day(null=True)  # takes nobody new before that day; back by itself
    answers = c.json_text(default="{}")  # mentoring.profiles.answers.MentorAnswers
    source = c.status(ProfileSource, ProfileSource.SELF)
    version = c.whole(default=1)
    created_at = c.instant()
    changed_at = c.instant()


class PoolStatus(StrEnum):
    IN_POOL = "in_pool"
    NO_MATCH_FOUND = "no_match_found"
    WAITING_REMATCH = "waiting_rematch"  # let down: first in the next run
    WITHDRAWN = "withdrawn"


class MenteeProfile(Table):
    """What a mentee looks for in a round. Whether they are paired stands with the pairings."""

    id = c.key()
    round = c.link(MentoringRound, on_delete=c.CASCADE)
    person = c.link(Person, on_delete=c.RESTRICT)
    status = c.status(PoolStatus, PoolStatus.IN_POOL)
    organisation = c.link(Organisation, null=True, on_delete=c.SET_NULL)
    organisation_name = c.text(200, default="")
    answers = c.json_text(default="{}")  # mentoring.profiles.answers.MenteeAnswers
    source = c.status(ProfileSource, ProfileSource.SELF)
    version = c.whole(default=1)
    created_at = c.instant()
    changed_at = c.instant()


class Side(StrEnum):
    MENTOR = "mentor"
    MENTEE = "mentee"


class Choice(Table):
    """Whom somebody would like, ranked from 1 to 5."""

    id = c.key()
    round = c.link(MentoringRound, on_delete=c.CASCADE)
    side = c.status(Side, Side.MENTEE)  # of the chooser
    chooser = c.link(Person, on_delete=c.CASCADE)
    chosen = c.link(Person, on_delete=c.CASCADE)
    rank = c.whole()


class ApartKind(StrEnum):
    CONFIDENTIAL = "confidential"  # said by one of them; the other never learns
    LINE = "line"  # one is in the other's line of management
    NAMED = "named"  # by a coordinator


class KeptApart(Table):
    """Two people who are never paired, in any round."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    other = c.link(Person, on_delete=c.CASCADE)
    kind = c.status(ApartKind, ApartKind.NAMED)
    reason = c.text(300, default="")
    said_by = c.link(Person, null=True, on_delete=c.SET_NULL)
    said_at = c.instant()


class EqualityAnswer(Table):
    """A characteristic that somebody told voluntarily, kept apart from their profile.

    Reports count it with small numbers hidden; a run sees it only where the person asked for a match on it.
    """

    id = c.key()
    round = c.link(MentoringRound, on_delete=c.CASCADE)
    person = c.link(Person, on_delete=c.CASCADE)
    question = c.text(40)
    answer = c.text(80)
    for_matching = c.yes_no(False)
    brought = c.yes_no(False)  # by a coordinator with a list; it is matched only with what was brought so, too
    told_at = c.instant()


class ProfileImport(Table):
    """A file of mentors or mentees that a coordinator brought, kept for the audit until it is purged.

    Once it is to be imported it is a row that waits; until then it has no state.
    """

    id = c.key()
    round = c.link(MentoringRound, on_delete=c.CASCADE)
    side = c.status(Side, Side.MENTEE)
    file_name = c.text(200)
    content = c.blob(null=True)
    mapping = c.json_text(default="{}")
    added = c.whole(null=True)  # none: not carried out yet
    skipped = c.whole(null=True)
    state = c.text(40, default="")  # a WorkState, once somebody wants it imported
    progress = c.whole(default=0)  # per cent
    problem = c.text(300, default="")
    asked_by = c.link(Person, null=True, on_delete=c.SET_NULL)
    asked_at = c.instant(null=True)
    leased_until = c.instant(null=True)  # a process works on it until then
    brought_by = c.link(Person, null=True, on_delete=c.SET_NULL)
    brought_at = c.instant()
    done_at = c.instant(null=True)
