"""The files that coordinators have are read as they are; what is wrong is said by file, row and column."""

from __future__ import annotations

import pytest

from mentoring.matching.files import BadFile, read_mentees, read_mentors
from mentoring.matching.people import Earlier, Ended, Format, Mentee, Mentor

MENTORS = (
    "first name,last name,email address,both mentor and mentee,job title,grade,organisation,profession,"
    "characteristics,biography\r\n"
    'Ada,Byron,Ada.Byron@example.gov.uk,no,Analyst,Grade 7,Home Office,Analysis,"Woman, Carer",Likes\u00a0engines\r\n'
)
MENTEES = (
    "first name,last name,email address,both mentor and mentee,job title,grade,organisation,profession,"
    "match with similar identity,identity to match,biography\n"
    "Zoë,O'Neill,zoe@example.gov.uk,no,Analyst,HEO,Cabinet Office,Analysis,yes,Woman,\n"
    "Sam,Hill,sam@example.gov.uk,no,Clerk,EO,Cabinet Office,Operational Delivery,no,Woman,\n"
)
ADA = Mentor(
    id="ada.byron@example.gov.uk",
    name="Ada Byron",
    organisation="Home Office",
    grade=6,
    role="Analyst",
    profession="Analysis",
    characteristics=("Woman", "Carer"),
)


def test_the_civil_services_mentors_are_read_as_they_are() -> None:
    assert read_mentors(MENTORS.encode()) == (ADA,)


def test_the_civil_services_mentees_ask_for_an_identity_only_if_they_said_yes() -> None:
    zoe, sam = read_mentees(MENTEES.encode())

    assert zoe == Mentee(
        id="zoe@example.gov.uk",
        name="Zoë O'Neill",
        organisation="Cabinet Office",
        grade=4,
        role="Analyst",
        profession="Analysis",
        background_wanted=("Woman",),
    )
    assert sam.background_wanted == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_encoding_and_delimiter_gives_the_same_people(encoding: str, delimiter: str) -> None:
    text = MENTEES.replace(",", delimiter)

    assert read_mentees(text.encode(encoding)) == read_mentees(MENTEES.encode())


def test_the_raw_answers_of_the_form_are_understood() -> None:
    text = (
        "Timestamp,Do you want to sign up as a mentor?,Do you agree to us using the information you give us?,"
        "Your first name,Your last name,Your Civil Service email address,Your job title or role,"
        "Your department or agency,Your grade,Your profession\n"
        "1/2/2026 09:00,Yes,Yes,Ada,Byron,ada@example.gov.uk,Analyst,Home Office,SCS 1,Analysis\n"
        "1/2/2026 09:01,No,Yes,Bob,Hill,bob@example.gov.uk,Clerk,Home Office,EO,Analysis\n"
        "1/2/2026 09:02,Yes,No,Cy,Dee,cy@example.gov.uk,Clerk,Home Office,EO,Analysis\n"
    )

    found = read_mentors(text.encode())

    assert [(one.id, one.grade, one.opted_in) for one in found] == [
        ("ada@example.gov.uk", 8, True),
        ("cy@example.gov.uk", 3, False),
    ]


def test_every_answer_of_a_mentor_can_stand_in_a_file() -> None:
    text = (
        "id;name;organisation;group;grade;job title;profession;region;formats;languages;line managers;not these;"
        "opted in;access offered;skills offered;characteristics;places;choices\n"
        "M1;Ada;Leeds;West Yorkshire;7;Analyst;Data;Wales;both;en, cy;b@x;c@x;yes;Captions;Planning|Budgets, large;"
        "Woman;2;E1,E2\n"
    )

    assert read_mentors(text.encode()) == (
        Mentor(
            id="m1",
            name="Ada",
            organisation="Leeds",
            organisation_group="West Yorkshire",
            grade=7,
            role="Analyst",
            profession="Data",
            region="Wales",
            formats=(Format.VIRTUAL, Format.IN_PERSON),
            languages=("en", "cy"),
            line=("b@x",),
            not_these=("c@x",),
            access_offered=("Captions",),
            skills=("Planning", "Budgets, large"),
            characteristics=("Woman",),
            places=2,
            choices=("e1", "e2"),
        ),
    )


def test_every_answer_of_a_mentee_can_stand_in_a_file() -> None:
    text = (
        "id,skills wanted,grades above,background wanted,choices,access needs,completed with,go on with,"
        "ended badly with,waited before,formats\n"
        'e1,"Planning, Budgets",2,Woman,"M2, m1",Captions,m3,m4,m5,yes,in person\n'
    )

    assert read_mentees(text.encode()) == (
        Mentee(
            id="e1",
            skills_wanted=("Planning", "Budgets"),
            wants_gap=2,
            background_wanted=("Woman",),
            choices=("m2", "m1"),
            access_needs=("Captions",),
            history=(
                Earlier(mentor="m3", ended=Ended.COMPLETED),
                Earlier(mentor="m4", ended=Ended.GO_ON),
                Earlier(mentor="m5", ended=Ended.BADLY),
            ),
            waited_before=True,
            formats=(Format.IN_PERSON,),
        ),
    )


def test_missing_answers_stay_missing_and_empty_rows_do_not_count() -> None:
    text = "email address,grade,formats,places\nada@x,,,\n,,,\n"

    assert read_mentors(text.encode(), places=3) == (Mentor(id="ada@x", places=3),)


def test_every_error_is_told_at_once_with_file_row_and_column() -> None:
    text = "Email,Grade,Places,Formats\nada@x,Wizard,many,pigeon\n,4,1,both\nADA@x,5,1,both\n"

    with pytest.raises(BadFile) as refused:
        read_mentors(text.encode(), "our mentors.csv")

    assert list(refused.value.errors.values()) == [
        "our mentors.csv, row 2, column Grade: “Wizard” is not a grade. Use a number, or AA, AO, EO, HEO, SEO, "
        "Grade 7, Grade 6, SCS 1 to SCS 4.",
        "our mentors.csv, row 2, column Formats: must be virtual, in person or both, and is “pigeon”.",
        "our mentors.csv, row 2, column Places: must be a whole number from 0 to 99, and is “many”.",
        "our mentors.csv, row 3, column Email: is empty. Everybody needs one.",
        "our mentors.csv, row 4, column Email: the same as in row 2. Keep one of them.",
    ]


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (b"", "a.csv is empty. Its first row must name the columns."),
        (b"name,grade\nAda,4\n", "a.csv, row 1: a column must be called “email address” or “id”."),
        (b"email address\n", "a.csv has a heading and nobody below it."),
        (b'email address,name\nada@x,"Ada\n', "a.csv cannot be read after row 1: look there for a quotation mark"),
        (b"PK\x03\x04\x00\x01\x02\x00", "a.csv is not a CSV file. Save the spreadsheet as CSV and choose that file."),
    ],
    ids=["empty", "no address", "nobody", "quotation mark", "a spreadsheet"],
)
def test_a_file_that_cannot_be_used_says_why(octets: bytes, sentence: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_mentors(octets, "a.csv")

    assert str(refused.value).startswith(sentence)
