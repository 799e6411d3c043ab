"""Mentoring schemes of any size, made up from a seed: uneven organisations, skewed wishes, many ties, on purpose.

Supply and demand of skills differ, popular mentors draw choices, some people answer nothing or leave an answer out.
About two pairs in three are allowed. Only the standard library's generator is used, so a seed means one scheme.
"""

from __future__ import annotations

from itertools import accumulate
from random import Random

import msgspec

from mentoring.matching.criteria import Criteria, Rules, Weights
from mentoring.matching.people import Earlier, Ended, Format, Mentee, Mentor, Pair, Pool
from mentoring.matching.regions import NEIGHBOURS
from mentoring.matching.rules import why_not

REGIONS = tuple(NEIGHBOURS)
SECTORS = tuple(f"Profession {letter}" for letter in "ABCDEFGH")
ROLES = tuple((f"Role {number}", SECTORS[number % 8]) for number in range(24))
SKILLS = tuple(f"Skill {number}" for number in range(40))
ACCESS = ("Step-free", "Captions", "Quiet place", "Large print")
RING = tuple((one, SECTORS[(place + 1) % 8]) for place, one in enumerate(SECTORS))

CRITERIA = Criteria(rules=Rules(), weights=Weights(related=RING))


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    pool: Pool
    pins: tuple[Pair, ...]
    criteria: Criteria = CRITERIA


def a_scheme(*, mentees: int, mentors: int, seed: int = 0, places: tuple[int, ...] = (60, 30, 10)) -> Scheme:
    """A scheme of this size; ``places`` are the shares of mentors who take one, two, three mentees."""
    dice = Random(f"{seed}/{mentees}/{mentors}")
    organisations = max(12, min(630, (mentees + mentors) // 4))
    sizes = list(accumulate(1 / (rank + 3) for rank in range(organisations)))
    lives = [dice.choice(REGIONS) for _ in range(organisations)]
    supply = list(accumulate(1 / (rank + 4) for rank in range(len(SKILLS))))
    demand = list(accumulate(1 / ((rank * 7) % len(SKILLS) + 4) for rank in range(len(SKILLS))))

    def skills(weights: list[float], count: int) -> tuple[str, ...]:
        found: dict[str, None] = {}
        while len(found) < count:
            found[dice.choices(SKILLS, cum_weights=weights)[0]] = None
        return tuple(found)

    def grade(mean: float, spread: float, low: int, high: int) -> int:
        return min(high, max(low, round(dice.gauss(mean, spread))))

    def formats(virtual: int, both: int) -> tuple[Format, ...]:
        drawn = dice.random() * 100
        if drawn < virtual:
            return (Format.VIRTUAL,)
        return (Format.VIRTUAL, Format.IN_PERSON) if drawn < virtual + both else (Format.IN_PERSON,)

    def employed() -> tuple[str, str]:
        place = dice.choices(range(organisations), cum_weights=sizes)[0]
        return f"org-{place}", lives[place]

    offered: list[Mentor] = []
    for number in range(mentors):
        organisation, region = employed()
        role, profession = dice.choice(ROLES)
        languages = ["en"]
        if dice.random() < (0.35 if region == "Wales" else 0.01):
            languages.append("cy")
        if dice.random() < 0.02:
            languages.append("bsl")
        offered.append(
            Mentor(
                id=f"mentor-{number:05}",
                name=f"Mentor {number}",
                organisation=organisation,
                grade=grade(7, 1.6, 3, 10),
                role=role,
                profession=profession,
                region=region,
                formats=formats(45, 45),
                languages=tuple(languages),
                access_offered=tuple(each for each in ACCESS if dice.random() < 0.7),
                skills=skills(supply, dice.randint(3, 9)),
                characteristics=("Woman",) if dice.random() < 0.45 else (),
                choices=tuple(f"mentee-{dice.randrange(mentees):05}" for _ in range(dice.randint(1, 2)))
                if dice.random() < 0.2
                else (),
                places=dice.choices((1, 2, 3), weights=places)[0],
                opted_in=dice.random() < 0.98,
            )
        )
    popular = list(accumulate(1 / (rank + 5) for rank in range(mentors)))
    crowd = dice.sample([one.id for one in offered], mentors)
    wanting: list[Mentee] = []
    for number in range(mentees):
        organisation, region = employed()
        role, profession = dice.choice(ROLES)
        language = dice.choices(("en", "cy", "bsl"), weights=(80, 20, 1) if region == "Wales" else (97, 2, 1))[0]
        history = ()
        if dice.random() < 0.08:
            how = dice.choice((Ended.COMPLETED, Ended.GO_ON, Ended.BADLY))
            history = (Earlier(mentor=dice.choice(offered).id, ended=how),)
        chosen: dict[str, None] = {}
        for _ in range(dice.choices((0, 1, 2, 3), weights=(25, 15, 20, 40))[0]):
            chosen[dice.choices(crowd, cum_weights=popular)[0]] = None
        wanting.append(
            Mentee(
                id=f"mentee-{number:05}",
                name=f"Mentee {number}",
                organisation=organisation,
                grade=grade(4, 1.5, 1, 8),
                role=role,
                profession=profession,
                region=region,
                formats=formats(30, 58),
                languages=(language,),
                access_needs=tuple(each for each in ACCESS if dice.random() < 0.03),
                skills_wanted=skills(demand, dice.randint(1, 5)),
                wants_gap=dice.randint(1, 3),
                background_wanted=("Woman",) if dice.random() < 0.15 else (),
                choices=tuple(chosen),
                line=tuple(dice.choice(offered).id for _ in range(dice.randint(0, 2))),
                not_these=(dice.choice(offered).id,) if dice.random() < 0.25 else (),
                history=history,
                opted_in=dice.random() < 0.98,
            )
        )
    pool = Pool(mentors=tuple(offered), mentees=tuple(wanting))
    return Scheme(pool=pool, pins=_pins(dice, pool))


def shuffled(pool: Pool, *, seed: int) -> Pool:
    """The same people, rows in another order."""
    dice = Random(seed)
    return Pool(
        mentors=tuple(dice.sample(pool.mentors, len(pool.mentors))),
        mentees=tuple(dice.sample(pool.mentees, len(pool.mentees))),
    )


def _pins(dice: Random, pool: Pool) -> tuple[Pair, ...]:
    """Pins for three mentees in a hundred, each possible."""
    free = {one.id: one.places for one in pool.mentors}
    found: list[Pair] = []
    for mentee in dice.sample(pool.mentees, len(pool.mentees) * 3 // 100):
        for mentor in dice.sample(pool.mentors, min(20, len(pool.mentors))):
            if free[mentor.id] and not why_not(mentor, mentee, CRITERIA.rules):
                free[mentor.id] -= 1
                found.append(Pair(mentor=mentor.id, mentee=mentee.id))
                break
    return tuple(found)
