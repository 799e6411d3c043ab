import pytest

from academy.accounts import rules
from academy.accounts.details import uk_moment
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko Firefox/120.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/23 Chrome/115 Mobile Safari", "Samsung Internet on Android"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
        ("<script>" * 1000, "A browser"),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(user_agent: str, name: str) -> None:
    assert rules.browser_name(user_agent) == name


def test_a_hint_of_an_address_cannot_be_written_to() -> None:
    assert rules.hint_of("paula.smith@council.gov.uk") == "p…@council.gov.uk"


def test_a_moment_is_written_in_uk_time() -> None:
    assert uk_moment(NOW) == "10:00am on 1 June 2026 (UK time)"
    assert uk_moment(NOW.replace(month=1, hour=0, minute=5)) == "12:05am on 1 January 2026 (UK time)"
