"""The two mails that publishing sends, for a real pair, before anything is sent."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise
from uuid import UUID

import msgspec

from academy.outbox import letters as words
from academy.outbox import rendering
from academy.outbox.rendering import Letterhead
from academy.outbox.service import Letter
from academy.people.queries import Contact
from mentoring.matching.results import Match
from mentoring.pairings import letters, rules
from mentoring.pairings.queries import StaffView
from mentoring.pairings.tables import PairingStatus
from mentoring.profiles.queries import MenteeView, MentorView, RoundView

NOBODY = UUID(int=0)
THEIR_LINK = "/p/a-link-of-their-own"
MAIL_WIDTH = 74
"""Letters in a line of a mail's plain text."""


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as its reader would see it."""

    to: str
    whom: str
    subject: str
    text: str


def both(
    here: RoundView, match: Match, mentor: MentorView, mentee: MenteeView, *, head: Letterhead, now: datetime
) -> list[Mail]:
    """What the mentor and the mentee of this pair would get."""
    pairing = _as_if(here, match, mentor, mentee, now=now)
    to_mentor = Contact(mentor.person, mentor.name, mentor.address, "Europe/London")
    to_mentee = Contact(mentee.person, mentee.name, mentee.address, "Europe/London")
    return [
        _mail("Mentor", letters.proposal(pairing, to_mentor, here, mentor, mentee), head),
        _mail("Mentee", letters.somebody_asked(pairing, to_mentee), head),
    ]


def _mail(whom: str, letter: Letter, head: Letterhead) -> Mail:
    context = {**letter.context}
    if "answer_path" in context:
        context["answer_path"] = THEIR_LINK
    values = rendering.complete(letter.kind, context, name=letter.to.name, address=head.address)
    told = words.render(letter.kind, values, brand=head.brand, sender=head.sender, organisation=head.organisation)
    text = re.sub(r"^[=-]{3,}\n", "", told.text, flags=re.MULTILINE)
    text = flowing(text.removeprefix(told.subject).strip())
    return Mail(to=letter.to.name, whom=whom, subject=told.subject, text=text)


def flowing(text: str) -> str:
    """Without the line breaks that only keep a mail's lines short: a page is as wide as it is."""
    lines = text.split("\n")
    told = lines[:1]
    for before, line in pairwise(lines):
        full = len(before) + 1 + len(line.partition(" ")[0]) > MAIL_WIDTH
        if before and line and full and not line.startswith("http"):
            told[-1] += f" {line}"
        else:
            told.append(line)
    return "\n".join(told)


def _as_if(here: RoundView, match: Match, mentor: MentorView, mentee: MenteeView, *, now: datetime) -> StaffView:
    """The pairing that there would be."""
    return StaffView(
        id=NOBODY,
        round=here.id,
        round_slug=here.slug,
        round_name=here.name,
        rhythm_weeks=here.rhythm_weeks,
        mentor=mentor.person,
        mentor_name=mentor.name,
        mentor_address=mentor.address,
        mentor_organisation=mentor.organisation_name,
        mentee=mentee.person,
        mentee_name=mentee.name,
        mentee_address=mentee.address,
        mentee_organisation=mentee.organisation_name,
        mentor_profile=mentor.id,
        mentee_profile=mentee.id,
        run=None,
        status=PairingStatus.PROPOSED,
        score=match.score,
        points=msgspec.to_builtins(match.points),
        proposed_at=now,
        answer_by=rules.answer_by(days=here.answer_days, now=now),
        answered_at=None,
        starts_on=None,
        ends_on=None,
        paused_until=None,
        resumed_on=None,
        ended_at=None,
        ended_by=None,
        last_met_on=None,
        next_meeting_at=None,
        meetings=0,
        minutes=0,
        nudged_at=None,
        listed_at=None,
        followed_at=None,
        version=0,
        created_at=now,
        decline_reason="",
        decline_note="",
        end_reason="",
        let_down="",
    )
