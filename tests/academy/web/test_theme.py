from itertools import product

import pytest

from academy.settings import Settings
from academy.web.theme import LEAST_CONTRAST, contrast, stylesheet, tokens

BRANDS = ["#4b2e83", "#00703c", "#1d70b8", "#e4003b", "#ffd100", "#00a3ad", "#f58220", "#ffffff", "#000000", "#ff00ff"]
EVERY = ["#" + "".join(parts) for parts in product(("00", "55", "aa", "ff"), repeat=3)]
TEXTS = ["--govuk-brand-colour", "--govuk-link-colour", "--govuk-link-visited-colour", "--govuk-link-hover-colour"]
MUTED = "#4f4b5c"
"""``--app-muted`` of app.css, which stands on the tint too."""


@pytest.mark.parametrize("brand", BRANDS + EVERY)
def test_every_text_of_the_theme_can_be_read_where_it_stands(brand: str) -> None:
    theme = tokens(brand)
    tint = theme["--app-tint"]

    pairs = {(theme[name], ground) for name in TEXTS for ground in (tint, "#ffffff")}
    pairs |= {("#ffffff", theme["--app-brand-dark"]), ("#0b0c0c", tint), (MUTED, tint)}

    assert [pair for pair in pairs if contrast(*pair) < LEAST_CONTRAST] == []


def test_without_darkening_yellow_could_not_be_read() -> None:
    assert contrast("#ffd100", "#ffffff") < 1.5
    assert contrast(tokens("#ffd100")["--govuk-brand-colour"], "#ffffff") >= LEAST_CONTRAST


@pytest.mark.parametrize("brand", ["#4b2e83", "#00703c", "#000000"])
def test_a_colour_that_can_be_read_is_used_as_it_is(brand: str) -> None:
    assert tokens(brand)["--govuk-brand-colour"] == brand


def test_a_darkened_colour_is_no_darker_than_it_must_be() -> None:
    theme = tokens("#f58220")

    assert LEAST_CONTRAST <= contrast(theme["--govuk-brand-colour"], theme["--app-tint"]) < LEAST_CONTRAST + 0.1


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#777777", "#777777") == 1
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize("brand", ["", "4b2e83", "#4b2e8", "#4b2e83ff", "#zzzzzz", "purple", "#fff;}"])
def test_what_is_no_colour_is_refused(brand: str) -> None:
    with pytest.raises(ValueError):
        tokens(brand)


def test_the_stylesheet_sets_every_token_once() -> None:
    theme = tokens("#4b2e83")

    assert stylesheet("#4b2e83") == ":root{" + ";".join(f"{name}:{theme[name]}" for name in theme) + "}\n"


def test_the_default_colour_is_used_as_it_is() -> None:
    default = Settings().brand_colour

    assert tokens(default)["--govuk-brand-colour"] == default
