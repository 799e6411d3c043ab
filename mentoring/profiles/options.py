"""What mentors and mentees choose from: pairs of a key, which is stored, and the words that people read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from mentoring.matching.people import Format, plain
from mentoring.matching.regions import NEIGHBOURS

Options = tuple[tuple[str, str], ...]

GRADES: tuple[tuple[int, str], ...] = (
    (1, "Administrator or assistant (AA)"),
    (2, "Officer or adviser (AO)"),
    (3, "Senior officer (EO)"),
    (4, "Team leader or specialist (HEO)"),
    (5, "Senior specialist or manager (SEO)"),
    (6, "Service manager (Grade 7)"),
    (7, "Head of service (Grade 6)"),
    (8, "Assistant or deputy director (SCS 1)"),
    (9, "Director (SCS 2)"),
    (10, "Chief executive or director general (SCS 3)"),
)
"""Levels that councils and the civil service share, the lowest first. The number is what is compared."""

GAPS: tuple[tuple[int, str], ...] = (
    (1, "One level above me"),
    (2, "Two levels above me"),
    (3, "Three levels above me"),
    (4, "Four levels above me"),
)

REGIONS: tuple[str, ...] = tuple(NEIGHBOURS)

FORMATS: Options = ((Format.VIRTUAL.value, "Online"), (Format.IN_PERSON.value, "In person"))

LANGUAGES: Options = (
    ("en", "English"),
    ("cy", "Welsh"),
    ("bsl", "British Sign Language"),
    ("ga", "Irish"),
    ("gd", "Scottish Gaelic"),
    ("ur", "Urdu"),
    ("pa", "Punjabi"),
    ("bn", "Bengali"),
    ("pl", "Polish"),
    ("ar", "Arabic"),
)

ACCESS: Options = (
    ("step_free", "Step-free places to meet"),
    ("captions", "Live captions in calls"),
    ("ahead", "Anything written sent a day ahead, in large print or for a screen reader"),
    ("breaks", "Shorter meetings, or breaks in them"),
)
NO_ACCESS = "none"
"""A mentor's answer that none of them is possible."""

PROFESSIONS: tuple[str, ...] = (
    "Adult social care",
    "Children's services and education",
    "Communications",
    "Customer services",
    "Cyber security",
    "Democratic services and governance",
    "Digital, data and technology",
    "Environment and waste",
    "Finance",
    "Fire and rescue",
    "Highways and transport",
    "Housing",
    "Human resources and development",
    "Leisure and culture",
    "Legal",
    "Planning and regeneration",
    "Policy and strategy",
    "Procurement and commercial",
    "Project delivery",
    "Property and estates",
    "Public health",
    "Regulatory services",
)

RELATED: tuple[tuple[str, str], ...] = (
    ("Adult social care", "Children's services and education"),
    ("Adult social care", "Public health"),
    ("Communications", "Customer services"),
    ("Cyber security", "Digital, data and technology"),
    ("Democratic services and governance", "Legal"),
    ("Democratic services and governance", "Policy and strategy"),
    ("Digital, data and technology", "Project delivery"),
    ("Environment and waste", "Highways and transport"),
    ("Finance", "Procurement and commercial"),
    ("Housing", "Property and estates"),
    ("Planning and regeneration", "Property and estates"),
    ("Policy and strategy", "Project delivery"),
    ("Public health", "Regulatory services"),
)
"""Professions that are close to each other."""

SKILLS: Options = (
    # leading people
    ("first_team", "Leading a team for the first time"),
    ("leading_leaders", "Leading other managers"),
    ("delegating", "Letting go and delegating"),
    ("feedback", "Giving feedback people can use"),
    ("hard_conversations", "Holding difficult conversations"),
    ("performance", "Helping somebody who struggles at work"),
    ("coaching_style", "Leading by asking questions"),
    ("remote_teams", "Leading a team that is spread out"),
    ("hiring", "Hiring well"),
    ("inclusion", "Making a team where everybody belongs"),
    # leading oneself
    ("confidence", "Trusting my own judgement"),
    ("presence", "Being heard in the room"),
    ("career", "Planning the next step of a career"),
    ("interviews", "Applications and interviews"),
    ("returning", "Coming back after a break"),
    ("balance", "Workload and staying well"),
    ("time", "Deciding what not to do"),
    ("networks", "Building a network"),
    # the organisation
    ("strategy", "Turning strategy into plans"),
    ("politics", "Working with councillors"),
    ("board", "Presenting to a board or committee"),
    ("influence", "Influencing without authority"),
    ("partners", "Working across organisations"),
    ("change", "Bringing people through change"),
    ("budgets", "Budgets and savings"),
    ("business_case", "Writing a business case"),
    ("procurement", "Buying and managing suppliers"),
    ("governance", "Risk, audit and governance"),
    ("crisis", "Leading in a crisis"),
    ("community", "Involving residents"),
    # digital
    ("digital_strategy", "A digital strategy people believe in"),
    ("service_design", "Designing services around users"),
    ("agile", "Working in short cycles"),
    ("data", "Deciding with data"),
    ("ai", "Using artificial intelligence responsibly"),
    ("cyber", "Leading on cyber security"),
    ("legacy", "Replacing old systems"),
    ("enterprise", "Architecture and platforms"),
    ("information", "Information governance"),
    ("product", "Owning a product"),
)

QUESTIONS: tuple[tuple[str, str, Options], ...] = (
    ("gender", "Gender", (("woman", "Woman"), ("man", "Man"), ("another", "Another gender identity"))),
    (
        "ethnic_group",
        "Ethnic group",
        (
            ("asian", "Asian or Asian British"),
            ("black", "Black, Black British, Caribbean or African"),
            ("mixed", "Mixed or multiple ethnic groups"),
            ("white", "White"),
            ("other", "Another ethnic group"),
        ),
    ),
    ("disability", "Disability or long-term condition", (("yes", "Yes"), ("no", "No"))),
    ("lgbtq", "Lesbian, gay, bisexual, trans or queer", (("yes", "Yes"), ("no", "No"))),
    ("caring", "Caring for somebody, children included", (("yes", "Yes"), ("no", "No"))),
)
"""Characteristics that people may tell: key, words, answers. Not to say is always possible, and the default."""

OWN_WORDS = "own_words"
"""A background in somebody's own words; several are separated by commas."""


def words(options: Iterable[tuple[object, str]], key: object) -> str:
    """What people read for a key; the key itself if it is not in the list (it came with an import)."""
    return next((text for each, text in options if each == key), "" if key is None else str(key))


def key_of(options: Iterable[tuple[str, str]], typed: str) -> str:
    """The key whose words, or which itself, was typed; nothing if there is none."""
    return _keys_by_name(tuple(options)).get(plain(typed), "")


@lru_cache
def _keys_by_name(options: Options) -> dict[str, str]:
    """Lists have thousands of rows with the same few answers. Of two with one name the first counts."""
    found: dict[str, str] = {}
    for key, text in options:
        found.setdefault(plain(text), key)
        found.setdefault(plain(key), key)
    return found


def region_named(typed: str) -> str:
    """Our spelling of a region, or nothing."""
    return key_of(_REGIONS, typed)


_REGIONS: Options = tuple((name, name) for name in REGIONS)


def question_words(question: str) -> str:
    if question == OWN_WORDS:
        return "A background in your own words"
    return next((text for key, text, _ in QUESTIONS if key == question), question)


def answer_words(question: str, answer: str) -> str:
    return words(next((answers for key, _, answers in QUESTIONS if key == question), ()), answer)


_GRADES_IN_WORDS = {plain(text): number for number, text in GRADES}
_GRADES_BY_NAME: dict[str, int] = {
    **{"aa": 1, "administrative assistant": 1, "administrator": 1, "assistant": 1},
    **{"ao": 2, "administrative officer": 2, "officer": 2, "adviser": 2},
    **{"eo": 3, "executive officer": 3, "senior officer": 3},
    **{"heo": 4, "higher executive officer": 4, "team leader": 4, "specialist": 4, "hso": 4, "fast stream": 4},
    **{"seo": 5, "senior executive officer": 5, "manager": 5, "sso": 5},
    **{"grade 7": 6, "g7": 6, "service manager": 6},
    **{"grade 6": 7, "g6": 7, "head of service": 7},
    **{"scs": 8, "scs1": 8, "scs 1": 8, "deputy director": 8, "assistant director": 8, "scs pay band 1": 8},
    **{"scs2": 9, "scs 2": 9, "director": 9, "scs pay band 2": 9},
    **{"scs3": 10, "scs 3": 10, "director general": 10, "chief executive": 10, "scs pay band 3": 10},
    **{"scs4": 10, "scs 4": 10, "permanent secretary": 10},
}


def grade_named(typed: str) -> int | None:
    """The level that a grade stands for, as spreadsheets write it: ``Grade 7``, ``G7``, ``SEO``, ``6``, our words."""
    wanted = plain(typed).replace("(", " ").replace(")", " ").replace("-", " ")
    wanted = " ".join(wanted.split())
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:3]) <= len(GRADES):
        return int(wanted)
    return _GRADES_IN_WORDS.get(plain(typed)) or _GRADES_BY_NAME.get(wanted)
