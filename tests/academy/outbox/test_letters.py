"""Every mail, rendered: that it says the same twice, and that nothing people typed can do more than be read."""

import re
from enum import StrEnum
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from academy.outbox import letters
from academy.web.theme import contrast

HOUSE = {
    "brand": "#4b2e83",
    "sender": "Leadership Academy",
    "organisation": "Example Society of Digital Leaders",
}
COHORT = "Top Talent, Essex, June 2026"
SITE = "https://academy.example.org"
MANAGE = f"{SITE}/r/7Qm2n4Xb9cKd"
DAY_ONE, DAY_TWO = "Day one: leading yourself", "Day two: leading others"
FIRST = "Wednesday 24 June 2026, 9:30am to 4pm (UK time)"
SECOND = "Thursday 25 June 2026, 9:30am to 4pm (UK time)"
PLACE = "County Hall, Market Road, Chelmsford CM1 1QH"
TEAMS = "https://teams.example.org/l/meetup-join/19%3ameeting_abc?context=1&tenant=2"
SESSIONS = [{"title": DAY_ONE, "when": FIRST, "place": PLACE}, {"title": DAY_TWO, "when": SECOND, "place": PLACE}]
ABOUT = "Bring the feedback that you have asked colleagues for.\nLunch is provided. Tell us what you do not eat."
ROUND = "Mentoring, autumn 2026"
REASON = "The trainer is ill and nobody can stand in at this notice."

SAMPLES: dict[str, dict[str, object]] = {
    "sign-in-link": {"first_name": "Priya", "link": f"{SITE}/sign-in/abc", "minutes": 10},
    "confirm-registration": {
        "first_name": "Priya",
        "cohort": COHORT,
        "when": FIRST,
        "place": PLACE,
        "place_held": True,
        "confirm_by": "3:20pm on Monday 1 June",
        "link": f"{SITE}/r/x/confirm",
    },
    "registration-confirmed": {
        "first_name": "Priya",
        "cohort": COHORT,
        "sessions": SESSIONS,
        "manage_link": MANAGE,
    },
    "waiting-list-joined": {
        "first_name": "Priya",
        "cohort": COHORT,
        "when": FIRST,
        "position": 3,
        "manage_link": MANAGE,
    },
    "moved-up": {"first_name": "Priya", "cohort": COHORT, "sessions": SESSIONS, "manage_link": MANAGE},
    "coaching-calendar": {
        "first_name": "Daniel",
        "calendar": "Work",
        "since": "1 June 2026",
        "problem": "There is no calendar at this address any more. Publish it again, and paste the new address.",
        "busy_link": f"{SITE}/coach/busy",
    },
    "session-invite": {
        "first_name": "Priya",
        "cohort": COHORT,
        "title": DAY_ONE,
        "day": "Wednesday 24 June",
        "when": FIRST,
        "place": PLACE,
        "about": ABOUT,
        "manage_link": MANAGE,
    },
    "session-changed": {
        "first_name": "Priya",
        "cohort": COHORT,
        "title": DAY_TWO,
        "day": "Thursday 2 July",
        "changed": [
            {"what": "When", "before": SECOND, "after": "Thursday 2 July 2026, 10am to 4pm (UK time)"},
            {"what": "Where", "before": PLACE, "after": "Online"},
        ],
        "reason": REASON,
        "when": "Thursday 2 July 2026, 10am to 4pm (UK time)",
        "join_link": TEAMS,
        "manage_link": MANAGE,
    },
    "session-cancelled": {
        "first_name": "Priya",
        "cohort": COHORT,
        "title": DAY_TWO,
        "day": "Thursday 25 June",
        "when": SECOND,
        "reason": REASON,
        "programme_link": f"{SITE}/programmes/top-talent",
        "manage_link": MANAGE,
    },
    "place-withdrawn": {
        "first_name": "Priya",
        "cohort": COHORT,
        "title": DAY_TWO,
        "day": "Thursday 25 June",
        "when": SECOND,
        "manage_link": MANAGE,
    },
    "session-reminder": {
        "first_name": "Priya",
        "cohort": COHORT,
        "title": DAY_ONE,
        "how_soon": "tomorrow",
        "when": FIRST,
        "place": PLACE,
        "about": ABOUT,
        "manage_link": MANAGE,
    },
    "coaching-invite": {
        "first_name": "Priya",
        "title": "Coaching with Daniel Reid",
        "with_name": "Daniel Reid",
        "programme": "Top Talent",
        "day": "Wednesday 24 June",
        "when": FIRST,
        "join_link": TEAMS,
        "manage_link": MANAGE,
    },
    "coaching-request": {
        "first_name": "Daniel",
        "with_name": "Priya Nair",
        "programme": "Top Talent",
        "when": SECOND,
        "instead_of": FIRST,
        "instead_of_coach": "",
        "note": "My panel was moved to that morning.",
        "manage_link": f"{SITE}/coaching/sessions/7Qm2n4Xb9cKd",
    },
    "coaching-answer": {
        "first_name": "Priya",
        "with_name": "Daniel Reid",
        "programme": "Top Talent",
        "when": SECOND,
        "stays": FIRST,
        "instead": "",
        "reason": "I am on a train then.",
        "manage_link": f"{SITE}/coaching/sessions/7Qm2n4Xb9cKd",
    },
    "coaching-book": {
        "first_name": "Priya",
        "programme": "Top Talent",
        "left": 2,
        "with_name": "Daniel Reid",
        "until": "31 January 2027",
        "book_link": f"{SITE}/coaching",
    },
    "meeting-invite": {
        "first_name": "Priya",
        "title": "First meeting with Daniel Reid",
        "with_name": "Daniel Reid",
        "round_name": "Mentoring, autumn 2026",
        "day": "Wednesday 24 June",
        "when": FIRST,
        "place": PLACE,
        "manage_link": MANAGE,
    },
    "pairing-proposal": {
        "first_name": "Daniel",
        "mentee_name": "Priya Nair",
        "mentee_work": "Team leader, Essex County Council",
        "round_name": ROUND,
        "reasons": [{"what": "You offer what they want to work on: Speaking in public."}],
        "answer_by": "9am on Friday 3 July",
        "months": 9,
        "answer_link": f"{SITE}/p/7Qm2n4Xb9cKd",
    },
    "pairing-asked": {
        "first_name": "Priya",
        "round_name": ROUND,
        "answer_by": "9am on Friday 3 July",
        "manage_link": f"{SITE}/mentoring",
    },
    "pairing-waiting": {
        "first_name": "Priya",
        "round_name": ROUND,
        "asked_again": True,
        "manage_link": f"{SITE}/mentoring",
    },
    "pairing-introduced": {
        "first_name": "Priya",
        "is_mentee": True,
        "with_name": "Daniel Reid",
        "with_work": "Head of service, Leeds City Council",
        "with_address": "daniel.reid@leeds.example",
        "round_name": ROUND,
        "reasons": [{"what": "They offer what you want to work on: Speaking in public."}],
        "starts": "Monday 6 July",
        "ends": "Tuesday 6 April 2027",
        "rhythm_weeks": 4,
        "manage_link": f"{SITE}/mentoring/pairings/7Qm2n4Xb9cKd",
    },
    "pairing-nudge": {
        "first_name": "Priya",
        "with_name": "Daniel Reid",
        "round_name": ROUND,
        "not_yet": True,
        "since": "Monday 6 July",
        "manage_link": f"{SITE}/mentoring/pairings/7Qm2n4Xb9cKd",
    },
    "pairing-check-in": {
        "first_name": "Priya",
        "with_name": "Daniel Reid",
        "round_name": ROUND,
        "day": "Monday 20 July",
        "met_link": f"{SITE}/met/7Qm2n4Xb9cKd",
    },
    "pairing-ended": {
        "first_name": "Priya",
        "with_name": "Daniel Reid",
        "round_name": ROUND,
        "is_mentee": True,
        "looks_on": True,
        "manage_link": f"{SITE}/mentoring",
    },
    "pairing-evaluation": {
        "first_name": "Priya",
        "with_name": "Daniel Reid",
        "round_name": ROUND,
        "is_mentee": True,
        "meetings": 7,
        "hours": "7 hours",
        "evaluation_link": f"{SITE}/mentoring/pairings/7Qm2n4Xb9cKd/evaluation",
    },
    "withdrawn-by-coordinator": {
        "first_name": "Priya",
        "cohort": COHORT,
        "reason": "Your manager has asked us to.",
        "programme_link": f"{SITE}/programmes/top-talent",
    },
    "cohort-cancelled": {
        "first_name": "Priya",
        "cohort": COHORT,
        "when": FIRST,
        "reason": "Too few people could come.",
        "programme_link": f"{SITE}/programmes/top-talent",
    },
    "certificate": {
        "first_name": "Priya",
        "cohort": COHORT,
        "number": "TT-2026-0042",
        "awarded_on": "25 June 2026",
        "contact_hours": "12 hours",
        "cpd_hours": "10 hours",
        "verify_link": f"{SITE}/verify/K7Q2M4XB9C",
    },
    "address-change-confirm": {
        "first_name": "Priya",
        "new_address": "priya@council.example",
        "hours": 24,
        "link": f"{SITE}/account/address/x",
    },
    "address-changed-notice": {
        "first_name": "Priya",
        "new_address_hint": "p…@council.example",
        "changed_at": "3:20pm on 1 June 2026 (UK time)",
        "help_link": f"{SITE}/help",
    },
    "below-minimum": {
        "first_name": "Sam",
        "cohort": COHORT,
        "enrolled": 7,
        "minimum": 8,
        "waiting": 2,
        "starts": FIRST,
        "link": f"{SITE}/cohorts/TT-E-06/dashboard",
    },
    "already-registered": {
        "first_name": "Priya",
        "cohort": COHORT,
        "status": "You have a place.",
        "manage_link": MANAGE,
    },
    "copy-ready": {"first_name": "Priya", "copy_link": f"{SITE}/account/everything"},
    "registration-expired": {"first_name": "Priya", "cohort": COHORT, "link": f"{SITE}/cohorts/TT-E-06"},
}
EVERY = letters.names()
EXAMPLES = {"str": "Example", "text": "One.\nTwo.", "link": MANAGE, "address": "a@b.example", "int": 3, "bool": True}


def example(name: str) -> dict[str, object]:
    """The sample above, or one made from what the mail says it needs: a new mail needs no line here."""
    return SAMPLES.get(name) or {
        key: [{title: EXAMPLES[kind] for title, kind, _ in field.columns}] if field.columns else EXAMPLES[field.kind]
        for key, field in letters._source(name).fields.items()
    }


class Page(HTMLParser):
    """What a person reads and where they can go, from the HTML body."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag in ("style", "title") or given.get("aria-hidden"):
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "title", "div") and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words += data.split()


def rendered(name: str, **changes: object) -> letters.Letter:
    return letters.render(name, {**example(name), **changes}, **HOUSE)  # type: ignore[arg-type]


def words_of_text(text: str) -> set[str]:
    return set(re.findall(r"[\w’'…@./-]+", text))


def test_every_sample_is_of_a_mail() -> None:
    assert SAMPLES.keys() - set(EVERY) == set()


@pytest.mark.parametrize("name", EVERY)
def test_html_and_text_say_the_same(name: str) -> None:
    letter = rendered(name)

    page = Page(letter.html)

    in_html = words_of_text(" ".join(page.words))
    in_text = words_of_text(re.sub(r"^[=-]+$", "", letter.text, flags=re.MULTILINE))
    only_in_text = {word for word in in_text - in_html if word not in " ".join(page.links)}
    assert in_html - in_text == set()
    assert only_in_text - {"--", "-"} == set()


@pytest.mark.parametrize("name", EVERY)
def test_every_link_of_the_html_is_whole_in_the_text(name: str) -> None:
    letter = rendered(name)

    assert [link for link in Page(letter.html).links if link not in letter.text.splitlines()] == []


@pytest.mark.parametrize("name", EVERY)
def test_the_html_can_be_read_by_everybody(name: str) -> None:
    tags = Page(rendered(name).html).tags

    assert tags[0] == ("html", {"lang": "en-GB"})
    assert [tag for tag, _ in tags if tag == "h1"] == ["h1"]
    headed = {id(given) for tag, given in tags if tag == "th"}
    layout = [given for tag, given in tags if tag == "table" and given.get("role") != "presentation"]
    assert len(layout) <= len(headed)  # only the tables of facts are tables
    assert all(given["scope"] == "row" for tag, given in tags if tag == "th")
    assert [tag for tag, _ in tags if tag in ("script", "img", "form", "iframe", "link")] == []


@pytest.mark.parametrize("name", EVERY)
def test_a_subject_is_one_short_line(name: str) -> None:
    subject = rendered(name).subject

    assert subject == " ".join(subject.split())
    assert 10 < len(subject) <= 100


@pytest.mark.parametrize("name", EVERY)
def test_plain_text_fits_a_narrow_window(name: str) -> None:
    long = [line for line in rendered(name).text.splitlines() if len(line) > 76 and "https://" not in line]

    assert long == []


@pytest.mark.parametrize("name", EVERY)
def test_the_same_values_give_the_same_letter(name: str) -> None:
    assert rendered(name) == rendered(name)


@pytest.mark.parametrize("name", EVERY)
def test_a_missing_or_unknown_value_is_an_error(name: str) -> None:
    needed = next(key for key, field in letters._source(name).fields.items() if not field.optional)
    lacking = {key: value for key, value in example(name).items() if key != needed}

    with pytest.raises(letters.WrongContext):
        letters.render(name, lacking, **HOUSE)  # type: ignore[arg-type]
    with pytest.raises(letters.WrongContext, match="persn"):
        rendered(name, persn="Priya")


def test_what_people_typed_is_escaped() -> None:
    letter = rendered("moved-up", first_name='<script>alert(1)</script>"', cohort="A & <b>B</b>")

    assert "<script>" not in letter.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;" in letter.html
    assert "A &amp; &lt;b&gt;B&lt;/b&gt;" in letter.html
    assert "<script>alert(1)</script>" in letter.text
    assert letter.subject == "You now have a place on A & <b>B</b>"


def test_markup_is_escaped_as_well() -> None:
    letter = rendered("moved-up", first_name=Markup("<b>x</b>"))

    assert "Hello &lt;b&gt;x&lt;/b&gt;," in letter.html


LINKIFIERS = [
    re.compile(r"https?://\S+"),
    re.compile(r"\bwww\.\w"),
    re.compile(r"\b[\w-]+\.(?:com|example|evil|uk|co|io|js)\b"),
    re.compile(r"\w@\w"),
]


@pytest.mark.parametrize(
    "name",
    ["http://evil.example/x", "Win at evil.com", "www.evil.com", "a@evil.com", "x.co.uk/path", "HTTPS://EVIL.COM"],
)
def test_a_name_never_becomes_a_link(name: str) -> None:
    letter = rendered("waiting-list-joined", first_name=name)

    greeting = next(line for line in letter.text.splitlines() if line.startswith("Hello"))
    shown = re.search(r"Hello .*?,", letter.html)
    assert shown is not None
    for printed in (greeting, shown.group()):
        assert [found for each in LINKIFIERS for found in each.findall(printed.lower())] == []
    assert greeting.replace("\u2060", "") == f"Hello {name},"
    control = f"Hello {name},"
    assert any(each.search(control.lower()) for each in LINKIFIERS)


def test_a_line_break_in_a_name_writes_no_second_line() -> None:
    letter = rendered("moved-up", first_name="Priya\r\n\r\nPay here:\r\nnow", cohort="A\nBcc: x@y.example")

    assert "Hello Priya Pay here: now," in letter.text
    assert "\n" not in letter.subject
    assert "\r" not in letter.text


def test_a_reason_keeps_its_lines_and_is_marked_as_a_quotation() -> None:
    letter = rendered("session-cancelled", reason="One.\n\nTwo <i>.")

    assert "> One.\n> Two <i>.\n" in letter.text
    assert "One.<br>Two &lt;i&gt;." in letter.html


def test_an_empty_place_or_reason_leaves_no_empty_heading() -> None:
    letter = rendered("session-cancelled", reason="")

    assert "Why\n---" not in letter.text
    assert ">Why<" not in letter.html


def test_the_address_of_a_pair_can_be_copied_from_the_mail() -> None:
    letter = rendered("pairing-introduced", with_address="daniel.reid@leeds.example")

    assert "Write to: daniel.reid@leeds.example\n" in letter.text
    assert "daniel.reid@leeds.example" in letter.html


def test_somebody_without_an_address_is_introduced_all_the_same() -> None:
    assert "Write to" not in rendered("pairing-introduced", with_address="").text


def test_one_week_and_one_month_are_said_in_the_singular() -> None:
    assert "Meet: about every week\n" in rendered("pairing-introduced", rhythm_weeks=1).text
    assert "lasts 1 month." in rendered("pairing-proposal", months=1).text


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", 'https://x.example/"><b>', "https://x y", "//x", "", "https://x\n"]
)
def test_a_link_that_is_not_a_web_address_is_refused(link: str) -> None:
    with pytest.raises(letters.WrongContext):
        rendered("sign-in-link", link=link)


class Status(StrEnum):
    PLACE = "You have a place."


def test_only_plain_values_are_taken() -> None:
    assert "You have a place." in " ".join(rendered("already-registered", status=Status.PLACE).text.split())
    with pytest.raises(letters.WrongContext):
        rendered("already-registered", status=object())
    with pytest.raises(letters.WrongContext):
        rendered("waiting-list-joined", position="3")
    with pytest.raises(letters.WrongContext):
        rendered("waiting-list-joined", position=True)
    with pytest.raises(letters.WrongContext):
        rendered("moved-up", sessions=[object()])


@pytest.mark.parametrize(
    "source",
    [
        "{{ first_name.__class__.__mro__ }}",
        "{{ first_name.__init__.__globals__ }}",
        "{{ first_name['__class__'] }}",
        "{{ heading.__self__ }}",
        "{{ ''.join(['a']) }}",
        "{{ range(3) }}",
        "{{ self.__dict__ }}",
        "{{ first_name | attr('__class__') }}",
    ],
)
def test_templates_do_not_reach_the_objects_behind_values(source: str) -> None:
    template = letters._environment().from_string(source)

    with pytest.raises(Exception, match="undefined|has no|not defined|unsafe|is undefined"):
        template.render(first_name="Priya", heading=letters.Blocks().heading)


def test_control_an_open_environment_reaches_them() -> None:
    from jinja2 import Environment

    assert "object" in Environment().from_string("{{ x.__class__.__mro__ }}").render(x="Priya")  # noqa: S701


@pytest.mark.parametrize("name", ["../secret", "_layout", "", "no-such-mail", "moved-up/", "Moved-up"])
def test_only_folders_of_mails_are_letters(name: str) -> None:
    with pytest.raises(letters.NoSuchLetter):
        letters.render(name, {}, **HOUSE)


@pytest.mark.parametrize("brand", ["#ffff00", "#4b2e83", "#ffffff", "#000000", "#00a0ff", "#1d70b8"])
def test_any_colour_of_the_organisation_can_be_read(brand: str) -> None:
    html = letters.render("sign-in-link", SAMPLES["sign-in-link"], **{**HOUSE, "brand": brand}).html  # type: ignore[arg-type]

    found = re.search(r'bgcolor="(#\w{6})"', html)
    night = re.search(r"\.link \{ color: (#\w{6})", html)
    assert found and contrast(found.group(1), "#ffffff") >= 5
    assert night and contrast(night.group(1), "#1d1f20") >= 7


ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


@given(first_name=ANY_TEXT, cohort=ANY_TEXT, place=ANY_TEXT)
def test_any_text_gives_a_letter_that_can_be_sent(first_name: str, cohort: str, place: str) -> None:
    letter = rendered(
        "moved-up", first_name=first_name, cohort=cohort, sessions=[{"title": cohort, "when": FIRST, "place": place}]
    )

    assert [len(letter.html.encode()) > 0, len(letter.text.encode()) > 0] == [True, True]
    assert [link for link in Page(letter.html).links if link != MANAGE] == []
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", letter.text + letter.subject)
