"""Pages and redirects stay on this site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import DomainError, NotFound
from academy.web.pages import download, local_path, redirect, turned_back


@pytest.mark.parametrize("path", ["/", "/home", "/cohorts/tt-essex?sort=name#roster"])
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "/\n/evil",
        "",
        " /x",
    ],
)
def test_everything_else_leads_to_the_front_page(path: str) -> None:
    assert local_path(path) == "/"


@given(st.text())
def test_a_redirect_never_leaves_this_site(path: str) -> None:
    kept = local_path(path)

    assert kept.startswith("/") and not kept.startswith(("//", "/\\")) and "\n" not in kept


def test_the_name_of_a_download_is_plain_letters() -> None:
    answer = download(b"", name='roster"; x=\r\nSet-Cookie: a=b.csv', media_type="text/csv")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="roster---x---Set-Cookie--a-b.csv"'


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/home?find=café#ü", "/home?find=caf%C3%A9#%C3%BC"),
        ("/home?next=%2Fa%20b&x=1", "/home?next=%2Fa%20b&x=1"),
        ("/\ud800", "/?"),
    ],
)
def test_a_redirect_can_always_be_sent(path: str, location: str) -> None:
    """Headers hold Latin letters only: anything else once answered 500, after the change had been made."""
    assert redirect(path).headers["Location"] == location


def test_a_rule_that_says_no_leads_back_and_what_is_not_there_does_not() -> None:
    answer = turned_back("/mentoring", DomainError("Too late."))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/mentoring")
    with pytest.raises(NotFound):
        turned_back("/mentoring", NotFound())
