"""Match runs, what is asked about them, and what coordinators hold fast before the next one."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Person
from mentoring.profiles.tables import MenteeProfile, MentoringRound, MentorProfile
from mentoring.waiting import WorkState as RunState


class MatchRun(Table):
    """Pairs suggested once: with everything that is needed to suggest them again. A row that waits."""

    id = c.key()
    round = c.link(MentoringRound, on_delete=c.CASCADE)
    number = c.whole()
    state = c.status(RunState, RunState.WAITING)
    criteria_number = c.whole()
    mode = c.text(40)
    seed = c.whole(default=0)
    inputs = c.json_text()  # mentoring.matching request: pool, criteria, pins, previous
    inputs_hash = c.text(64)
    result = c.json_text(null=True)  # mentoring.matching.suggest.Suggestion
    matched = c.whole(null=True)
    unmatched = c.whole(null=True)
    total = c.whole(null=True)
    progress = c.whole(default=0)  # per cent
    modes = c.json_text(null=True)  # not written any more: see RunQuestion. Goes with the next release
    modes_until = c.instant(null=True)  # the same
    problem = c.text(300, default="")
    asked_by = c.link(Person, null=True, on_delete=c.SET_NULL)
    asked_at = c.instant()
    leased_until = c.instant(null=True)  # a process works on it until then
    done_at = c.instant(null=True)
    published_at = c.instant(null=True)
    published_by = c.link(Person, null=True, on_delete=c.SET_NULL)


class QuestionKind(StrEnum):
    PRICE = "price"  # what it would cost to grant a pair
    MODES = "modes"  # what each way of deciding would come to
    AGAIN = "again"  # whether the run comes to the same once more
    PUBLISH = "publish"  # that its mentors be asked


class RunQuestion(Table):
    """Something asked about or of a run that takes a moment with many people, and the answer. A row that waits."""

    id = c.key()
    run = c.link(MatchRun, on_delete=c.CASCADE)
    kind = c.status(QuestionKind, QuestionKind.PRICE)
    mentor = c.text(40, default="")  # the pair of which the price is asked, by the ids in the run
    mentee = c.text(40, default="")
    state = c.status(RunState, RunState.WAITING)
    progress = c.whole(default=0)  # per cent
    answer = c.json_text(null=True)
    problem = c.text(300, default="")
    asked_by = c.link(Person, null=True, on_delete=c.SET_NULL)
    asked_at = c.instant()
    leased_until = c.instant(null=True)  # a process works on it until then
    done_at = c.instant(null=True)


class HoldKind(StrEnum):
    PINNED = "pinned"
    RULED_OUT = "ruled_out"


class Hold(Table):
    """A pair that a coordinator has pinned or ruled out for all further runs of a round."""

    id = c.key()
    round = c.link(MentoringRound, on_delete=c.CASCADE)
    mentor_profile = c.link(MentorProfile, on_delete=c.CASCADE)
    mentee_profile = c.link(MenteeProfile, on_delete=c.CASCADE)
    kind = c.status(HoldKind, HoldKind.PINNED)
    reason = c.text(300, default="")
    held_by = c.link(Person, null=True, on_delete=c.SET_NULL)
    held_at = c.instant()
