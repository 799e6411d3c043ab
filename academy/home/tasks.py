"""What a person has to do, each with one button. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from academy.invites.queries import Event
from academy.invites.times import UK, uk_day, uk_time
from cohorts.attendance.queries import Led
from cohorts.coaching.bookings.answers import Answer
from cohorts.coaching.bookings.queries import OwnCoaching, SessionView
from cohorts.coaching.record.coachees import Asked, Waits
from cohorts.enrolment.queries import OwnEnrolment
from cohorts.enrolment.rules import LIVE
from cohorts.enrolment.service import manage_path
from cohorts.enrolment.tables import EnrolmentStatus
from mentoring.profiles.places import Card


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do. The button posts to ``post`` or leads to ``href``; a task with an ``event`` has two."""

    id: str
    what: str
    why: str = ""
    action: str = ""
    post: str = ""
    href: str = ""
    event: Event | None = None


def tasks(
    places: Sequence[OwnEnrolment],
    events: Sequence[Event],
    untaken: Sequence[Led] = (),
    coached: Sequence[OwnCoaching] = (),
    answered: Sequence[Answer] = (),
    asked: Sequence[Asked] = (),
    waits: Waits | None = None,
    *,
    mentored: Sequence[Card] = (),
    zone: str = UK,
    now: datetime | None = None,
) -> list[Task]:
    """Registers to take, the latest first; places to confirm, the first to expire first; then invites to answer;
    then coaching: what waits for a coach, what coaches have answered, goals to agree to, coaching to look back on, and
    sessions to book. ``zone`` is the reader's.

    ``events`` are to come, the next first. The next one has its own question on the page, so it is no task.
    """
    return [
        *_registers(untaken),
        *_confirm(places),
        *_answer(events),
        *_waits(waits),
        *_answered(answered, zone),
        *_asked(asked),
        *_to_book(coached, now),
        *_mentoring(mentored),
    ]


def _registers(untaken: Sequence[Led]) -> list[Task]:
    return [
        Task(
            id=f"register-{one.id}",
            what=f"Take the register of {one.title}",
            why=f"{uk_day(one.times.starts_at, one.times.zone)}: {one.marked} of {one.expected} marked. "
            "Hours and certificates come from it.",
            action="Take the register",
            href=f"/sessions/{one.id}/register",
        )
        for one in untaken
    ]


def _confirm(places: Sequence[OwnEnrolment]) -> list[Task]:
    unconfirmed = [place for place in places if place.status in LIVE and place.held_until and not place.confirmed]
    return [
        Task(
            id=f"confirm-{place.code}",
            what=f"Confirm that you want to wait for {place.name}"
            if place.status is EnrolmentStatus.WAITLISTED
            else f"Confirm your place in {place.name}",
            why=f"It is kept for you until {_until(place.held_until, place.zone)}.",
            action="Confirm",
            post=f"{manage_path(place.enrolment)}/confirm",
        )
        for place in sorted(unconfirmed, key=lambda place: (place.held_until, place.code))
        if place.held_until
    ]


def _answer(events: Sequence[Event]) -> list[Task]:
    silent = [event for event in events if event.silent]
    if len(silent) > 1:
        return [
            Task(
                id="answers",
                what=f"{len(silent)} sessions wait for your answer",
                why="Say it for all at once here, or for each session below.",
                action="I’m coming to all",
                post="/home/coming",
            )
        ]
    if not silent or silent[0] == events[0]:
        return []
    (one,) = silent
    return [
        Task(
            id=f"answer-{one.id}",
            what=f"Are you coming to {one.title}?",
            why=f"{uk_day(one.starts_at, one.zone)}, {uk_time(one.starts_at, one.zone)}",
            event=one,
        )
    ]


def _answered(answers: Sequence[Answer], zone: str) -> list[Task]:
    return [
        Task(
            id=f"moved-{one.session}",
            what=f"{one.coach_name} {'has moved' if one.yes else 'can’t move'} your session",
            why=f"{uk_day(one.starts_at, zone)}, {uk_time(one.starts_at, zone)}"
            + (" is the new time." if one.yes else " stays the time."),
            action="See the session",
            href=f"/coaching/sessions/{one.session}",
        )
        for one in answers
    ]


def _waits(waits: Waits | None) -> list[Task]:
    """What people who are coached wait for: it all stands on the coach's first page."""
    if waits is None or not waits.asking + waits.unmarked:
        return []
    parts = [
        ("1 request waits" if waits.asking == 1 else f"{waits.asking} requests wait") + " for your answer"
        if waits.asking
        else "",
        ("1 session has" if waits.unmarked == 1 else f"{waits.unmarked} sessions have") + " no outcome yet"
        if waits.unmarked
        else "",
    ]
    what = ", ".join(filter(None, parts))
    return [
        Task(id="coach", what="Your coachees wait for you", why=f"{what}.", action="See your sessions", href="/coach")
    ]


def _asked(asked: Sequence[Asked]) -> list[Task]:
    found = []
    for one in asked:
        if one.goals:
            found.append(
                Task(
                    id=f"goals-{one.enrolment}",
                    what="Read the goals of your coaching",
                    why=f"{one.programme_name}: your coach has written or changed them.",
                    action="Read and agree",
                    href=f"/coaching/{one.enrolment}/goals",
                )
            )
        if one.manager:
            found.append(
                Task(
                    id=f"manager-{one.enrolment}",
                    what="Name the manager who agrees to your goals",
                    why=f"{one.programme_name}: nobody is asked before you say who it is.",
                    action="Name your manager",
                    href=f"/coaching/{one.enrolment}/goals#manager",
                )
            )
        if one.evaluation:
            found.append(
                Task(
                    id=f"evaluation-{one.enrolment}",
                    what="Look back on your coaching",
                    why=f"{one.programme_name}: it takes about three minutes.",
                    action="Look back",
                    href=f"/coaching/{one.enrolment}/evaluation",
                )
            )
    return found


def _to_book(coached: Sequence[OwnCoaching], now: datetime | None) -> list[Task]:
    """One for each place with credits left and nothing booked."""
    return [
        Task(
            id=f"coaching-{one.enrolment}",
            what=f"Book your {'next' if one.sessions else 'first'} coaching session",
            why=f"{one.cohort_name}: {one.balance.left} of {one.balance.all} sessions left"
            + (f", with {one.choice_name}." if one.choice_name else "."),
            action="Book a session",
            href=f"/coaching/{one.enrolment}/times",
        )
        for one in coached
        if one.enrolled and one.balance.left > 0 and not any(each.live and _coming(each, now) for each in one.sessions)
    ]


def _coming(session: SessionView, now: datetime | None) -> bool:
    return now is None or session.ends_at > now


def _mentoring(cards: Sequence[Card]) -> list[Task]:
    """What pairings wait for: an answer, a first meeting, how it was."""
    return [
        Task(id=f"mentoring-{number}", what=card.title, why=card.text, action=card.action, href=card.href)
        for number, card in enumerate(cards, start=1)
        if card.action
    ]


def _until(instant: datetime | None, zone: str) -> str:
    return f"{uk_time(instant, zone)} on {uk_day(instant, zone)}" if instant else ""
