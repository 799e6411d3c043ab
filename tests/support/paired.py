"""A mentor and a mentee of a round, with one pairing between them, made by the verbs that everybody uses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from academy.audit.service import ACADEMY, Actor
from academy.outbox.tables import Message
from mentoring.pairings import queries, service
from mentoring.pairings.queries import StaffView
from mentoring.pairings.service import Proposed
from mentoring.profiles import queries as profiles
from mentoring.profiles.tables import RoundStatus
from tests.support import makers


class Two(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody around one pairing."""

    id: UUID
    round: UUID
    mentor: UUID
    mentee: UUID
    mentor_profile: UUID
    mentee_profile: UUID

    @property
    def as_mentor(self) -> Actor:
        return Actor(self.mentor, "Mia Mentor")

    @property
    def as_mentee(self) -> Actor:
        return Actor(self.mentee, "Mo Mentee")

    async def view(self, now: datetime) -> StaffView:
        return await queries.pairing_for_staff(self.id, now=now)


async def a_pairing(
    round: UUID,
    *,
    mentor: UUID | None = None,
    mentee: UUID | None = None,
    mentor_profile: UUID | None = None,
    now: datetime,
    **mentors: Any,
) -> Two:
    """A mentor is asked. ``mentor`` and ``mentee`` are persons; who is not given is made up. ``mentors`` are answers of
    the mentor, and ``capacity``."""
    its_mentor = mentor_profile or await makers.a_mentor(round=round, person=mentor, now=now, **mentors)
    its_mentee = await makers.a_mentee(round=round, person=mentee, now=now)
    [made] = await service.propose(
        round, [Proposed(mentor_profile=its_mentor, mentee_profile=its_mentee)], actor=ACADEMY, now=now
    )
    return Two(
        id=made,
        round=round,
        mentor=(await profiles.mentor(its_mentor)).person,
        mentee=(await profiles.mentee(its_mentee)).person,
        mentor_profile=its_mentor,
        mentee_profile=its_mentee,
    )


async def two(
    *,
    round: UUID | None = None,
    starts_on: date | None = None,
    mentor: UUID | None = None,
    accepted: bool = True,
    now: datetime,
    **mentors: Any,
) -> Two:
    """A mentor who was asked, and has said yes unless ``accepted`` is false; active since the round began today.

    ``mentors`` are answers of the mentor, and ``capacity``; ``mentor`` the profile of one who is there already.
    """
    here = round or await makers.a_round(status=RoundStatus.RUNNING, starts_on=starts_on or now.date(), now=now)
    found = await a_pairing(here, mentor_profile=mentor, now=now, **mentors)
    if accepted:
        await service.accept(found.id, actor=found.as_mentor, now=now)
    return found


async def told(person: UUID) -> list[str]:
    """The kinds of the mails to somebody, as they were queued."""
    rows = await Message.select(Message.kind).where(Message.person == person).order_by(Message.queued_at, Message.key)
    return [row["kind"] for row in rows]
