"""An academy with coaching beside a model of what should be, and what must hold whatever happens in it."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis.stateful import initialize, invariant

from academy import database as room
from academy.errors import DomainError
from academy.invites import service as invites
from academy.outbox.tables import Message
from academy.people.queries import contacts
from cohorts.coaching import jobs
from cohorts.coaching.bookings import queries, rules, slots
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits import queries as ledgers
from cohorts.coaching.credits.rules import balance
from tests.cohorts.coaching.bookings.model import Coach, Model, Place
from tests.conftest import NOW
from tests.support import makers
from tests.support.calendars import Calendars
from tests.support.machines import Academy


class World(Academy):
    """Three people, one of whom also coaches, three coaches, one of whom confirms, and a coordinator."""

    @initialize()
    def an_academy(self) -> None:
        self.run(self.make())

    async def make(self) -> None:
        self.calendars = Calendars()
        programme = await makers.a_programme(now=NOW)
        await makers.coaching_rules(programme, chemistry_calls=2, move_hours=48, one_coach=False, now=NOW)
        far = NOW + timedelta(days=300)
        here, there = [await makers.a_cohort(programme=programme, sessions=1, starts_at=far, now=NOW) for _ in range(2)]
        self.there = there
        names = ["Ana", "Bea", "Cal"]
        people = [await makers.a_person(name=name, now=NOW) for name in names]
        coaches = {}
        for name, person in (("Dan", None), ("Eve", None), ("Cal", people[2])):
            made = await makers.a_coach(
                name=name, person=person, programme=programme, confirms=name == "Eve", link="", now=NOW
            )
            view = await makers.coaches.coach(made)
            coaches[made] = Coach(view.person, name, view.confirms)
        places = []
        for name, person in zip(names, people, strict=True):
            enrolled = await makers.an_enrolment(cohort=here, person=person, now=NOW)
            places.append(Place(enrolled.enrolment, person, name))
        events: dict[UUID, list[tuple[datetime, datetime]]] = {}
        for day, guests in ((2, [people[0]]), (3, [people[1], coaches[list(coaches)[0]].person])):
            starts_at = NOW + timedelta(days=day)
            event = await invites.create_event(
                title="Something else", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), now=NOW
            )
            await invites.invite(event, guests, now=NOW)
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
        found = super().both(expected, verb)
        self.current = [self.place_in(self.model, each) for each in self.current]
        return found

    def is_refused(self, error: DomainError) -> None:
        if isinstance(error, rules.SlotTaken):
            assert len(error.nearest) == 3

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
            slots.held(list(self.addresses), since=NOW - timedelta(days=9), until=NOW + timedelta(days=400))
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
