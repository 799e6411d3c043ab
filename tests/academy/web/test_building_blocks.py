"""The macros of templates/ui.html: they say what they take, need no more than that, and escape whatever they get."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from jinja2.runtime import Macro

from academy.web.templates import TEMPLATES, environment

SOURCE = (TEMPLATES / "ui.html").read_text()
EVIL = "<b>\"'&"
LISTS = {
    "items": [(EVIL, EVIL, EVIL)],
    "options": [(EVIL, EVIL, EVIL)],
    "rows": [(EVIL, EVIL, EVIL, EVIL)],
    "errors": [SimpleNamespace(field=EVIL, text=EVIL), SimpleNamespace(field="", text=EVIL)],
    "values": [EVIL],
    "fields": {EVIL: EVIL},
}
NUMBERS = {"page": 2, "pages": 9, "step": 1, "steps": 3, "total": 4, "rows": 5, "width": 5, "level": 3}
HOLDS_A_BLOCK = re.findall(r"{% macro (\w+)\([^{]*?-%}(?:(?!endmacro).)*?caller\(\)", SOURCE, flags=re.DOTALL)


def macros() -> dict[str, Macro]:
    module = environment().get_template("ui.html").module
    return {name: made for name, made in vars(module).items() if isinstance(made, Macro)}


def written(name: str) -> list[str]:
    """The arguments of a macro as its definition writes them."""
    found = re.search(rf"{{% macro {name}\((.*?)\) -%}}", SOURCE)
    assert found
    return re.split(r",\s*(?![^\[{]*[\]}])", found[1]) if found[1] else []


def given(name: str, argument: str) -> object:
    if name == "textarea" and argument == "rows":
        return 5
    if name in ("breadcrumbs",):
        return [(EVIL, EVIL)]
    if name == "meter" and argument == "value":
        return 3
    return LISTS.get(argument, NUMBERS.get(argument, EVIL))


class Reader(HTMLParser):
    """Notes elements and attributes that no building block has."""

    def __init__(self) -> None:
        super().__init__()
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.odd += [tag] if tag == "b" else []
        self.odd += [name for name, _ in attrs if not re.fullmatch("[a-z][a-zA-Z-]*", name)]


def broken_out(html: str) -> list[str]:
    """What a browser would take for markup of the text that was given."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.odd


def call(macro: Macro, arguments: dict[str, object]) -> str:
    block = {"caller": lambda: "within"} if macro.name in HOLDS_A_BLOCK else {}
    return str(macro(**arguments, **block))


@pytest.mark.parametrize("name", sorted(macros()))
def test_the_list_at_the_top_says_what_each_takes(name: str) -> None:
    top = " ".join(SOURCE[: SOURCE.index("#}")].split())

    assert f" {name}({', '.join(written(name))})" in top


@pytest.mark.parametrize("name", sorted(macros()))
def test_what_has_a_default_may_be_left_out(name: str) -> None:
    required = [argument for argument in written(name) if "=" not in argument]

    assert call(macros()[name], {argument: given(name, argument) for argument in required})


@pytest.mark.parametrize("name", sorted(macros()))
def test_whatever_is_given_is_text_and_never_markup(name: str) -> None:
    every = [argument.partition("=")[0] for argument in written(name)]

    html = call(macros()[name], {argument: given(name, argument) for argument in every})

    assert broken_out(html) == []


def test_text_that_breaks_out_would_be_seen() -> None:
    assert broken_out(f"<p>{EVIL}</p>") == ["b"]
    assert broken_out(f'<a href="{EVIL}">x</a>') == ["'&\""]


def test_nothing_in_the_macros_is_marked_safe() -> None:
    assert re.findall(r"\|\s*safe|autoescape|Markup", SOURCE) == []


def test_the_signature_that_is_written_is_the_one_that_jinja_sees() -> None:
    seen = {name: list(made.arguments) for name, made in macros().items()}

    assert seen == {name: [one.partition("=")[0] for one in written(name)] for name in seen}
