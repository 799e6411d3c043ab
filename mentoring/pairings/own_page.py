"""The page of one pairing as one of the two sees it. What stands on it is loaded for this person, and for nobody else.

A constant number of queries, however long the two have been meeting.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response

from academy import clock
from academy.accounts.guards import me
from academy.accounts.presses import new_press
from academy.alumni.rules import hours
from academy.errors import NotFound
from academy.invites.times import utc_to_local
from academy.people.in_copies import Copies
from academy.web.pages import page
from mentoring.pairings import ending, letters, meetings, notes, queries, rules, shared
from mentoring.pairings.meetings import MeetingView
from mentoring.pairings.notes import Note
from mentoring.pairings.queries import PairingView
from mentoring.pairings.reasons import reasons
from mentoring.pairings.tables import MeetingStatus, PairingStatus
from mentoring.profiles import options
from mentoring.profiles import queries as profiles
from mentoring.profiles.tables import Side

LENGTHS = ((30, "30 minutes"), (45, "45 minutes"), (60, "1 hour"), (90, "1½ hours"), (120, "2 hours"))
COLOURS: dict[PairingStatus, str] = {
    PairingStatus.DRAFT: "grey",
    PairingStatus.PROPOSED: "yellow",
    PairingStatus.ACCEPTED: "light-blue",
    PairingStatus.ACTIVE: "green",
    PairingStatus.PAUSED: "yellow",
    PairingStatus.COMPLETED: "blue",
    PairingStatus.ENDED_EARLY: "grey",
    PairingStatus.DECLINED: "grey",
    PairingStatus.EXPIRED: "grey",
}


async def own_pairing(request: Request[Any, Any, Any], pairing: UUID) -> PairingView:
    """A pairing that the visitor is in and both know of. Raises NotFound."""
    found = await queries.pairing(pairing, person=me(request), now=clock.now())
    if found.status not in rules.MET:
        raise NotFound
    return found


async def show(
    request: Request[Any, Any, Any],
    found: PairingView,
    *,
    typed: Mapping[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    """The whole page, with what somebody typed in one of its forms."""
    now, person = clock.now(), me(request)
    is_mentor = found.side_of(person) is Side.MENTOR
    mentor, mentee = await profiles.mentor(found.mentor_profile), await profiles.mentee(found.mentee_profile)
    round = await profiles.round_by_id(found.round)
    all_meetings = await meetings.of_pairing(found.id)
    signed = {each.person: each for each in await shared.signed(found.id)}
    said = await ending.evaluation_of(found.id, person) if found.status is PairingStatus.COMPLETED else None
    goals = await shared.all_goals(found.id)
    own = await notes.notes(found.id, author=person)
    today = utc_to_local(now, request.user.time_zone).date()
    return page(
        request,
        "mentoring/pairings/pairing.html",
        section=section(request),
        status=status,
        errors=errors,
        pairing=found,
        at=letters.path(found.id),
        round=round,
        tag=(rules.CALLED[found.status], COLOURS[found.status]),
        is_mentor=is_mentor,
        other_name=found.other(person)[1],
        other_address=found.mentee_address if is_mentor else found.mentor_address,
        other_work=letters.work(mentee if is_mentor else mentor),
        mentee=mentee.answers,
        other=(mentee if is_mentor else mentor).answers,
        wanted=[options.words(options.SKILLS, key) for key in mentee.answers.skills_wanted],
        needs=[options.words(options.ACCESS, key) for key in mentee.answers.access_needs] if is_mentor else [],
        why=reasons(mentor.answers, mentee.answers, found.points, to=Side.MENTOR if is_mentor else Side.MENTEE),
        under_way=found.status in rules.UNDER_WAY,
        S=PairingStatus,
        next=coming(all_meetings, now),
        unmarked=unmarked(all_meetings, now) if found.status in rules.UNDER_WAY else None,
        held=[each for each in reversed(all_meetings) if each.status is MeetingStatus.HELD],
        spent=hours(found.minutes) if found.minutes else "",
        may_plan=not rules.why_not_meet(found.status),
        lengths=LENGTHS,
        today=today,
        goals=[each for each in goals if each.dropped_at is None],
        dropped=[each for each in goals if each.dropped_at is not None],
        agreed=signed.get(person),
        other_agreed=signed.get(found.other(person)[0]),
        notes=[(each, note_copies(request, found, each)) for each in own],
        copies=note_copies(request, found),
        evaluated=said is not None,
        typed=typed or {},
        press=new_press(),
        zone=request.user.time_zone,
        now=now,
    )


def note_copies(request: Request[Any, Any, Any], found: PairingView, note: Note | None = None) -> Copies:
    """What the visitor's form for a note says of copies: of this one, or of a new one."""
    return notes.copies(found, note, author=me(request), gives=request.app.state.settings.gives_notes_about)


def section(request: Request[Any, Any, Any]) -> str:
    return "Mentoring" if request.user.coordinator else "Home"


def coming(all_meetings: list[MeetingView], now: datetime) -> MeetingView | None:
    """The next meeting."""
    return next((each for each in all_meetings if each.status is MeetingStatus.PLANNED and each.ends_at > now), None)


def unmarked(all_meetings: list[MeetingView], now: datetime) -> MeetingView | None:
    """The last planned meeting that is over and of which nobody has said whether it took place."""
    over = [each for each in all_meetings if each.status is MeetingStatus.PLANNED and each.ends_at <= now]
    return over[-1] if over else None
