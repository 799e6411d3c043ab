"""What is no row of its own: drawn out of larger records, for one person alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.database.transactions import Row
from academy.outbox import rendering, rules
from academy.outbox.rendering import Letterhead
from academy.privacy import classes
from academy.privacy.classes import DataClass
from academy.privacy.held import As, Given
from cohorts.coaching.record import notes as coaching_notes
from mentoring.matching.people import Mentee, Mentor
from mentoring.matching.worker import Request
from mentoring.pairings import notes as pairing_notes

_LINK = re.compile(r"https?://\S+")


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A list of a copy that is drawn by a function: rows by the paths of ``give``."""

    what: str
    of: DataClass
    give: tuple[Given, ...]
    draw: Callable[[UUID, Letterhead], Awaitable[list[Row]]]
    staff: bool = True


_MAILS = database.compiled_sql("""
    SELECT * FROM message WHERE person = :person AND context <> '' AND context <> '{}' ORDER BY queued_at, id
""")


async def texts_of_mails(person: UUID, head: Letterhead) -> list[Row]:
    """The words of the mails whose text is still kept. A link in them may be a key, so none is given."""
    rows = [row for row in await _MAILS.run(person=person) if row["kind"] not in rules.SECRET]
    return await asyncio.to_thread(lambda: [_mail(row, head) for row in rows])


def _mail(row: Row, head: Letterhead) -> Row:
    try:
        text = rendering.letter(row, head).text
    except rendering.Unwritable as error:
        text = str(error)
    return {"queued_at": row["queued_at"], "subject": row["subject"], "text": _LINK.sub("[a link]", text).strip()}


_DEEDS = database.compiled_sql(
    """
    SELECT verb, count(*) AS times, min(at) AS first, max(at) AS last FROM entry WHERE actor = :person
    GROUP BY verb ORDER BY verb
""",
    types={"first": datetime, "last": datetime},
)


async def deeds(person: UUID, head: Letterhead) -> list[Row]:
    """What the person did here, counted: single lines are about others."""
    return await _DEEDS.run(person=person)


_RUNS = database.compiled_sql("""
    SELECT r.asked_at, r.number, g.name AS round, r.inputs FROM match_run r
    JOIN mentoring_round g ON g.id = r.round
    WHERE g.id IN (SELECT round FROM mentor_profile WHERE person = :person
        UNION SELECT round FROM mentee_profile WHERE person = :person) AND r.inputs LIKE :id
    ORDER BY r.asked_at, r.id
""")
OWN = (
    "name", "organisation", "organisation_group", "grade", "role", "profession", "region", "formats", "languages",
    "opted_in", "access_offered", "access_needs", "skills", "skills_wanted", "characteristics", "background_wanted",
    "wants_gap", "places", "waited_before",
)  # fmt: skip
"""What a run knows of a mentor or mentee from themselves."""
OF_OTHERS = ("id", "choices", "history", "line", "not_these", "let_down")
"""These name others, or tell what another did. Whom somebody chose stands with their choices."""


async def runs(person: UUID, head: Letterhead) -> list[Row]:
    """What each match run knew of the person, as it was kept with the run."""
    rows = await _RUNS.run(person=person, id=f"%{person}%")
    found = await asyncio.to_thread(lambda: [_run(row, str(person)) for row in rows])
    return [row for row in found if row["knew"]]


def _run(row: Row, person: str) -> Row:
    pool = msgspec.json.decode(row["inputs"], type=Request).pool
    sides: tuple[tuple[str, Sequence[Mentor | Mentee]], ...] = (
        ("as a mentor", pool.mentors), ("as a mentee", pool.mentees)
    )  # fmt: skip
    knew = {side: _told(one) for side, known in sides for one in known if one.id == person}
    return {"asked_at": row["asked_at"], "number": row["number"], "round": row["round"], "knew": knew}


def _told(one: Mentor | Mentee) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(one)
    return {name: each for name, each in told.items() if name in OWN and each not in (None, "", [], {})}


_RATINGS = database.compiled_sql("""
    SELECT r.rated_at, a.party, r.rating, r.comment FROM goal_rating r
    JOIN goal g ON g.id = r.goal
    JOIN goal_agreement a ON a.enrolment = g.enrolment AND a.party = r.party
    WHERE a.person = :person AND a.party <> 'coachee' AND r.rated_at >= a.asked_at
    ORDER BY r.rated_at, r.id
""")
"""Since they were asked: what a former coach or manager said is not theirs."""


async def ratings(person: UUID, head: Letterhead) -> list[Row]:
    """What somebody said of another's goals, as a coach or manager."""
    return await _RATINGS.run(person=person)


async def notes_of_coaches(person: UUID, head: Letterhead) -> list[Row]:
    """What coaches wrote about the person, where they were told that it would be given."""
    return [msgspec.structs.asdict(each) for each in await coaching_notes.notes_about(person)]


async def notes_of_mentors(person: UUID, head: Letterhead) -> list[Row]:
    """What mentors wrote about the person, where they were told that it would be given."""
    return [msgspec.structs.asdict(each) for each in await pairing_notes.notes_about(person)]


_NOTE = (
    Given("written_at", "Written"),
    Given("changed_at", "Changed"),
    Given("text", "What they wrote", As.OTHERS_WORDS),
)

DRAWN = (
    Drawn(
        what="Texts of emails",
        of=classes.MAILS,
        give=(Given("queued_at", "Written"), Given("subject", "Subject"), Given("text", "Text")),
        draw=texts_of_mails,
    ),
    Drawn(
        what="What you did here",
        of=classes.TRAIL,
        give=(
            Given("first", "First"),
            Given("last", "Last"),
            Given("verb", "What you did"),
            Given("times", "How often"),
        ),
        draw=deeds,
    ),
    Drawn(
        what="What runs of matching knew of you",
        of=classes.PROFILES,
        give=(
            Given("asked_at", "When"),
            Given("round", "Round"),
            Given("number", "Run"),
            Given("knew", "What it knew"),
        ),
        draw=runs,
        staff=False,
    ),
    Drawn(
        what="What you said of goals as a coach or manager",
        of=classes.COACHING_WORDS,
        give=(
            Given("rated_at", "When"),
            Given("party", "As", As.STATE),
            Given("rating", "From 0, not at all, to 4, fully"),
            Given("comment", "In your words"),
        ),
        draw=ratings,
        staff=False,
    ),
    Drawn(
        what="Notes that your coach wrote about your sessions",
        of=classes.COACHING_NOTES,
        give=(Given("starts_at", "Session on"), *_NOTE),
        draw=notes_of_coaches,
        staff=False,
    ),
    Drawn(
        what="Notes that your mentor wrote about you",
        of=classes.PAIRING_NOTES,
        give=_NOTE,
        draw=notes_of_mentors,
        staff=False,
    ),
)
