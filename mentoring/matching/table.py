"""Every pair of the pool scored at once, in a byte each: 0 for a pair that a hard rule bars, otherwise score + 1.

A row belongs to a mentee, a byte in it to a mentor. Rows are made by arithmetic on whole rows: a row of bytes is one
long integer, so adding two integers adds all their bytes. No byte overflows, since weights add up to 200 at most.
`rules` and `points` say what is in a byte; they are asked once for each *kind* of answer, not once for each pair.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import add, attrgetter
from typing import TypeVar

from mentoring.matching import points, rules
from mentoring.matching.criteria import SCALE, Apart, Rules, Weights
from mentoring.matching.people import Ended, Mentee, Mentor, Pair, Pool, plain
from mentoring.matching.rules import Reason

V = TypeVar("V", bound=Hashable)

_TO_SCALE = bytes(min(value, SCALE) + 1 for value in range(256))
"""A sum of points as it stands in a row."""


class Table:
    """The scores of a pool whose people are in order of their ids (see ``Pool.in_order``)."""

    def __init__(self, pool: Pool, rules: Rules, weights: Weights, *, ruled_out: Iterable[Pair] = ()) -> None:
        self.pool, self.rules, self.weights = pool, rules, weights
        self.width = len(pool.mentors)
        self.mentor_at = {one.id: place for place, one in enumerate(pool.mentors)}
        self.mentee_at = {one.id: place for place, one in enumerate(pool.mentees)}
        self._ones = self._mask(range(self.width))
        self._kept: dict[tuple[str, Hashable], int] = {}
        self._groups: dict[tuple[str, ...], dict[Hashable, int]] = {}
        self._worth_of_hits = [_worth_of_hits(count, weights.skills) for count in range(6)]
        self._skills = self._words(attrgetter("skills"))
        self._backgrounds = self._words(attrgetter("characteristics"))
        self._roles = self._words(lambda one: (one.role,))
        self._professions = self._words(lambda one: (one.profession,))
        self._related: dict[str, set[str]] = {}
        for one, other in ((plain(a), plain(b)) for a, b in weights.related):
            self._related.setdefault(one, set()).add(other)
            self._related.setdefault(other, set()).add(one)
        self._organisations = self._words(lambda one: (one.organisation,))
        self._families = self._words(lambda one: (one.organisation_group,))
        self._not_in = self._mask(n for n, one in enumerate(pool.mentors) if not one.opted_in)
        self._no_places = self._mask(n for n, one in enumerate(pool.mentors) if one.places < 1)
        self._said_line = self._said_by_mentors(attrgetter("line"))
        self._said_not = self._said_by_mentors(attrgetter("not_these"))
        self._said_choice = self._said_by_mentors(attrgetter("choices"))
        self._ruled_out: dict[str, list[int]] = {}
        for pair in ruled_out:
            if pair.mentor in self.mentor_at:
                self._ruled_out.setdefault(pair.mentee, []).append(self.mentor_at[pair.mentor])
        self.rows: list[bytes] = [self._row(mentee) for mentee in pool.mentees]

    def score(self, mentor: int, mentee: int) -> int | None:
        """The score of a pair by the places of its people, ``None`` when a rule bars it."""
        value = self.rows[mentee][mentor]
        return value - 1 if value else None

    def barred(self, mentee: Mentee) -> dict[Reason, int]:
        """For each rule that bars anybody the mentors it bars: an integer with a 1 in each mentor's byte."""
        asked = self.rules
        found = {
            Reason.MENTOR_NOT_IN: self._not_in,
            Reason.MENTEE_NOT_IN: 0 if mentee.opted_in else self._ones,
            Reason.NO_PLACES: self._no_places,
            Reason.ONESELF: self._people([mentee.id]),
            Reason.SAME_ORGANISATION: 0
            if asked.apart is Apart.ANY
            else self._organisations.get(plain(mentee.organisation), 0),
            Reason.SAME_GROUP: self._families.get(plain(mentee.organisation_group), 0)
            if asked.apart is Apart.GROUP
            else 0,
            Reason.IN_LINE: self._both(mentee.line, self._said_line.get(mentee.id, ())) if asked.not_in_line else 0,
            Reason.GAP_TOO_SMALL: self._where(
                "small", mentee.grade, ("grade",), lambda it: rules.gap_too_small(it, mentee.grade, asked)
            ),
            Reason.GAP_TOO_LARGE: self._where(
                "large", mentee.grade, ("grade",), lambda it: rules.gap_too_large(it, mentee.grade, asked)
            ),
            Reason.NO_SHARED_FORMAT: self._where(
                "format", mentee.formats, ("formats",), lambda it: rules.no_shared_format(it, mentee.formats, asked)
            ),
            Reason.TOO_FAR: self._where(
                "far",
                (mentee.formats, mentee.region),
                ("formats", "region"),
                lambda it: rules.too_far(it[0], it[1], mentee.formats, mentee.region, asked),
            ),
            Reason.NO_SHARED_LANGUAGE: self._where(
                "language",
                mentee.languages,
                ("languages",),
                lambda it: rules.no_shared_language(it, mentee.languages, asked),
            ),
            Reason.ACCESS_NEEDS: self._where(
                "access",
                mentee.access_needs,
                ("access_offered",),
                lambda it: rules.access_not_met(it, mentee.access_needs, asked),
            ),
            Reason.NOT_THIS_PERSON: self._both(mentee.not_these, self._said_not.get(mentee.id, ())),
            Reason.ENDED_BADLY: self._people(one.mentor for one in mentee.history if one.ended is Ended.BADLY)
            if asked.ended_badly
            else 0,
            Reason.RULED_OUT: self._mask(self._ruled_out.get(mentee.id, ())),
        }
        return {reason: mask for reason, mask in found.items() if mask}

    def why_not(self, mentor: int, mentee: int) -> tuple[Reason, ...]:
        """Every rule that bars this pair, the coordinator's own list included."""
        one, other = self.pool.mentors[mentor], self.pool.mentees[mentee]
        found = rules.why_not(one, other, self.rules)
        return (*found, Reason.RULED_OUT) if mentor in self._ruled_out.get(other.id, ()) else found

    def open_to(self) -> list[int]:
        """For each mentor the number of mentees whom no rule bars."""
        there = bytes([0] + [1] * 255)
        counts = [0] * self.width
        for begin in range(0, len(self.rows), 255):
            some = sum(int.from_bytes(row.translate(there), "little") for row in self.rows[begin : begin + 255])
            counts = list(map(add, counts, some.to_bytes(self.width, "little")))
        return counts

    def _row(self, mentee: Mentee) -> bytes:
        weights = self.weights
        total = (
            self._skill_points(mentee)
            + self._role_points(mentee)
            + self._points(
                "seniority",
                (mentee.grade, mentee.wants_gap),
                ("grade",),
                lambda it: points.seniority_points(it, mentee.grade, mentee.wants_gap, weights),
            )
            + self._points(
                "region", mentee.region, ("region",), lambda it: points.region_points(it, mentee.region, weights)
            )
        )
        if mentee.background_wanted and weights.background:
            wanted = {plain(each) for each in mentee.background_wanted}
            total += self._people_of(self._backgrounds, wanted) * weights.background
        octets = total.to_bytes(self.width, "little")
        if extra := self._extra(mentee):
            raw = bytearray(octets)
            for place, more in extra.items():
                raw[place] = min(SCALE, max(0, raw[place] + more))
            octets = bytes(raw)
        octets = octets.translate(_TO_SCALE)
        closed = 0
        for mask in self.barred(mentee).values():
            closed |= mask
        return (int.from_bytes(octets, "little") & ((self._ones ^ closed) * 255)).to_bytes(self.width, "little")

    def _skill_points(self, mentee: Mentee) -> int:
        ranked = points.in_rank(mentee.skills_wanted)
        hits = 0
        for rank, skill in enumerate(ranked):
            hits += self._skills.get(skill, 0) * (len(ranked) - rank)
        if not hits:
            return 0
        octets = hits.to_bytes(self.width, "little").translate(self._worth_of_hits[len(ranked)])
        return int.from_bytes(octets, "little")

    def _role_points(self, mentee: Mentee) -> int:
        """Found by words, since roles and professions may be as many as people."""
        role, profession = plain(mentee.role), plain(mentee.profession)
        row = self._people_of(self._professions, self._related.get(profession, ())) * self.weights.role[2]
        for same, worth in (
            (self._professions.get(profession, 0), self.weights.role[1]),
            (self._roles.get(role, 0), self.weights.role[0]),
        ):
            row = (row & ((self._ones ^ same) * 255)) + same * worth
        return row

    def _extra(self, mentee: Mentee) -> dict[int, int]:
        """Points that concern single mentors."""
        weights, found = self.weights, dict[int, int]()
        for name in set(mentee.choices):
            if (place := self.mentor_at.get(name)) is not None:
                found[place] = points.choice_points(name, mentee.choices, weights)
        for place in self._said_choice.get(mentee.id, ()):
            found[place] = found.get(place, 0) + weights.mentors_choice
        for name in {one.mentor for one in mentee.history}:
            if (place := self.mentor_at.get(name)) is not None:
                found[place] = found.get(place, 0) + points.history_points(name, mentee.history, weights)
        return found

    def _points(self, name: str, key: Hashable, answers: tuple[str, ...], worth: Callable[..., int]) -> int:
        """The points of all mentors, asked once for each answer that mentors gave, and kept for mentees alike."""
        row = self._kept.get((name, key))
        if row is None:
            row = sum(mask * worth(it) for it, mask in self._grouped(answers).items())
            self._kept[name, key] = row
        return row

    _where = _points
    """A rule that is broken counts as 1."""

    def _grouped(self, answers: tuple[str, ...]) -> dict[Hashable, int]:
        if answers not in self._groups:
            places: dict[Hashable, list[int]] = {}
            of = attrgetter(*answers)
            for place, mentor in enumerate(self.pool.mentors):
                places.setdefault(of(mentor), []).append(place)
            self._groups[answers] = {it: self._mask(where) for it, where in places.items()}
        return self._groups[answers]

    def _words(self, of: Callable[[Mentor], Sequence[str]]) -> dict[str, int]:
        """For each word, without capitals, the mentors who gave it."""
        places: dict[str, set[int]] = {}
        for place, mentor in enumerate(self.pool.mentors):
            for word in of(mentor):
                if known := plain(word):
                    places.setdefault(known, set()).add(place)
        return {word: self._mask(where) for word, where in places.items()}

    @staticmethod
    def _people_of(known: dict[str, int], words: Iterable[str]) -> int:
        """The mentors who gave any of these words."""
        found = 0
        for word in words:
            found |= known.get(word, 0)
        return found

    def _said_by_mentors(self, of: Callable[[Mentor], Sequence[str]]) -> dict[str, list[int]]:
        """For each mentee whom mentors named, those mentors."""
        found: dict[str, list[int]] = {}
        for place, mentor in enumerate(self.pool.mentors):
            for name in set(of(mentor)):
                found.setdefault(name, []).append(place)
        return found

    def _both(self, named: Iterable[str], naming: Iterable[int]) -> int:
        return self._people(named) | self._mask(naming)

    def _people(self, names: Iterable[str]) -> int:
        return self._mask(self.mentor_at[name] for name in names if name in self.mentor_at)

    def _mask(self, places: Iterable[int]) -> int:
        octets: bytearray | None = None
        for place in places:
            octets = octets if octets is not None else bytearray(self.width)
            octets[place] = 1
        return int.from_bytes(octets, "little") if octets else 0


def _worth_of_hits(wanted: int, most: int) -> bytes:
    """Points by the sum of the ranks that were hit, when so many skills are wanted."""
    of = wanted * (wanted + 1) // 2
    return bytes(points.share(min(hit, of), of=of, most=most) for hit in range(256))
