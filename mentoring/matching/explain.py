"""Why this mentor, why not another, and why nobody: the answers that stand beside each name."""

from __future__ import annotations

from mentoring.matching.criteria import Mode
from mentoring.matching.levels import Value
from mentoring.matching.modes import Outcome
from mentoring.matching.points import contributions, reach
from mentoring.matching.results import Alternative, Answer, Barrier, ChoiceAnswer, Match, Unmatched, Why
from mentoring.matching.rules import CHANGES, Reason
from mentoring.matching.run import Run
from mentoring.matching.solver import NOBODY, best_of, free_places
from mentoring.matching.words import strongest, weakest

ALTERNATIVES = 5


class Explainer:
    """Explains one outcome of one run."""

    def __init__(self, run: Run, outcome: Outcome) -> None:
        self.run, self.outcome = run, outcome
        self.pool, self.table = run.pool, run.table
        self.places = free_places(run.problem())
        self.held: list[list[int]] = [[] for _ in self.places]
        for mentee, mentor in enumerate(outcome.mates):
            if mentor != NOBODY and mentee not in run.pins:
                self.held[mentor].append(mentee)
        solution = outcome.solution
        self.leaves_first = [
            min(those, key=lambda one: (solution.gains[one], one))
            if solution and those
            else (those[-1] if those else NOBODY)
            for those in self.held
        ]

    def match(self, mentee: int) -> Match:
        """A pair, with what speaks for it, against it, and who else would do."""
        mentor = self.outcome.mates[mentee]
        one, other = self.pool.mentors[mentor], self.pool.mentees[mentee]
        weights = self.run.criteria.weights
        points = contributions(one, other, weights)
        pinned = mentee in self.run.pins
        return Match(
            mentor=one.id,
            mentee=other.id,
            score=points.score,
            points=points,
            reach=reach(other, weights),
            pinned=pinned,
            kept=self.run.previous.get(mentee) == mentor,
            strongest=strongest(one, other, points, weights),
            weakest=weakest(one, other, points, weights),
            breaks=self.table.why_not(mentor, mentee) if pinned else (),
            alternatives=self.alternatives(mentee),
            choices=self.choices(mentee),
        )

    def unmatched(self, mentee: int) -> Unmatched:
        """Which rules removed how many mentors, or that places ran out, and what would change it."""
        other = self.pool.mentees[mentee]
        row = self.table.rows[mentee]
        allowed = len(row) - row.count(0)
        enough = [mentor for mentor in best_of(row, len(row)) if row[mentor] > self.outcome.least]
        barriers = self.barriers(mentee)
        if not allowed:
            why, told = Why.NOBODY_ALLOWED, _nobody(barriers, len(row))
            helps = [_lifted(one) for one in barriers if one.alone and CHANGES[one.reason]]
        elif not enough:
            why = Why.BELOW_LEAST
            told = f"{_mentors(allowed)} would be allowed, but none reaches a score of {self.outcome.least}."
            best = self._name(best_of(row, 1)[0])
            quality = self.run.criteria.mode is Mode.QUALITY
            helps = [f"A least score of {max(row) - 1} would allow {best}." if quality else "Another mode might."]
        else:
            why = Why.PLACES_RAN_OUT
            told = f"{_mentors(len(enough))} would be allowed, and all their places went to others."
            names = " or ".join(self._name(mentor) for mentor in enough[:3])
            helps = [f"One more place with {names} would do."]
            helps += [_lifted(one) for one in barriers if one.alone and CHANGES[one.reason]][:2]
            if (most := reach(other, self.run.criteria.weights)) < max(self.run.criteria.floors, default=0):
                helps.append(f"More answers in their profile: with what is known, no pair scores above {most}.")
        return Unmatched(
            mentee=other.id,
            why=why,
            sentence=told,
            would_help=tuple(helps),
            allowed=allowed,
            reasons=barriers,
            alternatives=self.alternatives(mentee),
            choices=self.choices(mentee),
        )

    def alternatives(self, mentee: int) -> tuple[Alternative, ...]:
        """The best other mentors whom no rule bars and who are not full of pinned people."""
        mate, row = self.outcome.mates[mentee], self.table.rows[mentee]
        found: list[Alternative] = []
        most = ALTERNATIVES + 1
        while len(found) < ALTERNATIVES:
            best = best_of(row, most)
            found = [
                self._alternative(mentor, mentee)
                for mentor in best
                if mentor != mate and self.places[mentor] and row[mentor] > self.outcome.least
            ][:ALTERNATIVES]
            if len(best) < most:
                break
            most *= 4
        return tuple(found)

    def _alternative(self, mentor: int, mentee: int) -> Alternative:
        free = len(self.held[mentor]) < self.places[mentor]
        return Alternative(
            mentor=self.pool.mentors[mentor].id,
            score=self.table.rows[mentee][mentor] - 1,
            free=free,
            displaces="" if free else self.pool.mentees[self.leaves_first[mentor]].id,
            at_least=self.at_least(mentor, mentee),
        )

    def at_least(self, mentor: int, mentee: int) -> Value | None:
        """What the plan would lose at the least by granting an allowed pair: never more than the exact price.

        The mode that raises the worst pair may settle on another worst pair then, so its prices promise nothing here.
        """
        solution = self.outcome.solution
        if solution is None or mentee in self.run.pins or self.run.criteria.mode is Mode.WORST:
            return None
        levels = solution.levels
        worth = levels.worth(
            self.table.rows[mentee][mentor] - 1,
            waited=self.pool.mentees[mentee].waited_before,
            kept=self.run.previous.get(mentee) == mentor,
        )
        return levels.read(solution.gains[mentee] + solution.prices[mentor] - worth)

    def choices(self, mentee: int) -> tuple[ChoiceAnswer, ...]:
        """What became of each stated choice: why not my first choice?"""
        return tuple(
            self._choice(mentee, name, rank) for rank, name in enumerate(self.pool.mentees[mentee].choices, start=1)
        )

    def _choice(self, mentee: int, name: str, rank: int) -> ChoiceAnswer:
        mentor = self.table.mentor_at.get(name)
        if mentor is None:
            return ChoiceAnswer(mentor=name, rank=rank, answer=Answer.NOT_IN_POOL)
        score = self.table.score(mentor, mentee)
        if self.outcome.mates[mentee] == mentor:
            return ChoiceAnswer(mentor=name, rank=rank, answer=Answer.GRANTED, score=score)
        if score is None:
            reasons = self.table.why_not(mentor, mentee)
            return ChoiceAnswer(mentor=name, rank=rank, answer=Answer.BARRED, reasons=reasons)
        if not self.places[mentor]:
            return ChoiceAnswer(mentor=name, rank=rank, answer=Answer.FULL_OF_PINS, score=score)
        if score < self.outcome.least:
            return ChoiceAnswer(mentor=name, rank=rank, answer=Answer.BELOW_LEAST, score=score)
        lost = self.at_least(mentor, mentee)
        return ChoiceAnswer(mentor=name, rank=rank, answer=Answer.POSSIBLE, score=score, at_least=lost)

    def barriers(self, mentee: int) -> tuple[Barrier, ...]:
        """How many mentors each rule removes, the rule that removes most first. Why two are kept apart is not told."""
        masks = self.table.barred(self.pool.mentees[mentee])
        if apart := masks.pop(Reason.ENDED_BADLY, 0):
            masks[Reason.NOT_THIS_PERSON] = masks.get(Reason.NOT_THIS_PERSON, 0) | apart
        found = []
        for reason, mask in masks.items():
            others = 0
            for another, its in masks.items():
                if another is not reason:
                    others |= its
            found.append(Barrier(reason=reason, removes=mask.bit_count(), alone=(mask & ~others).bit_count()))
        return tuple(sorted(found, key=lambda one: (-one.removes, one.reason)))

    def _name(self, mentor: int) -> str:
        return self.pool.mentors[mentor].name or self.pool.mentors[mentor].id


def _nobody(barriers: tuple[Barrier, ...], mentors: int) -> str:
    if not mentors:
        return "There are no mentors."
    if any(one.reason is Reason.MENTEE_NOT_IN for one in barriers):
        return "They have not opted in."
    told = "; ".join(f"{TOLD[one.reason]} {one.removes} of {mentors}" for one in barriers[:3])
    return f"No mentor is allowed. {told[:1].upper()}{told[1:]}."


def _lifted(barrier: Barrier) -> str:
    return f"{_mentors(barrier.alone)} would become possible {CHANGES[barrier.reason]}."


def _mentors(count: int) -> str:
    return f"{count} mentor{'' if count == 1 else 's'}"


TOLD = {
    Reason.MENTOR_NOT_IN: "not opted in:",
    Reason.MENTEE_NOT_IN: "the mentee has not opted in:",
    Reason.NO_PLACES: "takes nobody at the moment:",
    Reason.ONESELF: "is the mentee:",
    Reason.SAME_ORGANISATION: "the same organisation removes",
    Reason.SAME_GROUP: "the same group of organisations removes",
    Reason.IN_LINE: "the line of management removes",
    Reason.GAP_TOO_SMALL: "a level not far enough above removes",
    Reason.GAP_TOO_LARGE: "a level too far above removes",
    Reason.NO_SHARED_FORMAT: "online against in person removes",
    Reason.TOO_FAR: "in person and too far apart removes",
    Reason.NO_SHARED_LANGUAGE: "the language removes",
    Reason.ACCESS_NEEDS: "access needs remove",
    Reason.NOT_THIS_PERSON: "kept apart:",
    Reason.ENDED_BADLY: "kept apart:",
    Reason.RULED_OUT: "ruled out by a coordinator, or has said no:",
}
"""The beginning of "… 12 of 30" for each rule."""
