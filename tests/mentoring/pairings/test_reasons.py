"""Why two people are a pair, in words to the one who reads them."""

from mentoring.pairings.reasons import reasons
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers
from mentoring.profiles.tables import Side

MENTOR = MentorAnswers(grade=8, job_title="Buyer", region="Wales", skills=("confidence", "politics"))
MENTEE = MenteeAnswers(grade=4, job_title="Clerk", region="Wales", skills_wanted=("confidence",), wants_gap=1)
POINTS = {"skills": 30, "choice": 20, "region": 8}


def test_the_mentor_reads_about_you_and_them() -> None:
    assert reasons(MENTOR, MENTEE, POINTS, to=Side.MENTOR) == [
        "You offer what they want to work on: Trusting my own judgement.",
        "They would like you as their mentor.",
        "Both of you are in the same region: Wales.",
    ]


def test_the_mentee_reads_the_same_from_their_side() -> None:
    assert reasons(MENTOR, MENTEE, POINTS, to=Side.MENTEE) == [
        "They offer what you want to work on: Trusting my own judgement.",
        "You said that you would like them.",
        "Both of you are in the same region: Wales.",
    ]


def test_a_distance_that_nobody_wished_for_is_no_reason() -> None:
    one, other = MentorAnswers(grade=8), MenteeAnswers(grade=4, wants_gap=1)

    assert reasons(one, other, {}, to=Side.MENTOR) == []
    assert reasons(one, other, {"seniority": 5}, to=Side.MENTOR) == ["You are 4 levels above them."]


def test_a_distance_that_was_wished_for_is_one() -> None:
    one, other = MentorAnswers(grade=5), MenteeAnswers(grade=4, wants_gap=1)

    assert reasons(one, other, {"seniority": 15}, to=Side.MENTEE) == ["They are 1 level above you, as you wished."]
