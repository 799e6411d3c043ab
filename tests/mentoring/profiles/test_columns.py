"""What the columns of a list mean, and what its cells say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.web.sheets import Row
from mentoring.matching.people import Format
from mentoring.profiles import columns, options
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers, Told
from mentoring.profiles.columns import guess, is_known_list, likely_side
from mentoring.profiles.drafts import Draft, Skipped, read_row
from mentoring.profiles.tables import Side

BOTH = ["first name", "last name", "email address", "both mentor and mentee", "job title", "grade", "organisation"]
CIVIL_MENTORS = [*BOTH, "profession", "characteristics", "biography"]
CIVIL_MENTEES = [*BOTH, "profession", "match with similar identity", "identity to match", "biography"]
FORM = [
    "Timestamp",
    "Do you want to sign up as a mentor?",
    "Do you agree to us using the information …",
    "Your first name",
    "Your last name",
    "Your Civil Service email address",
    "Your job title or role",
    "Your department or agency",
    "Your grade",
    "Your profession",
]


def meant(headings: list[str], side: Side) -> dict[str, str]:
    return {headings[at]: key for at, key in guess(headings, side).items()}


def draft(side: Side = Side.MENTOR, **cells: str) -> Draft:
    given = {"name": "Ana", "email": "ana@x.example", **cells}
    found = read_row(Row(2, list(given.values())), dict(enumerate(given)), side)
    assert isinstance(found, Draft)
    return found


@pytest.mark.parametrize(
    ("questions", "side"),
    [
        (["Do you want to sign up as a mentor?"], Side.MENTOR),
        (["Do you want to sign up as a mentee?"], Side.MENTEE),
        (["Do you want to sign up as a mentor?", "Do you want to sign up as a mentee?"], None),
        ([], None),
    ],
)
def test_the_question_of_the_sign_up_form_tells_whose_answers_they_are(questions: list[str], side: Side | None) -> None:
    assert likely_side(["Timestamp", *questions, "Your first name", "Your Civil Service email address"]) == side


@pytest.mark.parametrize(("headings", "side"), [(CIVIL_MENTORS, Side.MENTOR), (CIVIL_MENTEES, Side.MENTEE)])
def test_the_civil_service_s_lists_are_known_whatever_the_order_and_case(headings: list[str], side: Side) -> None:
    other = Side.MENTEE if side is Side.MENTOR else Side.MENTOR
    turned = [heading.upper().replace(" ", "_") for heading in reversed(headings)]

    for each in (headings, turned):
        assert (is_known_list(each, side), is_known_list(each, other), likely_side(each)) == (True, False, side)
        assert columns.why_not_usable(guess(each, side)) == {}
    assert set(meant(headings, side)) == set(headings) - {"both mentor and mentee"}


def test_the_questions_of_the_sign_up_form_are_recognised() -> None:
    assert meant(FORM, Side.MENTOR) == {
        "Do you want to sign up as a mentor?": "takes_part",
        "Do you agree to us using the information …": "agrees",
        "Your first name": "first_name",
        "Your last name": "last_name",
        "Your Civil Service email address": "email",
        "Your job title or role": "job_title",
        "Your department or agency": "organisation",
        "Your grade": "grade",
        "Your profession": "profession",
    }


def test_a_full_name_gives_way_to_its_two_parts() -> None:
    assert meant(["Name", "First name", "Surname", "E-mail"], Side.MENTEE) == {
        "First name": "first_name",
        "Surname": "last_name",
        "E-mail": "email",
    }


@given(st.lists(st.text(max_size=30), max_size=12), st.sampled_from(Side))
def test_no_field_stands_for_two_columns_in_a_guess(headings: list[str], side: Side) -> None:
    found = guess(headings, side)

    assert len(set(found.values())) == len(found)
    assert all(0 <= at < len(headings) for at in found)


@pytest.mark.parametrize(
    ("typed", "grade"),
    [
        ("Grade 7", 6),
        ("G6", 7),
        ("grade 6", 7),
        ("SEO", 5),
        ("HEO", 4),
        ("SCS1", 8),
        ("SCS (1)", 8),
        ("Deputy Director", 8),
        ("3", 3),
        ("10", 10),
        ("Head of service (Grade 6)", 7),
        ("11", None),
        ("0", None),
        ("²", None),
        ("Band 9", None),
    ],
)
def test_grades_as_lists_write_them(typed: str, grade: int | None) -> None:
    assert options.grade_named(typed) == grade


@pytest.mark.parametrize(
    ("typed", "formats"),
    [
        ("Virtual", (Format.VIRTUAL,)),
        ("MS Teams", (Format.VIRTUAL,)),
        ("face to face", (Format.IN_PERSON,)),
        ("Online, in person", (Format.VIRTUAL, Format.IN_PERSON)),
        ("either", (Format.VIRTUAL, Format.IN_PERSON)),
    ],
)
def test_ways_to_meet_as_lists_write_them(typed: str, formats: tuple[Format, ...]) -> None:
    assert draft(formats=typed).answers.formats == formats


def test_a_mentor_s_row() -> None:
    found = draft(
        grade="SCS1",
        profession="FINANCE",
        region="north west",
        languages="Welsh; Klingon",
        skills="Deciding with data\nExcel",
        capacity="3",
        access_offered="Step-free places to meet",
    )

    assert found.answers == MentorAnswers(
        grade=8,
        profession="Finance",
        region="North West",
        languages=("cy", "Klingon"),
        skills=("data", "Excel"),
        access_offered=("step_free",),
    )
    assert (found.capacity, found.notes) == (3, ())


def test_a_mentee_s_row() -> None:
    found = draft(
        Side.MENTEE,
        skills_wanted="a, b, c, d, e, f",
        wants_gap="2",
        goals="One\nTwo",
        similar="Yes",
        identity="Female, LGBTQ+, first in my family",
    )

    assert found.answers == MenteeAnswers(
        skills_wanted=("a", "b", "c", "d", "e"),
        wants_gap=2,
        goals="One\nTwo",
        same_background=("gender", "lgbtq", "own_words"),
    )
    assert found.notes == ("Only the first 5 skills count.",)
    assert [(each.question, each.answer) for each in found.told] == [
        ("gender", "woman"),
        ("lgbtq", "yes"),
        ("own_words", "first in my family"),
    ]


def test_without_the_wish_an_identity_is_not_kept() -> None:
    found = draft(Side.MENTEE, similar="no", identity="woman")

    assert (found.told, found.answers) == ((), MenteeAnswers())


@pytest.mark.parametrize("typed", ["Prefer not to say", "none", "N/A", ""])
def test_not_to_say_says_nothing(typed: str) -> None:
    assert draft(characteristics=typed).told == ()


def test_what_a_mentor_told_in_a_list_was_told_for_matching() -> None:
    assert draft(characteristics="Carer").told == (Told(question="caring", answer="yes", for_matching=True),)


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        ({"grade": "Band 9"}, "The grade “Band 9” is not known, so it is left out."),
        ({"region": "Mordor"}, "The region “Mordor” is not known, so it is left out."),
        ({"capacity": "many"}, "The number of mentees “many” is not a number from 1 to 10, so it is left out."),
        ({"capacity": "²"}, "The number of mentees “²” is not a number from 1 to 10, so it is left out."),
        ({"biography": "x" * 2001}, "Biography is cut after 2000 characters."),
    ],
)
def test_a_cell_that_is_not_understood_leaves_a_note_and_the_person_in(cells: dict[str, str], note: str) -> None:
    assert draft(**cells).notes == (note,)


def test_what_cannot_be_written_is_left_out_of_texts() -> None:
    assert draft(job_title="He\x00ad\u202e of\tIT").answers.job_title == "Head of IT"


TEXT = st.text(max_size=60)


@given(st.dictionaries(st.sampled_from([field.key for field in columns.FIELDS]), TEXT), st.sampled_from(Side))
def test_no_row_is_a_fault_and_a_row_alone_decides(cells: dict[str, str], side: Side) -> None:
    mapping = dict(enumerate(cells))
    row = Row(2, list(cells.values()))

    found = read_row(row, mapping, side)

    assert isinstance(found, Draft | Skipped)
    assert found == read_row(row, mapping, side)
    assert isinstance(found, Draft) or found.reason
