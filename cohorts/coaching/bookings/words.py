"""What pages say about coaching sessions, in sentences. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from academy.invites.times import same_clocks, time_range, uk_day, uk_time, utc_to_local, zone_label
from academy.web.templates import template_filter
from academy.web.words import counted
from cohorts.coaching.bookings.queries import Change, SessionView
from cohorts.coaching.bookings.rules import CANCELLED, Consequence, Moving, Party, needs_credit
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits.rules import Balance, Rules
from cohorts.coaching.credits.tables import CreditKind
from cohorts.coaching.times.rules import Offer

ATTENDED, MISSED, OVER = ("Took place", "blue"), ("Missed", "orange"), ("Over", "grey")

_TAGS: dict[SessionStatus, tuple[str, str]] = {
    S.REQUESTED: ("Not confirmed yet", "yellow"),
    S.BOOKED: ("Booked", "green"),
    S.COMPLETED: ATTENDED,
    S.NO_SHOW_COACHEE: MISSED,
    S.NO_SHOW_COACH: ("Did not take place", "grey"),
    **dict.fromkeys(CANCELLED, ("Cancelled", "red")),
}


def tag(session: SessionView, *, now: datetime) -> tuple[str, str]:
    """How a session stands, as a tag and its colour."""
    if session.status is S.BOOKED and session.ends_at <= now:
        return OVER
    if session.open_request is not None and session.live:
        return ("Move asked for", "yellow")
    return _TAGS[session.status]


def called(session: SessionView, *, for_coach: bool = False) -> str:
    """``Coaching with Daniel Reid``; for the coach ``Coaching: Priya Nair``."""
    kind = "Chemistry call" if session.kind is SessionKind.CHEMISTRY else "Coaching"
    return f"{kind}: {session.coachee_name}" if for_coach else f"{kind} with {session.coach_name}"


@template_filter
def zone_words(instant: datetime, zone: str) -> str:
    """``UK time``."""
    return zone_label(instant, zone)


@template_filter
def other_clock(starts: datetime, ends: datetime, zone: str, other: str) -> str:
    """``That is 2:30pm to 3:30pm, UK time.``; empty where both clocks show the same."""
    if same_clocks(starts, ends, zone, other):
        return ""
    day = (
        "" if utc_to_local(starts, zone).date() == utc_to_local(starts, other).date() else f"{uk_day(starts, other)}, "
    )
    return f"That is {day}{time_range(starts, ends, other)}, {zone_label(starts, other)}."


def hours(number: int) -> str:
    """``24 hours``, ``1 hour``, ``2 days``."""
    if number >= 48 and number % 24 == 0:
        return f"{number // 24} days"
    return counted(number, "hour")


def days(number: int) -> str:
    """``8 weeks``, ``10 days``."""
    if number >= 14 and number % 7 == 0:
        return f"{number // 7} weeks"
    return counted(number, "day")


# -------------------------------------------------------------------- booking
def both_told(coach: str, *, asked: bool) -> str:
    """Who hears of a booking."""
    if asked:
        return f"{coach} confirms each time. It is kept for you meanwhile, and you get an email with the answer."
    return f"You and {coach} get a calendar invite by email."


def booked(coach: str, *, asked: bool) -> str:
    """What the page says after a booking."""
    if asked:
        return f"We have asked {coach} for this time. You get an email with the answer."
    return f"Your session is booked. You and {coach} get a calendar invite by email."


def coach_gone(name: str, left: int) -> str:
    """To who had chosen a coach who coaches in their programme no longer."""
    if left == 0:
        return f"{name} no longer coaches in this programme."
    still = "The session that you have left is still yours" if left == 1 else f"Your {left} sessions are still yours"
    return f"{name} no longer coaches in this programme. {still}: you can choose another coach for the rest."


def not_offered(offer: Offer, name: str, *, notice: int, horizon: int, mine: bool = False) -> str:
    """Why a time cannot be had from a coach at all, as the end of a sentence; empty for one that they offer.

    ``notice`` in hours, ``horizon`` in days; ``mine``: the coach reads it.
    """
    who = "you" if mine else name
    return {
        Offer.OFFERED: "",
        Offer.PASSED: "has passed",
        Offer.SOON: f"is too soon: {who} can be booked until {hours(notice)} before",
        Offer.FAR: f"is too far ahead: {who} can be booked for the next {days(horizon)}",
        Offer.NEVER: f"is not one of the times that {who} offer{'' if mine else 's'}",
    }[offer]


def until_when(starts_at: datetime, rules: Rules, *, kind: SessionKind, zone: str, now: datetime) -> str:
    """Until when a session that starts then can be moved and cancelled, and what it costs afterwards."""
    move_by = starts_at - timedelta(hours=rules.move_hours)
    cancel_by = starts_at - timedelta(hours=rules.cancel_hours)
    may_move = move_by > now and rules.most_moves > 0
    costs = rules.late_cancel_uses_credit and needs_credit(kind, rules)
    if cancel_by <= now:
        late = f"It starts in less than {hours(rules.cancel_hours)}"
        return f"{late}: if you cancel it, it counts as one of your sessions." if costs else "You can still cancel it."
    after = " After that, cancelling it uses one of your sessions." if costs else ""
    if may_move and move_by == cancel_by:
        return f"You can move or cancel it until {_moment(move_by, zone)}.{after}"
    move = f"You can move it until {_moment(move_by, zone)}. " if may_move else ""
    return f"{move}You can cancel it until {_moment(cancel_by, zone)}.{after}"


def left_after(balance: Balance, kind: SessionKind, rules: Rules) -> str:
    """What is left to book once this is booked."""
    if not needs_credit(kind, rules):
        return f"{balance.left} of {balance.all}. A chemistry call uses none."
    return f"{max(0, balance.left - 1)} of {balance.all}"


# ----------------------------------------------------------------- cancelling
def cancelling(session: SessionView, means: Consequence, rules: Rules, balance: Balance | None, *, by: Party) -> str:
    """What happens when a session is cancelled now, said before it is."""
    if by is not Party.COACHEE:
        back = " and gets the session back, to book another time" if session.has_credit else ""
        return f"{session.coachee_name} is told{back}. It leaves both calendars."
    told = f"{session.coach_name} is told, and it leaves both calendars."
    if not session.has_credit or balance is None:
        return told
    if means.uses_credit:
        return (
            f"It starts in less than {hours(rules.cancel_hours)}, so it counts as one of your sessions. "
            f"You have {balance.left} of {balance.all} left to book."
        )
    return f"You get the session back: {balance.left + 1} of {balance.all} left to book. {told}"


def cancelled(session: SessionView, means: Consequence, *, by: Party) -> str:
    """What the page says afterwards."""
    credit = session.has_credit
    if by is not Party.COACHEE:
        return f"The session is cancelled. {session.coachee_name} gets an email" + (
            " and the session back." if credit else "."
        )
    if credit and means.uses_credit:
        return "The session is cancelled. It counts as one of your sessions."
    return "The session is cancelled." + (" You can book another time with it." if credit else "")


# --------------------------------------------------------------------- moving
def moving(session: SessionView, means: Moving, rules: Rules, *, by: Party, now: datetime) -> str:
    """What choosing another time leads to, said before."""
    if by is not Party.COACHEE:
        return f"{session.coachee_name} gets an email, and both calendars change."
    if means is Moving.REQUEST:
        late = now > session.starts_at - timedelta(hours=rules.move_hours)
        why = (
            f"It starts in less than {hours(rules.move_hours)}, so this becomes a request to {session.coach_name}."
            if late
            else f"{session.coach_name} confirms each time, so this becomes a request."
        )
        return f"{why} Until they say yes, the session stays where it is."
    further = rules.most_moves - session.moves - 1
    left = (
        "after this you can’t move it again" if further == 0 else f"after this you can move it {_times(further)} more"
    )
    return f"Both calendars change by themselves; {left}."


def moved(session: SessionView, starts_at: datetime, *, requested: bool, by: Party, zone: str) -> str:
    """What the page says afterwards."""
    then = f"{uk_day(starts_at, zone)}, {uk_time(starts_at, zone)}"
    if requested:
        return f"We have asked {session.coach_name} to move it to {then}. You get an email with the answer."
    other = session.coach_name if by is Party.COACHEE else session.coachee_name
    return f"The session is now on {then}. {other} gets an email, and both calendars change."


# ------------------------------------------------------------- how it stands
def standing(session: SessionView, credit: CreditKind | None, *, for_coach: bool, now: datetime) -> str:
    """One or two sentences under the time of a session; empty where the time says all."""
    other = session.coachee_name if for_coach else session.coach_name
    if session.status is S.REQUESTED:
        if for_coach:
            if session.handed_at is not None:
                return (
                    f"The academy asks you to coach {other} in the place of another coach. The time is kept meanwhile."
                )
            return f"{other} waits for your yes. The time is kept for both of you meanwhile."
        if session.handed_at is not None:
            return (
                f"We have asked {other} to coach you in the place of your former coach. "
                "The time is kept for you meanwhile, and you get an email with the answer."
            )
        return f"{other} has not confirmed this time yet. It is kept for you meanwhile, and you get an email."
    if session.status is S.BOOKED:
        return "" if session.ends_at > now else "How it went has not been noted yet."
    said = _ended(session, other, for_coach=for_coach)
    if for_coach:
        return said
    if session.waived_reason:
        return f"{said} The academy gave you the session back: {session.waived_reason}"
    if session.status is not S.COMPLETED and credit is CreditKind.USED:
        return f"{said} It counts as one of your sessions."
    if credit is CreditKind.RETURNED:
        return f"{said} You have the session back to book another time."
    return said


def _ended(session: SessionView, other: str, *, for_coach: bool) -> str:
    if session.status is S.COMPLETED:
        return f"You met for {session.minutes or session.length} minutes."
    if session.status is S.NO_SHOW_COACHEE:
        return f"{other} did not come." if for_coach else "It is noted that you did not come."
    if session.status is S.NO_SHOW_COACH:
        return "It is noted that you could not be there." if for_coach else f"{other} could not be there."
    short = " at short notice" if session.late else ""
    if session.status is S.CANCELLED_BY_ACADEMY:
        return "The academy cancelled it."
    by_reader = (session.status is S.CANCELLED_BY_COACH) == for_coach
    return f"You cancelled it{short}." if by_reader else f"{other} cancelled it{short}."


# -------------------------------------------------------------------- history
_STEPS = {
    "book": "{who} booked {new}",
    "confirm": "{who} confirmed it",
    "move": "{who} moved it to {new}",
    "ask_move": "{who} asked to move it",
    "accept_move": "{who} said yes: it moved to {new}",
    "decline_move": "{who} could not move it: it stays on {new}",
    "withdraw_move": "{who} took the request back",
    "reassign": "{who} gave it to another coach, for {new}",
    "ask_coach": "{who} asked another coach to take it, for {new}",
    "transfer": "{who} carried it to another cohort",
    "cancel": "{who} cancelled it",
    "mark": "{who} noted how it went",
    "take_back": "{who} took that note back",
    "waive": "{who} gave the session back",
    "place": "{who} changed where you meet",
}


def step(change: Change, zone: str) -> tuple[str, str, str]:
    """When something happened to a session, what, and the reason that was given."""
    what = _STEPS.get(change.verb, "{who} changed it")
    new = _moment(change.to_starts_at, zone) if change.to_starts_at else ""
    return _moment(change.at, zone), what.format(who=change.by_name, new=new), change.reason


def _moment(instant: datetime, zone: str) -> str:
    return f"{uk_time(instant, zone)} on {uk_day(instant, zone)}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
