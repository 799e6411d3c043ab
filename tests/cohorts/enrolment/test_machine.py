"""Anything that can happen to the places of a cohort, in any order, and what must hold after each step.

The machine runs on a SQLite file of its own. The controls plant a mistake and see that it is found.
"""

from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.errors import DomainError
from academy.invites.tables import Invitee
from academy.outbox.tables import Message
from academy.people import service as people
from cohorts.enrolment import joining, places, rules, service, steps
from cohorts.enrolment.tables import Enrolment, EnrolmentChange, Source
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule.tables import Cohort
from tests.conftest import NOW
from tests.support import makers
from tests.support.machines import Academy, play

PEOPLE = 7
WHO = st.integers(0, PEOPLE - 1)


class Machine(Academy):
    """Seven people, one cohort of one to three places, and a coordinator."""

    @initialize(capacity=st.integers(1, 3))
    def a_cohort(self, capacity: int) -> None:
        self.line: list[UUID] = []
        """Who waits, in the order in which they must be moved up."""
        self.cohort = self.run(makers.a_cohort(capacity=capacity, sessions=2, now=self.now))
        new = [people.NewPerson(name=f"Person {n}", address=f"p{n}@x.example") for n in range(PEOPLE)]
        self.people = self.run(people.find_or_create_many(new, self.now))

    # ------------------------------------------------------------ what people do
    @rule(who=WHO)
    def registers(self, who: int) -> None:
        self.does(service.register(self.cohort, name="P", address=f"p{who}@x.example", now=self.now))

    @rule(who=WHO)
    def registers_signed_in(self, who: int) -> None:
        person = self.people[who]
        self.does(service.enrol_person(self.cohort, person, source=Source.SELF, actor=Actor(person, "P"), now=self.now))

    @rule(who=WHO)
    def confirms(self, who: int) -> None:
        if made := self.enrolment(who):
            self.does(service.confirm(made, now=self.now))

    @rule(who=WHO, themself=st.booleans())
    def withdraws(self, who: int, themself: bool) -> None:
        if made := self.enrolment(who):
            actor = Actor(self.people[who], "P") if themself else ACADEMY
            self.does(service.withdraw(made, actor=actor, now=self.now))

    @rule(who=WHO)
    def comes_back(self, who: int) -> None:
        if made := self.enrolment(who):
            self.does(service.come_back(made, now=self.now))

    # ------------------------------------------------- what the coordinator does
    @rule(who=WHO)
    def is_reinstated(self, who: int) -> None:
        if made := self.enrolment(who):
            self.does(service.reinstate(made, actor=ACADEMY, now=self.now))

    @rule(first=WHO, many=st.integers(1, PEOPLE))
    def are_imported(self, first: int, many: int) -> None:
        some = (self.people * 2)[first : first + many]
        self.does(service.enrol_many(self.cohort, some, source=Source.IMPORT, actor=ACADEMY, now=self.now))

    @rule(who=WHO)
    def goes_first(self, who: int) -> None:
        if made := self.enrolment(who):
            if made in self.line:
                self.line.remove(made)
                self.line.insert(0, made)
            self.does(service.move_up(made, reason="A reason.", actor=ACADEMY, now=self.now))

    @rule(capacity=st.integers(1, 5))
    def the_capacity_changes(self, capacity: int) -> None:
        if capacity >= self.taken():
            self.run(Cohort.update({Cohort.capacity: capacity}).where(Cohort.id == self.cohort).run())
            self.does(service.fill_free_places(self.cohort, now=self.now))

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.does(service.release_unconfirmed(self.now))

    # -------------------------------------------------------------------- then
    def does(self, verb: Coroutine[Any, Any, Any]) -> None:
        """Carry out a verb, which a rule may refuse, and check that the list has kept its order."""
        before = self.statuses()
        try:
            self.run(verb)
        except DomainError:
            assert self.statuses() == before
        after = self.statuses()
        gone = [one for one in self.line if after[one] is not S.WAITLISTED]
        moved_up = [one for one in gone if after[one] in rules.TAKES_A_PLACE]
        stayed = [one for one in self.line if one not in gone]
        rest = [one for one in self.line if after[one] is S.WAITLISTED or one in moved_up]
        assert moved_up == rest[: len(moved_up)], "somebody was passed over"
        waiting = self.waiting()
        assert waiting[: len(stayed)] == stayed, "the list has changed its order"
        self.line = waiting

    def rows(self, *conditions: Any) -> list[dict[str, Any]]:
        query = Enrolment.select().where(Enrolment.cohort == self.cohort)
        return self.run(query.order_by(Enrolment.list_number).run())

    def statuses(self) -> dict[UUID, S]:
        return {row["id"]: S(row["status"]) for row in self.rows()}

    def waiting(self) -> list[UUID]:
        return [row["id"] for row in self.rows() if row["status"] == S.WAITLISTED]

    def taken(self) -> int:
        return sum(status in rules.TAKES_A_PLACE for status in self.statuses().values())

    def enrolment(self, who: int) -> UUID | None:
        return next((row["id"] for row in self.rows() if row["person"] == self.people[who]), None)

    @invariant()
    def never_more_than_there_are_places(self) -> None:
        if hasattr(self, "cohort"):
            assert self.taken() <= self.capacity()

    @invariant()
    def no_place_is_free_while_somebody_waits(self) -> None:
        if hasattr(self, "cohort") and self.now < NOW + timedelta(days=23):
            assert not self.waiting() or self.taken() == self.capacity()

    @invariant()
    def one_row_for_each_person_and_an_unbroken_history(self) -> None:
        if not hasattr(self, "cohort"):
            return
        rows = self.rows()
        assert len({row["person"] for row in rows}) == len(rows)
        changes = self.run(EnrolmentChange.select().order_by(EnrolmentChange.at).run())
        for row in rows:
            mine = [each for each in changes if each["enrolment"] == row["id"]]
            ends = Counter(each["to_status"] for each in mine)
            ends.subtract(each["from_status"] for each in mine if each["from_status"])
            assert +ends == {row["status"]: 1}, "the steps do not lead to where the person stands"

    @invariant()
    def who_is_enrolled_is_invited_and_nobody_else(self) -> None:
        if not hasattr(self, "cohort") or self.now >= NOW + timedelta(days=23):
            return
        invitees = self.run(Invitee.select().where(Invitee.state == "invited").run())
        enrolled = [row["person"] for row in self.rows() if row["status"] == S.ENROLLED]
        assert Counter(row["person"] for row in invitees) == dict.fromkeys(enrolled, 2)

    @invariant()
    def each_step_that_gives_a_place_or_a_number_is_told_once(self) -> None:
        if not hasattr(self, "cohort"):
            return
        keys = [row["key"] for row in self.run(Message.select(Message.key).run())]
        for change in self.run(EnrolmentChange.select().run()):
            told = [key for key in keys if key.endswith(f":{change['id']}")]
            gives = change["to_status"] in rules.LIVE and change["reason"] == ""
            assert len(told) == 1 if gives else len(told) <= 1

    def capacity(self) -> int:
        rows = self.run(Cohort.select(Cohort.capacity).where(Cohort.id == self.cohort).run())
        return int(rows[0]["capacity"])


@pytest.mark.slow
def test_whatever_happens_the_places_are_right(on_sqlite: None) -> None:
    play(Machine, 30, steps=25)


# ---------------------------------------------------------------- planted bugs
Plant = Callable[[pytest.MonkeyPatch], None]


def everybody_gets_a_place(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rules, "has_place", lambda cohort: True)


def withdrawing_fills_nothing(patch: pytest.MonkeyPatch) -> None:
    async def nothing(**_: Any) -> list[UUID]:
        return []

    patch.setattr(places, "_fill", nothing)


def newcomers_join_at_the_head(patch: pytest.MonkeyPatch) -> None:
    original = joining._newcomer

    def first(here: Any, *args: Any, **kwargs: Any) -> Any:
        step = original(here, *args, **kwargs)
        number = step.values["list_number"]
        return msgspec.structs.replace(step, values={**step.values, "list_number": -number if number else None})

    patch.setattr(joining, "_newcomer", first)


def the_last_is_moved_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        steps,
        "_NEXT",
        room.compiled_sql(
            "SELECT id, person, confirmed_at FROM enrolment WHERE cohort = :cohort AND status = 'waitlisted' "
            "ORDER BY list_number DESC LIMIT :most"
        ),
    )


def who_leaves_stays_invited(patch: pytest.MonkeyPatch) -> None:
    from cohorts.enrolment import letters

    async def nothing(*_: Any, **__: Any) -> None: ...

    patch.setattr(letters, "uninvite", nothing)


def the_held_place_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rules, "TAKES_A_PLACE", (S.ENROLLED,))
    patch.setattr(rules, "places_to_fill", lambda cohort, *, now: cohort.waiting)


@pytest.mark.slow
@pytest.mark.parametrize(
    "plant",
    [
        everybody_gets_a_place,
        withdrawing_fills_nothing,
        newcomers_join_at_the_head,
        the_last_is_moved_up,
        who_leaves_stays_invited,
        the_held_place_is_forgotten,
    ],
)
def test_a_planted_mistake_is_found(on_sqlite: None, monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    plant(monkeypatch)

    with pytest.raises(AssertionError):
        play(Machine, 60, steps=25, phases=(Phase.generate,))
