"""Settings come from the environment, and each is documented."""

import re
from pathlib import Path

import msgspec
import pytest

from academy.settings import BadSetting, Settings, from_environment

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def test_an_empty_environment_gives_the_defaults() -> None:
    assert from_environment({}) == Settings()


def test_a_setting_is_read_from_the_variable_of_its_name() -> None:
    read = from_environment({"ACADEMY_PORT": "9000", "ACADEMY_SCHEDULER": "0", "ACADEMY_DATA_DIR": "/srv/academy"})

    assert (read.port, read.scheduler, read.data_dir) == (9000, False, Path("/srv/academy"))


def test_an_empty_variable_counts_as_not_set() -> None:
    assert from_environment({"ACADEMY_PORT": ""}).port == Settings().port


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("SCHEDULER", "maybe"),
        ("BRAND_COLOUR", "purple"),
        ("SMTP_TLS", "ssl"),
        ("BASE_URL", "academy.example.org"),
        ("DATABASE_URL", "mysql://x"),
        ("MAIL_FROM", "Academy <a@b.example>, c@d.example"),
        ("MAIL_CONNECTIONS", "9"),
        ("NOTES_IN_COPIES", "all"),
    ],
)
def test_a_wrong_value_is_refused_with_the_name_of_its_variable(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"ACADEMY_{name}"):
        from_environment({f"ACADEMY_{name}": value})


def test_notes_are_for_their_author_alone_unless_an_academy_says_otherwise() -> None:
    said = from_environment({"ACADEMY_NOTES_IN_COPIES": "about"})

    assert (Settings().gives_notes_about, said.gives_notes_about) == (False, True)


def test_cookies_are_bound_to_https_where_people_use_it() -> None:
    assert (Settings(base_url="https://a.example").secure, Settings().secure) == (True, False)


def test_the_address_has_no_slash_at_its_end() -> None:
    assert Settings(base_url="https://a.example/").address == "https://a.example"


def test_the_operations_guide_lists_every_setting_and_no_other() -> None:
    listed = re.findall(r"^\| `(ACADEMY_\w+)` \|", OPERATIONS.read_text(), re.MULTILINE)

    assert sorted(listed) == sorted(f"ACADEMY_{field.name.upper()}" for field in msgspec.structs.fields(Settings))
