from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from academy.accounts import links
from academy.errors import NotFound

KEY = b"k" * 32


@given(some.uuids(), some.sampled_from(["enrolment", "invitee", ""]))
def test_a_link_names_its_record_for_ever(record: UUID, kind: str) -> None:
    token = links.sign(kind, record, KEY)

    assert links.read(kind, token, KEY) == record
    assert links.sign(kind, record, KEY) == token
    assert len(token) == 43


def test_a_link_of_one_kind_opens_no_other() -> None:
    token = links.sign("enrolment", UUID(int=1), KEY)

    with pytest.raises(NotFound):
        links.read("invitee", token, KEY)
    with pytest.raises(NotFound):
        links.read("enrolment", token, b"another key")


@given(some.integers(0, 42), some.sampled_from("ABCabc019-_"))
def test_a_changed_link_opens_nothing(place: int, letter: str) -> None:
    token = links.sign("enrolment", UUID(int=12345), KEY)
    changed = token[:place] + letter + token[place + 1 :]
    if changed == token:
        return

    with pytest.raises(NotFound):
        links.read("enrolment", changed, KEY)


@given(some.text(max_size=60))
def test_what_is_no_link_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        links.read("enrolment", text, KEY)


def test_control_without_the_mark_any_record_could_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links.hmac, "compare_digest", lambda one, other: True)
    forged = links.sign("enrolment", UUID(int=7), b"the attacker's key")

    assert links.read("enrolment", forged, KEY) == UUID(int=7)
