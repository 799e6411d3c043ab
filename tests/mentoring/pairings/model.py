"""What should be, written without a line of the product: pairings as plain values, changed by plain rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from tests.support.machines import No

LIVE = {"proposed", "accepted", "active", "paused"}
UNDER_WAY = {"accepted", "active", "paused"}
MET = UNDER_WAY | {"completed", "ended_early"}
BOTH, ONE, NONE = 2, 1, 0


@dataclass
class Meet:
    start: datetime
    minutes: int
    status: str = "planned"
    booked: bool = True

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


@dataclass
class Pair:
    mentor: int
    mentee: int
    status: str
    answer_by: datetime
    answered: date | None = None
    starts: date | None = None
    ends: date | None = None
    until: date | None = None
    resumed: date | None = None
    ended: date | None = None
    nudged: datetime | None = None
    listed: bool = False
    nudges: int = 0
    goodbyes: int = 0
    meets: dict[UUID, Meet] = field(default_factory=dict)

    @property
    def last(self) -> date | None:
        return max((each.start.date() for each in self.meets.values() if each.status == "held"), default=None)


@dataclass
class Model:
    capacities: list[int]
    same: set[tuple[int, int]]
    """Mentor and mentee who are one person."""
    first_day: date
    last_day_after: timedelta
    pairs: dict[UUID, Pair] = field(default_factory=dict)
    new: Pair | None = None
    new_meet: Meet | None = None

    # ------------------------------------------------------------------- verbs
    def propose(self, mentor: int, mentee: int, now: datetime) -> None:
        live = [each for each in self.pairs.values() if each.status in LIVE]
        if any(each.mentee == mentee for each in live):
            raise No("PairedAlready")
        if (mentor, mentee) in self.same:
            raise No("CannotPair")
        if sum(each.mentor == mentor for each in live) >= self.capacities[mentor]:
            raise No("NoPlace")
        self.new = Pair(mentor, mentee, "proposed", now + timedelta(days=7))

    def accept(self, pair: Pair, now: datetime) -> None:
        if pair.status in UNDER_WAY:
            return
        self.only(pair, {"proposed"})
        pair.status, pair.answered = "accepted", now.date()
        pair.starts = max(self.first_day, now.date())
        pair.ends = pair.starts + self.last_day_after
        if pair.starts <= now.date():
            pair.status = "active"

    def decline(self, pair: Pair) -> None:
        if pair.status != "declined":
            self.only(pair, {"proposed"})
            pair.status = "declined"

    def take_back(self, pair: Pair) -> None:
        self.only(pair, {"proposed"})
        pair.status = "expired"

    def pause(self, pair: Pair, until: date | None) -> None:
        self.only(pair, {"active", "paused"})
        pair.status, pair.until, pair.listed = "paused", until, False

    def resume(self, pair: Pair, now: datetime) -> None:
        if pair.status != "active":
            self.only(pair, {"paused"})
            pair.status, pair.until, pair.resumed = "active", None, now.date()

    def end(self, pair: Pair, tells: int, now: datetime) -> None:
        if pair.status != "ended_early":
            self.only(pair, UNDER_WAY)
            pair.goodbyes = tells
            self.over(pair, "ended_early", now)

    def complete(self, pair: Pair, now: datetime) -> None:
        if pair.status != "completed":
            self.only(pair, {"active", "paused"})
            self.over(pair, "completed", now)

    def over(self, pair: Pair, status: str, now: datetime) -> None:
        pair.status, pair.ended, pair.listed = status, now.date(), False
        for each in pair.meets.values():
            if each.status == "planned" and each.start > now:
                each.status = "cancelled"

    def only(self, pair: Pair, statuses: set[str]) -> None:
        if pair.status not in statuses:
            raise No("ForbiddenMove")

    # ---------------------------------------------------------------- meetings
    def offer(self, pair: Pair, start: datetime) -> None:
        self.may_plan(pair)
        if not any(each.status == "planned" and each.start == start for each in pair.meets.values()):
            self.new_meet = Meet(start, 60)

    def move(self, pair: Pair, meet: Meet, start: datetime, now: datetime) -> None:
        self.may_plan(pair)
        if meet.status != "planned" or not meet.booked or meet.start <= now:
            raise No("NotNow")
        meet.start = start

    def may_plan(self, pair: Pair) -> None:
        if pair.status not in UNDER_WAY or pair.status == "paused":
            raise No("NotNow")

    def cancel(self, pair: Pair, meet: Meet) -> None:
        if meet.status == "missed":
            raise No("NotNow")
        meet.status = "cancelled"

    def log(self, pair: Pair, day: date, now: datetime) -> None:
        if pair.status not in MET:
            raise No("NotFound")
        assert pair.answered
        if day > now.date() or day < pair.answered or (pair.ended and day > pair.ended):
            raise No("NotNow")
        before = pair.last
        of_day = sorted((each for each in pair.meets.values() if each.start.date() == day), key=lambda each: each.start)
        if any(each.status == "held" for each in of_day):
            return
        planned = [each for each in of_day if each.status in ("planned", "missed")]
        if planned:
            planned[0].status, planned[0].minutes = "held", 50
        else:
            self.new_meet = Meet(datetime(day.year, day.month, day.day, 11, tzinfo=now.tzinfo), 50, "held", False)
        if before is None or day > before:
            pair.listed = False

    # -------------------------------------------------------------- timed work
    def time(self, now: datetime) -> None:
        today = now.date()
        for pair in self.pairs.values():
            if pair.status == "proposed" and now >= pair.answer_by:
                pair.status = "expired"
            if pair.status == "accepted" and pair.starts and pair.starts <= today:
                pair.status = "active"
            if pair.status == "paused" and pair.until and pair.until <= today:
                self.resume(pair, now)
            if pair.status in ("active", "paused") and pair.ends and pair.ends < today:
                self.complete(pair, now)
            self.nudge(pair, now)

    def nudge(self, pair: Pair, now: datetime) -> None:
        known = [day for day in (pair.starts, pair.last, pair.resumed) if day]
        if pair.status != "active" or pair.listed or not known:
            return
        if any(each.status == "planned" and each.start > now for each in pair.meets.values()):
            return
        if now.date() < max(known) + timedelta(days=42 if pair.last else 14):
            return
        if pair.nudged is None or pair.nudged.date() < max(known):
            pair.nudged, pair.nudges = now, pair.nudges + 1
        elif now >= pair.nudged + timedelta(days=7):
            pair.listed = True
