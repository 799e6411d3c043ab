"""What mentors and mentees are told about their pairing. Each mail has a key, so that it is told once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from academy.accounts import links
from academy.alumni.rules import hours
from academy.invites.times import uk_day, uk_time
from academy.outbox import service as outbox
from academy.outbox.service import Letter
from academy.people.queries import Contact, contacts
from mentoring.pairings.queries import StaffView
from mentoring.pairings.reasons import reasons
from mentoring.profiles.queries import MenteeView, MentorView, RoundView
from mentoring.profiles.rules import ends_on
from mentoring.profiles.tables import Side

PROPOSAL = "mentoring-proposal"
"""The kind of link that answers a proposal without sign-in."""
CHECK_IN = "mentoring-check-in"
"""The kind of link that says whether two have met."""

MINE = "/mentoring"
PIECE = 100
"""Pairs of whom mails are written together; others have their turn in between."""


def path(pairing: UUID) -> str:
    """The one address of a pairing, for both of it, for ever."""
    return f"/mentoring/pairings/{pairing}"


def answer_path(pairing: UUID) -> str:
    """The address at which a mentor says yes or no without signing in."""
    return f"/p/{links.sign(PROPOSAL, pairing)}"


def met_path(check_in: UUID) -> str:
    """The address at which one of the two says whether they have met."""
    return f"/met/{links.sign(CHECK_IN, check_in)}"


def day_and_time(instant: datetime, zone: str = "Europe/London") -> str:
    """``9:30am on Friday 3 July``."""
    return f"{uk_time(instant, zone)} on {uk_day(instant, zone)}"


def work(profile: MentorView | MenteeView) -> str:
    """Job title and organisation, as far as they are known."""
    return ", ".join(part for part in (profile.answers.job_title, profile.organisation_name) if part)


async def ask_mentors(
    asked: Sequence[StaffView],
    *,
    round: RoundView,
    mentors: Mapping[UUID, MentorView],
    mentees: Mapping[UUID, MenteeView],
    again: frozenset[UUID],
    now: datetime,
) -> int:
    """Each mentor is asked; each mentee hears that somebody is, without a name. Profiles are given by their id.

    ``again``: mentee profiles for whom somebody was asked before in this round; they hear that we go on looking.
    """
    to = await contacts([person for each in asked for person in (each.mentor, each.mentee)])
    queued = 0
    for start in range(0, len(asked), PIECE):
        letters: list[Letter] = []
        for each in asked[start : start + PIECE]:
            mentor, mentee = mentors[each.mentor_profile], mentees[each.mentee_profile]
            if contact := to.get(each.mentor):
                letters.append(proposal(each, contact, round, mentor, mentee))
            if contact := to.get(each.mentee):
                told = waiting(each, contact, asked_again=True) if mentee.id in again else somebody_asked(each, contact)
                letters.append(told)
        queued += await outbox.queue_many(letters, now=now)
    return queued


def proposal(each: StaffView, to: Contact, round: RoundView, mentor: MentorView, mentee: MenteeView) -> Letter:
    """The mentor is asked, with who and why."""
    return Letter(
        kind="pairing-proposal",
        key=f"pairing-proposal:{each.id}",
        to=to,
        context={
            "mentee_name": each.mentee_name,
            "mentee_work": work(mentee),
            "round_name": each.round_name,
            "reasons": _reasons(each, mentor, mentee, to=Side.MENTOR),
            "answer_by": _answer_by(each, to),
            "months": round.months,
            "answer_path": answer_path(each.id),
        },
        about=each.about,
        deadline=each.answer_by,
    )


def _reasons(each: StaffView, mentor: MentorView, mentee: MenteeView, *, to: Side) -> list[dict[str, str]]:
    return [{"what": what} for what in reasons(mentor.answers, mentee.answers, each.points, to=to)]


def somebody_asked(each: StaffView, to: Contact) -> Letter:
    """The mentee hears that somebody is asked."""
    return Letter(
        kind="pairing-asked",
        key=f"pairing-asked:{each.id}",
        to=to,
        context={"round_name": each.round_name, "answer_by": _answer_by(each, to), "manage_path": MINE},
        about=each.about,
        deadline=each.answer_by,
    )


def waiting(each: StaffView, to: Contact, *, asked_again: bool) -> Letter:
    """The mentee hears that the mentor who was asked cannot do it."""
    return Letter(
        kind="pairing-waiting",
        key=f"pairing-waiting:{each.id}",
        to=to,
        context={"round_name": each.round_name, "asked_again": asked_again, "manage_path": MINE},
        about=each.about,
    )


async def tell_waiting(each: StaffView, *, now: datetime) -> None:
    """Nobody else is left to ask: the mentee hears that a coordinator looks."""
    if contact := (await contacts([each.mentee])).get(each.mentee):
        await outbox.queue_many([waiting(each, contact, asked_again=False)], now=now)


async def ask_no_more(pairing: UUID, *, now: datetime) -> None:
    """The question has been answered, or is no longer one: a mail that still waits is not sent."""
    await outbox.drop(f"pairing-proposal:{pairing}", now=now)


async def introduce(each: StaffView, mentor: MentorView, mentee: MenteeView, *, now: datetime) -> None:
    """Both hear who the other is, how to reach them, and what to do next."""
    to = await contacts([each.mentor, each.mentee])
    letters = []
    for person, other, their_work, side in (
        (each.mentor, each.mentee, work(mentee), Side.MENTOR),
        (each.mentee, each.mentor, work(mentor), Side.MENTEE),
    ):
        if person not in to:
            continue
        letters.append(
            Letter(
                kind="pairing-introduced",
                key=f"pairing-introduced:{each.id}:{person}",
                to=to[person],
                context={
                    "is_mentee": person == each.mentee,
                    "with_name": each.mentee_name if other == each.mentee else each.mentor_name,
                    "with_work": their_work,
                    "with_address": each.mentee_address if other == each.mentee else each.mentor_address,
                    "round_name": each.round_name,
                    "reasons": _reasons(each, mentor, mentee, to=side),
                    "starts": uk_day(each.starts_on) if each.starts_on else "",
                    "ends": _full(each.ends_on),
                    "rhythm_weeks": each.rhythm_weeks,
                    "manage_path": path(each.id),
                },
                about=each.about,
            )
        )
    await outbox.queue_many(letters, now=now)


async def nudge(each: StaffView, *, now: datetime) -> None:
    """Nothing has been heard of the two for a while; both get the same kind words."""
    since = each.last_met_on or each.resumed_on or each.starts_on or now.date()
    await _both(
        each,
        "pairing-nudge",
        f"pairing-nudge:{each.id}:{now:%Y%m%d}",
        {"not_yet": each.last_met_on is None, "since": uk_day(since), "manage_path": path(each.id)},
        now=now,
    )


async def ask_whether_met(
    each: StaffView, check_in: UUID, person: UUID, *, day: date | None = None, now: datetime
) -> None:
    """One of the two is asked whether they have met, with a link that answers it."""
    context = {"day": uk_day(day) if day else "", "met_path": met_path(check_in)}
    await _both(each, "pairing-check-in", f"pairing-check-in:{check_in}", context, only=[person], now=now)


async def tell_ended(each: StaffView, people: Sequence[UUID], *, looks_on: bool, now: datetime) -> None:
    """These hear that the pairing has ended, and not why."""
    for person in people:
        context = {"is_mentee": person == each.mentee, "looks_on": looks_on, "manage_path": MINE}
        await _both(each, "pairing-ended", f"pairing-ended:{each.id}", context, only=[person], now=now)


async def ask_evaluations(each: StaffView, *, now: datetime) -> None:
    """Both are asked how it was."""
    for person in (each.mentor, each.mentee):
        context = {
            "is_mentee": person == each.mentee,
            "meetings": each.meetings,
            "hours": hours(each.minutes) if each.minutes else "",
            "evaluation_path": f"{path(each.id)}/evaluation",
        }
        await _both(each, "pairing-evaluation", f"pairing-evaluation:{each.id}", context, only=[person], now=now)


async def _both(
    each: StaffView,
    kind: str,
    key: str,
    context: Mapping[str, object],
    *,
    only: Sequence[UUID] | None = None,
    now: datetime,
) -> None:
    """The same mail to both, or to some, each with the other's name."""
    people = [each.mentor, each.mentee] if only is None else list(only)
    to = await contacts(people)
    letters = [
        Letter(
            kind=kind,
            key=f"{key}:{person}",
            to=to[person],
            context={"with_name": each.other(person)[1], "round_name": each.round_name, **context},
            about=each.about,
        )
        for person in people
        if person in to
    ]
    await outbox.queue_many(letters, now=now)


def lasts_until(starts_on: date, months: int) -> date:
    """The last day of a pairing."""
    last = ends_on(starts_on, months)
    assert last is not None  # it has a first
    return last


def _answer_by(each: StaffView, to: Contact) -> str:
    assert each.answer_by is not None  # a proposal always has one
    return day_and_time(each.answer_by, to.time_zone)


def _full(day: date | None) -> str:
    return f"{uk_day(day)} {day.year}" if day else ""
