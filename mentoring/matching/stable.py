"""The mode in which no two people would both rather have each other than what they have.

A mentee likes their own choices best, in their order, then the higher score. A mentor likes the mentees they named
best, then the higher score. Mentees ask, mentors keep the best who asked so far (deferred acceptance): among all stable
plans this is the one that mentees like most. Equals are settled by a lot that follows from the ids.
"""

from __future__ import annotations

from mentoring.matching.run import Run
from mentoring.matching.solver import NOBODY, free_places, lot

Liking = tuple[int, int]
"""Smaller is liked better: the rank among the own choices, then minus the score."""


class _Tastes:
    def __init__(self, run: Run) -> None:
        mentors, mentees = run.pool.mentors, run.pool.mentees
        self.rows = run.table.rows
        at, named = run.table.mentor_at, run.table.mentee_at
        self.choices = [
            {at[name]: rank for rank, name in reversed(list(enumerate(one.choices[:5]))) if name in at}
            for one in mentees
        ]
        self.named = [{named[name] for name in one.choices if name in named} for one in mentors]
        self.lots = [lot(run.seed, "", one.id) for one in mentees], [lot(run.seed, one.id, "") for one in mentors]

    def of_mentee(self, mentee: int, mentor: int) -> Liking:
        return self.choices[mentee].get(mentor, 9), -self.rows[mentee][mentor]

    def of_mentor(self, mentor: int, mentee: int) -> Liking:
        return 0 if mentee in self.named[mentor] else 1, -self.rows[mentee][mentor]

    def lot(self, mentee: int, mentor: int) -> int:
        return self.lots[0][mentee] ^ self.lots[1][mentor]

    def in_order(self, mentee: int) -> list[int]:
        """The mentors whom no rule bars, the most liked last."""
        row, choices = self.rows[mentee], self.choices[mentee]
        mine = self.lots[0][mentee]
        of_mentors = self.lots[1]
        found = [
            (choices.get(mentor, 9), -value, mine ^ of_mentors[mentor], mentor)
            for mentor, value in enumerate(row)
            if value
        ]
        return [each[3] for each in sorted(found, reverse=True)]


def stable_mates(run: Run) -> list[int]:
    """For each mentee the mentor, or -1; pinned pairs are settled first."""
    tastes, problem = _Tastes(run), run.problem()
    places = free_places(problem)
    mates = [NOBODY] * len(problem.rows)
    held: list[list[tuple[Liking, int, int]]] = [[] for _ in places]
    asking = [one for one in range(len(mates)) if one not in problem.pins]
    left: dict[int, list[int]] = {}
    while asking:
        mentee = asking.pop()
        if mentee not in left:
            left[mentee] = tastes.in_order(mentee)
        while left[mentee]:
            mentor = left[mentee].pop()
            if not places[mentor]:
                continue
            mine = held[mentor]
            mine.append((tastes.of_mentor(mentor, mentee), tastes.lot(mentee, mentor), mentee))
            if len(mine) <= places[mentor]:
                break
            worst = max(mine)
            mine.remove(worst)
            if worst[2] != mentee:
                asking.append(worst[2])
                break
    for mentor, those in enumerate(held):
        for _, _, mentee in those:
            mates[mentee] = mentor
    return [problem.pins.get(mentee, mentor) for mentee, mentor in enumerate(mates)]


def blocking_pairs(run: Run, mates: list[int]) -> int:
    """How many mentors and mentees would both rather have each other. Pinned people are settled and do not count."""
    tastes, problem = _Tastes(run), run.problem()
    places = free_places(problem)
    held: list[list[int]] = [[] for _ in places]
    for mentee, mentor in enumerate(mates):
        if mentor != NOBODY and mentee not in problem.pins:
            held[mentor].append(mentee)
    worst: list[Liking | None] = [
        max((tastes.of_mentor(mentor, mentee) for mentee in those), default=None) if len(those) >= free else None
        for mentor, (those, free) in enumerate(zip(held, places, strict=True))
    ]
    found = 0
    for mentee, row in enumerate(problem.rows):
        if mentee in problem.pins:
            continue
        mine = tastes.of_mentee(mentee, mates[mentee]) if mates[mentee] != NOBODY else (10, 0)
        for mentor, value in enumerate(row):
            if value and places[mentor] and tastes.of_mentee(mentee, mentor) < mine:
                last = worst[mentor]
                found += last is None or tastes.of_mentor(mentor, mentee) < last
    return found
