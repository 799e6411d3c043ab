"""What is asked about a run and takes a moment with many people: a row that waits, and the answer, which is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from academy import database
from academy.audit.service import Actor
from academy.errors import NotFound
from mentoring import waiting
from mentoring.matching.people import Pair
from mentoring.runs import queries, rules, working
from mentoring.runs.queries import Question, RunView
from mentoring.runs.tables import QuestionKind

NONE = Pair("", "")

_ASK = database.compiled_sql("""
    INSERT INTO run_question (id, run, kind, mentor, mentee, state, progress, problem, asked_by, asked_at)
    VALUES (:id, :run, :kind, :mentor, :mentee, 'waiting', 0, '', :person, :now)
    ON CONFLICT (run, kind, mentor, mentee) DO UPDATE
        SET state = 'waiting', progress = 0, problem = '', answer = NULL, asked_by = :person, asked_at = :now
        WHERE run_question.state = 'failed' OR (run_question.state = 'ready' AND :anew)
    RETURNING id
""")


async def ask(
    run: RunView, kind: QuestionKind, pair: Pair = NONE, *, anew: bool = False, actor: Actor, now: datetime
) -> Question:
    """Ask what a pair would cost, what each mode comes to, whether the run comes to the same once more, or that it be
    published.

    With a small pool the answer is there at once; with a large one it is a row that waits for ``begin``. The same is
    asked once: an answer that is there stays, unless it is to be worked out ``anew``.
    Raises NotReady for a run without a result, and NotFound for people who are not in it.
    """
    if run.suggestion is None:
        raise rules.NotReady(f"Suggestion {run.number} has no result that could be asked about.")
    there = {one.id for one in run.request.pool.mentors}, {one.id for one in run.request.pool.mentees}
    if pair != NONE and (pair.mentor not in there[0] or pair.mentee not in there[1]):
        raise NotFound
    new = await _ASK.run(
        id=uuid4(), run=run.id, kind=kind, mentor=pair.mentor, mentee=pair.mentee, person=actor.person, now=now,
        anew=anew,
    )  # fmt: skip
    asked = await find(run, kind, pair)
    assert asked is not None
    if new and working.is_small(run.request):
        await waiting.work(working.QUESTIONS, asked.id, now=now)
        return await queries.question(asked.id)
    return asked


def begin(asked: Question) -> None:
    """Work it out in the background, if nobody does. Whoever looks meanwhile sees the progress."""
    if not asked.done:
        waiting.start(working.QUESTIONS, asked.id)


async def find(run: RunView, kind: QuestionKind, pair: Pair = NONE) -> Question | None:
    """What has become of a question, if somebody has asked it. One query."""
    return await queries.question_about(run.id, kind, pair)
