"""Two rounds of mentoring: one whose pairs have met since spring, and one that waits for its pairs to be suggested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from random import Random
from uuid import UUID

from academy.audit.service import Actor
from academy.demo.people import MENTOR, PARTICIPANT, Cast, Somebody
from academy.demo.plan import ONE, Days
from academy.demo.stories import Run, Step, World
from academy.invites.times import UK, local_to_utc
from mentoring.matching.people import Format
from mentoring.pairings import queries as pairings
from mentoring.pairings import service as pairing_service
from mentoring.pairings.forms import Evaluation
from mentoring.pairings.queries import StaffView
from mentoring.pairings.tables import DeclineReason, PairingStatus
from mentoring.profiles import options
from mentoring.profiles import service as profiles
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers, Told
from mentoring.profiles.rules import RoundDetails
from mentoring.profiles.tables import ApartKind, ProfileSource, RoundStatus
from mentoring.reports import fairness
from mentoring.runs import service as runs

PAIRED = 37
"""People who were paired in the year, at full scale."""
MENTEES, MENTORS = 37, 34
"""Who waits in the new round, at full scale."""
LAST_ROUND, NEW_ROUND = "mentoring-spring", "mentoring-winter"

GRADES = ((2, 5), (4, 7), (6, 9))
"""Levels that people of each grade of the cast have."""
PROFESSIONS = {
    "Digital": "Digital, data and technology",
    "ICT": "Digital, data and technology",
    "Data": "Digital, data and technology",
    "Cyber": "Cyber security",
    "Customer": "Customer services",
    "Housing": "Housing",
    "Information": "Democratic services and governance",
    "Project": "Project delivery",
    "Revenues": "Finance",
    "Benefits": "Finance",
    "Transformation": "Policy and strategy",
    "Library": "Leisure and culture",
}
AGREEMENT = (
    "We meet about once a month. What we say stays between us. Either of us can end this at any time, without giving "
    "the other a reason. The mentee sets the agenda; the mentor brings experience, not instructions."
)
GOALS = (
    "Decide whether I want to lead a service",
    "Stop doing my old job beside my new one",
    "Be heard at the management table",
    "Learn how a budget is really made",
)


class Mentoring:
    """The steps of the two rounds."""

    def __init__(self, world: World, days: Days, cast: Cast, *, seed: int, scale: float) -> None:
        self.world, self.days, self.now = world, days, days.now
        self.full = scale > 0.5
        self.rng = Random(f"{seed}:mentoring")  # noqa: S311 - not a secret
        self.by = world.coordinator
        others = [each for each in cast.known.values() if each.council and each.address not in (MENTOR, PARTICIPANT)]
        self.rng.shuffle(others)
        senior = [each for each in others if each.grade > 0]
        junior = [each for each in others if each.grade < 2]
        known = cast.known
        self.past_mentors = [cast.known[MENTOR], *senior][: self.many(32)]
        self.past_mentees = [each for each in junior if each not in self.past_mentors][: self.many(PAIRED)]
        taken = {each.address for each in (*self.past_mentors, *self.past_mentees)}
        fresh_senior = [each for each in senior if each.address not in taken]
        self.new_mentors = [*self.past_mentors[:9], *fresh_senior][: self.many(MENTORS)]
        taken |= {each.address for each in self.new_mentors}
        fresh = [each for each in junior if each.address not in taken]
        self.new_mentees = [known[PARTICIPANT], *fresh][: self.many(MENTEES)]
        self.rounds: dict[str, UUID] = {}

    def many(self, full: int) -> int:
        return full if self.full else max(6, round(full * 0.3))

    def steps(self) -> Iterator[Step]:
        """All of them; those that would lie in the future are left out."""
        yield from (step for step in self._all() if step.at < self.now)

    def _all(self) -> Iterator[Step]:
        today = self.days.today
        yield Step(self._at(today - 200 * ONE), self._open(LAST_ROUND, "Mentoring, spring round", -150))
        yield Step(self._at(today - 185 * ONE), self._sign_up(LAST_ROUND, self.past_mentors, self.past_mentees))
        paired_on = self.days.working(today - 160 * ONE)
        yield Step(self._at(paired_on), self._pair)
        for wave in range(3):
            evening = local_to_utc(paired_on + (1 + wave) * ONE, time(19, 30), UK)  # mentors answer on any day
            yield Step(evening, self._answers(wave))
            yield Step(evening + ONE / 24, _follow_up)
        yield Step(self._at(max(today - 149 * ONE, paired_on + 5 * ONE)), _begin)
        yield Step(self._at(today - 130 * ONE), _count)
        for month in range(5):
            yield Step(self._at(today - (140 - 28 * month) * ONE), self._month(month))
            yield Step(self._at(today - (124 - 28 * month) * ONE), _nudge)
        yield Step(self._at(today - 70 * ONE), self._ends)
        yield Step(self.now - 6 * ONE, self._next_meeting)
        yield Step(self._at(today - 40 * ONE), self._open(NEW_ROUND, "Mentoring, winter round", 21))
        yield Step(self._at(today - 24 * ONE), self._sign_up(NEW_ROUND, self.new_mentors, self.new_mentees))
        yield Step(self.now - 5 * ONE, self._kept_apart)
        yield Step(self.now - 3 * ONE, self._to_matching)

    # ------------------------------------------------------------------ rounds
    def _open(self, slug: str, name: str, starts: int) -> Run:
        async def run(now: datetime) -> None:
            details = RoundDetails(
                name=name,
                slug=slug,
                summary="Nine months with somebody who has been there: about an hour a month, online or in person.",
                agreement=AGREEMENT,
                starts_on=self.days.working(self.days.today + starts * ONE),
            )
            round = await profiles.create_round(details, actor=self.by, now=now)
            await profiles.move_round(round, RoundStatus.OPEN, actor=self.by, now=now)
            self.rounds[slug] = round

        return run

    def _sign_up(self, slug: str, mentors: Sequence[Somebody], mentees: Sequence[Somebody]) -> Run:
        async def run(now: datetime) -> None:
            round, people = self.rounds[slug], self.world.people
            rng = Random(slug)  # noqa: S311 - not a secret
            popular = [people[each.address] for each in mentors[:5]]
            many = 17 if slug == NEW_ROUND else 3  # in the new round places are scarce
            for number, each in enumerate(mentors):
                await profiles.sign_up_mentor(
                    round,
                    people[each.address],
                    _mentor(each, rng),
                    capacity=2 if number % many == 1 else 1,
                    told=[Told(question="gender", answer="woman", for_matching=True)]
                    if each.woman and number % 2
                    else None,
                    source=ProfileSource.ALUMNI if number % 4 == 0 else ProfileSource.SELF,
                    actor=self._actor(each),
                    now=now,
                )
            for number, each in enumerate(mentees):
                mentee = people[each.address]
                liked = [one for one in rng.sample(popular, min(2, len(popular))) if one != mentee]
                await profiles.sign_up_mentee(
                    round,
                    mentee,
                    _mentee(each, rng, like=each.woman and number % 5 == 2),
                    choices=liked if number % 2 else [],
                    told=[Told(question="gender", answer="woman")] if each.woman and number % 3 == 2 else None,
                    actor=self._actor(each),
                    now=now,
                )

        return run

    async def _kept_apart(self, now: datetime) -> None:
        people = self.world.people
        for mentor, mentee in zip(self.new_mentors[3:6], self.new_mentees[2:5], strict=True):
            await profiles.keep_apart(
                people[mentee.address], people[mentor.address], ApartKind.LINE,
                reason="They report to each other's team", actor=self.by, now=now,
            )  # fmt: skip
        one, other = self.new_mentees[5], self.new_mentors[0]
        await profiles.keep_apart(
            people[one.address], people[other.address], ApartKind.CONFIDENTIAL, actor=self._actor(one), now=now
        )

    async def _to_matching(self, now: datetime) -> None:
        await profiles.move_round(self.rounds[NEW_ROUND], RoundStatus.MATCHING, actor=self.by, now=now)

    # ------------------------------------------------------------- the last round
    async def _pair(self, now: datetime) -> None:
        round = self.rounds[LAST_ROUND]
        await profiles.move_round(round, RoundStatus.MATCHING, actor=self.by, now=now)
        run = await runs.suggest(round, actor=self.by, now=now)
        await runs.publish(run, actor=self.by, now=now)

    def _answers(self, wave: int) -> Run:
        """Most say yes within days; some say no, and the next best is asked."""

        async def run(now: datetime) -> None:
            found = await pairings.live(self.rounds[LAST_ROUND], now=now)
            asked = [each for each in found if each.status is PairingStatus.PROPOSED]
            for number, each in enumerate(sorted(asked, key=lambda one: one.mentor_address)):
                mentor = Actor(each.mentor, each.mentor_name)
                if wave == 0 and number % 9 == 4:
                    await pairing_service.decline(each.id, DeclineReason.NO_TIME, actor=mentor, now=now)
                elif wave > 0 or number % 3:
                    await pairing_service.accept(each.id, actor=mentor, now=now)

        return run

    async def _under_way(self, now: datetime) -> list[StaffView]:
        found = await pairings.live(self.rounds[LAST_ROUND], now=now)
        return sorted(
            (each for each in found if each.status is PairingStatus.ACTIVE), key=lambda one: one.mentee_address
        )

    def _month(self, month: int) -> Run:
        """Most pairs have met by now; some stopped after a while, and some never began."""

        async def run(now: datetime) -> None:
            for number, each in enumerate(await self._under_way(now)):
                if number % 8 == 6 or (number % 8 == 3 and month > 1):
                    continue
                by = Actor(each.mentee, each.mentee_name)
                day = self.days.working(now.date() - (1 + number % 6) * ONE)
                minutes = 45 + 15 * (number % 3)
                if day <= now.date():
                    await pairing_service.log_meeting(
                        each.id, day=day, minutes=minutes, by=each.mentee, actor=by, now=now
                    )
                if month == 0:
                    await self._begin_well(each, number, now=now)

        return run

    async def _begin_well(self, pair: StaffView, number: int, *, now: datetime) -> None:
        await pairing_service.add_goal(pair.id, GOALS[number % len(GOALS)], by=pair.mentee, now=now)
        for person, name in ((pair.mentor, pair.mentor_name), (pair.mentee, pair.mentee_name)):
            if number % 4:
                await pairing_service.agree(pair.id, person=person, actor=Actor(person, name), now=now)

    async def _ends(self, now: datetime) -> None:
        """One pair has reached what it wanted, one makes a pause, and one mentee has asked to stop."""
        mentor = self.world.people[MENTOR]
        done, pausing, stopping = [each for each in await self._under_way(now) if each.mentor != mentor][:3]
        await pairing_service.complete(done.id, actor=Actor(done.mentor, done.mentor_name), now=now)
        for person, name in ((done.mentor, done.mentor_name), (done.mentee, done.mentee_name)):
            said = Evaluation(
                overall=5,
                goals_reached=3,
                helped="Somebody who asked the question nobody else asks.",
                better="",
                again=True,
            )
            await pairing_service.evaluate(done.id, said, person=person, actor=Actor(person, name), now=now + ONE)
        until = self.days.today + 30 * ONE
        await pairing_service.pause(pausing.id, until=until, actor=Actor(pausing.mentee, pausing.mentee_name), now=now)
        reason = "We are too alike: I need somebody who disagrees with me."
        await pairing_service.end(
            stopping.id, reason=reason, actor=Actor(stopping.mentee, stopping.mentee_name), now=now
        )

    async def _next_meeting(self, now: datetime) -> None:
        under_way, mentor = await self._under_way(now), self.world.people[MENTOR]
        pair = next((each for each in under_way if each.mentor == mentor), under_way[0])
        starts = local_to_utc(self.days.working(self.days.today + 6 * ONE), time(16, 0), UK)
        await pairing_service.offer_meeting(
            pair.id, starts_at=starts, minutes=60, link="https://meet.example/mentoring", by=pair.mentor,
            actor=Actor(pair.mentor, pair.mentor_name), now=now,
        )  # fmt: skip

    # ------------------------------------------------------------------- parts
    def _actor(self, somebody: Somebody) -> Actor:
        return self.world.actor(somebody)

    def _at(self, day: date, number: int = 0) -> datetime:
        return local_to_utc(self.days.working(day), time(11, 10 + number), UK)


async def _follow_up(now: datetime) -> None:
    await runs.follow_up(now)


async def _nudge(now: datetime) -> None:
    await pairing_service.nudge_due(now)


async def _count(now: datetime) -> None:
    await fairness.count_due(now)


async def _begin(now: datetime) -> None:
    await pairing_service.activate_due(now)


def _both(each: Somebody, rng: Random, level: int) -> dict[str, object]:
    return {
        "grade": level,
        "job_title": each.job_title,
        "profession": next((told for word, told in PROFESSIONS.items() if word in each.job_title), ""),
        "region": options.region_named(each.region or each.nation),
        "formats": ((Format.VIRTUAL,), (Format.VIRTUAL, Format.IN_PERSON), (Format.VIRTUAL, Format.IN_PERSON))[
            rng.randrange(3)
        ],
        "languages": ("en", "cy") if each.nation == "Wales" and rng.random() < 0.4 else ("en",),
    }


def _mentor(each: Somebody, rng: Random) -> MentorAnswers:
    skills = [key for key, _ in options.SKILLS]
    return MentorAnswers(
        **_both(each, rng, rng.randint(*GRADES[each.grade]) + 1),  # type: ignore[arg-type]
        access_offered=("step_free", "ahead") if rng.random() < 0.7 else (),
        skills=tuple(rng.sample(skills, rng.randint(5, 12))),
        biography=f"{each.job_title} at {each.organisation}. I had good mentors, and would like to pass it on.",
    )


def _mentee(each: Somebody, rng: Random, *, like: bool) -> MenteeAnswers:
    skills = [key for key, _ in options.SKILLS]
    return MenteeAnswers(
        **_both(each, rng, rng.randint(*GRADES[each.grade]) - 1),  # type: ignore[arg-type]
        access_needs=("ahead",) if rng.random() < 0.06 else (),
        skills_wanted=tuple(rng.sample(skills, rng.randint(2, 5))),
        wants_gap=rng.randint(1, 3),
        goals=rng.choice(GOALS),
        same_background=("gender",) if like else (),
    )
