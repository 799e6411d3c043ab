"""Coaching as it should be, in plain lists: whom a time belongs to, what a credit has become, what the verbs refuse.

Written from the rules that people read, without any code of the product but its words for statuses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionKind
from cohorts.coaching.bookings.tables import SessionStatus as S
from tests.support.machines import No

LONDON = ZoneInfo("Europe/London")
CREDITS, CALLS, MOST_MOVES = 3, 2, 2
CANCEL_UNTIL, MOVE_UNTIL = timedelta(hours=24), timedelta(hours=48)
BUFFER, NOTICE, HORIZON = timedelta(minutes=15), timedelta(hours=24), timedelta(days=56)
CANCELLED = {S.CANCELLED_BY_COACHEE, S.CANCELLED_BY_COACH, S.CANCELLED_BY_ACADEMY}
LIVE = {S.REQUESTED, S.BOOKED}
OUTCOMES = {S.COMPLETED, S.NO_SHOW_COACHEE, S.NO_SHOW_COACH}
BY = {
    Party.COACHEE: S.CANCELLED_BY_COACHEE,
    Party.COACH: S.CANCELLED_BY_COACH,
    Party.ACADEMY: S.CANCELLED_BY_ACADEMY,
}


@dataclass
class Coach:
    person: UUID
    name: str
    confirms: bool


@dataclass
class Place:
    """An enrolment, and its credits."""

    id: UUID
    person: UUID
    name: str
    active: bool = True
    granted: int = CREDITS
    expired: int = 0
    may_come_back: bool = False


@dataclass
class Session:
    coach: UUID
    place: Place
    kind: SessionKind
    start: datetime
    minutes: int
    status: S
    credit: str  # "", "reserved", "used", "returned"
    moves: int = 0
    wish: datetime | None = None
    wish_warned: bool = False
    waived: bool = False
    warned: bool = False
    uid: str = ""
    spent: int | None = None

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    def at(self, start: datetime, margin: timedelta = timedelta()) -> tuple[datetime, datetime]:
        return start - margin, start + timedelta(minutes=self.minutes) + margin


@dataclass
class Model:
    coaches: dict[UUID, Coach]
    places: list[Place]
    events: dict[UUID, list[tuple[datetime, datetime]]]
    sessions: dict[UUID, Session] = field(default_factory=dict)

    # ------------------------------------------------------------------ credits
    def states(self, place: Place, state: str) -> int:
        return sum(each.place is place and each.credit == state for each in self.sessions.values())

    def left(self, place: Place) -> int:
        return place.granted - place.expired - self.states(place, "reserved") - self.states(place, "used")

    def settle(self, session: Session, wanted: str) -> None:
        if session.credit in ("", wanted):
            return
        if session.credit == "returned" and self.left(session.place) < 1:
            raise No("NoCredit")
        session.credit = wanted

    def grant(self, place: Place) -> None:
        """What somebody gets who has come back."""
        if place.active and place.may_come_back:
            spent = self.states(place, "used") + self.states(place, "reserved") + max(0, self.left(place))
            place.granted += max(0, CREDITS - spent)
            place.may_come_back = False

    def expire(self, place: Place) -> None:
        if self.left(place) > 0:
            place.expired += self.left(place)
            place.may_come_back = True

    def jobs(self, now: datetime) -> None:
        """What is done by itself."""
        for place in self.places:
            self.grant(place)
        for session in self.sessions.values():
            if not session.place.active and session.status in LIVE and session.start > now:
                session.status, session.wish = S.CANCELLED_BY_ACADEMY, None
                self.settle(session, "returned")
        for place in self.places:
            if not place.active:
                self.expire(place)
        for session in self.sessions.values():
            if session.status is S.REQUESTED and session.start <= now:
                session.status, session.wish = S.CANCELLED_BY_ACADEMY, None
                self.settle(session, "returned")
            if session.wish and (session.wish <= now or session.end <= now):
                session.wish = None

    # --------------------------------------------------------------------- time
    def people_of(self, session: Session) -> set[UUID]:
        return {self.coaches[session.coach].person, session.place.person}

    def overlapping(
        self, people: set[UUID], start: datetime, end: datetime, but: Session | None = None
    ) -> list[Session]:
        return [
            each
            for each in self.sessions.values()
            if each is not but
            and each.status not in CANCELLED
            and self.people_of(each) & people
            and each.start < end
            and start < each.end
        ]

    def busy(self, person: UUID, start: datetime, end: datetime) -> bool:
        return any(starts < end and start < ends for starts, ends in self.events.get(person, []))

    def offered(self, coach: UUID, start: datetime, minutes: int, now: datetime, but: Session | None) -> bool:
        """Whether a coachee sees this time in the list."""
        local, end = start.astimezone(LONDON), start + timedelta(minutes=minutes)
        minute = local.hour * 60 + local.minute
        in_hours = any(a <= minute and minute + minutes <= b for a, b in ((540, 720), (780, 1020)))
        if local.weekday() > 4 or not in_hours or minute % 30 or not now + NOTICE <= start <= now + HORIZON:
            return False
        person = self.coaches[coach].person
        for each in self.sessions.values():
            if each is but or each.status in CANCELLED or person not in self.people_of(each):
                continue
            margin = BUFFER if each.coach == coach else timedelta()
            if each.start - margin < end and start < each.end + margin:
                return False
        return not self.busy(person, start, end)

    def take(
        self,
        coach: UUID,
        place: Place,
        start: datetime,
        minutes: int,
        *,
        by: Party,
        despite: bool,
        wished: bool = False,
        now: datetime,
        but: Session | None = None,
    ) -> None:
        """Raises No("SlotTaken") or No("Clash"). ``wished``: the coachee was warned of their own when they asked."""
        end = start + timedelta(minutes=minutes)
        coach_person = self.coaches[coach].person
        if self.overlapping({coach_person, place.person}, start, end, but):
            raise No("SlotTaken")
        if by is Party.COACHEE and not self.offered(coach, start, minutes, now, but):
            raise No("SlotTaken")
        clash = not wished and self.busy(place.person, start, end)
        if by is not Party.COACHEE:
            clash = clash or self.busy(coach_person, start, end)
        if clash and not despite:
            raise No("Clash")

    # -------------------------------------------------------------------- verbs
    def book(
        self,
        place: Place,
        coach: UUID,
        start: datetime,
        kind: SessionKind,
        *,
        by: Party,
        despite: bool,
        now: datetime,
    ) -> Session | UUID:
        """A new session, or the id of the same one."""
        minutes = 30 if kind is SessionKind.CHEMISTRY else 60
        mine = {id: each for id, each in self.sessions.items() if each.place is place}
        for id, each in mine.items():
            if each.status in LIVE and (each.coach, each.start, each.kind) == (coach, start, kind):
                return id
        if not place.active:
            raise No("NoCoaching")
        if self.coaches[coach].person == place.person:
            raise No("NotYourCoach")
        if kind is SessionKind.CHEMISTRY:
            made = [
                each.coach
                for each in mine.values()
                if each.kind is kind and each.status not in CANCELLED | {S.NO_SHOW_COACH}
            ]
            if by is Party.COACHEE and (len(made) >= CALLS or coach in made):
                raise No("TooManyChemistryCalls")
        elif self.left(place) < 1:
            raise No("NoCredit")
        self.take(coach, place, start, minutes, by=by, despite=despite, now=now)
        waits = self.coaches[coach].confirms and by is Party.COACHEE
        return Session(
            coach=coach,
            place=place,
            kind=kind,
            start=start,
            minutes=minutes,
            status=S.REQUESTED if waits else S.BOOKED,
            credit="reserved" if kind is SessionKind.COACHING else "",
            warned=despite,
        )

    def move(self, session: Session, start: datetime, *, by: Party, despite: bool, now: datetime) -> None:
        if session.status in LIVE and (start == session.start or (by is Party.COACHEE and start == session.wish)):
            return
        if session.status not in LIVE:
            raise No("ForbiddenMove")
        if by is Party.COACHEE:
            if now >= session.start:
                raise No("TooLate")
            if session.moves >= MOST_MOVES:
                raise No("TooManyMoves")
        self.take(session.coach, session.place, start, session.minutes, by=by, despite=despite, now=now, but=session)
        late = now > session.start - MOVE_UNTIL or self.coaches[session.coach].confirms
        if by is Party.COACHEE and session.status is S.BOOKED and late:
            session.wish, session.wish_warned = start, despite
            return
        self.moved(session, start, by=by, despite=despite)

    def moved(self, session: Session, start: datetime, *, by: Party, despite: bool) -> None:
        session.start, session.wish, session.warned = start, None, despite
        if by is Party.COACHEE:
            session.moves += 1
        else:
            session.status = S.BOOKED

    def answer_move(self, session: Session, yes: bool, *, despite: bool, now: datetime) -> None:
        assert session.wish is not None
        if not yes:
            session.wish = None
            return
        if now >= session.wish:
            raise No("TooLate")
        self.take(
            session.coach,
            session.place,
            session.wish,
            session.minutes,
            by=Party.COACH,
            despite=despite,
            wished=True,
            now=now,
            but=session,
        )
        self.moved(session, session.wish, by=Party.COACHEE, despite=despite or session.wish_warned)

    def answer_booking(self, session: Session, yes: bool, *, despite: bool, now: datetime) -> None:
        if session.status is (S.BOOKED if yes else S.CANCELLED_BY_COACH):
            return
        if session.status is not S.REQUESTED:
            raise No("ForbiddenMove")
        if yes and now >= session.start:
            raise No("TooLate")
        if yes and not despite and self.busy(self.coaches[session.coach].person, session.start, session.end):
            raise No("Clash")
        session.status = S.BOOKED if yes else S.CANCELLED_BY_COACH
        session.warned = session.warned or despite
        session.wish = None
        if not yes:
            self.settle(session, "returned")

    def cancel(self, session: Session, *, by: Party, now: datetime) -> None:
        if session.status is BY[by]:
            return
        if session.status not in LIVE:
            raise No("ForbiddenMove")
        if by is Party.COACHEE and now >= session.start:
            raise No("TooLate")
        late = by is Party.COACHEE and session.status is S.BOOKED and now > session.start - CANCEL_UNTIL
        session.status, session.wish = BY[by], None
        self.settle(session, "used" if late else "returned")

    def mark(self, session: Session, status: S, *, now: datetime) -> None:
        if session.status not in OUTCOMES | {S.BOOKED}:
            raise No("ForbiddenMove")
        if now < session.start:
            raise No("TooEarly")
        if status is session.status:
            return
        if status is S.BOOKED:
            self.settle(session, "reserved")
            session.waived = False
        elif not session.waived:
            self.settle(session, "returned" if status is S.NO_SHOW_COACH else "used")
        session.status, session.wish = status, None

    def waive(self, session: Session) -> None:
        if session.waived:
            return
        if session.credit != "used":
            raise No("NothingToGiveBack")
        session.credit, session.waived = "returned", True

    def reassign(self, session: Session, coach: UUID, start: datetime, *, despite: bool, now: datetime) -> None:
        if session.status not in LIVE:
            raise No("ForbiddenMove")
        if (coach, start) == (session.coach, session.start):
            return
        if self.coaches[coach].person == session.place.person:
            raise No("NotYourCoach")
        self.take(coach, session.place, start, session.minutes, by=Party.ACADEMY, despite=despite, now=now, but=session)
        asks = self.coaches[coach].confirms and coach != session.coach
        session.coach = coach
        self.moved(session, start, by=Party.ACADEMY, despite=despite)
        if asks:  # in no calendar until the yes, which makes a new entry
            session.status, session.uid = S.REQUESTED, ""

    def transfer(self, old: Place, new: Place, now: datetime) -> None:
        for session in self.sessions.values():
            if session.place is old and session.status in LIVE and session.start > now:
                session.place = new
        new.granted = self.left(old)
        old.expired += self.left(old)
        old.active = False
