"""Rounds to start from where there are none yet: texts that a coordinator changes as they like."""

from __future__ import annotations

import msgspec

from mentoring.matching.criteria import Criteria, Rules
from mentoring.profiles.rules import RoundDetails, usual_criteria

_AGREEMENT = """\
What we agree on, as mentor and mentee:

- What we say to each other stays between us. We speak to the coordinator only about how it goes, never about what was
  said, unless somebody is in danger.
- We keep our meetings, or move them in time. Who cannot come says so as soon as they know.
- The mentee brings the topics and decides what to do. The mentor asks, listens and tells what they have seen; they do
  not manage, judge or do the work.
- Either of us can end this at any time, without giving the other a reason. The coordinator finds another match.
- At the end we say what helped and what should be better."""

_BUILT_IN = {
    "year": RoundDetails(
        name="Mentoring programme",
        slug="mentoring-programme",
        summary="""\
Nine months with somebody from another organisation who has been where you want to go.

**Mentees** choose what they want to get better at and meet their mentor about once a month. **Mentors** give about an
hour a month, and most say that they learn as much as they give.

We look for the best match for everybody together: what you want to learn, what mentors offer, where you work and whom
you would like. Nobody is paired with somebody of their own organisation.""",
        agreement=_AGREEMENT,
        months=9,
        rhythm_weeks=4,
        answer_days=7,
    ),
    "short": RoundDetails(
        name="Short mentoring",
        slug="short-mentoring",
        summary="""\
Three conversations in three months about one question: a new job, a first team, an interview, a difficult decision.

Say what your question is, and we find somebody who has had it before you.""",
        agreement=_AGREEMENT.replace("We keep our meetings", "We meet three times. We keep our meetings"),
        months=3,
        rhythm_weeks=4,
        answer_days=5,
    ),
    "reverse": RoundDetails(
        name="Reverse mentoring",
        slug="reverse-mentoring",
        summary="""\
Senior leaders learn from people who see the organisation from another side. Here the **mentor** is the one with the
experience that leaders lack, whatever their grade, and the **mentee** is the leader who wants to understand.

Six months, a conversation every three weeks, and room for honest questions in both directions.""",
        agreement=_AGREEMENT
        + "\n- What the mentor says has no effect on their work or their appraisal, and the mentee sees to that.",
        months=6,
        rhythm_weeks=3,
        answer_days=7,
    ),
}

BUILT_IN: dict[str, tuple[str, RoundDetails]] = {
    "year": ("A year with somebody senior: nine months, once a month", _BUILT_IN["year"]),
    "short": ("One question, three conversations: three months", _BUILT_IN["short"]),
    "reverse": ("Reverse mentoring: leaders learn, six months", _BUILT_IN["reverse"]),
}
"""By key: what a coordinator reads in the list, and what the form is filled with."""


def criteria_of(key: str) -> Criteria:
    """What a round that starts from these texts begins with. In reverse mentoring nobody need be above anybody."""
    usual = usual_criteria()
    if key != "reverse":
        return usual
    weights = msgspec.structs.replace(usual.weights, seniority=0, seniority_step=0)
    return msgspec.structs.replace(usual, rules=Rules(gap_from=None), weights=weights)
