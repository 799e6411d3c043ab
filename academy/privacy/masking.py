"""Take other people out of words that somebody else wrote, before the words are given to whom they are about."""

from __future__ import annotations

import re
from typing import Any

import msgspec

MASK = "[somebody else]"
ADDRESS_MASK = "[an address]"
NUMBER_MASK = "[a telephone number]"
LONGEST_NAME = 5
"""Words of a name that is looked for."""

_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w-])(?:\+\d{1,3}|\(?0)(?:[ ()-]?\d){8,12}(?!\w)")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


class Others(msgspec.Struct, frozen=True):
    """The names of everybody else whom the academy knows, folded, and what is the person's own."""

    names: frozenset[str]
    own: frozenset[str]
    """The person's own addresses, folded."""


def others(names: list[str], *, own_name: str, own_addresses: list[str]) -> Others:
    """Who is masked for somebody. Names of one word are too often just words; a namesake is not masked."""
    folded = frozenset(name for each in names if " " in (name := fold(each)))
    return Others(folded - {fold(own_name)}, frozenset(address.casefold() for address in own_addresses))


def fold(name: str) -> str:
    """A name as it is compared: only its words, whatever their case."""
    return " ".join(_WORD.findall(name.casefold().replace("’", "'")))


def masked(text: str, others: Others) -> str:
    """The text without full names, addresses and telephone numbers of others."""
    text = _ADDRESS.sub(lambda found: found[0] if found[0].casefold() in others.own else ADDRESS_MASK, text)
    text = _NUMBER.sub(NUMBER_MASK, text)
    words = list(_WORD.finditer(text))
    kept, at, here = [], 0, 0
    while here < len(words):
        length = _name_at(text, words, here, others)
        if length:
            kept += [text[at : words[here].start()], MASK]
            at = words[here + length - 1].end()
        here += length or 1
    return "".join([*kept, text[at:]])


def masked_values(value: Any, others: Others) -> Any:
    """A document with every text in it masked."""
    if isinstance(value, str):
        return masked(value, others)
    if isinstance(value, list):
        return [masked_values(each, others) for each in value]
    if isinstance(value, dict):
        return {name: masked_values(each, others) for name, each in value.items()}
    return value


def _name_at(text: str, words: list[re.Match[str]], here: int, others: Others) -> int:
    """How many words from here on are somebody's name; 0 if none is."""
    for length in range(min(LONGEST_NAME, len(words) - here), 1, -1):
        last = words[here + length - 1]
        if fold(text[words[here].start() : last.end()]) in others.names:
            return length
    return 0
