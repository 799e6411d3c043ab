"""Pairing mentors and mentees: time, memory, what a change moves, what an answer costs, and a peer beside it."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from benchmarks.printing import Cell, line, median, milliseconds, table, title, verdict
from mentoring.matching.criteria import Mode
from mentoring.matching.difference import difference
from mentoring.matching.explain import Explainer
from mentoring.matching.modes import decide
from mentoring.matching.people import Pair, Pool
from mentoring.matching.results import Answer
from mentoring.matching.run import prepare
from mentoring.matching.suggest import price_in, prices_of_modes, suggest
from tests.support.schemes import SKILLS, Scheme, a_scheme, shuffled

SCARCE = (1, 0, 0)
ENOUGH = (60, 30, 10)
SIZES = (
    # mentees, mentors, shares of one, two and three places, most seconds of a core, most MB
    (37, 30, ENOUGH, 0.05, None),
    (200, 150, ENOUGH, None, None),
    (1000, 700, ENOUGH, 1.5, 120),
    (1000, 700, SCARCE, 1.5, 120),
    (3000, 3000, ENOUGH, 10, None),
    (5000, 3500, ENOUGH, 30, None),
)
PEER = ["mentor-match==7.0.1", "munkres==3.0.0"]
PEER_SIZES = ((37, 30), (200, 150), (1000, 700))
EDITS = 15


def run() -> None:
    _sizes()
    _changes()
    _answers()
    _modes()
    _beside_a_peer()


def alone(mentees: int, mentors: int, places: tuple[int, ...], *, mode: Mode | None = None) -> dict[str, Any]:
    """A run in a process of its own, so that its memory is its own. With a mode: without pins, and all scores count."""
    words = [str(mentees), str(mentors), json.dumps(places), mode or ""]
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.matching", *words], capture_output=True, check=True, text=True
    ).stdout
    return dict(json.loads(told))


def measured(mentees: int, mentors: int, places: tuple[int, ...], mode: str) -> dict[str, Any]:
    """Scored, matched with floors, settled and explained; the best of two."""
    scheme = a_scheme(mentees=mentees, mentors=mentors, seed=1, places=places)
    criteria = msgspec.structs.replace(scheme.criteria, mode=Mode(mode), least=1) if mode else scheme.criteria
    best: dict[str, Any] = {}
    for _ in range(2 if mentees <= 1000 else 1):
        began, ticked = time.perf_counter(), time.process_time()
        found = suggest(scheme.pool, criteria, pins=() if mode else scheme.pins)
        cpu, wall = time.process_time() - ticked, time.perf_counter() - began
        if not best or cpu < best["cpu"]:
            best = {"cpu": cpu, "wall": wall}
    return best | {
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "paired": found.totals.paired,
        "total": found.totals.total,
        "below": [one.pairs for one in found.totals.below],
    }


def _sizes() -> None:
    title(
        "Mentors and mentees paired",
        "scored, matched with floors, ties settled, explained with alternatives; each in a process of its own",
    )
    rows: list[list[Cell]] = []
    for mentees, mentors, places, seconds, memory in SIZES:
        got = alone(mentees, mentors, places)
        target = f"< {seconds} s" + (f", < {memory} MB" if memory else "") if seconds else "–"
        reached = seconds is not None and got["cpu"] < seconds and (memory is None or got["memory"] < memory)
        rows.append(
            [
                f"{mentees:,} × {mentors:,}" + (", one place each" if places == SCARCE else ""),
                f"{got['cpu']:.3f} s",
                f"{got['wall']:.3f} s",
                f"{got['memory']:.0f} MB",
                got["paired"],
                got["total"],
                ", ".join(str(each) for each in got["below"]),
                target,
                verdict(reached) if seconds else "",
            ]
        )
    table(
        ["mentees × mentors", "of a core", "wall", "memory", "paired", "total", "below 10, 20, 30", "target", ""], rows
    )


def edited(scheme: Scheme, mates: dict[str, str], dice: Random) -> tuple[Pool, set[str]]:
    """One change, and the mentees who have to move by it."""
    mentors, mentees = list(scheme.pool.mentors), list(scheme.pool.mentees)
    one, other = dice.randrange(len(mentees)), dice.randrange(len(mentors))
    forced = {mentees[one].id}
    match dice.randrange(5):
        case 0:
            mentees[one] = msgspec.structs.replace(mentees[one], skills_wanted=tuple(dice.sample(SKILLS, 3)))
        case 1:
            mentees[one] = msgspec.structs.replace(mentees[one], choices=(mentors[other].id,))
        case 2:
            forced = {mentee for mentee, mentor in mates.items() if mentor == mentors[other].id}
            del mentors[other]
        case 3:
            del mentees[one]
        case _:
            forced = set()
            mentors[other] = msgspec.structs.replace(mentors[other], places=mentors[other].places + 1)
    return Pool(mentors=tuple(mentors), mentees=tuple(mentees)), forced


def _changes() -> None:
    title(
        "What a change moves, 1,000 × 700",
        "one edit (wishes, a choice, a mentor or mentee leaves, one more place); others: who need not move by it",
    )
    scheme = a_scheme(mentees=1000, mentors=700, seed=1)
    first = suggest(scheme.pool, scheme.criteria).plan()
    mates = {pair.mentee: pair.mentor for pair in first}
    rows: list[list[Cell]] = []
    for told, keep, remembered in (("5 points for each pair that is kept", 5, True), ("nothing kept", 0, False)):
        criteria = msgspec.structs.replace(scheme.criteria, keep=keep)
        others: list[int] = []
        for number in range(EDITS):
            pool, forced = edited(scheme, mates, Random(f"edit {number}"))
            ready = prepare(pool, criteria, previous=first if remembered else ())
            second = ready.plan(decide(ready, Mode.FLOORS).mates)
            changed = difference(first, second)
            others.append(len({one.mentee for one in (*changed.moved, *changed.new, *changed.lost)} - forced))
        mean = sum(others) / len(others)
        rows.append([told, EDITS, mean, max(others), verdict(mean <= 2) if remembered else ""])
    table(["", "edits", "others changed, mean", "most", "mean ≤ 2"], rows)
    differ = 0
    for seed in range(3):
        again = prepare(shuffled(scheme.pool, seed=seed), scheme.criteria)
        differ += len(set(first) ^ set(again.plan(decide(again, Mode.FLOORS).mates)))
    line(f"Rows shuffled three times: {differ} pairs differ ({verdict(differ == 0)}).")


def _answers() -> None:
    title(
        "Why not my first choice, 200 × 150",
        "CPU time of the list of alternatives and choices of one mentee, and of the exact price, all scored anew",
    )
    scheme = a_scheme(mentees=200, mentors=150, seed=1)
    ready = prepare(scheme.pool, scheme.criteria, pins=scheme.pins)
    outcome = decide(ready, Mode.FLOORS)
    explainer = Explainer(ready, outcome)
    lists, prices, exact = [], [], 0
    plan = ready.plan(outcome.mates)
    for mentee, mate in enumerate(outcome.mates):
        if mate < 0:
            continue
        began = time.process_time()
        told = explainer.match(mentee)
        lists.append(time.process_time() - began)
        for choice in told.choices:
            if choice.answer is Answer.POSSIBLE and len(prices) < 60 and not told.pinned:
                pair = Pair(choice.mentor, told.mentee)
                began = time.process_time()
                once = prepare(scheme.pool, scheme.criteria, pins=scheme.pins)
                cost = price_in(once, pair, plan=plan).cost
                prices.append(time.process_time() - began)
                exact += cost == choice.at_least
    rows: list[list[Cell]] = [
        ["a list", len(lists), milliseconds(median(lists)), milliseconds(max(lists)), verdict(max(lists) < 0.005)],
        [
            "a price",
            len(prices),
            milliseconds(median(prices)),
            milliseconds(max(prices)),
            verdict(median(prices) < 0.05),
        ],
    ]
    table(["", "asked", "median", "longest", "< 5 ms, < 50 ms"], rows)
    line(f"The bound in the list was the exact price {exact} times of {len(prices)}, and never above it.")


def _modes() -> None:
    title("What each mode comes to, 1,000 × 700", "the row that a coordinator sees for the round at hand")
    scheme = a_scheme(mentees=1000, mentors=700, seed=1)
    rows: list[list[Cell]] = [
        [
            row.mode.value,
            row.paired,
            row.total,
            row.worst if row.worst is not None else "–",
            *(one.pairs for one in row.below),
            row.first_choices,
            row.stated_choices,
            row.blocking,
        ]
        for row in prices_of_modes(scheme.pool, scheme.criteria, pins=scheme.pins)
    ]
    head = ["mode", "paired", "total", "worst", "< 10", "< 20", "< 30", "first choices", "stated choices"]
    table([*head, "would rather have each other"], rows)


def _beside_a_peer() -> None:
    title(
        f"Beside {PEER[0].replace('==', ' ')} with {PEER[1].replace('==', ' ')}",
        "the peer looks our scores up; ours scores, matches and explains. The peer seeks the highest total alone",
    )
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "peer" / "bin" / "python"
        try:
            subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True, capture_output=True)
            quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([str(python), *quiet, *PEER], check=True, capture_output=True, timeout=180)
        except (subprocess.SubprocessError, OSError):
            line("not measured here: the peer could not be installed")
            return
        rows: list[list[Cell]] = []
        for mentees, mentors in PEER_SIZES:
            scheme = a_scheme(mentees=mentees, mentors=mentors, seed=1)
            floors, total = (alone(mentees, mentors, ENOUGH, mode=mode) for mode in (Mode.FLOORS, Mode.QUALITY))
            kind, own = (_peer(str(python), scheme, rounds=rounds) for rounds in (False, True))
            quick = mentees < 1000 or min(kind["cpu"], own["cpu"]) >= 20 * floors["cpu"]
            rows += [
                _row(f"{mentees:,} × {mentors:,}", "ours, floors", floors, own, _good(floors, own) and quick),
                _row("", "ours, highest total", total, kind, _good(total, kind) and quick),
                _row("", "peer, given mentors once for each place", kind),
                _row("", "peer, its own way: round after round", own),
            ]
        table(["mentees × mentors", "", "of a core", "memory", "paired", "total", "times as fast", ""], rows)
        line("Reached: as many paired and as high a total or better, ours with floors beside the peer's own way, ours")
        line("for the highest total beside the kind one, and at 1,000 × 700 at least 20 times as fast.")
        for mentees, mentors in PEER_SIZES[:2]:
            scheme = a_scheme(mentees=mentees, mentors=mentors, seed=1)
            first, second = (_peer(str(python), each)["plan"] for each in (scheme, _turned(scheme)))
            line(f"The same {mentees} × {mentors} with rows shuffled: the peer changes {len(first - second)} pairs.")


def _good(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    return bool(ours["paired"] >= theirs["paired"] and ours["total"] >= theirs["total"])


def _row(
    size: str, name: str, got: dict[str, Any], beside: dict[str, Any] | None = None, good: bool = False
) -> list[Cell]:
    return [
        size,
        name,
        f"{got['cpu']:.3f} s",
        f"{got['memory']:.0f} MB",
        got["paired"],
        got["total"],
        f"{beside['cpu'] / got['cpu']:.1f}" if beside else "",
        verdict(good) if beside else "",
    ]


def _turned(scheme: Scheme) -> Scheme:
    return msgspec.structs.replace(scheme, pool=shuffled(scheme.pool, seed=1))


def _peer(python: str, scheme: Scheme, *, rounds: bool = False) -> dict[str, Any]:
    """What the peer makes of the same scores, with the people in the order in which they stand in the scheme."""
    ready = prepare(scheme.pool, scheme.criteria)
    mentors = [ready.table.mentor_at[one.id] for one in scheme.pool.mentors]
    rows = [ready.table.rows[ready.table.mentee_at[one.id]] for one in scheme.pool.mentees]
    given = {
        "rows": [[row[mentor] - 1 if row[mentor] else None for mentor in mentors] for row in rows],
        "places": [one.places if one.opted_in else 0 for one in scheme.pool.mentors],
        "rounds": rounds,
    }
    script = Path(__file__).parent / "matching_peer.py"
    told = subprocess.run(
        [python, "-I", str(script)], input=json.dumps(given), capture_output=True, check=True, text=True
    ).stdout
    got = dict(json.loads(told))
    pairs = [(one, mate) for one, mate in enumerate(got["mates"]) if mate >= 0]
    got["paired"] = len(pairs)
    got["total"] = sum(given["rows"][one][mate] or 0 for one, mate in pairs)
    got["plan"] = {(scheme.pool.mentees[one].id, scheme.pool.mentors[mate].id) for one, mate in pairs}
    return got


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), int(sys.argv[2]), tuple(json.loads(sys.argv[3])), sys.argv[4])))
