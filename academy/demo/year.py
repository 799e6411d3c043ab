"""The year around today: which cohorts there are, when, where, and who comes. The codes named here stay the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from academy.demo.people import Cast
from academy.demo.plan import Days, Meeting, Plan
from academy.programmes.rules import slug

RUNNING_COHORT = "top-talent-cambridge"
OPEN_COHORT = "top-talent-essex"
FULL_COHORT = "cyber-leadership-london"
TO_CLOSE_COHORT = "top-talent-birmingham"
NO_REGISTER_COHORT = "effective-coach-online"
PLANNED_COHORT = "top-talent-edinburgh"
CANCELLED_COHORT = "remote-teams-exeter"
CANCELLED_SESSION_COHORT = "empowering-women-ni-belfast"
MOVED_COHORT = "place-based-leadership-tees-valley"
VIRTUAL_COHORT = "alumni-gathering-manchester"
BELOW_MINIMUM_COHORT = "emotional-intelligence-swansea"
CORRECTED_COHORT = "top-talent-leeds"
OPEN_WEBINAR = "webinar-easy-read"
CHANGE_AGENT_COHORT = "change-agent-leicester"

WEBINARS = 40
DELEGATES = 2455


class Year:
    """Plans cohort after cohort. ``scale`` makes a smaller academy in which every kind of page still has something."""

    def __init__(self, days: Days, cast: Cast, *, seed: int, scale: float) -> None:
        self.days, self.cast, self.seed, self.scale = days, cast, seed, scale
        self.plans: list[Plan] = []

    def number(self, full: int) -> int:
        """How many people one cohort has."""
        return full if self.scale > 0.5 else max(min(full, 4), round(full * 0.4))

    def few(self, items: Sequence[object]) -> int:
        """How many of the year's many ordinary cohorts there are."""
        return max(1, round(len(items) * self.scale))

    def add(
        self,
        programme: str,
        name: str,
        meetings: tuple[Meeting, ...],
        *,
        code: str = "",
        enrolled: int,
        waiting: int = 0,
        withdrawing: int = 0,
        must: Sequence[str] = (),
        capacity: int | None = None,
        minimum: int = 0,
        nation: str = "",
        women: bool = False,
        councils: bool = False,
        grades: tuple[int, ...] = (0, 1, 2),
        once: bool = True,
        **details: object,
    ) -> Plan:
        """One cohort. A full one has as many places as people who have one."""
        code = code or self._code(name, meetings[0].day)
        rng = Random(f"{self.seed}:{code}")  # noqa: S311 - not a secret
        places = enrolled if waiting else capacity or enrolled + withdrawing + 2
        people = self.cast.choose(
            rng,
            enrolled + waiting + withdrawing,
            programme=programme,
            days=[meeting.day for meeting in meetings],
            region=str(details.get("region", "")),
            nation=nation,
            women=women,
            councils=councils,
            grades=grades,
            once=once,
            must=must,
        )
        plan = Plan(
            programme=programme,
            name=name,
            code=code,
            meetings=meetings,
            people=tuple(people),
            withdrawing=withdrawing,
            capacity=places,
            minimum=min(minimum, places // 2),
            always=frozenset(must),
            **{"leader": len(self.plans), **details},  # type: ignore[arg-type]
        )
        self.plans.append(plan)
        return plan

    def _code(self, name: str, day: date) -> str:
        taken = {plan.code for plan in self.plans}
        code = f"{slug(name, most=50)}-{day.year}"
        return code if code not in taken else f"{slug(name, most=46)}-{day:%b-%Y}".lower()
