"""What mentoring holds on a mentor and on a mentee. What one said of the other in confidence is in neither's copy."""

from __future__ import annotations

from piccolo.table import Table

from academy.privacy import classes
from academy.privacy.held import REST, As, Given, Held, Nobody, Why
from mentoring.pairings.tables import (
    AgreementSigned,
    CheckIn,
    Meeting,
    Pairing,
    PairingChange,
    PairingEvaluation,
    PairingGoal,
    PairingNote,
)
from mentoring.profiles.tables import (
    Choice,
    EqualityAnswer,
    KeptApart,
    MenteeProfile,
    MentoringRound,
    MentorProfile,
    ProfileImport,
    RoundCriteria,
)
from mentoring.reports.tables import FairnessCount
from mentoring.runs.tables import Hold, MatchRun, RunQuestion

BOTH_KNOW = "('accepted', 'active', 'paused', 'completed', 'ended_early')"
"""Pairings that a mentee knows of. Who was asked and said no is the mentor's to tell."""

_PROFILE = (
    Given("created_at", "Since"),
    Given("changed_at", "Changed"),
    Given("round.name", "Round"),
    Given("status", "Status", As.STATE),
    Given("organisation.name", "Organisation in our list"),
    Given("organisation_name", "Organisation as typed"),
    Given("answers", "What you answered", As.JSON, without=("same_background",)),
    Given("source", "Came by", As.STATE),
)
_PAIRING = (
    Given("created_at", "Since"),
    Given("round.name", "Round"),
    Given("status", "Status", As.STATE),
    Given("proposed_at", "Proposed"),
    Given("answered_at", "Answered"),
    Given("starts_on", "From"),
    Given("ends_on", "Until"),
    Given("paused_until", "Paused until"),
    Given("resumed_on", "Went on"),
    Given("last_met_on", "Last met"),
    Given("nudged_at", "Reminded"),
    Given("ended_at", "Ended"),
    Given("ended_by", "Ended by", As.SOMEBODY),
)
_IN_TRUST = ("score", "points", "let_down")
"""Points for what the other told for matching alone, or whom they chose; they add up to the score."""
_ORDER = ("listed_at", "followed_at", "version", "run")

_PROFILES = (
    Held(
        table=MentorProfile,
        whose="person",
        what="You as a mentor",
        of=classes.PROFILES,
        give=(*_PROFILE, Given("capacity", "Mentees at one time"), Given("paused_until", "Paused until")),
        leave={Why.INNER: ("version",)},
    ),
    Held(
        table=MenteeProfile,
        whose="person",
        what="You as a mentee",
        of=classes.PROFILES,
        give=_PROFILE,
        leave={Why.INNER: ("version",)},
    ),
    Held(
        table=Choice,
        whose="chooser",
        what="Whom you would like",
        of=classes.PROFILES,
        give=(
            Given("rank", "Rank"),
            Given("round.name", "Round"),
            Given("side", "You as", As.STATE),
            Given("chosen.name", "Chosen"),
        ),
        leave={Why.TWICE: ("chosen",)},
    ),
    Held(
        table=KeptApart,
        whose="person",
        what="With whom you do not want to be paired",
        of=classes.APART,
        give=(
            Given("said_at", "Said"),
            Given("other.name", "Not with"),
            Given("kind", "How it was said", As.STATE),
            Given("reason", "Why"),
        ),
        leave={Why.TWICE: ("other", "said_by")},
        only_if="t.said_by = t.person",
        staff=False,
    ),
    Held(
        table=EqualityAnswer,
        whose="person",
        what="Characteristics that you told",
        of=classes.CHARACTERISTICS,
        give=(
            Given("told_at", "Told"),
            Given("round.name", "Round"),
            Given("question", "Question"),
            Given("answer", "Answer"),
            Given("for_matching", "Also for making pairs"),
            Given("brought", "Brought by a coordinator with a list"),
        ),
        staff=False,
    ),
    *(
        Held(
            table=Hold,
            whose=f"{side}_profile.person",
            what=f"When a coordinator held you and a {other} together or apart",
            of=classes.PROFILES,
            give=(
                Given("held_at", "When"),
                Given("round.name", "Round"),
                Given("kind", "What", As.STATE),
                Given("held_by", "By", As.SOMEBODY),
            ),
            leave={Why.OTHERS: ("reason",)},
        )
        for side, other in (("mentor", "mentee"), ("mentee", "mentor"))
    ),
)

_PAIRINGS = (
    Held(
        table=Pairing,
        whose="mentor",
        what="Your pairings as a mentor",
        of=classes.PAIRINGS,
        give=(
            *_PAIRING,
            Given("mentee.name", "Mentee"),
            Given("answer_by", "To be answered by"),
        ),
        leave={
            Why.OTHERS: ("end_reason", *_IN_TRUST),
            Why.TWICE: ("mentee", "decline_reason", "decline_note"),
            Why.INNER: _ORDER,
        },
        only_if="t.status <> 'draft'",
    ),
    Held(
        table=Pairing,
        whose="mentor",
        what="Why you said no to a mentee",
        of=classes.REASONS,
        give=(
            Given("answered_at", "Answered"),
            Given("round.name", "Round"),
            Given("decline_reason", "Your reason", As.STATE),
            Given("decline_note", "In your words"),
        ),
        leave={Why.TWICE: REST},
        only_if="t.status = 'declined'",
    ),
    Held(
        table=Pairing,
        whose="mentee",
        what="Your pairings as a mentee",
        of=classes.PAIRINGS,
        give=(*_PAIRING, Given("mentor.name", "Mentor")),
        leave={
            Why.OTHERS: ("end_reason", "decline_reason", "decline_note", "answer_by", *_IN_TRUST),
            Why.TWICE: ("mentor",),
            Why.INNER: _ORDER,
        },
        only_if=f"t.status IN {BOTH_KNOW}",
    ),
    Held(
        table=Pairing,
        whose="ended_by",
        what="Why you ended a pairing",
        of=classes.REASONS,
        give=(Given("ended_at", "Ended"), Given("round.name", "Round"), Given("end_reason", "Your reason")),
        leave={Why.TWICE: REST},
        only_if="t.status = 'ended_early' AND t.ended_by IN (t.mentor, t.mentee)",
    ),
    *(
        Held(
            table=PairingChange,
            whose=f"pairing.{side}",
            what=f"How your pairings as a {side} changed",
            of=classes.PAIRINGS,
            give=(
                Given("at", "When"),
                Given("pairing.round.name", "Round"),
                Given("from_status", "From", As.STATE),
                Given("to_status", "To", As.STATE),
                Given("by", "By", As.SOMEBODY),
            ),
            leave={Why.OTHERS: ("note",)},
            only_if=known,
        )
        for side, known in (
            ("mentor", "t.to_status <> 'draft'"),
            ("mentee", f"t.to_status IN {BOTH_KNOW}"),
        )
    ),
    *(
        Held(
            table=Meeting,
            whose=f"pairing.{side}",
            what=f"Your meetings as a {side}",
            of=classes.PAIRINGS,
            give=(
                Given("starts_at", "Starts"),
                Given("minutes", "Minutes"),
                Given("status", "Status", As.STATE),
                Given("added_by", "Added by", As.SOMEBODY),
                Given("added_at", "Added"),
            ),
        )
        for side in ("mentor", "mentee")
    ),
    *(
        Held(
            table=PairingGoal,
            whose=f"pairing.{side}",
            what=f"Your goals as a {side}",
            of=classes.PAIRINGS,
            give=(
                Given("added_at", "Added"),
                Given("position", "Number"),
                Given("text", "Goal"),
                Given("added_by", "Added by", As.SOMEBODY),
                Given("done_at", "Done"),
                Given("dropped_at", "Dropped"),
            ),
            staff=False,
        )
        for side in ("mentor", "mentee")
    ),
    Held(
        table=AgreementSigned,
        whose="person",
        what="Agreements that you agreed to",
        of=classes.PAIRINGS,
        give=(Given("agreed_at", "Agreed"), Given("text", "In the words it had")),
    ),
    Held(
        table=PairingNote,
        whose="author",
        what="Private notes that you wrote about mentoring",
        of=classes.PAIRING_NOTES,
        give=(
            Given("written_at", "Written"),
            Given("changed_at", "Changed"),
            Given("text", "What you wrote"),
            Given("in_copies", "Also given to whom it is about"),
        ),
        staff=False,
    ),
    Held(
        table=CheckIn,
        whose="person",
        what="When you were asked whether you met",
        of=classes.PAIRINGS,
        give=(Given("asked_at", "Asked"), Given("answered_at", "Answered"), Given("met", "You met")),
        leave={Why.INNER: ("meeting",)},
    ),
    Held(
        table=PairingEvaluation,
        whose="person",
        what="What you said of mentoring at the end",
        of=classes.MENTORING_EVALUATION,
        give=(
            Given("answered_at", "Answered"),
            Given("overall", "On the whole, 1 to 5"),
            Given("goals_reached", "Goals, from 0, not at all, to 4, fully"),
            Given("helped", "What helped"),
            Given("better", "What could be better"),
            Given("again", "You would take part again"),
        ),
    ),
)

HELD: tuple[Held, ...] = (*_PROFILES, *_PAIRINGS)

NOBODY: dict[type[Table], Nobody] = {
    MentoringRound: Nobody("A round."),
    RoundCriteria: Nobody("The criteria of a round.", by=("author",)),
    FairnessCount: Nobody("Counts of groups of at least ten people."),
    ProfileImport: Nobody("A list of many people, named in ALSO_HELD.", by=("brought_by", "asked_by")),
    MatchRun: Nobody(
        "What it knew of a person is drawn from it; the rest is in ALSO_HELD.", by=("asked_by", "published_by")
    ),
    RunQuestion: Nobody("What was asked about a run, and the figures that came out.", by=("asked_by",)),
}
