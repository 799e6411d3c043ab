"""A run in a process of its own: ``python -m mentoring.matching.worker``.

Reads one request as JSON from standard input, writes a line of JSON for each step of progress to standard output, and
the answer as its last line. So a server answers pages while a large pool is matched, and can stop the work by ending
the process. ``ask`` starts one and waits for it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from academy.errors import DomainError
from mentoring.matching.criteria import Criteria
from mentoring.matching.people import Pair, Pool
from mentoring.matching.results import ModeRow, Price, Suggestion
from mentoring.matching.suggest import price_of, prices_of_modes, suggest


class What(StrEnum):
    SUGGEST = "suggest"
    PRICE = "price"
    MODES = "modes"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """All that a run needs. It can be stored, and gives the same answer later."""

    what: What = What.SUGGEST
    pool: Pool
    criteria: Criteria
    pins: tuple[Pair, ...] = ()
    ruled_out: tuple[Pair, ...] = ()
    previous: tuple[Pair, ...] = ()
    seed: int = 0
    pair: Pair | None = None
    """Of which the price is asked."""
    plan: tuple[Pair, ...] | None = None
    """The pairs as they were suggested; spares finding them again for a price."""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a worker says: how far it is, or its answer."""

    done: float = 0.0
    doing: str = ""
    suggestion: Suggestion | None = None
    price: Price | None = None
    modes: tuple[ModeRow, ...] | None = None
    refused: str = ""
    """Why there is no answer, in a sentence."""


class Refused(DomainError):
    """The worker could not answer; the sentence says why."""

    status = 422


def answer(request: Request, told: Callable[[float, str], None] | None = None) -> Line:
    """The answer, in this process."""
    given: dict[str, Any] = {
        "pins": request.pins,
        "ruled_out": request.ruled_out,
        "previous": request.previous,
        "seed": request.seed,
    }
    try:
        match request.what:
            case What.SUGGEST:
                return Line(done=1.0, suggestion=suggest(request.pool, request.criteria, progress=told, **given))
            case What.MODES:
                return Line(done=1.0, modes=prices_of_modes(request.pool, request.criteria, progress=told, **given))
            case _:
                if request.pair is None:
                    return Line(done=1.0, refused="Say of which pair the price is asked.")
                price = price_of(
                    request.pool, request.criteria, request.pair, plan=request.plan, progress=told, **given
                )
                return Line(done=1.0, price=price)
    except DomainError as error:
        return Line(done=1.0, refused=error.message)


async def ask(request: Request, told: Callable[[float, str], None] | None = None, *, within: float = 300) -> Line:
    """The answer of a process of its own. ``within`` is in seconds. Raises Refused, also when that time is over.

    When the caller is cancelled the process ends.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "mentoring.matching.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 30,
    )
    last = Line()
    try:
        async with asyncio.timeout(within):
            assert child.stdin is not None and child.stdout is not None
            child.stdin.write(msgspec.json.encode(request))
            await child.stdin.drain()
            child.stdin.close()
            async for octets in child.stdout:
                last = msgspec.json.decode(octets, type=Line)
                if told is not None:
                    told(last.done, last.doing)
            await child.wait()
    except TimeoutError:
        raise Refused(f"Matching took longer than {within:.0f} seconds and was stopped.") from None
    except (BrokenPipeError, ConnectionResetError):
        raise Refused("Matching stopped before it was done. Try again.") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if last.refused:
        raise Refused(last.refused)
    if child.returncode or (last.suggestion is None and last.price is None and last.modes is None):
        raise Refused("Matching stopped before it was done. Try again.")
    return last


def main() -> None:
    """One request, its progress, its answer."""
    before = -1

    def told(done: float, doing: str) -> None:
        nonlocal before
        if int(done * 100) > before:
            before = int(done * 100)
            _say(Line(done=round(done, 2), doing=doing))

    try:
        request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    except (msgspec.DecodeError, DomainError) as error:
        _say(Line(done=1.0, refused=f"The request cannot be read: {error}"))
        sys.exit(2)
    _say(answer(request, told))


def _say(line: Line) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
