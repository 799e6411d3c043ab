"""The mails that publishing sends, as a coordinator reads them before."""

from mentoring.runs import previews


def test_lines_that_were_broken_for_mail_programs_are_whole_again() -> None:
    text = (
        "We have asked somebody to be your mentor in the winter round. You hear\n"
        "from us by Sunday.\n"
        "\n"
        "See your mentoring:\n"
        "https://academy.example/mentoring/with-an-address-that-is-long-enough-to-be-full\n"
        "\n"
        "--\n"
        "Reply to this email to reach the academy.\n"
        "Leadership Academy"
    )
    assert previews.flowing(text).split("\n") == [
        "We have asked somebody to be your mentor in the winter round. You hear from us by Sunday.",
        "",
        "See your mentoring:",
        "https://academy.example/mentoring/with-an-address-that-is-long-enough-to-be-full",
        "",
        "--",
        "Reply to this email to reach the academy.",
        "Leadership Academy",
    ]
