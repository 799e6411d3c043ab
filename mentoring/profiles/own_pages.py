"""What a mentor's and a mentee's own page shows, before and after it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response

from academy import clock
from academy.accounts.guards import me
from academy.invites.times import utc_to_local
from academy.people import queries as people
from academy.web.forms import Fields
from academy.web.pages import page
from mentoring.profiles import forms_people, known, options, queries, rules
from mentoring.profiles.answers import MOST_CHOICES, MOST_SKILLS_WANTED, MenteeAnswers, MentorAnswers
from mentoring.profiles.profile_words import skill_groups
from mentoring.profiles.queries import MenteeView, MentorView, RoundView
from mentoring.profiles.rules import CannotSignUp
from mentoring.profiles.tables import MentorStatus, PoolStatus, Side

HOME = "Home"
MOST_LISTED = 60
"""Mentors who stand on the page of a mentee; more have a page of their own, to be looked through and searched."""


async def mentor_page(
    request: Request[Any, Any, Any],
    here: RoundView,
    *,
    fields: Fields | None = None,
    errors: dict[str, str] | None = None,
    status: int | None = None,
    pause: str | None = None,
) -> Response[Any]:
    now, person = clock.now(), me(request)
    mine = await queries.mentor_of(here.id, person)
    active = mine is not None and mine.status is MentorStatus.ACTIVE
    answers, capacity = (mine.answers, mine.capacity) if mine else await known.known_mentor(person)
    told = await queries.told(here.id, person)
    chosen = await queries.choices(here.id, Side.MENTOR, person)
    reach = await people.contacts([each.person for each in chosen])
    named = [reach[each.person].address for each in chosen if each.person in reach]
    typed = forms_people.typed_mentor(answers, capacity=capacity, told=told, named=named)
    if fields is not None:
        typed = forms_people.kept(typed, fields)
    until = mine.paused_until if mine else None
    paused = until is not None and not rules.takes_new(until, today=utc_to_local(now).date())
    return page(
        request,
        "mentoring/profiles/mentor.html",
        status=status,
        errors=errors,
        paused_until=until if paused else None,
        typed_pause=pause if pause is not None else (until.isoformat() if until and paused else ""),
        ranks=range(1, forms_people.MOST_NAMED + 1),
        named_open=any(typed[name] or name in (errors or {}) for name in typed if name.startswith(("choice_", "not_"))),
        groups=skill_groups(forms_people.choices_for(Side.MENTOR, answers)["skills"], typed["skills"]),
        **await _both(request, here, Side.MENTOR, mine, active, answers, typed, errors, now=now),
    )


async def mentee_page(
    request: Request[Any, Any, Any],
    here: RoundView,
    *,
    fields: Fields | None = None,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    now, person = clock.now(), me(request)
    mine = await queries.mentee_of(here.id, person)
    active = mine is not None and mine.status is not PoolStatus.WITHDRAWN
    answers = mine.answers if mine else await known.known_mentee(person)
    told = await queries.told(here.id, person)
    chosen = await queries.choices(here.id, Side.MENTEE, person)
    typed = forms_people.typed_mentee(answers, told=told, choices=[each.person for each in chosen])
    if fields is not None:
        typed = forms_people.kept(typed, fields)
    large = here.mentors > MOST_LISTED
    mentors = [] if large else [each for each in await queries.mentors(here.id) if each.person != person]
    names = {each.person: _named(each) for each in mentors}
    gone = {each.person: f"{each.name} (no longer a mentor here)" for each in chosen if each.person not in names}
    listed = [("", "Nobody"), *((str(key), text) for key, text in (names | gone).items())]
    return page(
        request,
        "mentoring/profiles/mentee.html",
        status=status,
        errors=errors,
        mentors=mentors,
        large=large,
        chosen=chosen,
        skill_words=lambda keys: [options.words(options.SKILLS, key) for key in keys],
        grade_words=lambda grade: options.words(options.GRADES, grade) if grade else "",
        mentor_choices=listed,
        skill_ranks=range(1, MOST_SKILLS_WANTED + 1),
        choice_ranks=range(1, MOST_CHOICES + 1),
        **await _both(request, here, Side.MENTEE, mine, active, answers, typed, errors, now=now),
    )


async def _both(
    request: Request[Any, Any, Any],
    here: RoundView,
    side: Side,
    mine: MentorView | MenteeView | None,
    active: bool,
    answers: MentorAnswers | MenteeAnswers,
    typed: Mapping[str, Any],
    errors: dict[str, str] | None,
    *,
    now: datetime,
) -> dict[str, Any]:
    person = me(request)
    refused: CannotSignUp | None
    if active:
        refused = rules.why_not_change(here.status)
    else:
        refused = rules.why_not_sign_up(
            status=here.status,
            may=here.mentors_may if side is Side.MENTOR else here.mentees_may,
            opens_at=here.opens_at,
            closes_at=here.closes_at,
            alumnus=await queries.alumnus_since(person) is not None,
            now=now,
        )
    job = (await people.jobs([person])).get(person)
    return {
        "section": HOME if not request.user.coordinator else "Mentoring",
        "round": here,
        "side": side.value,
        "active": active,
        "withdrawn": mine is not None and not active,
        "refused": refused.message if refused else "",
        "employer": job.name if job else "",
        "typed": typed,
        "wrong": errors or {},
        "version": str(mine.version) if mine else "",
        "said_apart": await queries.said_in_confidence(person),
        "own_words": options.OWN_WORDS,
        "choose": forms_people.choices_for(side, answers),
        "told_open": any(value for name, value in typed.items() if name.startswith("told_")),
    }


def _named(mentor: MentorView) -> str:
    return f"{mentor.name}, {mentor.organisation_name}" if mentor.organisation_name else mentor.name


def withdraw_page(
    request: Request[Any, Any, Any],
    here: RoundView,
    side: Side,
    *,
    typed: Mapping[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    return page(
        request,
        "mentoring/profiles/withdraw.html",
        section=HOME if not request.user.coordinator else "Mentoring",
        errors=errors,
        typed={"reason": "", **(typed or {})},
        round=here,
        side=side.value,
    )
