"""How groups of people fare in a round: counted once, with small numbers left out, and kept.

People are counted ``SETTLED`` after the pairs were published, when mentors have answered, or when the round is closed,
whichever is first. Who of them completed is added when it is closed. What is kept is what may be shown; the single
answers are not needed any more and go (see ``keeping``). Reports only look: no decision about a person reads this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy import database
from mentoring.pairings import queries as pairings
from mentoring.pairings import rules as pairing_rules
from mentoring.pairings.queries import StaffView
from mentoring.pairings.tables import PairingStatus
from mentoring.profiles import options
from mentoring.profiles import queries as profiles
from mentoring.profiles.queries import MenteeView, MentorView
from mentoring.profiles.tables import MentorStatus, ProfileSource, RoundStatus, Side
from mentoring.reports import hiding
from mentoring.reports.hiding import Group, Shown
from mentoring.reports.tables import FairnessCount

SETTLED = timedelta(days=28)
"""After the pairs are published: time for three mentors, one after the other, to answer."""

NOT_TOLD = "Not told"
PREFER_NOT = "Prefer not to say"
NOT_ASKED = "Not asked"
BANDS: tuple[tuple[str, int, int], ...] = (
    ("Up to senior officer (AA to EO)", 1, 3),
    ("Team leaders and managers (HEO, SEO)", 4, 5),
    ("Heads of service (Grades 7 and 6)", 6, 7),
    ("Directors and above (SCS)", 8, 10),
)
"""Levels are put together: ten of them would all be too small to show."""

View = MentorView | MenteeView


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One of those who are counted."""

    view: View
    told: dict[str, str]
    paired: bool
    completed: bool
    scores: tuple[int, ...]


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted of one side of a round."""

    tables: list[Shown]
    counted_at: datetime
    completed_at: datetime | None


# ------------------------------------------------------------------- reading
_OF = database.compiled_sql(
    "SELECT tables, counted_at, completed_at FROM fairness_count WHERE round = :round AND side = :side"
)
_TOLD = database.compiled_sql("SELECT person, question, answer FROM equality_answer WHERE round = :round")
_TO_COUNT = database.compiled_sql("""
    SELECT r.id, r.status, f.side, f.tables, f.counted_at, f.completed_at
    FROM mentoring_round r LEFT JOIN fairness_count f ON f.round = r.id
    WHERE r.published_at IS NOT NULL AND (
        (f.id IS NULL AND (r.published_at <= :before OR r.status = 'closed'))
        OR (f.id IS NOT NULL AND f.completed_at IS NULL AND r.status = 'closed')
    )
    ORDER BY r.created_at, r.id
""")


_COUNTED_BEFORE = database.compiled_sql("""
    SELECT f.round, f.tables, f.counted_at, r.name FROM fairness_count f JOIN mentoring_round r ON r.id = f.round
    WHERE f.side = :side AND f.round <> :round ORDER BY f.counted_at, f.round
""")
_PEOPLE = {
    side: database.compiled_sql(f"""
        SELECT x.round, x.person FROM {side.value}_profile x JOIN fairness_count f ON f.round = x.round
        WHERE f.side = '{side.value}' AND x.created_at <= f.counted_at
    """)  # noqa: S608
    for side in Side
}


async def counted(round: UUID, side: Side) -> Counted | None:
    """The tables of a round, in the order of its page; None if it has not been counted yet. One query."""
    row = await _OF.first(round=round, side=side)
    if row is None:
        return None
    return Counted(
        tables=msgspec.json.decode(row["tables"], type=list[Shown]),
        counted_at=row["counted_at"],
        completed_at=row["completed_at"],
    )


def counted_from(published_at: datetime | None) -> datetime | None:
    """When a round is counted, if it is not closed before; None before its pairs are published."""
    return published_at + SETTLED if published_at else None


# ------------------------------------------------------------------ counting
async def count_due(now: datetime) -> int:
    """Count every round that is due, each once; returns how many rounds were counted or completed."""
    due = {row["id"] for row in await _TO_COUNT.run(before=now - SETTLED)}
    for round in sorted(due):
        await _count(round, now)
    return len(due)


async def _count(round: UUID, now: datetime) -> None:
    """Count what is missing of a round. Who completed is looked for among those who were counted, at that time."""
    async with database.transaction():
        await database.lock(f"mentoring-round:{round}")
        closed = (await profiles.round_by_id(round)).status is RoundStatus.CLOSED
        for side in Side:
            found = await counted(round, side)
            if found is not None and (found.completed_at is not None or not closed):
                continue
            until = found.counted_at if found else now
            members = await _members(round, side, until=until, now=now)
            asked = questions()
            if found:
                tables = found.tables
            else:
                alike = await _alike(round, side, {each.view.person for each in members})
                tables = [_table(each, groups(members, each), alike.get(each.title, "")) for each in asked]
            if closed:
                tables = [
                    hiding.with_completed(table, [sum(one.completed for one in row) for row in each.split(members)])
                    for table, each in zip(tables, asked, strict=True)
                ]
            row = FairnessCount(
                round=round,
                side=side,
                tables=msgspec.json.encode(tables).decode(),
                counted_at=until,
                completed_at=now if closed else None,
            )
            await database.insert(
                [row],
                unless=(FairnessCount.round, FairnessCount.side),
                update=(FairnessCount.tables, FairnessCount.completed_at),
            )


def _table(question: Question, found: list[Group], beside: str) -> Shown:
    """What may be shown. Level and region are no secret from coordinators, so rounds may be compared by them."""
    if beside and question.told:
        return hiding.nothing(question.title, found, beside=beside)
    return hiding.shown(question.title, found)


async def _alike(round: UUID, side: Side, people: set[UUID]) -> dict[str, str]:
    """Titles of tables that a round before shows of nearly the same people, with its name. Two queries."""
    there: dict[UUID, set[UUID]] = defaultdict(set)
    for row in await _PEOPLE[side].run():
        there[row["round"]].add(row["person"])
    found: dict[str, str] = {}
    for row in await _COUNTED_BEFORE.run(round=round, side=side):
        if hiding.too_alike(people, there[row["round"]]):
            for table in msgspec.json.decode(row["tables"], type=list[Shown]):
                if not table.empty:
                    found.setdefault(table.title, row["name"])
    return found


async def _members(round: UUID, side: Side, *, until: datetime, now: datetime) -> list[Member]:
    """Who took part until then: those who have not withdrawn, and those who had a pairing."""
    views: Iterable[View] = (
        await profiles.mentors(round, withdrawn=True)
        if side is Side.MENTOR
        else await profiles.mentees(round, withdrawn=True)
    )
    told: dict[UUID, dict[str, str]] = defaultdict(dict)
    for row in await _TOLD.run(round=round):
        told[row["person"]][row["question"]] = row["answer"]
    pairs: dict[UUID, list[StaffView]] = defaultdict(list)
    for each in await pairings.of_round(round, now=now):
        if each.status in pairing_rules.MET and each.answered_at is not None and each.answered_at <= until:
            pairs[each.mentor_profile if side is Side.MENTOR else each.mentee_profile].append(each)
    return [
        Member(
            view=view,
            told=told.get(view.person, {}),
            paired=bool(pairs[view.id]),
            completed=any(each.status is PairingStatus.COMPLETED for each in pairs[view.id]),
            scores=tuple(each.score for each in pairs[view.id] if each.score is not None),
        )
        for view in views
        if view.created_at <= until and (pairs[view.id] or view.status != MentorStatus.WITHDRAWN.value)
    ]


# -------------------------------------------------------------------- groups
class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a table asks of everybody. Everybody is in exactly one row, and all rows are always there."""

    title: str
    answers: tuple[str, ...]
    others: tuple[str, ...]
    """Rows of those who gave none of the answers; what is in no list counts with the first."""
    answer_of: Callable[[Member], str]
    told: bool = False
    """A characteristic, which only the person knows."""

    @property
    def rows(self) -> tuple[str, ...]:
        return (*self.answers, *self.others)

    def split(self, members: Iterable[Member]) -> list[list[Member]]:
        """Who is in each row."""
        found: dict[str, list[Member]] = {words: [] for words in self.rows}
        for each in members:
            found.get(self.answer_of(each), found[self.others[0]]).append(each)
        return list(found.values())


def questions() -> list[Question]:
    """Level, region, and each characteristic."""
    return [
        Question(
            title="Level",
            answers=tuple(words for words, _, _ in BANDS),
            others=(NOT_TOLD,),
            answer_of=lambda one: band(one.view.answers.grade),
        ),
        Question(
            title="Region", answers=options.REGIONS, others=(NOT_TOLD,), answer_of=lambda one: one.view.answers.region
        ),
        *(
            Question(
                title=words,
                answers=tuple(text for _, text in answers),
                others=(PREFER_NOT, NOT_ASKED),
                answer_of=_told(question),
                told=True,
            )
            for question, words, answers in options.QUESTIONS
        ),
    ]


def groups(members: Iterable[Member], question: Question) -> list[Group]:
    """Each row of a table as it is counted."""
    return [
        Group(
            words=words,
            people=len(found),
            paired=sum(each.paired for each in found),
            scored=sum(bool(each.scores) for each in found),
            pairs=sum(len(each.scores) for each in found),
            scores=sum(sum(each.scores) for each in found),
        )
        for words, found in zip(question.rows, question.split(members), strict=True)
    ]


def band(grade: int | None) -> str:
    return next((words for words, low, high in BANDS if low <= (grade or 0) <= high), NOT_TOLD)


def _told(question: str) -> Callable[[Member], str]:
    def words(one: Member) -> str:
        if question in one.told:
            return options.answer_words(question, one.told[question])
        # Who signed up themself was asked. Who was added, imported or invited as an alumnus was not.
        return PREFER_NOT if one.view.source is ProfileSource.SELF else NOT_ASKED

    return words
