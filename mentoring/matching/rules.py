"""The hard rules: why two people cannot be a pair. Never a score, always the reasons, all of them.

The small functions take answers, not people, so that the fast table can ask them once for each kind of mentor.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from mentoring.matching.criteria import Apart, Rules
from mentoring.matching.people import Ended, Format, Mentee, Mentor, plain, plain_set
from mentoring.matching.regions import hops


class Reason(StrEnum):
    MENTOR_NOT_IN = "mentor_not_in"
    MENTEE_NOT_IN = "mentee_not_in"
    NO_PLACES = "no_places"
    ONESELF = "oneself"
    SAME_ORGANISATION = "same_organisation"
    SAME_GROUP = "same_group"
    IN_LINE = "in_line"
    GAP_TOO_SMALL = "gap_too_small"
    GAP_TOO_LARGE = "gap_too_large"
    NO_SHARED_FORMAT = "no_shared_format"
    TOO_FAR = "too_far"
    NO_SHARED_LANGUAGE = "no_shared_language"
    ACCESS_NEEDS = "access_needs"
    NOT_THIS_PERSON = "not_this_person"
    ENDED_BADLY = "ended_badly"
    RULED_OUT = "ruled_out"
    """By the coordinator, in this run."""


CONFIDENTIAL = frozenset({Reason.NOT_THIS_PERSON, Reason.ENDED_BADLY, Reason.ACCESS_NEEDS})
"""For the coordinator's eyes: never told to either of the two, since it says what the other one answered."""

SENTENCES = {
    Reason.MENTOR_NOT_IN: "The mentor has not opted in.",
    Reason.MENTEE_NOT_IN: "The mentee has not opted in.",
    Reason.NO_PLACES: "The mentor takes nobody at the moment.",
    Reason.ONESELF: "They are the same person.",
    Reason.SAME_ORGANISATION: "They work for the same organisation.",
    Reason.SAME_GROUP: "Their organisations belong to the same group.",
    Reason.IN_LINE: "One is in the other's line of management.",
    Reason.GAP_TOO_SMALL: "The mentor's level is not far enough above the mentee's.",
    Reason.GAP_TOO_LARGE: "The mentor's level is too far above the mentee's.",
    Reason.NO_SHARED_FORMAT: "One wants to meet in person only, the other online only.",
    Reason.TOO_FAR: "They can only meet in person, and live too far apart.",
    Reason.NO_SHARED_LANGUAGE: "They share no language.",
    Reason.ACCESS_NEEDS: "The mentor cannot meet the mentee's access needs.",
    Reason.NOT_THIS_PERSON: "They are kept apart.",
    Reason.ENDED_BADLY: "They are kept apart.",
    Reason.RULED_OUT: "A coordinator ruled this pair out, or the mentor has said no.",
}
"""Kept apart has one sentence, so that a wish said in confidence looks like a decision or an earlier pairing."""

CHANGES = {
    Reason.MENTOR_NOT_IN: "if mentors opted in",
    Reason.MENTEE_NOT_IN: "if they opted in",
    Reason.NO_PLACES: "if mentors who take nobody now had a place",
    Reason.ONESELF: "",
    Reason.SAME_ORGANISATION: "if mentors of their own organisation were allowed",
    Reason.SAME_GROUP: "if mentors of their group of organisations were allowed",
    Reason.IN_LINE: "if their line of management were allowed",
    Reason.GAP_TOO_SMALL: "if the mentor could be fewer levels above",
    Reason.GAP_TOO_LARGE: "if the mentor could be more levels above",
    Reason.NO_SHARED_FORMAT: "if one of them could meet in the other's way",
    Reason.TOO_FAR: "if they could meet online, or further away",
    Reason.NO_SHARED_LANGUAGE: "if a mentor spoke their language",
    Reason.ACCESS_NEEDS: "if mentors could meet their access needs",
    Reason.NOT_THIS_PERSON: "",  # nobody is to be asked who said it
    Reason.ENDED_BADLY: "",
    Reason.RULED_OUT: "if that were taken back",
}
"""What would change it, for people whom a rule leaves without a mentor."""


def told(reasons: Iterable[Reason]) -> list[str]:
    """The sentences for these reasons, each once."""
    return list(dict.fromkeys(SENTENCES[reason] for reason in reasons))


def why_not(mentor: Mentor, mentee: Mentee, rules: Rules) -> tuple[Reason, ...]:
    """Every rule that the pair breaks; empty when it is allowed."""
    return tuple(reason for reason in Reason if _broken(reason, mentor, mentee, rules))


def _broken(reason: Reason, mentor: Mentor, mentee: Mentee, rules: Rules) -> bool:
    match reason:
        case Reason.MENTOR_NOT_IN:
            return not mentor.opted_in
        case Reason.MENTEE_NOT_IN:
            return not mentee.opted_in
        case Reason.NO_PLACES:
            return mentor.places < 1
        case Reason.ONESELF:
            return mentor.id == mentee.id
        case Reason.SAME_ORGANISATION:
            return rules.apart is not Apart.ANY and same(mentor.organisation, mentee.organisation)
        case Reason.SAME_GROUP:
            return rules.apart is Apart.GROUP and same(mentor.organisation_group, mentee.organisation_group)
        case Reason.IN_LINE:
            return rules.not_in_line and (mentor.id in mentee.line or mentee.id in mentor.line)
        case Reason.GAP_TOO_SMALL:
            return gap_too_small(mentor.grade, mentee.grade, rules)
        case Reason.GAP_TOO_LARGE:
            return gap_too_large(mentor.grade, mentee.grade, rules)
        case Reason.NO_SHARED_FORMAT:
            return no_shared_format(mentor.formats, mentee.formats, rules)
        case Reason.TOO_FAR:
            return too_far(mentor.formats, mentor.region, mentee.formats, mentee.region, rules)
        case Reason.NO_SHARED_LANGUAGE:
            return no_shared_language(mentor.languages, mentee.languages, rules)
        case Reason.ACCESS_NEEDS:
            return access_not_met(mentor.access_offered, mentee.access_needs, rules)
        case Reason.NOT_THIS_PERSON:
            return mentor.id in mentee.not_these or mentee.id in mentor.not_these
        case Reason.ENDED_BADLY:
            return rules.ended_badly and any(
                one.mentor == mentor.id and one.ended is Ended.BADLY for one in mentee.history
            )
        case _:
            return False  # the coordinator's own list is not an answer of the two


def same(one: str, other: str) -> bool:
    """Whether both are given and equal."""
    return bool(plain(one)) and plain(one) == plain(other)


def gap_too_small(mentor: int | None, mentee: int | None, rules: Rules) -> bool:
    return mentor is not None and mentee is not None and rules.gap_from is not None and mentor - mentee < rules.gap_from


def gap_too_large(mentor: int | None, mentee: int | None, rules: Rules) -> bool:
    return mentor is not None and mentee is not None and rules.gap_to is not None and mentor - mentee > rules.gap_to


def no_shared_format(mentor: tuple[Format, ...], mentee: tuple[Format, ...], rules: Rules) -> bool:
    return rules.shared_format and bool(mentor) and bool(mentee) and not set(mentor) & set(mentee)


def too_far(
    mentor: tuple[Format, ...], mentor_region: str, mentee: tuple[Format, ...], mentee_region: str, rules: Rules
) -> bool:
    """They share in person and nothing else, and more regions lie between them than the rules allow."""
    if not rules.shared_format or set(mentor) & set(mentee) != {Format.IN_PERSON}:
        return False
    between = hops(mentor_region, mentee_region)
    return between is not None and between > rules.in_person_hops


def no_shared_language(mentor: tuple[str, ...], mentee: tuple[str, ...], rules: Rules) -> bool:
    spoken, wanted = plain_set(mentor), plain_set(mentee)
    return rules.language and bool(spoken) and bool(wanted) and not spoken & wanted


def access_not_met(offered: tuple[str, ...] | None, needs: tuple[str, ...], rules: Rules) -> bool:
    return rules.access and offered is not None and not plain_set(needs) <= plain_set(offered)
