"""The reports of one round: figures, charts with what they say, and tables. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import msgspec

from academy.invites.times import utc_to_local
from academy.web.words import counted
from mentoring.pairings.rules import MET, REASONS
from mentoring.pairings.tables import MeetingStatus, PairingStatus
from mentoring.profiles.places import Figure
from mentoring.reports import standing
from mentoring.reports.queries import Evaluation, Facts

S = PairingStatus

TOGETHER = 5
"""Evaluations are read five at a time: fewer, or one more than yesterday, would be somebody's."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    label: str
    value: int
    href: str = ""


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """Bars under a headline that says what they show. The same figures stand beside the bars and in its export."""

    key: str
    headline: str
    about: str
    """What is counted, in a sentence."""
    columns: tuple[str, str]
    bars: tuple[Bar, ...]

    @property
    def most(self) -> int:
        return max((bar.value for bar in self.bars), default=0)


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A number by which rounds are compared."""

    label: str
    value: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What evaluations say together; only full fives are in it."""

    answers: int
    overall: float
    goals: float | None
    again: int
    helped: tuple[str, ...]
    better: tuple[str, ...]
    """Texts in the order of the alphabet: the order in which they came would tell whose they are."""


# ------------------------------------------------------------------- figures
def people_figures(facts: Facts) -> list[Figure]:
    where = standing.of_mentees(facts)
    all_of_them = sum(len(found) for found in where.values())
    paired, silent = len(where["paired"]), len(standing.listed(facts))
    unmatched = len(where["unmatched"])
    return [
        _figure(facts, "mentees", all_of_them, "Mentees"),
        _figure(facts, "paired", paired, "Paired", note=f"{percent(paired, all_of_them)} of the mentees"),
        _figure(facts, "asked", len(where["asked"]), "Mentor asked", note="waiting for an answer"),
        _figure(facts, "waiting", len(where["waiting"]), "Waiting", note="for a suggestion"),
        _figure(
            facts, "unmatched", unmatched, "No mentor found", note="tell them, or ask somebody" if unmatched else "",
            warn=unmatched > 0,
        ),
        _figure(
            facts, "silent", silent, "Silent pairs", note="nothing after a reminder" if silent else "", warn=silent > 0
        ),
    ]  # fmt: skip


def place_figures(facts: Facts) -> list[Figure]:
    found = standing.places(facts)
    return [
        _figure(facts, "mentors", found.offered, "Places offered", note=f"by {counted(_mentors(facts), 'mentor')}"),
        _figure(facts, "taken", found.taken, "Taken", note="those of mentors who are asked included"),
        _figure(facts, "free", found.free, "Free"),
        _figure(facts, "paused", found.paused, "Paused", note="of mentors who take nobody at the moment"),
    ]


def meeting_figures(facts: Facts) -> list[Figure]:
    held = [each for each in facts.meetings if each.status is MeetingStatus.HELD]
    planned = [each for each in facts.meetings if each.status is MeetingStatus.PLANNED and each.starts_at > facts.now]
    began = standing.pairings_in(facts, S.ACTIVE, S.PAUSED, S.COMPLETED, S.ENDED_EARLY)
    return [
        Figure(value=str(len(held)), label="Meetings held"),
        Figure(value=hours(sum(each.minutes for each in held)), label="Hours together"),
        Figure(value=str(len(planned)), label="Meetings planned"),
        Figure(value=_average(len(held), len(began)), label="Meetings for each pair", note="on average"),
    ]


def answer_figures(facts: Facts) -> list[Figure]:
    yes, no, never = (len(standing.pairings_in(facts, *each)) for each in ((*MET,), (S.DECLINED,), (S.EXPIRED,)))
    days = days_to_answer(facts)
    return [
        Figure(
            value=str(yes), label="Mentors said yes", note=f"{percent(yes, yes + no + never)} of those who were asked"
        ),
        _figure(facts, "declined", no, "Said no"),
        _figure(facts, "expired", never, "Never answered"),
        Figure(value=days, label="Days to an answer", note="on average, yes or no"),
    ]


def days_to_answer(facts: Facts) -> str:
    waits = [
        (each.answered_at - each.proposed_at).total_seconds() / 86_400
        for each in standing.pairings_in(facts, *MET, S.DECLINED)
        if each.answered_at is not None and each.proposed_at is not None
    ]
    return f"{sum(waits) / len(waits):.1f}" if waits else "–"


def completion(facts: Facts) -> tuple[int, int]:
    """How many pairings are completed, of how many that are over."""
    done = len(standing.pairings_in(facts, S.COMPLETED))
    return done, done + len(standing.pairings_in(facts, S.ENDED_EARLY))


# -------------------------------------------------------------------- charts
def people_chart(facts: Facts) -> Chart:
    where = standing.of_mentees(facts)
    total = sum(len(found) for found in where.values())
    mentored = len(where["paired"]) + len(where["completed"])
    return Chart(
        key="mentees",
        headline=f"{mentored} of {counted(total, 'mentee')} have a mentor or have completed"
        if total
        else "Nobody has signed up yet",
        about="Each mentee who takes part, once.",
        columns=("Where they stand", "Mentees"),
        bars=tuple(
            Bar(label=words, value=len(where[key]), href=_list(facts, "done" if key == "completed" else key))
            for key, words in standing.STATE_WORDS.items()
        ),
    )


def reason_chart(facts: Facts) -> Chart:
    found = Counter(each.decline_reason for each in standing.pairings_in(facts, S.DECLINED))
    bars = sorted(
        (Bar(label=words, value=found[reason.value]) for reason, words in REASONS.items()),
        key=lambda bar: -bar.value,
    )
    total = sum(found.values())
    return Chart(
        key="reasons",
        headline=f"Most who say no say: {bars[0].label.lower().replace('i have', 'I have')}"
        if total and bars[0].value > bars[1].value
        else "No reason stands out" if total else "No mentor has said no",
        about="Mentors who said no to a proposal, by the reason they gave.",
        columns=("Reason", "Mentors"),
        bars=tuple(bars),
    )  # fmt: skip


def month_chart(facts: Facts) -> Chart:
    """Meetings held in each month from the first to the last, empty months too."""
    months = [
        utc_to_local(each.starts_at).date().replace(day=1)
        for each in facts.meetings
        if each.status is MeetingStatus.HELD
    ]
    found = Counter(months)
    span = _months(min(months), max(months)) if months else []
    busiest = max(span, key=lambda month: found[month], default=None)
    return Chart(
        key="months",
        headline=f"Pairs met most in {busiest:%B %Y}" if busiest else "No meeting has been logged yet",
        about="Meetings that were held, by month, as pairs log them.",
        columns=("Month", "Meetings"),
        bars=tuple(Bar(label=f"{month:%B %Y}", value=found[month]) for month in span),
    )


def charts(facts: Facts) -> dict[str, Chart]:
    return {chart.key: chart for chart in (people_chart(facts), month_chart(facts), reason_chart(facts))}


# --------------------------------------------------------------- evaluations
def said(evaluations: Sequence[Evaluation]) -> Said | None:
    """The first full fives together; None below five."""
    kept = evaluations[: len(evaluations) - len(evaluations) % TOGETHER]
    if not kept:
        return None
    goals = [each.goals_reached for each in kept if each.goals_reached is not None]
    return Said(
        answers=len(kept),
        overall=round(sum(each.overall for each in kept) / len(kept), 1),
        goals=round(sum(goals) / len(goals), 1) if len(goals) >= TOGETHER else None,
        again=sum(each.again for each in kept),
        helped=_texts([each.helped for each in kept]),
        better=_texts([each.better for each in kept]),
    )


def _texts(found: Sequence[str]) -> tuple[str, ...]:
    texts = sorted((text.strip() for text in found if text.strip()), key=str.casefold)
    return tuple(texts) if len(texts) >= TOGETHER else ()


# ---------------------------------------------------------------- comparison
def measures(facts: Facts) -> list[Measure]:
    """The same numbers for every round."""
    where = standing.of_mentees(facts)
    mentees = sum(len(found) for found in where.values())
    found, (done, over) = standing.places(facts), completion(facts)
    met = {each.mentee_profile for each in facts.pairings if each.status in MET}
    told = said(facts.evaluations)
    yes, no, never = (len(standing.pairings_in(facts, *each)) for each in ((*MET,), (S.DECLINED,), (S.EXPIRED,)))
    pairs = [
        ("Mentees", str(mentees)),
        ("Mentors", str(_mentors(facts))),
        ("Places offered", str(found.offered)),
        ("Mentees who got a mentor", f"{len(met)} ({percent(len(met), mentees)})"),
        ("Mentors who said yes, of those asked", percent(yes, yes + no + never)),
        ("Days to an answer, on average", days_to_answer(facts)),
        *((figure.label, figure.value) for figure in meeting_figures(facts) if figure.label != "Meetings planned"),
        ("Completed, of the pairings that are over", f"{done} of {over} ({percent(done, over)})" if over else "–"),
        ("Rating by both, out of 5", f"{told.overall:.1f}" if told else "–"),
    ]
    return [Measure(label=label, value=value) for label, value in pairs]


# --------------------------------------------------------------------- parts
def percent(part: int, whole: int) -> str:
    """Without decimals; neither 0% nor 100% unless it is so."""
    if not whole:
        return "–"
    rounded = round(100 * part / whole)
    return f"{min(max(rounded, 1), 99) if 0 < part < whole else rounded}%"


def hours(minutes: int) -> str:
    """Minutes in hours with one decimal, without a zero there."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def _average(number: int, of: int) -> str:
    return f"{number / of:.1f}" if of else "–"


def _mentors(facts: Facts) -> int:
    return len(standing.active_mentors(facts))


def _figure(facts: Facts, key: str, number: int, label: str, *, note: str = "", warn: bool = False) -> Figure:
    return Figure(value=str(number), label=label, note=note, href=_list(facts, key) if number else "", warn=warn)


def _list(facts: Facts, key: str) -> str:
    return f"/mentoring/rounds/{facts.round.slug}/reports/people?show={key}"


def _months(first: date, last: date) -> list[date]:
    found = [first]
    while found[-1] < last:
        month = found[-1].month
        found.append(date(found[-1].year + month // 12, month % 12 + 1, 1))
    return found
