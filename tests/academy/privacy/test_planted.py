"""What is in whose copy: every text of every table is a word of its own, and the copies are searched for all of them.

``GIVEN`` says it once more, apart from the register: for each column the sides of its row whose copies have it.
``side`` is both copies, ``side:self`` only the one that they take themselves, and ``~`` says that others are masked in
it. Nothing else may be found.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from uuid import UUID

import msgspec
import pytest

from academy import database as room
from academy.audit.service import ACADEMY
from academy.outbox.rendering import Letterhead
from academy.privacy import service
from academy.privacy.archive import PAGE, PROGRAMS
from academy.privacy.held import As, Given, Held
from academy.privacy.masking import ADDRESS_MASK, MASK, NUMBER_MASK
from academy.privacy.register import REGISTER
from mentoring.pairings.tables import Pairing
from tests.academy.privacy.planted import A_WORD, ANOTHER, NOW, TAIL, Planted, Word, planted, texts
from tests.academy.privacy.test_register import TABLES

HEAD = Letterhead(
    address="https://academy.example.org", mail_from="academy@example.org", organisation="Example Society",
    brand="#4b2e83",
)  # fmt: skip

GIVEN = {
    "person": {"name": "owner", "nation": "owner"},
    "email_address": {"address": "owner", "normalised": "", "bounce_reason": "owner"},
    "organisation": {"name": "works", "short_name": "", "nation": "", "region": "", "code": ""},
    "organisation_name": {"name": ""},
    "employment": {"organisation_name": "owner", "job_title": "owner"},
    "membership": {},
    "role_grant": {},
    "address_change": {"address": "owner:self", "token_hash": ""},
    "sign_in_link": {"token_hash": ""},
    "web_session": {"token_hash": "", "browser": "owner:self"},
    "api_token": {"token_hash": "", "name": "owner:self", "scopes": "owner:self"},
    "feed_token": {"token_hash": ""},
    "attempt": {"key": ""},
    "idempotency_key": {"key_hash": "", "request_hash": "", "body": ""},
    "message": {
        "key": "", "kind": "owner", "to_address": "owner", "to_name": "owner", "subject": "owner", "about_kind": "",
        "context": "owner", "context, a link": "", "calendar": "", "message_id": "", "thread": "", "lease": "",
        "error": "owner",
    },
    "entry": {
        "actor_name": "", "verb": "whose deed about", "about_kind": "whose", "about_name": "whose~", "before": "whose~",
        "after": "whose~", "note": "whose~",
    },
    "calendar_event": {
        "uid": "", "title": "invited", "description": "", "place": "invited", "link": "", "context": "",
    },
    "invitee": {"note": "owner", "path": "", "title": "owner", "context": ""},
    "programme": {
        "slug": "", "name": "takes takes_too", "summary": "", "audience": "", "description": "", "outcomes": "",
    },
    "sponsorship": {"logo": "", "logo_type": "", "logo_alt": "", "web_address": ""},
    "completion": {"programme_name": "owner", "cohort_name": "owner", "cohort_code": "owner"},
    "certificate": {
        "number": "owner", "code": "owner", "holder_name": "owner", "title": "owner", "organisation_name": "owner",
        "sponsor_line": "owner", "needs_decision": "owner~", "end_reason": "owner~",
    },
    "alumnus": {},
    "contribution": {"kind": "owner", "what": "owner", "about_kind": ""},
    "cohort": {
        "code": "takes", "name": "takes leads", "region": "", "venue": "", "link": "", "cancel_reason": "",
    },
    "cohort_session": {"title": "takes leads", "cancel_reason": ""},
    "facilitator": {},
    "enrolment": {"organisation_name": "owner", "job_title": "owner", "reason": "owner~"},
    "enrolment_change": {"from_status": "owner", "to_status": "owner", "reason": "owner~"},
    "attendance": {"note": "owner~", "previous_mark": "owner", "previous_note": "owner~"},
    "outcome": {"missing": "owner"},
    "coach": {"headline": "coach", "profile": "coach", "place": "coach", "link": "coach"},
    "coach_programme": {},
    "weekly_time": {},
    "time_exception": {"note": "coach:self"},
    "busy_source": {"name": "coach:self", "address": "coach:self", "problem": "coach:self"},
    "busy_time": {},
    "log_entry": {"what": "coach:self", "learned": "coach:self"},
    "coaching_rules": {},
    "coach_choice": {},
    "credit_entry": {"note": "coachee~"},
    "coaching_session": {
        "place": "coachee coach", "link": "coachee coach", "coachee_note": "coachee:self", "waived_reason": "coachee~",
        "reason": "coachee~",
    },
    "coaching_change": {
        "verb": "coachee by_coach", "from_status": "coachee", "to_status": "coachee", "reason": "coachee~ by_coach",
    },
    "move_request": {"note": "coachee"},
    "closing_evaluation": {"helped": "coachee", "better": "coachee"},
    "goal": {"text": "coachee:self", "measure": "coachee:self"},
    "goal_agreement": {"name": "coachee manager"},
    "goal_rating": {"comment": "coachee:self rater:self"},
    "private_note": {"text": "author:self told:self~"},
    "shared_action": {"text": "coachee:self added:self"},
    "mentoring_round": {"slug": "", "name": "takes_part takes_part_too", "summary": "", "agreement": ""},
    "round_criteria": {"criteria": "", "note": ""},
    "mentor_profile": {"organisation_name": "owner", "answers": "owner"},
    "mentee_profile": {"organisation_name": "owner", "answers": "owner", "answers, same_background": "owner:self"},
    "choice": {},
    "kept_apart": {"reason": "sayer:self"},
    "equality_answer": {"question": "owner:self", "answer": "owner:self"},
    "profile_import": {"file_name": "", "content": "", "mapping": "", "state": "", "problem": ""},
    "fairness_count": {"tables": ""},
    "hold": {"reason": ""},
    "match_run": {
        "mode": "", "inputs": "owner:self", "inputs, choices": "", "inputs_hash": "", "result": "", "modes": "",
        "problem": "",
    },
    "run_question": {"mentor": "", "mentee": "", "answer": "", "problem": ""},
    "pairing": {"points": "", "decline_reason": "decliner", "decline_note": "decliner", "end_reason": "ender",
                "let_down": ""},
    "pairing_change": {"from_status": "mentor mentee", "to_status": "mentor mentee", "note": ""},
    "meeting": {},
    "agreement_signed": {"text": "owner"},
    "pairing_goal": {"text": "mentor:self mentee:self"},
    "pairing_note": {"text": "author:self told:self~"},
    "check_in": {},
    "pairing_evaluation": {"helped": "owner", "better": "owner"},
}  # fmt: skip


def given(word: Word) -> dict[tuple[UUID, bool], bool]:
    """In whose copies a word is (the second is whether a coordinator made it), and whether others are masked in it."""
    table, column = word.column.split(".")
    found = {}
    for said in GIVEN[table][column].split():
        side, only_self, masks = re.fullmatch(r"(\w+)(:self)?(~)?", said).groups()  # type: ignore[union-attr]
        if person := word.sides.get(side):
            for staff in (False,) if only_self else (False, True):
                found[person, staff] = bool(masks)
    return found


def expected(here: Planted, person: UUID, *, staff: bool) -> dict[str, str]:
    """The words in somebody's copy, with their columns."""
    return {made: word.column for made, word in here.field.words.items() if (person, staff) in given(word)}


class Took:
    """Somebody's copy, unpacked."""

    def __init__(self, file: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(file)) as bundle:
            self.html = bundle.read(PAGE).decode()
            self.json = bundle.read(PROGRAMS).decode()
            assert bundle.namelist() == [PAGE, PROGRAMS]

    def texts(self) -> list[str]:
        """Every text in the file for programs, keys included."""
        return list(_texts(msgspec.json.decode(self.json)))


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)


async def take(person: UUID, *, staff: bool) -> Took:
    return Took(await service.take_copy(person, staff=staff, head=HEAD, actor=ACADEMY, now=NOW))


def differences(here: Planted, person: UUID, took: Took, *, staff: bool) -> list[str]:
    """Columns whose words are in a copy and should not be, and the other way round."""
    wanted, found = expected(here, person, staff=staff), set(A_WORD.findall(took.json))
    leaks = {f"{here.field.words[each].column} of {_sides(here, each, person)} leaks" for each in found - set(wanted)}
    lacks = {f"{wanted[each]} of {_sides(here, each, person)} lacks" for each in set(wanted) - found}
    return sorted(leaks | lacks)


def _sides(here: Planted, word: str, person: UUID) -> str:
    return ", ".join(side for side, who in here.field.words[word].sides.items() if who == person) or "another"


# ------------------------------------------------------------------ the field
async def test_words_are_planted_in_every_table(database: room.Engine) -> None:
    here = await planted()

    assert here.field.tables == set(TABLES)


def test_every_text_column_is_said_to_be_somebodys_or_nobodys() -> None:
    """A new one fails here, until somebody has said whose it is."""
    there = {f"{table._meta.tablename}.{column}" for table in TABLES for column in texts(table)}
    said = {f"{table}.{column}" for table, columns in GIVEN.items() for column in columns if "," not in column}

    assert there - said == set()
    assert set(GIVEN) == {table._meta.tablename for table in TABLES}
    assert said - there == {"profile_import.content", "sponsorship.logo"}


# ----------------------------------------------------------------- the copies
@pytest.mark.parametrize("staff", [False, True], ids=["self", "staff"])
async def test_a_copy_has_exactly_what_is_the_persons(database: room.Engine, staff: bool) -> None:
    here = await planted()

    for person in (here.ana, here.ben):
        took = await take(person, staff=staff)
        assert differences(here, person, took, staff=staff) == []
        assert set(A_WORD.findall(took.html)) == set(A_WORD.findall(took.json))


@pytest.mark.parametrize("staff", [False, True], ids=["self", "staff"])
async def test_others_are_masked_in_what_others_wrote_and_nowhere_else(database: room.Engine, staff: bool) -> None:
    here = await planted()

    took = await take(here.ana, staff=staff)

    masks = TAIL.replace(ANOTHER, MASK).replace("zelda@quill.example", ADDRESS_MASK)
    masks = masks.replace("07700 900123", NUMBER_MASK)
    wrong, seen = [], {TAIL: 0, masks: 0}
    for text in took.texts():
        word, tail = text[: len("zq00000zq")], text[len("zq00000zq") :]
        if word in here.field.words and tail:
            should = masks if given(here.field.words[word])[here.ana, staff] else TAIL
            seen[should] += 1
            wrong += [] if tail == should else [f"{here.field.words[word].column}: {tail}"]
    assert wrong == []
    assert min(seen.values()) > 10


async def test_no_id_of_anybody_else_is_in_a_copy(database: room.Engine) -> None:
    here = await planted()

    took = await take(here.ana, staff=False)

    assert str(here.ana) in took.json
    assert [each for each in (took.json, took.html) if str(here.ben) in each] == []


# ------------------------------------------------------------------- controls
async def test_control_a_reason_that_is_given_to_the_other_is_found(
    database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await planted()
    leak = Held(
        table=Pairing, whose="mentee", what="Leak", of=REGISTER[0].of,
        give=(Given("created_at", "When"), Given("decline_note", "Why", As.OTHERS_WORDS)),
    )  # fmt: skip
    monkeypatch.setattr(service, "REGISTER", (*REGISTER, leak))

    took = await take(here.ana, staff=True)

    assert "pairing.decline_note of another leaks" in differences(here, here.ana, took, staff=True)


async def test_control_a_list_that_is_missing_is_found(database: room.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    here = await planted()
    monkeypatch.setattr(service, "REGISTER", [each for each in REGISTER if each.what != "Outcomes"])

    took = await take(here.ana, staff=False)

    assert differences(here, here.ana, took, staff=False) == ["outcome.missing of owner lacks"]


async def test_control_what_only_they_see_is_found_in_a_coordinators_copy(
    database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await planted()
    shown = [
        Held(**{name: getattr(each, name) for name in each.__struct_fields__} | {"staff": True})
        if each.what == "Characteristics that you told"
        else each
        for each in REGISTER
    ]
    monkeypatch.setattr(service, "REGISTER", shown)

    took = await take(here.ana, staff=True)

    assert differences(here, here.ana, took, staff=True) == [
        "equality_answer.answer of owner leaks",
        "equality_answer.question of owner leaks",
    ]
