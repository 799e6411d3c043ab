"""Anything that can happen to pairings, in any order, beside a model of what should be; checked after each step.

The controls plant a mistake and see
that it is found.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from inspect import signature
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from academy.audit.service import ACADEMY, Actor
from academy.invites import service as invites
from academy.outbox.tables import Message
from academy.people.queries import contacts
from mentoring import jobs
from mentoring.pairings import letters, meetings, queries, service
from mentoring.pairings.service import Proposed
from mentoring.pairings.tables import CheckIn, DeclineReason
from mentoring.profiles import queries as profiles
from mentoring.profiles.tables import RoundStatus
from tests.conftest import NOW
from tests.mentoring.pairings.model import BOTH, LIVE, MET, NONE, ONE, Model, Pair
from tests.support import makers
from tests.support.calendars import Calendars
from tests.support.machines import Academy, play

FIRST_DAY = (NOW + timedelta(days=5)).date()
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "mentor": st.integers(0, 1),
    "mentee": st.integers(0, 3),
    "which": st.integers(0, 20),
    "meet": st.integers(0, 20),
    "days": st.integers(0, 6),
    "hour": st.sampled_from([8, 10, 14]),
    "ago": st.integers(-1, 6),
    "until": st.none() | st.integers(1, 20),
    "by": st.sampled_from(["mentor", "mentee", "academy"]),
    "passes": st.sampled_from([1, 1, 2, 3, 7, 8, 15]),
    "yes": st.booleans(),
}
HAPPENS = [
    *["is_proposed"] * 5,
    *["is_accepted"] * 5,
    *["time_passes"] * 5,
    *["meeting_is_offered"] * 3,
    *["meeting_is_logged"] * 3,
    *["question_is_answered"] * 2,
    *["is_paused"] * 2,
    "is_declined",
    "is_taken_back",
    "goes_on",
    "ends",
    "is_complete",
    "meeting_is_moved",
    "meeting_is_cancelled",
]


class Machine(Academy):
    """Two mentors with two places and one, four mentees, one of whom is the first mentor."""

    @initialize()
    def a_round(self) -> None:
        self.run(self.make())

    async def make(self) -> None:
        self.calendars = Calendars()
        self.round = await makers.a_round(status=RoundStatus.RUNNING, starts_on=FIRST_DAY, months=1, now=NOW)
        both = await makers.a_person(name="Bo Both", now=NOW)
        self.mentors = [
            await makers.a_mentor(round=self.round, person=both, capacity=2, now=NOW),
            await makers.a_mentor(round=self.round, capacity=1, now=NOW),
        ]
        self.mentees = [
            await makers.a_mentee(round=self.round, person=both, now=NOW),
            *[await makers.a_mentee(round=self.round, name=f"Mo {name}", now=NOW) for name in "ABC"],
        ]
        self.mentor_people = [(await profiles.mentor(each)).person for each in self.mentors]
        self.mentee_people = [(await profiles.mentee(each)).person for each in self.mentees]
        known = await contacts([*self.mentor_people, *self.mentee_people])
        self.contacts = known
        self.model = Model([2, 1], {(0, 0)}, FIRST_DAY, timedelta(days=30))

    # ---------------------------------------------------------------- what happens
    @rule(what=st.sampled_from(HAPPENS), draw=st.data())
    def something(self, what: str, draw: st.DataObject) -> None:
        """One rule for all: hypothesis would leave most of many rules out of each example."""
        verb = getattr(self, what)
        verb(**{name: draw.draw(VALUES[name], label=name) for name in signature(verb).parameters})

    def is_proposed(self, mentor: int, mentee: int) -> None:
        pair = Proposed(mentor_profile=self.mentors[mentor], mentee_profile=self.mentees[mentee])
        made = self.both(
            lambda model: model.propose(mentor, mentee, self.now),
            service.propose(self.round, [pair], actor=ACADEMY, now=self.now),
        )
        if made is not None:
            assert self.model.new
            _, [id] = made
            self.model.pairs[id], self.model.new = self.model.new, None

    def is_accepted(self, which: int) -> None:
        self.about(which, lambda model, pair: model.accept(pair, self.now), service.accept)

    def is_declined(self, which: int) -> None:
        async def decline(id: UUID, **more: Any) -> None:
            await service.decline(id, DeclineReason.NO_TIME, **more)

        self.about(which, lambda model, pair: model.decline(pair), decline)

    def is_taken_back(self, which: int) -> None:
        self.about(which, lambda model, pair: model.take_back(pair), service.take_back)

    def is_paused(self, which: int, until: int | None) -> None:
        day = None if until is None else (self.now + timedelta(days=until)).date()

        async def pause(id: UUID, **more: Any) -> None:
            await service.pause(id, until=day, **more)

        self.about(which, lambda model, pair: model.pause(pair, day), pause)

    def goes_on(self, which: int) -> None:
        self.about(which, lambda model, pair: model.resume(pair, self.now), service.resume)

    def ends(self, which: int, by: str) -> None:
        if id := self.pairing(which):
            pair = self.model.pairs[id]
            who = {
                "mentor": Actor(self.mentor_people[pair.mentor], "M"),
                "mentee": Actor(self.mentee_people[pair.mentee], "M"),
                "academy": ACADEMY,
            }[by]
            tells = BOTH if by == "academy" else ONE
            self.both(
                lambda model: model.end(model.pairs[id], tells, self.now),
                service.end(id, reason="A reason", actor=who, now=self.now),
            )

    def is_complete(self, which: int) -> None:
        self.about(which, lambda model, pair: model.complete(pair, self.now), service.complete)

    def meeting_is_offered(self, which: int, days: int, hour: int) -> None:
        if id := self.pairing(which, *MET):
            start = self.at(days, hour)
            made = self.both(
                lambda model: model.offer(model.pairs[id], start),
                service.offer_meeting(
                    id,
                    starts_at=start,
                    minutes=60,
                    by=self.mentee_people[self.model.pairs[id].mentee],
                    actor=ACADEMY,
                    now=self.now,
                ),
            )
            self.keep(id, made and made[1])

    def meeting_is_moved(self, which: int, meet: int, days: int, hour: int) -> None:
        if (found := self.meeting(which, meet)) is not None:
            id, key = found
            start = self.at(days, hour)
            if any(each.start == start for each in self.model.pairs[id].meets.values()):
                return
            self.both(
                lambda model: model.move(model.pairs[id], model.pairs[id].meets[key], start, self.now),
                service.change_meeting(id, key, starts_at=start, minutes=60, actor=ACADEMY, now=self.now),
            )

    def meeting_is_cancelled(self, which: int, meet: int) -> None:
        if (found := self.meeting(which, meet)) is not None:
            id, key = found
            self.both(
                lambda model: model.cancel(model.pairs[id], model.pairs[id].meets[key]),
                service.cancel_meeting(id, key, actor=ACADEMY, now=self.now),
            )

    def meeting_is_logged(self, which: int, ago: int) -> None:
        if id := self.pairing(which):
            day = (self.now - timedelta(days=ago)).date()
            logged = self.both(
                lambda model: model.log(model.pairs[id], day, self.now),
                service.log_meeting(id, day=day, minutes=50, by=self.mentor_people[0], actor=ACADEMY, now=self.now),
            )
            self.keep(id, logged and logged[1].id)

    def question_is_answered(self, which: int, yes: bool, ago: int) -> None:
        rows = self.run(CheckIn.select().order_by(CheckIn.asked_at, CheckIn.id).run())
        if not rows:
            return
        asked = rows[which % len(rows)]
        day = (self.now - timedelta(days=ago)).date()
        id = asked["pairing"]

        def expected(model: Model) -> None:
            if asked["met"] or (asked["answered_at"] and not yes):
                return
            planned = model.pairs[id].meets.get(asked["meeting"])
            if yes:
                model.log(model.pairs[id], day, self.now)
            if planned and planned.status == "planned" and planned.start <= self.now:
                planned.status = "missed"

        self.both(
            expected,
            service.answer_check_in(asked["id"], met=yes, day=day, minutes=50, actor=ACADEMY, now=self.now),
        )
        if self.model.new_meet:
            real = {each.id for each in self.run(meetings.of_pairing(id))}
            self.keep(id, next(iter(real - self.model.pairs[id].meets.keys())))

    def time_passes(self, passes: int) -> None:
        self.now += timedelta(days=passes)
        for job in (jobs.answers_that_are_late, jobs.first_and_last_days, jobs.keep_alive, jobs.remind):
            self.run(job(self.now))
        self.model.time(self.now)

    # ------------------------------------------------------------------------ help
    def at(self, days: int, hour: int) -> datetime:
        return self.now.replace(hour=hour) + timedelta(days=days + 1)

    def pairing(self, which: int, *statuses: str) -> UUID | None:
        known = [id for id, each in self.model.pairs.items() if not statuses or each.status in statuses]
        return known[which % len(known)] if known else None

    def meeting(self, which: int, meet: int) -> tuple[UUID, UUID] | None:
        known = [(id, key) for id, each in self.model.pairs.items() for key in each.meets]
        return known[(which + meet) % len(known)] if known else None

    def keep(self, id: UUID, made: UUID | None) -> None:
        """The meeting that the model has made has this id in the product."""
        if self.model.new_meet is not None:
            assert made is not None
            assert made not in self.model.pairs[id].meets
            self.model.pairs[id].meets[made], self.model.new_meet = self.model.new_meet, None

    def about(self, which: int, expected: Callable[[Model, Pair], Any], verb: Callable[..., Any]) -> None:
        if id := self.pairing(which):
            self.both(lambda model: expected(model, model.pairs[id]), verb(id, actor=ACADEMY, now=self.now))

    # ------------------------------------------------------------------ what must hold
    @invariant()
    def pairings_are_as_they_should_be(self) -> None:
        if not hasattr(self, "model"):
            return
        found = {each.id: each for each in self.run(queries.of_round(self.round, now=self.now))}
        assert found.keys() == self.model.pairs.keys()
        for id, pair in self.model.pairs.items():
            real = found[id]
            assert real.status.value == pair.status
            assert (real.starts_on, real.paused_until) == (pair.starts, pair.until)
            assert real.last_met_on == pair.last
            assert (real.listed_at is not None) == pair.listed
            held = [each.minutes for each in pair.meets.values() if each.status == "held"]
            assert (real.meetings, real.minutes) == (len(held), sum(held))
            assert self.run(queries.changes(id))[-1].to_status.value == pair.status

    @invariant()
    def nobody_has_more_than_their_places(self) -> None:
        if not hasattr(self, "model"):
            return
        live = [each for each in self.run(queries.of_round(self.round, now=self.now)) if each.status.value in LIVE]
        assert all(number == 1 for number in Counter(each.mentee_profile for each in live).values())
        taken = Counter(each.mentor_profile for each in live)
        assert all(taken[profile] <= most for profile, most in zip(self.mentors, [2, 1], strict=True))
        assert all(each.mentor != each.mentee for each in live)
        assert self.run(queries.places_taken(self.round)) == dict(taken)

    @invariant()
    def everything_is_told_once(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = self.run(Message.select(Message.kind, Message.about_id).where(Message.about_kind == "pairing").run())
        told = Counter((row["kind"], row["about_id"]) for row in rows)
        for id, pair in self.model.pairs.items():
            expected = {
                "pairing-proposal": ONE,
                "pairing-introduced": BOTH if pair.answered else NONE,
                "pairing-ended": pair.goodbyes,
                "pairing-evaluation": BOTH if pair.status == "completed" else NONE,
                "pairing-nudge": BOTH * pair.nudges,
            }
            assert {kind: told[kind, id] for kind in expected} == expected

    @invariant()
    def calendars_show_what_is_planned(self) -> None:
        if not hasattr(self, "model"):
            return
        columns = (Message.id, Message.to_address, Message.to_name, Message.calendar, Message.number)
        self.calendars.read(self.run(Message.select(*columns).where(Message.calendar.is_not_null()).run()))
        expected: dict[str, list[tuple[str, datetime]]] = {}
        for pair in self.model.pairs.values():
            two = (self.mentor_people[pair.mentor], self.mentee_people[pair.mentee])
            for each in pair.meets.values():
                if each.booked and each.status != "cancelled" and each.start > self.now:
                    for person, other in (two, two[::-1]):
                        entry = (f"Mentoring: {self.contacts[other].name}", each.start)
                        expected.setdefault(self.contacts[person].address, []).append(entry)
        for contact in self.contacts.values():
            shown = [
                (each.title, each.starts_at) for each in self.calendars.of(contact.address) if each.starts_at > self.now
            ]
            assert sorted(shown) == sorted(expected.get(contact.address, [])), "a calendar shows something else"


@pytest.mark.slow
def test_whatever_happens_on_sqlite_pairs_places_mails_and_calendars_are_right(on_sqlite: None) -> None:
    play(Machine, 30, phases=(Phase.generate,))


@pytest.mark.slow
def test_whatever_happens_on_postgresql_pairs_places_mails_and_calendars_are_right(on_postgresql: None) -> None:
    play(Machine, 8)


def finds(*, examples: int = 40) -> None:
    with pytest.raises(AssertionError):
        play(Machine, examples, phases=(Phase.generate,))


@pytest.mark.slow
def test_the_machine_finds_places_that_are_not_counted(on_sqlite: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async def none_taken(round: UUID) -> dict[UUID, int]:
        return {}

    monkeypatch.setattr("mentoring.pairings.proposing.queries.places_taken", none_taken)
    finds()


@pytest.mark.slow
def test_the_machine_finds_meetings_that_stay_in_the_calendar(on_sqlite: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(event: UUID, **more: Any) -> None:
        return None

    monkeypatch.setattr(invites, "cancel_event", nothing)
    finds()


@pytest.mark.slow
def test_the_machine_finds_nudges_that_come_twice(on_sqlite: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mentoring.pairings.rules.was_nudged", lambda pairing: False)
    finds()


@pytest.mark.slow
def test_the_machine_finds_an_end_that_tells_nobody(on_sqlite: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*told: Any, **more: Any) -> None:
        return None

    monkeypatch.setattr(letters, "tell_ended", nothing)
    finds()
