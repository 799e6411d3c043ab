"""The Jinja environment of the pages. Strict: a name that is not given is an error, not an empty place."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.defaults import DEFAULT_FILTERS
from markupsafe import Markup

from academy.web.static import static_url

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

TEMPLATES = Path(__file__).parents[2] / "templates"

_filters: dict[str, Callable[..., Any]] = dict(DEFAULT_FILTERS)


def template_filter(function: Callable[..., Any]) -> Callable[..., Any]:
    """Register a Jinja filter under the function's name; rooms add their own at import."""
    _filters[function.__name__] = function
    return function


@template_filter
@lru_cache(maxsize=256)
def markdown(text: str) -> Markup:
    """Markdown as safe HTML: no raw HTML in, and what comes out passes an allow-list."""
    import nh3

    return Markup(  # noqa: S704 - nh3 has just cleaned it
        nh3.clean(
            _markdown().render(text),
            tags={"p", "ul", "ol", "li", "strong", "em", "a", "h2", "h3", "h4", "blockquote", "br", "code", "hr"},
            attributes={"a": {"href"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer",
        )
    )


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one environment; templates are compiled at their first use and kept."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters = _filters  # the dict itself: a room that is imported later still adds to it
    made.globals["static"] = static_url
    return made
