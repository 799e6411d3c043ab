"""What a round asks for: hard rules, points for each criterion, and what comes before what."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from academy.errors import DomainError

SCALE = 100
"""Scores go from 0 to this."""
MOST_TOGETHER = 200
"""More points than this in sum would say nothing any more, since the scale ends at 100."""


class BadCriteria(DomainError):
    """The rules or weights cannot be used."""

    status = 422


class Apart(StrEnum):
    """How far apart the employers of the two must be."""

    ANY = "any"
    ORGANISATION = "organisation"
    GROUP = "group"
    """Neither the same organisation nor the same group of organisations."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Hard rules. A pair that breaks one is not suggested, whatever its score would be.

    Nobody is paired with themself, with somebody who has not opted in, or with a person whom either side ruled out in
    confidence: these cannot be switched off.
    """

    apart: Apart = Apart.ORGANISATION
    not_in_line: bool = True
    """Not in each other's line of management."""
    gap_from: int | None = 1
    """The mentor's grade is above the mentee's by at least this."""
    gap_to: int | None = None
    """… and by at most this."""
    shared_format: bool = True
    in_person_hops: int = 1
    """Pairs that can only meet in person live at most this many regions apart."""
    language: bool = True
    access: bool = True
    """The mentor can meet every access need of the mentee."""
    ended_badly: bool = True
    """Not with somebody with whom a pairing ended badly."""

    def __post_init__(self) -> None:
        if self.gap_from is not None and self.gap_to is not None and self.gap_from > self.gap_to:
            raise BadCriteria("At least so many levels above is more than at most. Swap the two.")
        if not 0 <= self.in_person_hops <= 12:
            raise BadCriteria("Regions apart must be a number from 0 to 12.")


class Criterion(StrEnum):
    """What gives points."""

    SKILLS = "skills"
    ROLE = "role"
    SENIORITY = "seniority"
    REGION = "region"
    CHOICE = "choice"
    MENTORS_CHOICE = "mentors_choice"
    BACKGROUND = "background"
    HISTORY = "history"
    LIMIT = "limit"
    """Not a criterion: what was taken or added to stay between 0 and 100."""


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """The most points that each criterion can give, and its steps. A criterion with 0 does not count."""

    skills: int = 30
    """All skills wanted are offered; the first wanted weighs most."""
    role: tuple[int, int, int] = (12, 8, 4)
    """The same role; the same profession; a related profession."""
    seniority: int = 15
    """The grade gap is the one that was wanted …"""
    seniority_step: int = 5
    """… and this is taken off for each grade that it differs."""
    region: tuple[int, int, int] = (8, 5, 2)
    """The same region; next door; one further."""
    choices: tuple[int, ...] = (20, 14, 8, 5, 3)
    """The mentee's first choice, second …"""
    mentors_choice: int = 6
    background: int = 10
    """The mentor has a background that the mentee asked for."""
    completed: int = -10
    """They have completed a pairing with each other: somebody new is better."""
    go_on: int = 15
    """They would like to go on with each other."""
    related: tuple[tuple[str, str], ...] = ()
    """Professions that are close to each other."""

    def __post_init__(self) -> None:
        single = [self.skills, *self.role, self.seniority, self.seniority_step, *self.region, *self.choices]
        single += [self.mentors_choice, self.background, self.go_on]
        if any(not 0 <= points <= SCALE for points in single) or not -SCALE <= self.completed <= SCALE:
            raise BadCriteria("Points must be numbers from 0 to 100; only an earlier pairing may take points off.")
        if any(list(steps) != sorted(steps, reverse=True) for steps in (self.role, self.region, self.choices)):
            raise BadCriteria("The steps of a criterion must fall: the best answer gives the most points.")
        if len(self.choices) > 5:
            raise BadCriteria("At most five choices can count.")
        if sum(self.most().values()) > MOST_TOGETHER:
            raise BadCriteria(f"Together the criteria give more than {MOST_TOGETHER} points. Lower some of them.")

    def most(self) -> dict[Criterion, int]:
        """The most that each criterion can give."""
        return {
            Criterion.SKILLS: self.skills,
            Criterion.ROLE: self.role[0],
            Criterion.SENIORITY: self.seniority,
            Criterion.REGION: self.region[0],
            Criterion.CHOICE: self.choices[0] if self.choices else 0,
            Criterion.MENTORS_CHOICE: self.mentors_choice,
            Criterion.BACKGROUND: self.background,
            Criterion.HISTORY: max(self.go_on, self.completed, 0),
        }

    @classmethod
    def of(cls, most: dict[Criterion, int], *, related: tuple[tuple[str, str], ...] = ()) -> Weights:
        """Weights from one number for each criterion; the steps keep their proportions. Raises BadCriteria."""
        usual = cls()

        def steps(criterion: Criterion, usually: tuple[int, ...]) -> tuple[int, ...]:
            wanted = most.get(criterion, usually[0])
            return tuple((each * wanted * 2 + usually[0]) // (usually[0] * 2) for each in usually)

        def one(criterion: Criterion, usually: int) -> int:
            return most.get(criterion, usually)

        role, region = steps(Criterion.ROLE, usual.role), steps(Criterion.REGION, usual.region)
        seniority = one(Criterion.SENIORITY, usual.seniority)
        return cls(
            skills=one(Criterion.SKILLS, usual.skills),
            role=(role[0], role[1], role[2]),
            seniority=seniority,
            seniority_step=max(1, (seniority + 1) // 3) if seniority else 0,
            region=(region[0], region[1], region[2]),
            choices=steps(Criterion.CHOICE, usual.choices),
            mentors_choice=one(Criterion.MENTORS_CHOICE, usual.mentors_choice),
            background=one(Criterion.BACKGROUND, usual.background),
            go_on=(history := one(Criterion.HISTORY, usual.go_on)),
            completed=-((history * 2 + 1) // 3),
            related=related,
        )


class Mode(StrEnum):
    """What is best for everybody together."""

    FLOORS = "floors"
    """Most people paired, then as few poor pairs as possible, then the highest total."""
    QUALITY = "quality"
    """The highest total of pairs above a least score; who has none stays without."""
    WORST = "worst"
    """Most people paired, then the worst pair as good as possible, then the highest total."""
    STABLE = "stable"
    """No mentor and mentee who would both rather have each other. The last run counts for nothing."""


class Criteria(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a round decides about its pairs."""

    rules: Rules = Rules()
    weights: Weights = Weights()
    mode: Mode = Mode.FLOORS
    floors: tuple[int, ...] = (10, 20, 30)
    """Pairs below the first are the worst kind, and so on. Used by the mode of this name, and for warnings."""
    least: int = 30
    """Used by the mode ``quality``: a pair below this is not suggested."""
    keep: int = 5
    """How many points a pair of the last run is worth more, so that others change little."""

    def __post_init__(self) -> None:
        if list(self.floors) != sorted(set(self.floors)) or any(not 0 < each <= SCALE for each in self.floors):
            raise BadCriteria("Floors must be different scores from 1 to 100, the lowest first.")
        if len(self.floors) > 5:
            raise BadCriteria("At most five floors can be set.")
        if not 0 <= self.least <= SCALE or not 0 <= self.keep <= SCALE:
            raise BadCriteria("The least score and the points for keeping a pair must be numbers from 0 to 100.")
