"""The coaches of the demonstration, with their weeks and rules, and how coaching works in each programme."""

from __future__ import annotations

import msgspec

from academy.demo import programmes
from academy.demo.people import AMARA, COACH, FFION, HELEN, NIAMH
from cohorts.coaching.credits.rules import RuleChoices
from cohorts.coaching.times.rules import CoachRules, Stretch, Week
from cohorts.coaching.times.tables import Nation

TOP_TALENT = RuleChoices(credits=3, chemistry_calls=2, move_hours=72, three_way_goals=True, expire_days=180)
EMPOWERING = RuleChoices(credits=2, one_coach=False, cancel_hours=48, expire_days=180)


class About(msgspec.Struct, frozen=True, kw_only=True):
    """One coach: what people read of them, and when they can be booked."""

    headline: str
    profile: str
    rules: CoachRules
    week: Week
    programmes: tuple[str, ...]


def week(**days: str) -> Week:
    """``tue="9-12.5 14-17"``: hours of the day, by the first letters of the weekday."""

    def stretches(told: str) -> tuple[Stretch, ...]:
        hours = [each.split("-") for each in told.split()]
        return tuple(Stretch(int(float(begins) * 60), int(float(ends) * 60)) for begins, ends in hours)

    return tuple(stretches(days.get(name, "")) for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))


_TT, _EW, _NI = programmes.TOP_TALENT.name, programmes.EMPOWERING_WOMEN.name, programmes.EMPOWERING_WOMEN_NI.name
COACHES: dict[str, About] = {
    COACH: About(
        headline="Executive coach, formerly a chief information officer",
        profile="I ask more than I tell. Bring one thing that you keep putting off.\n\n"
        "Twelve years in Scottish local government, six of them leading a digital service.",
        rules=CoachRules(
            nation=Nation.SCOTLAND, link="https://meet.example/daniel-reid", buffer_minutes=15, most_a_day=3
        ),
        week=week(tue="9-12.5", wed="13-17", thu="9-12.5 14-16", fri="9.5-12"),
        programmes=(_TT,),
    ),
    AMARA: About(
        headline="Coach for people who lead change without a mandate",
        profile="We work on what you want to be different in three months, and on what you do about it on Monday.",
        rules=CoachRules(
            link="https://meet.example/amara-okafor", lengths=(45, 60), notice_hours=48, most_a_week=6, confirms=True
        ),
        week=week(mon="10-13", wed="10-15", fri="10-13"),
        programmes=(_TT, _EW),
    ),
    FFION: About(
        headline="Coaches in English and Welsh",
        profile="Calm, practical, and honest about politics. Croeso i chi siarad Cymraeg.",
        rules=CoachRules(link="https://meet.example/ffion-morgan"),
        week=week(mon="14-18", tue="14-18", thu="9-12"),
        programmes=(_TT, _EW),
    ),
    NIAMH: About(
        headline="Coach and facilitator in Belfast",
        profile="I coach women on their way into senior roles, online or over a walk along the Lagan.",
        rules=CoachRules(nation=Nation.NORTHERN_IRELAND, place="City Hall, Belfast", buffer_minutes=30),
        week=week(mon="9-12", wed="9-12", thu="13-17"),
        programmes=(_NI, _EW),
    ),
    HELEN: About(
        headline="Team coach",
        profile="After twenty years of running contact centres I know what a bad Monday is.",
        rules=CoachRules(link="https://meet.example/helen-marsh", most_a_day=2),
        week=week(tue="9-17", wed="9-12"),
        programmes=(_TT, _NI),
    ),
}
RULES = {_TT: TOP_TALENT, _EW: EMPOWERING, _NI: EMPOWERING}
