"""Anything that can happen to coaching, in any order, beside a model of what should be; checked after each step.

On SQLite each example has a file of its own, on PostgreSQL an emptied database. The controls plant a mistake and see
that it is found.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from inspect import signature
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.database.migrate import migrate
from academy.errors import DomainError
from academy.invites import service as invites
from academy.outbox.tables import Message
from academy.people.queries import contacts
from academy.settings import Settings
from cohorts.coaching import jobs
from cohorts.coaching.bookings import letters, queries, rules, service, slots, steps
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionKind
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits import queries as ledgers
from cohorts.coaching.credits import service as credits
from cohorts.coaching.credits.ledger import Ledger
from cohorts.coaching.credits.rules import balance
from cohorts.enrolment import service as enrolments
from cohorts.enrolment.tables import Enrolment, EnrolmentStatus
from tests.cohorts.coaching.bookings.model import LIVE, OUTCOMES, Coach, Model, No, Place, Session
from tests.conftest import MEMORY, empty
from tests.support import makers
from tests.support.calendars import Calendars

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
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


class Machine(RuleBasedStateMachine):
    """Three people, one of whom also coaches, three coaches, one of whom confirms, and a coordinator."""

    template: ClassVar[Path]
    postgres: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY))
        if not self.postgres:
            shutil.copy(self.template, self.folder / "academy.sqlite3")
        self.engine = room.connect(Settings(data_dir=self.folder, database_url=self.postgres))
        self.run(room.open(self.engine))
        room.use(self.engine)
        if self.postgres:
            self.run(empty(self.engine))
        self.now = START
        self.calendars = Calendars()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(coroutine)

    def teardown(self) -> None:
        self.run(room.close(self.engine))
        self.loop.close()
        shutil.rmtree(self.folder)

    @initialize()
    def an_academy(self) -> None:
        self.run(self.make())

    async def make(self) -> None:
        programme = await makers.a_programme(now=START)
        await makers.coaching_rules(programme, chemistry_calls=2, move_hours=48, one_coach=False, now=START)
        far = START + timedelta(days=300)
        here, there = [
            await makers.a_cohort(programme=programme, sessions=1, starts_at=far, now=START) for _ in range(2)
        ]
        self.there = there
        names = ["Ana", "Bea", "Cal"]
        people = [await makers.a_person(name=name, now=START) for name in names]
        coaches = {}
        for name, person in (("Dan", None), ("Eve", None), ("Cal", people[2])):
            made = await makers.a_coach(
                name=name, person=person, programme=programme, confirms=name == "Eve", link="", now=START
            )
            view = await makers.coaches.coach(made)
            coaches[made] = Coach(view.person, name, view.confirms)
        places = []
        for name, person in zip(names, people, strict=True):
            enrolled = await makers.an_enrolment(cohort=here, person=person, now=START)
            places.append(Place(enrolled.enrolment, person, name))
        events: dict[UUID, list[tuple[datetime, datetime]]] = {}
        for day, guests in ((2, [people[0]]), (3, [people[1], coaches[list(coaches)[0]].person])):
            starts_at = START + timedelta(days=day)
            event = await invites.create_event(
                title="Something else", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), now=START
            )
            await invites.invite(event, guests, now=START)
            for guest in guests:
                events.setdefault(guest, []).append((starts_at, starts_at + timedelta(hours=1)))
        self.model = Model(coaches, places, events)
        self.current = list(places)
        known = await contacts([*people, *(each.person for each in coaches.values())])
        self.addresses = {person: each.address for person, each in known.items()}
        await self.timed_work()

    async def timed_work(self) -> None:
        for job in (jobs.grant, jobs.leave, jobs.expire):
            await job(self.now)
        await jobs.remind(self.now)

    # ---------------------------------------------------------------- what happens
    @rule(what=st.sampled_from(HAPPENS), draw=st.data())
    def something(self, what: str, draw: st.DataObject) -> None:
        """One rule for all: hypothesis would leave most of many rules out of each example."""
        verb = getattr(self, what)
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

    # ------------------------------------------------------------------------ help
    def does_timed_work(self) -> None:
        self.run(self.timed_work())
        self.model.jobs(self.now)

    def at(self, time: tuple[int, float]) -> datetime:
        midnight = self.now.replace(hour=0, minute=0)
        return midnight + timedelta(days=time[0], hours=time[1])

    def session(self, which: int, *statuses: S) -> UUID | None:
        known = [id for id, each in self.model.sessions.items() if not statuses or each.status in statuses]
        return known[which % len(known)] if known else None

    def place_in(self, model: Model, place: Place) -> Place:
        return next(each for each in model.places if each.id == place.id)

    def both(self, expected: Callable[[Model], Any], verb: Coroutine[Any, Any, Any]) -> tuple[Any, Any] | None:
        """Carry out a verb and what the model says of it: both refuse for the same reason, or neither does."""
        model = deepcopy(self.model)
        try:
            should, refused = expected(model), ""
        except No as no:
            should, refused = None, no.error
        try:
            result = self.run(verb)
        except DomainError as error:
            assert type(error).__name__ == refused, f"refused with {error!r} instead of {refused or 'nothing'}"
            if isinstance(error, rules.SlotTaken):
                assert len(error.nearest) == 3
            return None
        assert not refused, f"not refused with {refused}"
        if isinstance(should, Session):
            should.place = self.place_in(self.model, should.place)
            return should, result
        current = [each.id for each in self.current]
        self.model = model
        self.current = [next(each for each in model.places if each.id == id) for id in current]
        return should, result

    # ------------------------------------------------------------------ what must hold
    @invariant()
    def credits_add_up(self) -> None:
        if not hasattr(self, "model"):
            return
        for place in self.model.places:
            entries = self.run(ledgers.ledger(place.id))
            now = balance(entries)
            assert now.reserved + now.used + now.left == now.granted - now.expired + now.returned
            assert now.left == sum(each.change for each in entries) >= 0
            assert [each.number for each in entries] == list(range(1, len(entries) + 1))
            running = 0
            for each in entries:
                running += each.change
                assert running >= 0, "more was given than there was"
            assert now.left == self.model.left(place)
            assert now.reserved == self.model.states(place, "reserved")
            assert now.used - now.returned == self.model.states(place, "used")
            assert now == self.run(ledgers.balances([place.id]))[place.id]

    @invariant()
    def sessions_are_as_they_should_be(self) -> None:
        if not hasattr(self, "model"):
            return
        found = {each.id: each for place in self.model.places for each in self.run(queries.of_enrolment(place.id))}
        assert found.keys() == self.model.sessions.keys()
        for id, session in self.model.sessions.items():
            real = found[id]
            assert (real.coach, real.enrolment, real.status) == (session.coach, session.place.id, session.status)
            assert (real.starts_at, real.ends_at, real.moves) == (session.start, session.end, session.moves)
            assert (real.open_request.starts_at if real.open_request else None) == session.wish
            history = self.run(queries.history(id))
            assert {each.to_status for each in history} >= {session.status}

    @invariant()
    def nobody_is_in_two_places_unwarned(self) -> None:
        if not hasattr(self, "model"):
            return
        held = self.run(
            slots.held(list(self.addresses), since=START - timedelta(days=9), until=START + timedelta(days=400))
        )
        for number, one in enumerate(held):
            for other in held[number + 1 :]:
                if {one.coach_person, one.coachee} & {other.coach_person, other.coachee}:
                    assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at, "somebody is in two places"
            if not self.model.sessions[one.id].warned:
                for person in (one.coach_person, one.coachee):
                    assert not self.model.busy(person, one.starts_at, one.ends_at), "nobody was warned"

    @invariant()
    def calendars_show_what_is_booked(self) -> None:
        if not hasattr(self, "model"):
            return
        self.calendars.read(
            self.run(
                Message.select(Message.id, Message.to_address, Message.to_name, Message.calendar, Message.number)
                .where(Message.calendar.is_not_null())
                .run()
            )
        )
        expected: dict[str, set[tuple[str, str, datetime, datetime]]] = {}
        for id, session in self.model.sessions.items():
            uid = self.uid(id)
            assert session.uid in ("", uid), "another UID"
            session.uid = uid
            booked = session.status not in rules.CANCELLED and session.status is not S.REQUESTED
            if booked and session.end > self.now:
                coach, called = self.model.coaches[session.coach], rules.KIND_CALLED[session.kind]
                for person, title in (
                    (coach.person, f"{called}: {session.place.name}"),
                    (session.place.person, f"{called} with {coach.name}"),
                ):
                    entry = (uid, title, session.start, session.end)
                    expected.setdefault(self.addresses[person], set()).add(entry)
        for address in self.addresses.values():
            shown = {
                (each.uid, each.title, each.starts_at, each.ends_at)
                for each in self.calendars.of(address)
                if each.ends_at > self.now and each.title.startswith(tuple(rules.KIND_CALLED.values()))
            }
            assert shown == expected.get(address, set()), "a calendar shows something else"

    def uid(self, session: UUID) -> str:
        rows = self.run(
            room.fetch(
                "SELECT v.uid FROM coaching_session s JOIN calendar_event v ON v.id = s.event WHERE s.id = {}", session
            )
        )
        return rows[0]["uid"] if rows else ""


def machine(examples: int, *, steps: int = 40, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=phases,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A migrated SQLite file to start each example from."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        asyncio.run(migrate(Settings(data_dir=Path(folder))))
        yield Path(folder) / "academy.sqlite3"


@pytest.fixture
def migrated(template: Path) -> Iterator[None]:
    """The machine runs on SQLite."""
    Machine.template, Machine.postgres = template, ""
    yield


@pytest.mark.slow
def test_whatever_happens_on_sqlite_credits_times_and_calendars_are_right(migrated: None) -> None:
    machine(25)


@pytest.mark.slow
def test_whatever_happens_on_postgresql_credits_times_and_calendars_are_right(
    migrated: None, new_postgres_url: str, tmp_path: Path
) -> None:
    asyncio.run(migrate(Settings(data_dir=tmp_path, database_url=new_postgres_url)))
    Machine.postgres = new_postgres_url

    machine(10)


# ---------------------------------------------------------------- planted bugs
Plant = Callable[[pytest.MonkeyPatch], None]


async def nothing(*_: Any, **__: Any) -> None: ...


async def nobody(people: Sequence[UUID], **_: Any) -> dict[UUID, list[Any]]:
    return {person: [] for person in people}


def overlaps_are_not_looked_for(patch: pytest.MonkeyPatch) -> None:
    async def no_overlap(*_: Any, **__: Any) -> list[Any]:
        return []

    patch.setattr(slots, "held", no_overlap)


def calendars_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(invites.queries, "busy", nobody)


def late_cancellations_cost_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rules, "what_cancelling_means", lambda *_, **__: rules.Consequence())


def credits_outlive_the_place(patch: pytest.MonkeyPatch) -> None:
    async def none(*_: Any, **__: Any) -> int:
        return 0

    patch.setattr(Ledger, "expire", none)


def moves_are_not_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(letters, "change_in_calendars", nothing)


def cancelled_sessions_stay_in_calendars(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(letters, "take_out_of_calendars", nothing)


def the_former_coach_stays_invited(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(invites, "withdraw", nothing)


def a_wish_holds_the_session(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(steps, "close_request", nothing)


@pytest.mark.slow
@pytest.mark.parametrize(
    "plant",
    [
        overlaps_are_not_looked_for,
        calendars_are_not_looked_at,
        late_cancellations_cost_nothing,
        credits_outlive_the_place,
        moves_are_not_told,
        cancelled_sessions_stay_in_calendars,
        the_former_coach_stays_invited,
        a_wish_holds_the_session,
    ],
)
def test_a_planted_mistake_is_found(migrated: None, monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    plant(monkeypatch)

    with pytest.raises((AssertionError, DomainError)):
        machine(120, phases=(Phase.generate,))
