"""Credits and the rules of coaching in one programme. Pure.

The ledger of an enrolment is only added to. Each line has the effect on what is left: granted +n, reserved −1, used 0,
returned +1, expired −n; so what is left is the sum of the effects, and nothing is ever counted in two places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from academy.errors import DomainError, Invalid
from cohorts.coaching.credits.tables import CreditKind

CHANGE = {CreditKind.RESERVED: -1, CreditKind.USED: 0, CreditKind.RETURNED: 1}
"""The effect on what is left of the lines that are about one session."""

MOST_CREDITS = 50
MOST_CHEMISTRY_CALLS = 3


class NoCoaching(DomainError):
    """The programme has no coaching, or the person has no place in it."""


class NoCredit(DomainError):
    """Nothing is left to book with."""


class ChoiceLocked(DomainError):
    """Another coach has been chosen; only a coordinator changes that."""


class NotOfThisProgramme(DomainError):
    """The coach coaches in other programmes, or no longer."""


class NothingToWithdraw(DomainError):
    """More would be taken away than is left."""


class NothingToGiveBack(DomainError):
    """The session has not used a credit, or the credit is back already."""


class ReasonNeeded(DomainError):
    """Who gives or takes credits by hand says why."""

    status = 422


class RuleChoices(msgspec.Struct, frozen=True, kw_only=True):
    """What a coordinator decides about coaching in a programme. Hours count back from the start of a session."""

    credits: int = 3
    chemistry_calls: int = 0
    """Before a coach is chosen; 0: there are none."""
    chemistry_minutes: int = 30
    chemistry_uses_credit: bool = False
    one_coach: bool = True
    """The first choice or booking locks the coach."""
    cancel_hours: int = 24
    move_hours: int = 24
    most_moves: int = 2
    late_cancel_uses_credit: bool = True
    no_show_uses_credit: bool = True
    expire_days: int | None = None
    """After the last session of the cohort; none: credits stay."""
    three_way_goals: bool = False


class Rules(RuleChoices, frozen=True, kw_only=True):
    """The rules of one programme, as they are kept."""

    id: UUID
    programme: UUID
    version: int
    changed_at: datetime
    changed_by: UUID | None = None


_LIMITS = {
    "credits": (0, MOST_CREDITS, "Enter the number of sessions for each person, from 0 to 50."),
    "chemistry_calls": (0, MOST_CHEMISTRY_CALLS, "Enter the number of chemistry calls, from 0 to 3."),
    "chemistry_minutes": (10, 120, "Enter the minutes of a chemistry call, from 10 to 120."),
    "cancel_hours": (0, 336, "Enter the hours before the start, from 0 to 336 (two weeks)."),
    "move_hours": (0, 336, "Enter the hours before the start, from 0 to 336 (two weeks)."),
    "most_moves": (0, 20, "Enter how often one session can be moved, from 0 to 20."),
    "expire_days": (0, 730, "Enter the days after the cohort's last session, from 0 to 730."),
}


def check(choices: RuleChoices) -> None:
    """Raises Invalid with every error at once."""
    wrong = {}
    for name, (least, most, sentence) in _LIMITS.items():
        number = getattr(choices, name)
        if number is not None and not least <= number <= most:
            wrong[name] = sentence
    if wrong:
        raise Invalid(wrong)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a ledger."""

    number: int
    kind: CreditKind
    change: int
    session: UUID | None
    at: datetime
    by: UUID | None = None
    by_name: str = ""
    """Empty: the academy, by itself."""
    note: str = ""


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """A ledger in six numbers: ``reserved + used + left == granted - expired + returned``."""

    granted: int = 0
    reserved: int = 0
    """Held for sessions to come."""
    used: int = 0
    returned: int = 0
    """Given back after they had been used."""
    expired: int = 0
    left: int = 0

    @property
    def all(self) -> int:
        """Of how many: "2 of 3 left" has this as its 3."""
        return self.granted - self.expired + self.returned


def balance(entries: Iterable[Entry]) -> Balance:
    """What the lines of one ledger, in order, come to."""
    granted = used = returned = expired = left = 0
    last: dict[UUID | None, CreditKind] = {}
    for each in entries:
        left += each.change
        if each.kind is CreditKind.GRANTED:
            granted += each.change
        elif each.kind is CreditKind.EXPIRED:
            expired -= each.change
        else:
            if each.kind is CreditKind.USED:
                used += 1
            elif each.kind is CreditKind.RETURNED and last.get(each.session) is CreditKind.USED:
                returned += 1
            last[each.session] = each.kind
    reserved = sum(kind is CreditKind.RESERVED for kind in last.values())
    return Balance(granted=granted, reserved=reserved, used=used, returned=returned, expired=expired, left=left)


def of_session(entries: Iterable[Entry], session: UUID) -> CreditKind | None:
    """How the credit of a session stands: its last line; none if the session needs no credit."""
    kinds = [each.kind for each in entries if each.session == session]
    return kinds[-1] if kinds else None


_STEPS: dict[tuple[CreditKind, CreditKind], tuple[CreditKind, ...]] = {
    (CreditKind.RESERVED, CreditKind.USED): (CreditKind.USED,),
    (CreditKind.RESERVED, CreditKind.RETURNED): (CreditKind.RETURNED,),
    (CreditKind.USED, CreditKind.RETURNED): (CreditKind.RETURNED,),
    (CreditKind.USED, CreditKind.RESERVED): (CreditKind.RETURNED, CreditKind.RESERVED),
    (CreditKind.RETURNED, CreditKind.RESERVED): (CreditKind.RESERVED,),
    (CreditKind.RETURNED, CreditKind.USED): (CreditKind.RESERVED, CreditKind.USED),
}


def lines_to(stands: CreditKind, wanted: CreditKind) -> tuple[CreditKind, ...]:
    """Which lines lead the credit of one session from where it stands to where it should; none if it is there."""
    return () if stands is wanted else _STEPS[stands, wanted]


def first_grant(rules: Rules, elsewhere: Balance | None = None) -> int:
    """How many credits a person starts with: the rules' number, less those spent before a transfer."""
    return max(0, rules.credits - (elsewhere.used - elsewhere.returned if elsewhere else 0))


def grant_again(rules: Rules, stands: Balance) -> int:
    """How many credits somebody gets who left and came back: up to the rules' number, less those spent."""
    return max(0, rules.credits - (stands.used - stands.returned) - stands.reserved - max(0, stands.left))


def came_back(entries: Sequence[Entry], enrolled_at: datetime | None) -> bool:
    """Whether credits expired when the person left, and they have been enrolled again since, without a grant."""
    expired = [each for each in entries if each.kind is CreditKind.EXPIRED]
    if not expired or enrolled_at is None or expired[-1].at > enrolled_at:
        return False
    return not any(each.kind is CreditKind.GRANTED and each.number > expired[-1].number for each in entries)
