"""Runs as pages read them, what is asked about them, and what is held fast."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.errors import NotFound
from mentoring.matching.difference import moves_between
from mentoring.matching.people import Pair
from mentoring.matching.results import ModeRow, Move, Price, Suggestion
from mentoring.matching.worker import Request
from mentoring.runs.tables import HoldKind, QuestionKind, RunState


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """A run as a list shows it."""

    id: UUID
    round: UUID
    number: int
    state: RunState
    criteria_number: int
    mode: str
    seed: int
    inputs_hash: str
    matched: int | None
    unmatched: int | None
    total: int | None
    progress: int
    """Per cent."""
    problem: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    published_at: datetime | None
    published_by: str

    @property
    def done(self) -> bool:
        return self.state in (RunState.READY, RunState.FAILED)


class RunView(RunLine, frozen=True, kw_only=True):
    """A run with what it was given and what came out."""

    request: Request
    suggestion: Suggestion | None

    @property
    def cells(self) -> int:
        """Pairs to look at: how much work it is."""
        return len(self.request.pool.mentors) * len(self.request.pool.mentees)

    def name_of(self, person: str) -> str:
        """Somebody's name, as it was when the run was asked for."""
        people = (*self.request.pool.mentees, *self.request.pool.mentors)
        return next((one.name for one in people if one.id == person), "somebody who has left")


_LINE = """
    SELECT x.id, x.round, x.number, x.state, x.criteria_number, x.mode, x.seed, x.inputs_hash, x.matched, x.unmatched,
           x.total, x.progress, x.problem, x.asked_at, x.done_at, x.published_at,
           coalesce(p.name, 'The academy') AS asked_by, coalesce(q.name, '') AS published_by {more}
    FROM match_run x LEFT JOIN person p ON p.id = x.asked_by LEFT JOIN person q ON q.id = x.published_by
"""
_WHOLE = _LINE.format(more=", x.inputs, x.result")
_OF_ROUND = database.compiled_sql(_LINE.format(more="") + "WHERE x.round = :round ORDER BY x.number DESC")
_BY_ID = database.compiled_sql(_WHOLE + "WHERE x.id = :run")
_BY_NUMBER = database.compiled_sql(_WHOLE + "WHERE x.round = :round AND x.number = :number")
_LATEST = database.compiled_sql(_WHOLE + "WHERE x.round = :round ORDER BY x.number DESC LIMIT 1")
_LATEST_READY = database.compiled_sql(
    _WHOLE + "WHERE x.round = :round AND x.state = 'ready' ORDER BY x.number DESC LIMIT 1"
)
_BEFORE = database.compiled_sql(
    _WHOLE + "WHERE x.round = :round AND x.state = 'ready' AND x.number < :number ORDER BY x.number DESC LIMIT 1"
)


async def runs_of(round: UUID) -> list[RunLine]:
    """All runs of a round, the newest first. One query."""
    return [RunLine(**_line(row)) for row in await _OF_ROUND.run(round=round)]


async def run(id: UUID) -> RunView:
    """Raises NotFound."""
    return _whole(await _BY_ID.first(run=id))


async def by_number(round: UUID, number: int) -> RunView:
    """A run by its number in its round. Raises NotFound."""
    if not 0 < number < 2**31:
        raise NotFound
    return _whole(await _BY_NUMBER.first(round=round, number=number))


async def latest(round: UUID) -> RunView | None:
    """The newest run of a round, done or not."""
    row = await _LATEST.first(round=round)
    return None if row is None else _whole(row)


async def latest_ready(round: UUID) -> RunView | None:
    """The newest run of a round that is done."""
    row = await _LATEST_READY.first(round=round)
    return None if row is None else _whole(row)


async def before(run: RunView) -> RunView | None:
    """The run that was done before this one."""
    row = await _BEFORE.first(round=run.round, number=run.number)
    return None if row is None else _whole(row)


def difference(run: Suggestion, former: Suggestion | None) -> tuple[Move, ...]:
    """Whose mentor is another than in the former run."""
    return moves_between(former.plan() if former else (), run.plan())


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that is pinned or ruled out, with the names."""

    id: UUID
    kind: HoldKind
    mentor: UUID
    mentor_name: str
    mentor_profile: UUID
    mentee: UUID
    mentee_name: str
    mentee_profile: UUID
    reason: str
    held_by: str
    held_at: datetime

    @property
    def pair(self) -> Pair:
        return Pair(str(self.mentor), str(self.mentee))


_HELD = database.compiled_sql("""
    SELECT h.id, h.kind, h.mentor_profile, h.mentee_profile, h.reason, h.held_at, t.person AS mentor,
           s.person AS mentee, p.name AS mentor_name, q.name AS mentee_name, coalesce(b.name, 'The academy') AS held_by
    FROM hold h
    JOIN mentor_profile t ON t.id = h.mentor_profile JOIN mentee_profile s ON s.id = h.mentee_profile
    JOIN person p ON p.id = t.person JOIN person q ON q.id = s.person
    LEFT JOIN person b ON b.id = h.held_by
    WHERE h.round = :round ORDER BY h.kind, lower(q.name), h.id
""")


async def holds(round: UUID) -> list[Held]:
    """What coordinators hold fast in a round, pinned ones first. One query."""
    return [Held(**{**row, "kind": HoldKind(row["kind"])}) for row in await _HELD.run(round=round)]


# ------------------------------------------------------------------- questions
class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a run came to the same once more."""

    same: bool
    pairs: int


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked about a run, and what came out."""

    id: UUID
    run: UUID
    kind: QuestionKind
    mentor: str
    mentee: str
    state: RunState
    progress: int
    """Per cent."""
    problem: str
    answer: str | None
    """JSON; read it by ``price``, ``modes`` or ``proof``."""
    asked_by: str
    asker: UUID | None
    asked_at: datetime
    done_at: datetime | None

    @property
    def done(self) -> bool:
        return self.state in (RunState.READY, RunState.FAILED)

    @property
    def price(self) -> Price | None:
        return msgspec.json.decode(self.answer, type=Price) if self.answer else None

    @property
    def modes(self) -> tuple[ModeRow, ...] | None:
        return msgspec.json.decode(self.answer, type=tuple[ModeRow, ...]) if self.answer else None

    @property
    def proof(self) -> Proof | None:
        return msgspec.json.decode(self.answer, type=Proof) if self.answer else None


_QUESTION = """
    SELECT x.id, x.run, x.kind, x.mentor, x.mentee, x.state, x.progress, x.problem, x.answer, x.asked_at, x.done_at,
           coalesce(p.name, 'The academy') AS asked_by, x.asked_by AS asker
    FROM run_question x LEFT JOIN person p ON p.id = x.asked_by
"""
_QUESTION_BY_ID = database.compiled_sql(_QUESTION + "WHERE x.id = :question")
_QUESTION_ABOUT = database.compiled_sql(
    _QUESTION + "WHERE x.run = :run AND x.kind = :kind AND x.mentor = :mentor AND x.mentee = :mentee"
)
_AGAIN = database.compiled_sql(
    _QUESTION + "WHERE x.kind = 'again' AND x.run IN (SELECT id FROM match_run WHERE round = :round)"
)


async def question(id: UUID) -> Question:
    """Raises NotFound."""
    row = await _QUESTION_BY_ID.first(question=id)
    if row is None:
        raise NotFound
    return _question(row)


async def question_about(run: UUID, kind: QuestionKind, pair: Pair) -> Question | None:
    """What has become of a question, if somebody has asked it. One query."""
    row = await _QUESTION_ABOUT.first(run=run, kind=kind, mentor=pair.mentor, mentee=pair.mentee)
    return None if row is None else _question(row)


async def proofs(round: UUID) -> dict[UUID, Question]:
    """Which runs of a round were worked out once more, and what came out, by run. One query."""
    return {row["run"]: _question(row) for row in await _AGAIN.run(round=round)}


def _question(row: dict[str, Any]) -> Question:
    return Question(**{**row, "kind": QuestionKind(row["kind"]), "state": RunState(row["state"])})


def _line(row: dict[str, Any]) -> dict[str, Any]:
    names = RunLine.__struct_fields__
    return {**{name: row[name] for name in names}, "state": RunState(row["state"])}


def _whole(row: dict[str, Any] | None) -> RunView:
    if row is None:
        raise NotFound
    return RunView(
        **_line(row),
        request=msgspec.json.decode(row["inputs"], type=Request),
        suggestion=msgspec.json.decode(row["result"], type=Suggestion) if row["result"] else None,
    )
