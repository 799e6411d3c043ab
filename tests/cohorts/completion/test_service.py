"""Closing a cohort: each certificate once, never again, whatever happens between."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from academy import database
from academy.alumni import queries as alumni
from academy.alumni import service as awards
from academy.alumni.queries import CertificateFacts
from academy.alumni.tables import Alumnus, Certificate, Completion
from academy.audit.service import ACADEMY
from academy.outbox.tables import Message
from academy.people import service as people
from cohorts.attendance.rules import MarkGiven
from cohorts.attendance.tables import Mark
from cohorts.completion import rules, service
from cohorts.completion.tables import Outcome
from cohorts.schedule import sessions as schedule
from cohorts.schedule.tables import Cohort
from tests.support.courses import FIRST, ORGANISATION, OVER, A, Course, P, a_course

pytestmark = pytest.mark.usefixtures("database")


async def certificates(course: Course) -> dict[str, tuple[str, str, str]]:
    """By first name: number, code and state."""
    found = await alumni.certificates_of_cohort(course.cohort)
    return {
        name: (found[person].number, found[person].code, found[person].state.value)
        for name, person in course.people.items()
        if person in found
    }


async def mails() -> list[str]:
    rows = await Message.select(Message.to_name).where(Message.kind == "certificate").order_by(Message.to_name)
    return [row["to_name"] for row in rows]


async def over(*names: str) -> Course:
    """Day 1 and 2 are over; everybody was there, but Ben missed the second day."""
    course = await a_course(*names)
    await course.take(1, **dict.fromkeys(names, P))
    await course.take(2, **{name: A if name == "Ben" else P for name in names})
    return course


async def undecided(course: Course) -> list[CertificateFacts]:
    """Certificates that wait for a coordinator's decision."""
    return [each for each in (await alumni.certificates_of_cohort(course.cohort)).values() if each.needs_decision]


async def test_closing_tells_who_completed_and_what_the_others_miss() -> None:
    course = await over("Ana", "Ben", "Cai")

    closed = await course.close()

    assert (closed.completed, closed.not_completed, closed.issued) == (2, 1, 2)
    rows = await Outcome.select(Outcome.outcome, Outcome.missing, Outcome.minutes).order_by(Outcome.minutes)
    assert [(row["outcome"], row["missing"], row["minutes"]) for row in rows] == [
        ("not_completed", "1 more session", 180),
        ("completed", "", 360),
        ("completed", "", 360),
    ]
    (cohort,) = await Cohort.select(Cohort.status, Cohort.closed_at, Cohort.version)
    assert (cohort["status"], cohort["closed_at"]) == ("closed", OVER)
    assert await mails() == ["Ana Example", "Cai Example"]
    assert await Alumnus.count() == 2


async def test_the_certificate_says_what_was_so_at_the_award() -> None:
    course = await over("Ana")
    await course.close()
    await people.change_person(course.people["Ana"], name="Ana Married")

    (found,) = (await alumni.certificates_of_cohort(course.cohort)).values()

    assert (found.holder_name, found.title) == ("Ana Example", "Top Talent, Essex")
    assert (found.contact_minutes, found.cpd_minutes) == (360, 300)
    assert (found.completed_on, found.awarded_on) == (date(2026, 6, 25), date(2026, 7, 1))
    assert found.organisation_name == ORGANISATION


async def test_a_second_close_sends_nothing_and_changes_nothing() -> None:
    course = await over("Ana", "Ben")
    await course.close()
    first = (await certificates(course), await Outcome.select().order_by(Outcome.id), await Cohort.select())

    again = await course.close(at=OVER + timedelta(days=3))

    assert again.issued == 0
    assert (await certificates(course), await Outcome.select().order_by(Outcome.id), await Cohort.select()) == first
    assert await mails() == ["Ana Example"]


async def test_a_fault_between_leaves_nothing_behind_and_the_next_close_does_it_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    course = await over("Ana", "Ben")
    with monkeypatch.context() as broken:

        async def killed(*_: object, **__: object) -> None:
            raise KeyboardInterrupt  # as a process that ends here: no handler in between

        broken.setattr(service, "_mark_closed", killed)
        with pytest.raises(KeyboardInterrupt):
            await course.close()

    assert (await Completion.count(), await Certificate.count(), await Alumnus.count()) == (0, 0, 0)
    assert (await Outcome.count(), await mails()) == (0, [])

    await course.close()
    assert (await Completion.count(), await Certificate.count(), await mails()) == (1, 1, ["Ana Example"])


async def test_two_who_close_at_once_issue_each_certificate_once() -> None:
    course = await over("Ana", "Cai")

    closed = await asyncio.gather(course.close(), course.close(), course.close())

    assert sorted(one.issued for one in closed) == [0, 0, 2]
    assert await mails() == ["Ana Example", "Cai Example"]


async def test_without_looking_who_is_on_record_the_database_still_refuses_a_second_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    course = await over("Ana")
    await course.close()

    async def nobody(_: UUID) -> set[UUID]:
        return set()

    monkeypatch.setattr(alumni, "completed_by", nobody)
    with pytest.raises(database.Duplicate):
        await course.close(at=OVER + timedelta(days=1))

    assert await Certificate.count() == 1


async def test_late_completers_get_theirs_by_closing_again_and_nobody_else_a_second() -> None:
    course = await over("Ana", "Ben")
    await course.close()
    before = await certificates(course)
    await course.take(2, at=OVER + timedelta(days=1), Ben=P)

    again = await course.close(at=OVER + timedelta(days=2))

    after = await certificates(course)
    assert again.issued == 1
    assert after["Ana"] == before["Ana"]
    assert after["Ben"][2] == "valid"
    assert await mails() == ["Ana Example", "Ben Example"]
    found = await alumni.certificates_of(course.people["Ben"])
    assert found[0].awarded_on == date(2026, 7, 3)


async def test_attendance_corrected_after_the_award_flags_the_certificate() -> None:
    course = await over("Ana", "Cai")
    await course.close()

    saved = await course.take(2, at=OVER + timedelta(days=1), Ana=A)

    assert saved.flagged == 1
    (flagged,) = await undecided(course)
    assert flagged.person == course.people["Ana"]
    assert flagged.needs_decision == (
        "Attendance was corrected on 2 July 2026: the certificate says 6 hours, the registers now say 3 hours."
    )
    assert flagged.valid


async def test_a_correction_taken_back_takes_the_flag_off() -> None:
    course = await over("Ana")
    await course.close()
    await course.take(2, at=OVER + timedelta(days=1), Ana=A)

    await course.take(2, at=OVER + timedelta(days=2), Ana=P)

    assert await undecided(course) == []


async def test_closing_again_takes_no_completion_away() -> None:
    course = await over("Ana")
    await course.close()
    await course.take(2, at=OVER + timedelta(days=1), Ana=A)

    await course.close(at=OVER + timedelta(days=2))

    (outcome,) = await Outcome.select(Outcome.outcome)
    assert outcome["outcome"] == "completed"
    assert (await certificates(course))["Ana"][2] == "valid"


async def test_a_revoked_certificate_is_not_issued_again() -> None:
    course = await over("Ana")
    await course.close()
    (found,) = await alumni.certificates_of(course.people["Ana"])
    await awards.revoke(found.id, reason="The wrong person signed the register.", actor=ACADEMY, now=OVER)

    assert (await course.close(at=OVER + timedelta(days=1))).issued == 0
    assert (await certificates(course))["Ana"][2] == "revoked"


async def test_a_cohort_is_not_closed_before_its_last_session_ends() -> None:
    course = await a_course("Ana")

    with pytest.raises(rules.NotOver):
        await course.close(at=FIRST + timedelta(days=1))

    assert await Outcome.count() == 0


async def test_a_cancelled_session_counts_against_nobody() -> None:
    course = await a_course("Ana", "Ben", sessions=3, needed=2)
    cancelled_at = FIRST + timedelta(days=1, hours=12)
    await course.take(1, at=FIRST + timedelta(hours=3), Ana=P, Ben=A)
    await course.take(2, at=FIRST + timedelta(days=1, hours=3), Ana=A, Ben=A)
    await schedule.cancel_session(course.sessions[2], "The hall has no heating.", actor=ACADEMY, now=cancelled_at)

    verdicts = await service.preview(course.cohort)

    assert [(verdict.name, verdict.completed, verdict.missing) for verdict in verdicts] == [
        ("Ana Example", True, []),
        ("Ben Example", False, ["1 more session"]),
    ]


async def test_who_was_partly_there_gets_the_hours_they_were_there() -> None:
    course = await a_course("Ana")
    await course.take(1, Ana=MarkGiven(Mark.LATE, 150))
    await course.take(2, Ana=MarkGiven(Mark.PARTIAL, 120))

    await course.close()

    (found,) = await alumni.certificates_of(course.people["Ana"])
    assert (found.contact_minutes, found.cpd_minutes) == (270, 225)


async def test_an_alumnus_stays_one_since_the_first_time() -> None:
    first = await over("Ana")
    await first.close()
    second = await a_course()
    second.people = first.people
    [awarded] = await awards.record_completions(
        [
            awards.Award(
                person=first.people["Ana"],
                programme_id=second.cohort,
                programme_name="Cyber Leadership",
                cohort_id=second.cohort,
                cohort_name="Leeds",
                cohort_code="cl-leeds",
                contact_minutes=60,
                cpd_minutes=0,
                completed_on=date(2027, 1, 5),
                awarded_on=date(2027, 1, 6),
            )
        ],
        organisation=ORGANISATION,
        actor=ACADEMY,
        now=OVER + timedelta(days=200),
    )

    assert awarded.number.startswith("LA-2027-")
    (alumnus,) = await Alumnus.select(Alumnus.since_on)
    assert alumnus["since_on"] == date(2026, 6, 25)
