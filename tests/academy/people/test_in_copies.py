"""What the author of a note is told of copies."""

import pytest

from academy.errors import ChangedMeanwhile
from academy.people.in_copies import FIELD, Copies, said

ASKS = "If Mo Mentee asks us for a copy of everything we hold about them,"


def of(given: bool, stands: bool | None = None) -> Copies:
    return Copies(name="Mo Mentee", given=given, stands=stands)


@pytest.mark.parametrize(
    ("given", "stands", "before"),
    [
        (False, None, ""),
        (False, False, ""),
        (True, None, f"{ASKS} this note is part of it."),
        (True, True, f"{ASKS} this note is part of it."),
        (True, False, f"{ASKS} your note as it stands is not part of it. When you save it again, it is."),
        (False, True, f"{ASKS} your note as it stands is part of it. When you save it again, it no longer is."),
    ],
)
def test_the_form_says_what_holds_and_what_saving_changes(given: bool, stands: bool | None, before: str) -> None:
    assert of(given, stands).before == before


@pytest.mark.parametrize("given", [True, False])
def test_a_note_says_beside_it_what_it_is_and_not_what_it_would_be(given: bool) -> None:
    beside = [of(given, stands).beside for stands in (True, False, None)]

    assert beside == ["Part of the copy of their data that Mo Mentee can ask for", "", ""]


def test_a_form_that_promised_more_is_not_saved() -> None:
    with pytest.raises(ChangedMeanwhile, match="now part of it"):
        of(True).check_told({"note": "Shy"})


def test_a_form_that_said_so_is_saved_and_one_that_promised_less_too() -> None:
    of(True).check_told({FIELD: of(True).mark})
    of(False).check_told({FIELD: of(True).mark})
    of(False).check_told({})


def test_after_saving_it_says_who_can_read_it() -> None:
    assert said("Mo Mentee", in_copies=False) == "Only you can read it."
    assert said("Mo Mentee", in_copies=True) == f"Only you can read it. {ASKS} it is part of it."
