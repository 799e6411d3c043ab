"""What the form of a new cohort says about what was typed."""

from cohorts.schedule.forms import in_order


def test_errors_are_listed_down_the_page_and_name_their_session() -> None:
    found = {
        "capacity": "Enter the number of places.",
        "s2_starts": "Enter when it starts, like 9:30am.",
        "s1_ends": "The session must end after it starts.",
        "name": "Enter the name.",
        "something": "Else.",
    }

    told = in_order(found, ["s1_", "s2_"])

    assert list(told.items()) == [
        ("name", "Enter the name."),
        ("s1_ends", "Session 1: The session must end after it starts."),
        ("s2_starts", "Session 2: Enter when it starts, like 9:30am."),
        ("capacity", "Enter the number of places."),
        ("something", "Else."),
    ]
