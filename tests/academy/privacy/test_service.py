"""The copy of everything that is held on a person: whose it is, what it asks of the database, and who is told of it."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from academy import database as room
from academy.audit.service import ACADEMY, About, Actor, record
from academy.audit.tables import Entry
from academy.errors import NotFound
from academy.outbox import rules as outbox
from academy.outbox.tables import Message
from academy.people.tables import Person
from academy.privacy import archive, copying, drawn, service
from academy.privacy.copying import Copy
from academy.privacy.drawn import DRAWN
from academy.privacy.register import REGISTER
from cohorts.coaching.record import notes as coaching_notes
from mentoring.pairings import notes as pairing_notes
from mentoring.pairings import service as pairings
from mentoring.pairings.tables import DeclineReason
from mentoring.profiles.tables import RoundStatus
from tests.academy.privacy.planted import NOW
from tests.academy.privacy.test_planted import HEAD
from tests.support.coached import a_pair
from tests.support.courses import a_course
from tests.support.makers import a_mentee, a_mentor, a_person, a_round
from tests.support.paired import two
from tests.support.queries import counted

CORA = Actor(UUID("00000000-0000-4000-8000-00000000000c"), "Cora Coordinator")


async def copy_of(person: UUID, *, staff: bool = False) -> Copy:
    return await service.copy_of(person, staff=staff, head=HEAD, now=NOW)


def rows(copy: Copy, what: str) -> list[list[object]]:
    """One list of a copy."""
    return [row for each in copy.lists if each.what == what for row in each.rows]


# ------------------------------------------------------------------ one person
async def test_somebody_of_whom_only_the_name_is_known(database: room.Engine) -> None:
    person = uuid4()
    await Person.insert(Person(id=person, name="Ana Archer", created_at=NOW))

    copy = await copy_of(person)

    assert rows(copy, "You") == [[NOW, "Ana Archer", "Europe/London", ""]]
    assert copy.records == 1
    assert [(kind.what, [each.what for each in lists]) for kind, lists in copy.by_class()] == [
        ("Your account: name, email addresses, employer, job title", ["You"])
    ]


async def test_somebody_who_is_not_there_has_no_copy(database: room.Engine) -> None:
    with pytest.raises(NotFound):
        await copy_of(uuid4())


async def test_as_many_queries_for_much_as_for_little(database: room.Engine) -> None:
    """One for each list, and a few for whose it is."""
    little, much = await a_person(now=NOW), await a_person(now=NOW)
    await copy_of(little)
    for number in range(3):
        await record("details changed", About("person", much), actor=ACADEMY, now=NOW, person=much)
        await a_course(f"Person{number}")

    with counted() as for_little:
        await copy_of(little)
    with counted() as for_much:
        await copy_of(much)

    assert len(for_much) == len(for_little) == len(REGISTER) + len(DRAWN) + 4


async def test_a_coordinators_copy_asks_only_for_what_is_in_it(database: room.Engine) -> None:
    person = await a_person(now=NOW)

    with counted() as statements:
        await copy_of(person, staff=True)

    assert [each for each in statements if "private_note" in each or "kept_apart" in each] == []


async def test_three_thousand_records(database: room.Engine) -> None:
    person = await a_person(name="Ana Archer", now=NOW)
    for start in range(0, 3000, 200):
        await room.insert(
            [
                Entry(
                    at=NOW + timedelta(seconds=start + number), actor=None, verb="details changed", about_kind="person",
                    about_id=person, person=person, before='{"name": "Ben Brown"}', after="{}", note=f"Line {number}",
                )
                for number in range(200)
            ]
        )  # fmt: skip

    copy = await copy_of(person)
    found = rows(copy, "What was changed in your records")

    assert (len(found), found[0][0], found[-1][0]) == (3000, NOW, NOW + timedelta(seconds=2999))
    assert len(archive.as_html(copy).split("<article")) == copy.records + 1


async def test_what_takes_long_is_done_beside_the_loop(database: room.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Masking, writing mails, the page and the file for programs: others' pages are answered meanwhile."""
    person = await a_person(now=NOW)
    await service.tell_where(person, actor=ACADEMY, now=NOW)
    here, threads = threading.current_thread(), []

    def noted(module: object, name: str) -> None:
        really = getattr(module, name)

        def run(*args: object, **options: object) -> object:
            threads.append((name, threading.current_thread() is here))
            return really(*args, **options)

        monkeypatch.setattr(module, name, run)

    noted(service, "others")
    noted(copying, "masked")
    noted(drawn, "_mail")
    noted(archive, "as_html")
    noted(archive, "as_json")

    await service.take_copy(person, staff=False, head=HEAD, actor=ACADEMY, now=NOW)

    assert {name for name, _ in threads} == {"others", "masked", "_mail", "as_html", "as_json"}
    assert [name for name, on_loop in threads if on_loop] == []


# ----------------------------------------------------------------------- mails
async def test_the_words_of_a_mail_without_its_links(database: room.Engine) -> None:
    person = await a_person(name="Ana Archer", now=NOW)
    await service.tell_where(person, actor=ACADEMY, now=NOW)

    ((written, subject, text),) = rows(await copy_of(person), "Texts of emails")

    assert (written, subject) == (NOW, "Your copy of everything we keep about you")
    assert str(text).startswith("A copy of everything we keep about you\n")
    assert "Take the copy:\n[a link]\n" in str(text)
    assert "https://" not in str(text)


@pytest.mark.parametrize("mail", sorted(outbox.SECRET))
async def test_a_mail_with_a_key_has_no_words(database: room.Engine, mail: str) -> None:
    person = await a_person(now=NOW)
    row = Message(
        key="k", kind=mail, person=person, to_address="ana@x.example", message_id="m", queued_at=NOW,
        context='{"path": "/sign-in/key-of-ana", "minutes": 10}', next_attempt_at=NOW, deadline_at=NOW,
    )  # fmt: skip
    await Message.insert(row)

    copy = await copy_of(person)

    assert rows(copy, "Texts of emails") == []
    assert [row[5] for row in rows(copy, "Emails")] == [mail]
    assert b"key-of-ana" not in copying.as_json(copy)


async def test_a_mail_that_cannot_be_written_says_so(database: room.Engine) -> None:
    person = await a_person(now=NOW)
    row = Message(
        key="k", kind="moved-up", person=person, to_address="ana@x.example", message_id="m", queued_at=NOW,
        context='{"nothing": "fits"}', next_attempt_at=NOW, deadline_at=NOW,
    )  # fmt: skip
    await Message.insert(row)

    ((_, _, text),) = rows(await copy_of(person), "Texts of emails")

    assert str(text).startswith("The mail could not be written.")


# ----------------------------------------------------------------------- notes
async def test_what_a_coach_wrote_is_given_where_they_were_told_so(database: room.Engine) -> None:
    pair = await a_pair(now=NOW)
    first, second = await pair.session(days=-2), await pair.session(days=-1)
    await coaching_notes.write_note(first, "In confidence", author=pair.coach_person, now=NOW)
    await coaching_notes.write_note(
        second, "Bold, says Dan Coach of Priya Nair", author=pair.coach_person, now=NOW, in_copies=True
    )
    await coaching_notes.write_note(first, "My reflection", author=pair.coachee, now=NOW, in_copies=True)

    theirs, ours = await copy_of(pair.coachee), await copy_of(pair.coach_person)

    about, own = (
        "Notes that your coach wrote about your sessions",
        "Private notes and reflections that you wrote about coaching",
    )
    assert [row[3] for row in rows(theirs, about)] == ["Bold, says [somebody else] of Priya Nair"]
    assert [row[3] for row in rows(theirs, own)] == ["My reflection"]
    assert sorted(str(row[3]) for row in rows(ours, own)) == ["Bold, says Dan Coach of Priya Nair", "In confidence"]
    assert rows(ours, about) == []
    assert rows(await copy_of(pair.coachee, staff=True), about) == []


async def test_what_a_mentor_wrote_is_given_where_they_were_told_so(database: room.Engine) -> None:
    pair = await two(now=NOW)
    for text, in_copies in (("In confidence", False), ("Ready to lead", True)):
        await pairing_notes.write_note(pair.id, text, author=pair.mentor, now=NOW, in_copies=in_copies)
    await pairing_notes.write_note(pair.id, "I was nervous", author=pair.mentee, now=NOW, in_copies=True)

    theirs, ours = await copy_of(pair.mentee), await copy_of(pair.mentor)

    about, own = "Notes that your mentor wrote about you", "Private notes that you wrote about mentoring"
    assert [row[2] for row in rows(theirs, about)] == ["Ready to lead"]
    assert [row[2] for row in rows(theirs, own)] == ["I was nervous"]
    assert sorted(str(row[2]) for row in rows(ours, own)) == ["In confidence", "Ready to lead"]
    assert rows(ours, about) == []
    assert rows(await copy_of(pair.mentee, staff=True), about) == []


# ---------------------------------------------------------------------- answers
async def test_a_coordinators_copy_does_not_say_in_what_a_mentor_should_be_alike(database: room.Engine) -> None:
    here = await a_round(now=NOW)
    person = await a_person(now=NOW)
    await a_mentee(round=here, person=person, same_background=("gender",), now=NOW)

    answers = [rows(await copy_of(person, staff=staff), "You as a mentee")[0][6] for staff in (False, True)]

    assert answers[0] == {**answers[1], "same_background": ["gender"]}  # type: ignore[dict-item]
    assert "same_background" not in answers[1]  # type: ignore[operator]


async def test_a_round_of_others_is_in_nobodys_copy(database: room.Engine) -> None:
    here = await a_round(status=RoundStatus.MATCHING, now=NOW)
    await a_mentor(round=here, name="Mia Mentor", now=NOW)
    person = await a_person(now=NOW)

    assert [each.what for each in (await copy_of(person)).lists if each.rows] == ["You", "Email addresses"]


# ---------------------------------------------------------------------- who did
async def test_a_copy_leaves_a_line_that_says_for_whom_and_holds_no_data(database: room.Engine) -> None:
    person = await a_person(name="Ana Archer", now=NOW)

    await service.take_copy(person, staff=True, head=HEAD, actor=CORA, now=NOW)

    (line,) = await Entry.select().where(Entry.verb == "copy of everything taken")
    told = ("at", "actor_name", "about_kind", "about_id", "person", "note", "before")
    assert {name: line[name] for name in told} == {
        "at": NOW, "actor_name": "Cora Coordinator", "about_kind": "person", "about_id": person, "person": person,
        "note": "", "before": None,
    }  # fmt: skip
    assert msgspec.json.decode(line["after"]) == {"for": "coordinator", "records": 2}


async def test_what_somebody_did_is_counted(database: room.Engine) -> None:
    """Single lines of what they did are about others."""
    person = await a_person(now=NOW)
    for hours in (0, 1):
        at = NOW + timedelta(hours=hours)
        await record("certificate.revoke", About("x", uuid4(), "Of Ben"), actor=Actor(person, "Ana"), now=at)

    copy = await copy_of(person)

    assert rows(copy, "What you did here") == [[NOW, NOW + timedelta(hours=1), "certificate.revoke", 2]]
    assert b"Of Ben" not in copying.as_json(copy)


async def test_when_somebody_signed_in_is_theirs(database: room.Engine) -> None:
    person, other = await a_person(now=NOW), await a_person(now=NOW)
    for who in (person, other):
        await record("signed in", About("person", who, "Ana"), actor=Actor(who, "Ana"), now=NOW)

    assert rows(await copy_of(person), "When you signed in") == [[NOW, "signed in"]]


# ------------------------------------------------------------------------ told
async def test_a_person_is_told_once_a_day_where_to_take_it(database: room.Engine) -> None:
    person = await a_person(name="Ana Archer", now=NOW)
    tomorrow = NOW + timedelta(days=1)

    told = [await service.tell_where(person, actor=CORA, now=at) for at in (NOW, NOW, tomorrow)]

    assert told == [True, False, True]
    mails = await Message.select().where(Message.person == person)
    assert [(each["kind"], msgspec.json.decode(each["context"])) for each in mails] == [
        ("copy-ready", {"copy_path": "/account/everything"})
    ] * 2
    assert await Entry.count().where(Entry.verb == "told where to take a copy") == 2
    assert await service.told_at(person) == tomorrow


async def test_nobody_was_told_yet(database: room.Engine) -> None:
    assert await service.told_at(await a_person(now=NOW)) is None


async def test_who_has_no_address_cannot_be_told(database: room.Engine) -> None:
    person = uuid4()
    await Person.insert(Person(id=person, name="Ana Archer", created_at=NOW))

    with pytest.raises(NotFound):
        await service.tell_where(person, actor=CORA, now=NOW)


# ------------------------------------------------------------- who said no first
async def test_who_said_no_is_in_no_copy_of_the_mentee(database: room.Engine) -> None:
    pair = await two(accepted=False, now=NOW)
    await pairings.decline(pair.id, DeclineReason.NOT_MY_FIELD, actor=pair.as_mentor, now=NOW)

    told = [copying.as_json(await copy_of(pair.mentee, staff=staff)) for staff in (False, True)]
    own = copying.as_json(await copy_of(pair.mentor))

    assert [each for each in told if b"Mia Mentor" in each or b"not_my_field" in each] == []
    assert (b"Mo Mentee" in own, b"not_my_field" in own) == (True, True)
