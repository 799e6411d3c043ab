"""Anything that can happen to coaching, in any order."""

from datetime import timedelta
from inspect import signature
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from academy.audit.service import ACADEMY, Actor
from cohorts.coaching.bookings import queries, service
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionKind
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits import service as credits
from cohorts.enrolment import service as enrolments
from cohorts.enrolment.tables import Enrolment, EnrolmentStatus
from tests.cohorts.coaching.bookings.model import LIVE, OUTCOMES, Place, Session
from tests.cohorts.coaching.bookings.world import World
from tests.support import makers

TIME = st.tuples(st.integers(0, 3), st.sampled_from([8, 8.5, 9, 9, 9.5, 10, 12, 13]))
"""Days from now, and the hour in UTC: few, so that people want the same."""
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "who": st.integers(0, 2),
    "to": st.integers(0, 2),
    "which": st.integers(0, 30),
    "time": TIME,
    "new_time": st.none() | TIME,
    "kind": st.sampled_from([SessionKind.COACHING, SessionKind.COACHING, SessionKind.CHEMISTRY]),
    "by": st.sampled_from([Party.COACHEE, Party.COACHEE, Party.COACH, Party.ACADEMY]),
    "status": st.sampled_from([*sorted(OUTCOMES), S.BOOKED]),
    "number": st.integers(-3, 3),
    "hours": st.sampled_from([1, 5, 20, 30]),
    "yes": st.booleans(),
    "despite": st.booleans(),
}
HAPPENS = [
    *["books"] * 7,
    *["time_passes"] * 4,
    *["moves"] * 4,
    *["marks"] * 5,
    *["cancels"] * 2,
    *["answers_a_wish"] * 4,
    *["answers_a_booking"] * 2,
    *["reassigns"] * 2,
    "takes_a_wish_back",
    "waives",
    "a_coach_is_ill",
    "is_granted",
    "leaves",
    "comes_back",
    "goes_on_in_another_cohort",
]


class Machine(World):
    """What people do; each is done to the academy and to the model."""

    happens: ClassVar[list[str]] = HAPPENS

    @rule(draw=st.data())
    def something(self, draw: st.DataObject) -> None:
        """One rule for all: hypothesis would leave most of many rules out of each example."""
        verb = getattr(self, draw.draw(st.sampled_from(self.happens), label="what"))
        wanted = {name: draw.draw(VALUES[name], label=name) for name in signature(verb).parameters}
        verb(**wanted)

    def books(self, who: int, to: int, time: tuple[int, float], kind: SessionKind, by: Party, despite: bool) -> None:
        place, coach, start = self.current[who], list(self.model.coaches)[to], self.at(time)
        made = self.both(
            lambda model: model.book(
                self.place_in(model, place), coach, start, kind, by=by, despite=despite, now=self.now
            ),
            service.book(
                place.id,
                coach,
                starts_at=start,
                minutes=30 if kind is SessionKind.CHEMISTRY else 60,
                kind=kind,
                despite_clash=despite,
                by=by,
                actor=Actor(place.person, "P"),
                now=self.now,
            ),
        )
        if made is not None:
            expected, session = made
            if isinstance(expected, Session):
                assert session not in self.model.sessions
                self.model.sessions[session] = expected
            else:
                assert session == expected, "a second session for a double click"

    def moves(self, which: int, time: tuple[int, float], by: Party, despite: bool) -> None:
        if session := self.session(which):
            start = self.at(time)
            self.both(
                lambda model: model.move(model.sessions[session], start, by=by, despite=despite, now=self.now),
                service.move(session, starts_at=start, by=by, despite_clash=despite, actor=ACADEMY, now=self.now),
            )

    def answers_a_wish(self, which: int, yes: bool, despite: bool) -> None:
        wishing = [id for id, each in self.model.sessions.items() if each.wish]
        if wishing:
            session = wishing[which % len(wishing)]
            asked = self.run(queries.any_session(session)).open_request
            assert asked is not None
            self.both(
                lambda model: model.answer_move(model.sessions[session], yes, despite=despite, now=self.now),
                service.answer_move(asked.id, yes=yes, despite_clash=despite, actor=ACADEMY, now=self.now),
            )

    def takes_a_wish_back(self, which: int) -> None:
        wishing = [id for id, each in self.model.sessions.items() if each.wish]
        if wishing:
            session = wishing[which % len(wishing)]
            asked = self.run(queries.any_session(session)).open_request
            self.run(service.withdraw_move(asked.id, actor=ACADEMY, now=self.now))
            self.model.sessions[session].wish = None

    def answers_a_booking(self, which: int, yes: bool, despite: bool) -> None:
        if session := self.session(which, S.REQUESTED):
            self.both(
                lambda model: model.answer_booking(model.sessions[session], yes, despite=despite, now=self.now),
                service.answer_booking(session, yes=yes, despite_clash=despite, actor=ACADEMY, now=self.now),
            )

    def cancels(self, which: int, by: Party) -> None:
        if session := self.session(which):
            self.both(
                lambda model: model.cancel(model.sessions[session], by=by, now=self.now),
                service.cancel(session, reason="A reason.", by=by, actor=ACADEMY, now=self.now),
            )

    def marks(self, which: int, status: S) -> None:
        past = [id for id, each in self.model.sessions.items() if each.start <= self.now]
        if past:
            session = past[which % len(past)]
            self.both(
                lambda model: model.mark(model.sessions[session], status, now=self.now),
                service.mark(session, status, actor=ACADEMY, now=self.now),
            )

    def waives(self, which: int) -> None:
        if session := self.session(which):
            self.both(
                lambda model: model.waive(model.sessions[session]),
                service.waive(session, reason="A reason.", actor=ACADEMY, now=self.now),
            )

    def reassigns(self, which: int, to: int, new_time: tuple[int, float] | None, despite: bool) -> None:
        if session := self.session(which):
            coach = list(self.model.coaches)[to]
            start = self.at(new_time) if new_time else self.model.sessions[session].start
            self.both(
                lambda model: model.reassign(model.sessions[session], coach, start, despite=despite, now=self.now),
                service.reassign(session, coach, starts_at=start, despite_clash=despite, actor=ACADEMY, now=self.now),
            )

    def a_coach_is_ill(self, to: int) -> None:
        coach = list(self.model.coaches)[to]
        for session in [id for id, each in self.model.sessions.items() if each.coach == coach]:
            if self.model.sessions[session].status in LIVE:
                self.both(
                    lambda model, session=session: model.cancel(model.sessions[session], by=Party.COACH, now=self.now),
                    service.cancel(session, reason="Ill.", by=Party.COACH, actor=ACADEMY, now=self.now),
                )

    def is_granted(self, who: int, number: int) -> None:
        place = self.current[who]
        left = self.model.left(place)
        if number > 0 and place.active:
            self.run(credits.grant(place.id, number, note="More.", actor=ACADEMY, now=self.now))
            self.grants(place, number)
        elif number < 0 and left >= -number:
            self.run(credits.withdraw(place.id, -number, note="Less.", actor=ACADEMY, now=self.now))
            self.grants(place, number)

    def grants(self, place: Place, number: int) -> None:
        place.granted += number
        place.may_come_back = False

    def leaves(self, who: int) -> None:
        place = self.current[who]
        if place.active:
            self.run(enrolments.withdraw(place.id, actor=ACADEMY, now=self.now))
            place.active = False
            self.does_timed_work()

    def comes_back(self, who: int) -> None:
        place = self.current[who]
        if not place.active:
            self.run(enrolments.reinstate(place.id, actor=ACADEMY, now=self.now))
            place.active = True
            self.does_timed_work()

    def goes_on_in_another_cohort(self, who: int) -> None:
        old = self.current[who]
        if not old.active or any(each.person == old.person for each in self.model.places if each is not old):
            return
        enrolled = self.run(makers.an_enrolment(cohort=self.there, person=old.person, now=self.now))
        new = Place(enrolled.enrolment, old.person, old.name, granted=0)
        self.model.places.append(new)
        self.current[who] = new
        self.run(service.transfer(old.id, new.id, actor=ACADEMY, now=self.now))
        self.model.transfer(old, new, self.now)
        status = {Enrolment.status: EnrolmentStatus.TRANSFERRED.value, Enrolment.ended_at: self.now}
        self.run(Enrolment.update(status).where(Enrolment.id == old.id).run())

    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.does_timed_work()
