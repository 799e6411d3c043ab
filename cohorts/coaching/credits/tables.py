"""A programme's coaching rules and the ledger of coaching credits."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Person
from academy.programmes.tables import Programme
from cohorts.coaching.times.tables import Coach
from cohorts.enrolment.tables import Enrolment


class CoachingRules(Table):
    """How coaching works in one programme. A programme without such a row has no coaching."""

    id = c.key()
    programme = c.link(Programme, on_delete=c.CASCADE)
    credits = c.whole(default=3)  # granted to each person who is enrolled
    chemistry_calls = c.whole(default=0)  # up to three before a coach is chosen; none: no choice to make first
    chemistry_minutes = c.whole(default=30)
    chemistry_uses_credit = c.yes_no(False)
    one_coach = c.yes_no(True)  # the first booking (or choice) locks the coach
    cancel_hours = c.whole(default=24)  # before the start; later is a late cancellation
    move_hours = c.whole(default=24)  # before the start; later is a request to the coach
    most_moves = c.whole(default=2)  # by the coachee, for each session
    late_cancel_uses_credit = c.yes_no(True)
    no_show_uses_credit = c.yes_no(True)
    expire_days = c.whole(null=True)  # after the cohort's last session; none: credits stay
    three_way_goals = c.yes_no(False)
    version = c.whole(default=1)
    changed_at = c.instant()
    changed_by = c.link(Person, null=True, on_delete=c.SET_NULL)


class CreditKind(StrEnum):
    GRANTED = "granted"
    RESERVED = "reserved"
    USED = "used"
    RETURNED = "returned"
    EXPIRED = "expired"


class CreditEntry(Table):
    """One line of the ledger of an enrolment. Lines are added, never changed; what is left is the sum of ``change``.

    ``granted`` +n (or −n when a grant is withdrawn), ``reserved`` −1 when a session is booked, ``used`` 0 (a
    reservation has become use), ``returned`` +1 (a reserved or used credit comes back), ``expired`` −n.
    """

    id = c.key()
    enrolment = c.link(Enrolment, on_delete=c.CASCADE)
    number = c.whole()  # the line's place in this ledger, from 1
    kind = c.status(CreditKind, CreditKind.GRANTED)
    change = c.whole(default=0)
    session = c.uuid(null=True)  # the coaching session it is about
    at = c.instant()
    by = c.uuid(null=True)
    note = c.text(300, default="")


class CoachChoice(Table):
    """Which coach a person has chosen; locked, unless a coordinator changes it."""

    id = c.key()
    enrolment = c.link(Enrolment, on_delete=c.CASCADE)
    coach = c.link(Coach, on_delete=c.RESTRICT)
    chosen_at = c.instant()
    chosen_by = c.link(Person, null=True, on_delete=c.SET_NULL)
