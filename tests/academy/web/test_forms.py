"""Forms forgive: what was meant is understood, what is wrong is said all at once."""

from datetime import date, time
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import Invalid
from academy.invites import ical
from academy.outbox import letters
from academy.web.forms import Fields, Reader, differing, parse_day, parse_time, unusable, version_of


class Colour(StrEnum):
    RED = "red"


def reader(**typed: str) -> Reader:
    return Reader(Fields(typed.items()))


def test_all_that_is_wrong_is_said_at_once() -> None:
    read = reader(name="", email="nobody")
    read.text("name", "Enter a name.", most=10)
    read.email("email")

    with pytest.raises(Invalid) as refused:
        read.done()

    assert refused.value.errors == {
        "name": "Enter a name.",
        "email": "Enter an email address in the correct format, like name@council.gov.uk",
    }


def test_spaces_around_and_within_a_line_are_tidied() -> None:
    assert reader(name="  Ana   Example ").text("name", most=20) == "Ana Example"


def test_lines_are_kept_where_lines_are_meant() -> None:
    assert reader(note="one\r\ntwo").text("note", most=20, lines=True) == "one\ntwo"


@pytest.mark.parametrize("hostile", ["a\nBcc: x@y.example", "a\x00b", "a\ud800", "a\u202eb", "\x1b[2J"])
def test_a_line_with_a_character_that_could_do_harm_is_refused(hostile: str) -> None:
    read = reader(name=hostile)
    read.text("name", most=100, label="The name")

    assert read.errors == {
        "name": "The name has a character that cannot be used. Type it again in plain text.",
    }


@pytest.mark.parametrize("name", ["Siân Ŵyn-Jones", "Łukasz Żak", "Nguyễn Thị", "O’Neill", "李娜", "محمد"])
def test_names_of_all_kinds_are_fine(name: str) -> None:
    assert reader(name=name).text("name", most=100) == name


def test_a_text_that_is_too_long_says_how_long_it_may_be() -> None:
    read = reader(name="x" * 1_000_000)
    read.text("name", most=120, label="The name")

    assert read.errors == {"name": "The name must be 120 characters or fewer."}


@pytest.mark.parametrize("typed", ["ana@council.gov.uk", " ana@council.gov.uk ", "o'neill@essex.example"])
def test_usual_addresses_are_taken(typed: str) -> None:
    assert reader(email=typed).email("email") == typed.strip()


@pytest.mark.parametrize("typed", ["ana@", "a b@c.example", "a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.z"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    read = reader(email=typed)
    read.email("email")

    assert list(read.errors) == ["email"]


@pytest.mark.parametrize(
    "typed", ["2026-06-24", "24/6/2026", "24.06.2026", "24 June 2026", "24 jun 2026", "24th June 2026"]
)
def test_a_date_is_read_as_people_here_write_it(typed: str) -> None:
    assert parse_day(typed) == date(2026, 6, 24)


@pytest.mark.parametrize("typed", ["31/2/2026", "06/24/2026", "yesterday", "24 Juno", "1/1/1066", ""])
def test_what_is_no_date_is_none(typed: str) -> None:
    assert parse_day(typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9:30am", time(9, 30)),
        ("9.30 am", time(9, 30)),
        ("09:30", time(9, 30)),
        ("2pm", time(14)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("14:00:00", time(14)),
    ],
)
def test_a_time_is_read_as_people_here_write_it(typed: str, meant: time) -> None:
    assert parse_time(typed) == meant


@pytest.mark.parametrize("typed", ["25:00", "9", "13pm", "9:75", "noon"])
def test_what_is_no_time_is_none(typed: str) -> None:
    assert parse_time(typed) is None


@pytest.mark.parametrize("typed", ["0", "101", "3.5", "nine", "9" * 30])
def test_a_number_out_of_bounds_says_the_bounds(typed: str) -> None:
    read = reader(places=typed)
    read.whole("places", low=1, high=100)

    assert len(read.errors) == 1


def test_a_choice_is_one_of_the_list() -> None:
    read = reader(colour="blue")

    assert (read.choice("colour", Colour, "Choose a colour."), read.errors) == (None, {"colour": "Choose a colour."})


@given(st.text())
def test_no_text_breaks_a_reader(typed: str) -> None:
    read = reader(a=typed)
    for way in (read.email, read.day, read.clock_time, read.web_address, read.uuid, read.yes):
        way("a")
    read.whole("a", low=0, high=10)
    kept = read.text("a", most=50, lines=True)

    assert not unusable(kept) and len(kept) <= 50


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://meet.example/j/1?pwd=a%20b&x=1#top", "https://meet.example/j/1?pwd=a%20b&x=1#top"),
        ("HTTPS://Meet.Example:8443", "https://Meet.Example:8443"),
        ("https://meet.example/café/{room}", "https://meet.example/caf%C3%A9/%7Broom%7D"),
        ("https://maps.example/O'Brien|x^y", "https://maps.example/O%27Brien%7Cx%5Ey"),
    ],
)
def test_a_link_is_kept_in_the_letters_that_mails_and_calendars_can_hold(typed: str, kept: str) -> None:
    read = reader(link=typed)

    assert (read.web_address("link"), read.errors) == (kept, {})


@pytest.mark.parametrize(
    "typed",
    ["javascript:alert(1)", "https://", "https://nowhere", "https://a@b.example", "https://a.example/<b>", "//a.bc"],
)
def test_what_is_no_link_is_refused(typed: str) -> None:
    read = reader(link=typed)

    assert (read.web_address("link"), read.errors) == ("", {"link": "Enter a link that starts with https://"})


def test_a_link_that_grows_too_long_when_it_is_encoded_is_refused() -> None:
    read = reader(link="https://meet.example/" + "é" * 200)

    assert (read.web_address("link"), read.errors) == ("", {"link": "The link must be 500 characters or fewer."})


@given(st.text(max_size=60), st.text(max_size=60))
def test_every_link_that_is_taken_can_stand_in_a_mail_and_in_an_invite(host: str, rest: str) -> None:
    for typed in (f"https://{host}.example/{rest}", f"https://meet.example/{rest}"):
        link = reader(link=typed).web_address("link")
        assert link == "" or (letters._LINK.fullmatch(link) and ical._LINK.fullmatch(link))


@pytest.mark.parametrize(("typed", "version"), [("3", 3), ("", 0), ("x", 0), ("-1", 0), ("٣", 0), ("1" * 10, 0)])
def test_a_version_that_is_no_number_is_one_that_there_never_is(typed: str, version: int) -> None:
    assert version_of({"version": typed}) == version


def test_what_two_windows_say_differently_is_shown_side_by_side() -> None:
    labels = {"name": "Name", "about": "About", "lengths": "Lengths"}
    theirs = {"name": "Essex", "about": "One\ntwo", "lengths": ["60", "30"]}
    yours = {"name": "Kent", "about": "One\r\ntwo", "lengths": ["30"]}

    assert differing(labels, theirs, yours) == [("Name", "Essex", "Kent"), ("Lengths", "30, 60", "30")]
    assert differing(labels, None, yours) == []
