"""What somebody's pairings put on ``/mentoring`` and on Home: cards, with a button where there is something to do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from academy import database
from academy.invites.times import UK, uk_date, uk_day, uk_time, utc_to_local
from mentoring.pairings import letters, queries, rules
from mentoring.pairings.own_page import COLOURS
from mentoring.pairings.queries import PairingView
from mentoring.pairings.tables import PairingStatus
from mentoring.profiles import places
from mentoring.profiles.places import Card

ASKED_FOR = timedelta(days=60)
"""How long after the end the question stays how it was."""

SOON = timedelta(weeks=1)
"""Planning the next meeting becomes a task so long before a rhythm is over."""

_EVALUATED = database.compiled_sql("SELECT pairing FROM pairing_evaluation WHERE person = :person")


async def cards(person: UUID, now: datetime) -> list[Card]:
    """Somebody's pairings, what they have to do first. Two queries, one where there are none."""
    known, asked = await queries.for_front(person, now=now)
    done = {row["pairing"] for row in await _EVALUATED.run(person=person)} if known else set()
    found = [card for one in known if (card := _card(one, person, evaluated=one.id in done, now=now))]
    found += [_waiting(one) for one in asked]
    return sorted(found, key=lambda card: not card.action)


def _waiting(one: PairingView) -> Card:
    until = f" You hear from us by {letters.day_and_time(one.answer_by)}." if one.answer_by else ""
    return Card(
        title=f"A mentor for you in {one.round_name}",
        text=f"We have found somebody and asked them.{until}",
        tag="Waiting for the mentor",
        colour="yellow",
    )


def _card(one: PairingView, person: UUID, *, evaluated: bool, now: datetime) -> Card | None:
    mentors, other = one.mentor == person, one.other(person)[1]
    tag, colour = rules.CALLED[one.status], COLOURS[one.status]
    if one.status is PairingStatus.PROPOSED:
        if rules.why_not_answer(one.status, answer_by=one.answer_by, now=now) or one.answer_by is None:
            return None
        return Card(
            title=f"Would you be a mentor for {other}?",
            text=f"{one.round_name}. Please answer by {letters.day_and_time(one.answer_by)}.",
            href=f"/mentoring/proposals/{one.id}",
            action="Say yes or no",
        )
    if one.status in (PairingStatus.DECLINED, PairingStatus.EXPIRED, PairingStatus.DRAFT):
        return None
    title = f"Your {'mentee' if mentors else 'mentor'}: {other}"
    path, text, action = letters.path(one.id), one.round_name, ""
    if one.status in rules.UNDER_WAY:
        text, action = _standing(one, today=utc_to_local(now, UK).date())
    elif one.status is PairingStatus.COMPLETED and one.ended_at:
        text = f"{one.round_name}, completed on {uk_date(one.ended_at)}"
        if not evaluated and now <= one.ended_at + ASKED_FOR:
            path, action = f"{path}/evaluation", "Tell us how it was"
    elif one.ended_at:
        text = f"{one.round_name}, ended on {uk_date(one.ended_at)}"
    return Card(title=title, text=text, href=path, tag=tag, colour=colour, action=action)


def _standing(one: PairingView, *, today: date) -> tuple[str, str]:
    """In words how a pair stands that is under way, and what is to be done."""
    if one.status is PairingStatus.PAUSED:
        return (f"Paused until {uk_date(one.paused_until)}." if one.paused_until else "Paused."), ""
    if one.next_meeting_at is not None:
        return f"Next meeting: {uk_day(one.next_meeting_at, UK)}, {uk_time(one.next_meeting_at, UK)}.", ""
    if not one.meetings:
        begins = ""
        if one.status is PairingStatus.ACCEPTED and one.starts_on:
            begins = f"You begin on {uk_date(one.starts_on)}. "
        return f"{begins}No meeting is planned yet.", "Offer a first meeting"
    if one.last_met_on is None:
        return "", "Offer a meeting"
    soon = today >= one.last_met_on + timedelta(weeks=one.rhythm_weeks) - SOON
    return f"You last met on {uk_date(one.last_met_on)}.", "Offer a meeting" if soon else ""


places.mine.append(cards)
