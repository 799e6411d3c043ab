"""Taking the register: what is stored, what is left alone, and how a save is taken back."""

from datetime import timedelta

import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.audit.tables import Entry
from academy.errors import ChangedMeanwhile, Invalid, NotFound
from cohorts.attendance import queries, rules, service
from cohorts.attendance.rules import MarkGiven
from cohorts.attendance.tables import Attendance, Mark
from cohorts.enrolment.tables import Enrolment, EnrolmentStatus
from cohorts.schedule import sessions as schedule
from tests.support.courses import FIRST, OVER, A, P, a_course
from tests.support.makers import a_person

pytestmark = pytest.mark.usefixtures("database")


async def test_marks_are_stored_with_their_minutes() -> None:
    course = await a_course("Ana", "Ben", "Cai")

    saved = await course.take(1, Ana=P, Ben=MarkGiven(Mark.LATE, 150, "train"), Cai=A)

    assert saved.changed == 3
    assert await course.marks(1) == {"Ana": ("present", 180), "Ben": ("late", 150), "Cai": ("absent", 0)}


async def test_what_stays_the_same_is_left_alone() -> None:
    course = await a_course("Ana", "Ben")
    await course.take(1, at=OVER, Ana=P, Ben=A)

    saved = await course.take(1, at=OVER + timedelta(minutes=5), Ana=P, Ben=P)

    assert saved.changed == 1
    rows = await Attendance.select(Attendance.marked_at).order_by(Attendance.marked_at)
    assert [row["marked_at"] for row in rows] == [OVER, OVER + timedelta(minutes=5)]


async def test_everyone_present_leaves_the_marks_that_are_there() -> None:
    course = await a_course("Ana", "Ben", "Cai")
    await course.take(1, Ben=A)

    await service.mark(course.sessions[0], {}, rest=Mark.PRESENT, actor=ACADEMY, now=OVER)

    assert await course.marks(1) == {"Ana": ("present", 180), "Ben": ("absent", 0), "Cai": ("present", 180)}


async def test_undo_takes_back_the_last_save_and_no_other() -> None:
    course = await a_course("Ana", "Ben")
    await course.take(1, at=OVER, Ana=P, Ben=MarkGiven(Mark.PARTIAL, 90, "left at lunch"))
    second = OVER + timedelta(minutes=5)
    await course.take(1, at=second, Ben=A)

    await service.undo(course.sessions[0], saved_at=second, actor=ACADEMY, now=second + timedelta(minutes=1))

    assert await course.marks(1) == {"Ana": ("present", 180), "Ben": ("partial", 90)}
    register = await queries.register(course.sessions[0])
    assert register is not None
    assert [line.note for line in register.lines] == ["", "left at lunch"]
    assert register.undone


async def test_to_undo_an_undo_brings_the_save_back() -> None:
    course = await a_course("Ana", "Ben")
    await course.take(1, at=OVER, Ana=P, Ben=A)
    for minutes in (1, 2):
        register = await queries.register(course.sessions[0])
        assert register is not None and register.saved_at is not None
        await service.undo(
            course.sessions[0], saved_at=register.saved_at, actor=ACADEMY, now=OVER + timedelta(minutes=minutes)
        )

    assert await course.marks(1) == {"Ana": ("present", 180), "Ben": ("absent", 0)}
    register = await queries.register(course.sessions[0])
    assert register is not None
    assert not register.undone


async def test_a_save_can_be_undone_for_a_day_and_no_longer() -> None:
    course = await a_course("Ana", "Ben")
    await course.take(1, at=OVER, Ana=P, Ben=A)

    with pytest.raises(rules.TooLateToUndo):
        await service.undo(
            course.sessions[0], saved_at=OVER, actor=ACADEMY, now=OVER + timedelta(days=1, microseconds=1)
        )

    assert await course.marks(1) == {"Ana": ("present", 180), "Ben": ("absent", 0)}
    await service.undo(course.sessions[0], saved_at=OVER, actor=ACADEMY, now=OVER + timedelta(days=1))
    assert await course.marks(1) == {"Ana": ("unmarked", 0), "Ben": ("unmarked", 0)}


async def test_undo_of_the_first_save_leaves_nobody_marked() -> None:
    course = await a_course("Ana")
    await course.take(1, Ana=P)

    await service.undo(course.sessions[0], saved_at=OVER, actor=ACADEMY, now=OVER + timedelta(minutes=1))

    assert await course.marks(1) == {"Ana": ("unmarked", 0)}


async def test_undo_refuses_when_somebody_saved_meanwhile() -> None:
    course = await a_course("Ana", "Ben")
    await course.take(1, at=OVER, Ana=P)
    await course.take(1, at=OVER + timedelta(minutes=1), Ben=P)

    with pytest.raises(ChangedMeanwhile):
        await service.undo(course.sessions[0], saved_at=OVER, actor=ACADEMY, now=OVER + timedelta(minutes=2))

    assert await course.marks(1) == {"Ana": ("present", 180), "Ben": ("present", 180)}


async def test_late_without_minutes_after_the_session_names_the_person() -> None:
    course = await a_course("Ana", "Ben")

    with pytest.raises(Invalid) as refused:
        await course.take(1, Ana=P, Ben=MarkGiven(Mark.LATE))

    assert refused.value.errors == {
        f"minutes-{course.enrolments['Ben']}": "Ben Example: enter how many minutes they were there."
    }
    assert await Attendance.count() == 0


async def test_late_during_the_session_is_there_to_its_end() -> None:
    course = await a_course("Ana")

    await course.take(1, at=FIRST + timedelta(minutes=20), Ana=MarkGiven(Mark.LATE))

    assert await course.marks(1) == {"Ana": ("late", 160)}


async def test_the_register_is_closed_before_the_day() -> None:
    course = await a_course("Ana")

    with pytest.raises(rules.TooEarly):
        await course.take(1, at=FIRST - timedelta(hours=2), Ana=P)
    with pytest.raises(rules.TooEarly):
        await course.take(2, at=FIRST, Ana=P)


async def test_a_cancelled_session_has_no_register() -> None:
    course = await a_course("Ana")
    await schedule.cancel_session(course.sessions[0], "The trainer is ill.", actor=ACADEMY, now=FIRST - timedelta(1))

    with pytest.raises(rules.SessionCancelled):
        await course.take(1, Ana=P)


async def test_somebody_of_another_cohort_is_not_found() -> None:
    course, other = await a_course("Ana"), await a_course("Ben", code="other-cohort")

    with pytest.raises(NotFound):
        await service.mark(course.sessions[0], {other.enrolments["Ben"]: P}, actor=ACADEMY, now=OVER)


async def test_who_left_after_being_marked_stays_in_the_register() -> None:
    course = await a_course("Ana", "Ben")
    await course.take(1, Ana=P)
    for name in ("Ana", "Ben"):
        await Enrolment.update({Enrolment.status: EnrolmentStatus.WITHDRAWN}).where(
            Enrolment.id == course.enrolments[name]
        )

    await service.mark(course.sessions[0], {}, rest=Mark.PRESENT, actor=ACADEMY, now=OVER)

    assert await course.marks(1) == {"Ana": ("present", 180)}


async def test_first_marks_make_one_line_in_the_audit_and_corrections_one_each() -> None:
    course = await a_course("Ana", "Ben")
    robin = await a_person(name="Robin Okafor")
    await course.take(1, Ana=P, Ben=P)
    marks = {course.enrolments["Ben"]: MarkGiven(Mark.LATE, 100)}

    await service.mark(course.sessions[0], marks, actor=Actor(robin, "Robin Okafor"), now=OVER + timedelta(hours=1))

    entries = (
        await Entry.select(Entry.verb, Entry.actor_name, Entry.person, Entry.before, Entry.after)
        .where(Entry.verb.is_in(["register.save", "attendance.correct"]))
        .order_by(Entry.at, Entry.verb)
    )
    assert [(entry["verb"], entry["actor_name"]) for entry in entries] == [
        ("register.save", "The academy"),
        ("attendance.correct", "Robin Okafor"),
        ("register.save", "Robin Okafor"),
    ]
    assert entries[0]["after"] == '{"present":2}'
    assert entries[1]["person"] == course.people["Ben"]
    assert entries[1]["before"] == '{"mark":"present","minutes":180}'
    assert entries[1]["after"] == '{"mark":"late","minutes":100}'


class Counting:
    """Counts the statements that an engine runs."""

    def __init__(self, engine: room.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        run = type(engine).run

        async def counted(this: room.Engine, *given: object, **named: object) -> object:
            self.count += 1
            return await run(this, *given, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(type(engine), "run", counted)


async def test_reading_and_saving_take_as_many_queries_for_one_as_for_three(
    database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, three = await a_course("Ana", code="of-one"), await a_course("Ana", "Ben", "Cai", code="of-three")
    counting = Counting(database, monkeypatch)
    counts = []
    for course in (one, three):
        counting.count = 0
        await queries.register(course.sessions[0])
        reading = counting.count
        await service.mark(course.sessions[0], {}, rest=Mark.PRESENT, actor=ACADEMY, now=OVER)
        counts.append((reading, counting.count - reading))

    assert counts[0] == counts[1]
    assert counts[0][0] == 2
