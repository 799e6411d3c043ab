"""Pages and redirects stay on this site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.web.pages import download, local_path


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
