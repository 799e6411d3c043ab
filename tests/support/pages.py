"""What a page shows, as a person or a program finds it there."""

import re
from html import unescape

import httpx


def text(html: str) -> str:
    """The words of a piece of HTML."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def links(answer: httpx.Response, css: str = "") -> dict[str, str]:
    """Where each link leads, by its whole text; those with a class, if one is named."""
    return {
        text(words): unescape(href)
        for attributes, href, words in re.findall(r'<a([^>]*)href="([^"]+)"[^>]*>(.*?)</a>', answer.text, re.DOTALL)
        if css in attributes
    }


def fields(answer: httpx.Response, action: str) -> dict[str, str]:
    """The hidden fields of a form, as the browser sends them."""
    for where, inside in re.findall(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', answer.text, re.DOTALL):
        if unescape(where) == action:
            found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside)
            return {unescape(name): unescape(value) for name, value in found}
    raise AssertionError(f"no form leads to {action}")
