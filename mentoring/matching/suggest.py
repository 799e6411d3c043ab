"""The face: suggest pairs, say what one more wish would cost, and what the other modes would come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mentoring.matching.criteria import Criteria, Mode
from mentoring.matching.difference import moves_between
from mentoring.matching.explain import Explainer
from mentoring.matching.levels import Value
from mentoring.matching.modes import Outcome, Progress, decide, mode_row
from mentoring.matching.people import Pair, Pool
from mentoring.matching.points import is_poor, reach
from mentoring.matching.results import (
    Below,
    Caution,
    Demand,
    Kind,
    Match,
    ModeRow,
    Price,
    Spare,
    Suggestion,
    Totals,
)
from mentoring.matching.run import Run, prepare
from mentoring.matching.solver import NOBODY

Told = Callable[[float, str], None]
"""Progress: how far, from 0 to 1, and with what."""

MOST_WANTED = 10


def suggest(
    pool: Pool,
    criteria: Criteria,
    *,
    pins: Iterable[Pair] = (),
    ruled_out: Iterable[Pair] = (),
    previous: Iterable[Pair] = (),
    seed: int = 0,
    progress: Told | None = None,
) -> Suggestion:
    """The best pairs for these people under these criteria, each explained.

    ``pins`` stay whatever happens, and what is wrong with them is among the warnings. Pairs of the last run,
    ``previous``, are each worth ``criteria.keep`` points more. The same input gives the same answer, in whatever order
    its rows stand; ``seed`` draws another lot between equals. Raises BadPool.
    """
    told = progress or (lambda _done, _doing: None)
    told(0.0, "Scoring every pair")
    run = prepare(pool, criteria, pins=pins, ruled_out=ruled_out, previous=previous, seed=seed)
    outcome = decide(run, criteria.mode, lambda done: told(0.15 + 0.65 * done, "Finding the best pairs"))
    told(0.8, "Explaining each pair")
    answer = explained(run, outcome)
    told(1.0, "Done")
    return answer


def explained(run: Run, outcome: Outcome) -> Suggestion:
    """The suggestion that an outcome stands for."""
    explainer = Explainer(run, outcome)
    everybody = range(len(outcome.mates))
    pairs = tuple(explainer.match(one) for one in everybody if outcome.mates[one] != NOBODY)
    spare = _spare(run, outcome)
    return Suggestion(
        mode=run.criteria.mode,
        seed=run.seed,
        pairs=pairs,
        unmatched=tuple(explainer.unmatched(one) for one in everybody if outcome.mates[one] == NOBODY),
        spare=spare,
        warnings=_warnings(run, pairs),
        totals=_totals(run, pairs, spare),
        demand=_demand(run, outcome),
        value=outcome.solution.value if outcome.solution else Value(),
    )


def price_of(
    pool: Pool,
    criteria: Criteria,
    pair: Pair,
    *,
    pins: Iterable[Pair] = (),
    ruled_out: Iterable[Pair] = (),
    previous: Iterable[Pair] = (),
    seed: int = 0,
    plan: Iterable[Pair] | None = None,
    progress: Told | None = None,
) -> Price:
    """What granting this pair costs everybody together, exactly, and who would move: solved again with it pinned.

    ``plan``, the pairs as they were suggested, spares solving for them again. A pair that breaks a rule has its price
    too, and says which. Raises NotInPool.
    """
    told = progress or (lambda _done, _doing: None)
    asked = Pair(pair.mentor, pair.mentee)
    pinned = tuple(pins)
    told(0.0, "Scoring every pair")
    now = prepare(pool, criteria, pins=pinned, ruled_out=ruled_out, previous=previous, seed=seed)
    return price_in(
        now, asked, plan=plan, progress=lambda done: told(0.5 + 0.5 * done, "Making the plan with this pair")
    )


def price_in(run: Run, pair: Pair, *, plan: Iterable[Pair] | None = None, progress: Progress | None = None) -> Price:
    """The same for a run that was prepared already."""
    mentor, mentee = run.where(pair)
    if plan is None:
        before = decide(run, run.criteria.mode).mates
    else:
        before = [NOBODY] * len(run.pool.mentees)
        for one in plan:
            if one.mentee in run.table.mentee_at and one.mentor in run.table.mentor_at:
                before[run.table.mentee_at[one.mentee]] = run.table.mentor_at[one.mentor]
    after = decide(run.with_pin(mentor, mentee), run.criteria.mode, progress).mates
    moves = moves_between(run.plan(before), run.plan(after))
    return Price(
        pair=pair,
        cost=run.value(before).minus(run.value(after)),
        moves=tuple(one for one in moves if one.mentee != pair.mentee),
        breaks=run.table.why_not(mentor, mentee),
        over_places=list(run.with_pin(mentor, mentee).pins.values()).count(mentor) > run.pool.mentors[mentor].places,
    )


def prices_of_modes(
    pool: Pool,
    criteria: Criteria,
    *,
    pins: Iterable[Pair] = (),
    ruled_out: Iterable[Pair] = (),
    previous: Iterable[Pair] = (),
    seed: int = 0,
    progress: Told | None = None,
) -> tuple[ModeRow, ...]:
    """What each mode comes to with these people, one row for each. Pinned pairs are not counted."""
    told = progress or (lambda _done, _doing: None)
    run = prepare(pool, criteria, pins=pins, ruled_out=ruled_out, previous=previous, seed=seed)
    rows = []
    for number, mode in enumerate(Mode):
        told(number / len(Mode), f"Trying the mode {mode}")
        rows.append(mode_row(run, mode, decide(run, mode).mates))
    told(1.0, "Done")
    return tuple(rows)


def _totals(run: Run, pairs: tuple[Match, ...], spare: tuple[Spare, ...]) -> Totals:
    scores = [one.score for one in pairs]
    granted = [[each.rank for each in one.choices if each.mentor == one.mentor] for one in pairs]
    places = sum(one.places for one in run.pool.mentors if one.opted_in)
    return Totals(
        mentees=len(run.pool.mentees),
        mentors=len(run.pool.mentors),
        places=places,
        paired=len(pairs),
        total=sum(scores),
        worst=min(scores, default=None),
        below=tuple(Below(floor=floor, pairs=sum(score < floor for score in scores)) for floor in run.criteria.floors),
        first_choices=sum(1 in ranks for ranks in granted),
        stated_choices=sum(bool(ranks) for ranks in granted),
        kept=sum(one.kept for one in pairs),
        places_left=sum(one.places for one in spare),
    )


def _spare(run: Run, outcome: Outcome) -> tuple[Spare, ...]:
    left = [one.places if one.opted_in else 0 for one in run.pool.mentors]
    for mentor in outcome.mates:
        if mentor != NOBODY:
            left[mentor] -= 1
    allowed = run.table.open_to()
    return tuple(
        Spare(
            mentor=one.id,
            places=left[place],
            allowed=allowed[place],
        )
        for place, one in enumerate(run.pool.mentors)
        if left[place] > 0
    )


def _warnings(run: Run, pairs: tuple[Match, ...]) -> tuple[Caution, ...]:
    found = list(run.warnings)
    mentors = {one.id: one.name or one.id for one in run.pool.mentors}
    mentees = {one.id: one.name or one.id for one in run.pool.mentees}
    if floors := run.criteria.floors:
        for one in sorted(pairs, key=lambda each: (each.score, each.mentee)):
            if is_poor(one.score, floor=floors[-1], reach=one.reach):
                floor = next(each for each in floors if one.score < each)
                told = f"{mentors[one.mentor]} and {mentees[one.mentee]} score {one.score}, below {floor}."
                found.append(Caution(kind=Kind.BELOW_FLOOR, sentence=told, mentor=one.mentor, mentee=one.mentee))
        few = sum(reach(one, run.criteria.weights) < floors[-1] for one in run.pool.mentees)
        if few:
            told = (
                f"Of {few} of {len(run.pool.mentees)} mentees so little is known that no pair of theirs can score "
                f"{floors[-1]}. Compare their scores with each other, not with 100."
            )
            found.append(Caution(kind=Kind.FEW_ANSWERS, sentence=told))
    for one_id, times in _named(run).items():
        places = run.pool.mentors[run.table.mentor_at[one_id]].places
        if times >= max(3, 3 * places):
            told = f"{times} mentees chose {mentors[one_id]}, who has {places} place{'' if places == 1 else 's'}."
            found.append(Caution(kind=Kind.IN_DEMAND, sentence=told, mentor=one_id))
    return tuple(found)


def _named(run: Run) -> dict[str, int]:
    """How many mentees chose each mentor, the most chosen first."""
    times: dict[str, int] = {}
    for mentee in run.pool.mentees:
        for name in set(mentee.choices) & run.table.mentor_at.keys():
            times[name] = times.get(name, 0) + 1
    return dict(sorted(times.items(), key=lambda each: (-each[1], each[0])))


def _demand(run: Run, outcome: Outcome) -> tuple[Demand, ...]:
    solution = outcome.solution
    if solution is None:
        return ()
    named = _named(run)
    dearest = sorted(
        (place for place, price in enumerate(solution.prices) if price > 0),
        key=lambda place: (-solution.prices[place], place),
    )
    return tuple(
        Demand(
            mentor=run.pool.mentors[place].id,
            named_by=named.get(run.pool.mentors[place].id, 0),
            place_worth=solution.levels.read(solution.prices[place]),
        )
        for place in dearest[:MOST_WANTED]
    )
