"""How many people can be paired at all, whatever their scores."""

from __future__ import annotations

from mentoring.matching.solver import Problem, free_places


def most_paired(problem: Problem, *, least: int) -> tuple[int, int]:
    """How many can be paired at once with scores of ``least`` or more, and how many of them waited before.

    Who waited before asks first, and whoever has a place keeps one, so both numbers are the highest at once. Mentors
    are the bits of an integer: a mentee's whole list is looked at in one step.
    """
    there = b"0" * (least + 1) + b"1" * (255 - least)
    wanted = [int(row[::-1].translate(there) or b"0", 2) for row in problem.rows]
    places = free_places(problem)
    held: list[list[int]] = [[] for _ in places]
    at: dict[int, int] = {}
    free = sum(1 << mentor for mentor, left in enumerate(places) if left)
    closed = 0

    def finds_a_place(first: int) -> bool:
        nonlocal free, closed
        reached_by: dict[int, int] = {}  # mentor: who would go there
        seen, waiting = closed, [first]
        while waiting:
            mentee = waiting.pop()
            if hit := wanted[mentee] & free:
                end = last = (hit & -hit).bit_length() - 1
                while True:
                    before = at.get(mentee)
                    held[end].append(mentee)
                    at[mentee] = end
                    if before is None:
                        break
                    held[before].remove(mentee)
                    end, mentee = before, reached_by[before]
                if len(held[last]) >= places[last]:
                    free &= ~(1 << last)
                return True
            fresh = wanted[mentee] & ~seen
            seen |= fresh
            while fresh:
                mentor = (fresh & -fresh).bit_length() - 1
                fresh &= fresh - 1
                reached_by[mentor] = mentee
                waiting += held[mentor]
        closed = seen  # no chain leads out of here any more
        return False

    order = sorted(range(len(wanted)), key=lambda one: one not in problem.waited)
    served = [one for one in order if one not in problem.pins and finds_a_place(one)]
    return len(served), sum(one in problem.waited for one in served)
