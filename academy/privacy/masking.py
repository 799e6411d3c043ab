"""Take other people out of words that somebody else wrote, before the words are given to whom they are about.

Two names are one, however they are written: in capitals or not, with accents or without, ``Anne-Marie``, ``Anne Marie``
or ``Annemarie``, ``O'Neil``, ``O’Neil`` or ``ONeil``, first name or surname first, with a title or without. What a
program cannot find are first names and nicknames alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from academy.people.rules import TITLES

MASK = "[somebody else]"
ADDRESS_MASK = "[an address]"
NUMBER_MASK = "[a telephone number]"

_AN_ADDRESS = r"(?<![\w.+'’-])[\w.+'’-]++@[\w-]+(?:\.[\w-]+)+"
_ADDRESS = re.compile(_AN_ADDRESS)
_NUMBER = re.compile(r"(?<![\w-])(?:\+\d{1,3}|\(?0)(?:[ ()-]{0,3}\d){8,12}(?!\w)")
_WORD = re.compile(r"[^\W_ʼ](?:[^\W_ʼ]|[\u0300-\u036f])*")
"""Letters with their accents, so that ``O’Neil’s`` are three words."""
_PART = re.compile(rf"({'|'.join(map(re.escape, (MASK, ADDRESS_MASK, NUMBER_MASK)))}|{_AN_ADDRESS})|{_WORD.pattern}")
"""A word; or, as a group, what no name goes through: a mask that stands there already, an address that stays."""
_LETTERS = str.maketrans("øłđıæœþ", "oldiaot")
_START = 4
_MOST_TURNED = 5
"""Words of a name that is also looked for with its surname first."""


class Others(msgspec.Struct, frozen=True, kw_only=True):
    """The names of everybody else whom the academy knows, and what is the person's own.

    Names are their letters without spaces, each with the places at which a word of it ends, as bits.
    """

    names: Mapping[str, int]
    own_names: Mapping[str, int]
    own_addresses: frozenset[str]
    longest: int
    """Letters of the longest name."""
    starts: frozenset[str]
    """The first letters of all names."""


def others(names: Iterable[str], *, own_name: str, own_addresses: Iterable[str]) -> Others:
    """Who is masked for somebody. Names of one word are too often just words; a namesake is not masked."""
    own = _keys([own_name], short=False)
    different = [name for name in names if "".join(map(fold, _WORD.findall(name))) not in own]
    known = {key: ends for key, ends in _keys(different, short=True).items() if key not in own}
    return Others(
        names=known,
        own_names=own,
        own_addresses=frozenset(address.casefold() for address in own_addresses),
        longest=max(map(len, (*known, *own)), default=0),
        starts=frozenset(key[:_START] for key in (*known, *own)),
    )


def masked(text: str, others: Others) -> str:
    """The text without full names, addresses and telephone numbers of others."""
    text = _ADDRESS.sub(lambda found: _address(found[0], others), text)
    text = _NUMBER.sub(NUMBER_MASK, text)
    words = list(_PART.finditer(text))
    folded = ["" if word[1] else fold(word[0]) for word in words]
    kept, at, here = [], 0, 0
    while here < len(words):
        length, is_own = _name_at(folded, here, others)
        if length and not is_own:
            kept += [text[at : words[here].start()], MASK]
            at = words[here + length - 1].end()
        here += length or 1
    return "".join([*kept, text[at:]])


def _address(found: str, others: Others) -> str:
    return found if found.lstrip("'’").casefold() in others.own_addresses else ADDRESS_MASK


def masked_values(value: Any, others: Others) -> Any:
    """A document with every text in it masked."""
    if isinstance(value, str):
        return masked(value, others)
    if isinstance(value, list):
        return [masked_values(each, others) for each in value]
    if isinstance(value, dict):
        return {name: masked_values(each, others) for name, each in value.items()}
    return value


def fold(word: str) -> str:
    """A word as it is compared: small letters without accents."""
    if word.isascii():
        return word.lower()
    plain = "".join(each for each in unicodedata.normalize("NFKD", word) if each.isalnum())
    return plain.casefold().translate(_LETTERS)


def _keys(names: Iterable[str], *, short: bool) -> dict[str, int]:
    """Each way in which these names may be written; ``short``: also without their middle names."""
    found: dict[str, int] = {}
    for name in names:
        for words in _ways(name, short=short):
            key, ends = "", 0
            for word in words:
                ends |= 1 << len(key)
                key += word
            found[key] = found.get(key, 0) | ends & ~1
    return found


def _ways(name: str, *, short: bool) -> Iterator[list[str]]:
    if len(name.split()) < 2:
        return
    words = [fold(found) for found in _WORD.findall(name)]
    for known in (words, words[1:] if words and words[0] in TITLES else []):
        if len(known) < 2:
            continue
        turns = range(len(known)) if len(known) <= _MOST_TURNED else range(1)
        yield from (known[turn:] + known[:turn] for turn in turns)
        if short and len(known) > 2:
            yield [known[0], known[-1]]


def _name_at(words: list[str], here: int, others: Others) -> tuple[int, bool]:
    """How many words from here on are the longest name, and whether it is the person's own; 0 if none is.

    Two names are the same only if a word ends at the same place within both: ``the other`` is not ``Theo Ther``. No
    more words are looked at than fit into the longest name, so a text takes as long as its parts do.
    """
    key, ends, length, is_own = words[here], 0, 0, False
    for number in range(here + 1, len(words)):
        ends |= 1 << len(key)
        key += words[number]
        if not words[number] or len(key) > others.longest:
            break
        for names, own in ((others.names, False), (others.own_names, True)):
            if names.get(key, 0) & ends:
                length, is_own = number - here + 1, own
        if len(key) >= _START and key[:_START] not in others.starts:
            break
    return length, is_own
