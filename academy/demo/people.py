"""The people of the demonstration: whom it has, where they work, and who can take part in what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from random import Random

import msgspec

from academy.demo import names
from academy.demo.organisations import ABROAD, PARTNERS, PUBLIC_BODIES, SOCIETY
from academy.people.organisations import NewOrganisation

COORDINATOR = "morgan.ellis@leaders.example"
COLLEAGUE = "dilys.parry@leaders.example"
PARTICIPANT = "priya.nair@essex.example"
MENTOR = "gareth.pugh@cardiff.example"
FACILITATOR = "ruth.adeyemi@larkbridge-systems.example"
COACH = "daniel.reid@ferncastle-consulting.example"
AMARA, FFION, NIAMH, HELEN = (
    f"{name}@umberfield-learning.example" for name in ("amara.okafor", "ffion.morgan", "niamh.gallagher", "helen.marsh")
)
FACILITATORS = 10

JOBS: tuple[tuple[str, ...], ...] = (
    (
        "Digital Support Officer", "Data Analyst", "Business Analyst", "Service Designer", "Project Officer",
        "Web Content Editor", "Systems Administrator", "Information Governance Officer", "Software Developer",
        "Customer Services Officer", "GIS Officer", "Library Digital Officer", "User Researcher", "Benefits Officer",
    ),
    (
        "Digital Programme Manager", "Senior Business Analyst", "Cyber Security Manager", "ICT Service Desk Manager",
        "Data Manager", "Customer Services Team Leader", "Infrastructure Lead", "Product Manager", "Web Manager",
        "Revenues and Benefits Team Leader", "Enterprise Architect", "Housing Systems Manager",
    ),
    (
        "Head of Digital", "Head of ICT", "Head of Customer Services", "Assistant Director, Digital and Data",
        "Chief Information Officer", "Head of Transformation", "Chief Digital Officer", "Head of Business Change",
        "Director of Resources", "Head of Information Governance",
    ),
)  # fmt: skip
"""Job titles by grade, junior to senior."""


class Somebody(msgspec.Struct, frozen=True, kw_only=True):
    """One invented person. ``grade`` counts from 0, junior, to 2, senior."""

    name: str
    address: str
    organisation: str
    job_title: str = ""
    grade: int = 0
    woman: bool = False
    nation: str = "England"
    region: str = ""
    council: bool = False
    time_zone: str = "Europe/London"
    known_for: int = 400
    """Days since we have known them."""


def _known(name: str, address: str, organisation: str, job_title: str, **rest: object) -> Somebody:
    return Somebody(name=name, address=address, organisation=organisation, job_title=job_title, known_for=700, **rest)  # type: ignore[arg-type]


KNOWN: tuple[Somebody, ...] = (
    _known("Morgan Ellis", COORDINATOR, SOCIETY, "Programme Coordinator"),
    _known("Dilys Parry", COLLEAGUE, SOCIETY, "Head of the Academy", woman=True),
    _known(
        "Priya Nair", PARTICIPANT, "Essex County Council", "Digital Programme Manager",
        grade=1, woman=True, region="East of England", council=True,
    ),
    _known(
        "Gareth Pugh", MENTOR, "City of Cardiff Council", "Head of Digital",
        grade=2, nation="Wales", region="Wales", council=True,
    ),
    _known("Ruth Adeyemi", FACILITATOR, PARTNERS[0], "Lead Facilitator", woman=True),
    _known("Anneke de Vries", "anneke.devries@vdg.example", ABROAD, "Programme Lead", woman=True, nation="",
           time_zone="Europe/Amsterdam"),
    _known("Daniel Reid", COACH, PARTNERS[2], "Executive Coach", nation="Scotland"),
    _known("Amara Okafor", AMARA, PARTNERS[22], "Coach", woman=True),
    _known("Ffion Morgan", FFION, PARTNERS[22], "Coach", woman=True, nation="Wales"),
    _known("Niamh Gallagher", NIAMH, PARTNERS[22], "Coach", woman=True, nation="Northern Ireland"),
    _known("Helen Marsh", HELEN, PARTNERS[22], "Coach", woman=True),
)  # fmt: skip


def invent(rng: Random, councils: Sequence[NewOrganisation], number: int) -> list[Somebody]:
    """``number`` people, those we know by name first: four fifths in councils, some with a partner each."""
    people = list(KNOWN)
    taken = {each.address for each in people}
    domains = _domains(councils)
    for partner in PARTNERS[:FACILITATORS]:
        people.append(_one(rng, taken, partner, names.plain(partner), "England", "", jobs=("Facilitator",), grade=2))
    while len(people) < number:
        luck = rng.random()
        if luck < 0.87:
            at = rng.choice(councils)
            nation, region = at.nation, at.region
            people.append(_one(rng, taken, at.name, domains[at.name], nation, region, council=True))
        elif luck < 0.97:
            body, nation, region = rng.choice(PUBLIC_BODIES)
            people.append(_one(rng, taken, body, names.plain(body), nation, region))
        else:
            partner = rng.choice(PARTNERS)
            jobs = ("Account Director", "Consultant", "Public Sector Lead")
            people.append(_one(rng, taken, partner, names.plain(partner), "England", "", jobs=jobs))
    return people


def _one(
    rng: Random,
    taken: set[str],
    organisation: str,
    domain: str,
    nation: str,
    region: str,
    *,
    council: bool = False,
    jobs: Sequence[str] = (),
    grade: int | None = None,
) -> Somebody:
    woman = rng.random() < 0.52
    name = names.full_name(rng, nation, woman=woman)
    mailbox, number = names.mailbox(name), 2
    address = f"{mailbox}@{domain}.example"
    while address in taken:
        address = f"{mailbox}{number}@{domain}.example"
        number += 1
    taken.add(address)
    level = rng.choices((0, 1, 2), (50, 35, 15))[0] if grade is None else grade
    return Somebody(
        name=name,
        address=address,
        organisation=organisation,
        job_title=rng.choice(jobs or JOBS[level]),
        grade=level,
        woman=woman,
        nation=nation,
        region=region,
        council=council,
        known_for=rng.choice((400, 520, 700, 900)),
    )


def _domains(councils: Sequence[NewOrganisation]) -> dict[str, str]:
    """``essex`` of Essex County Council: a mail domain of its own for each."""
    found: dict[str, str] = {}
    for council in councils:
        short = names.plain(council.short_name or council.name).removeprefix("city-of-").removesuffix("-city")
        found[council.name] = short if short not in found.values() else names.plain(council.name)
    return found


class Cast:
    """Chooses people for cohorts: from the region first, nobody twice in a programme or in two places on one day."""

    def __init__(self, people: Iterable[Somebody]) -> None:
        everybody = list(people)
        apart = {each.address for each in KNOWN}
        self.known = {each.address: each for each in everybody}
        self.facilitators = [self.known[FACILITATOR]] + [each for each in everybody if each.job_title == "Facilitator"]
        partners = set(PARTNERS)
        self._pool = [each for each in everybody if each.address not in apart and each.organisation not in partners]
        self._busy: dict[str, set[date]] = {}
        self._done: dict[str, set[str]] = {}

    def choose(
        self,
        rng: Random,
        number: int,
        *,
        programme: str,
        days: Sequence[date],
        region: str = "",
        nation: str = "",
        women: bool = False,
        councils: bool = False,
        grades: tuple[int, ...] = (0, 1, 2),
        once: bool = True,
        must: Sequence[str] = (),
    ) -> list[Somebody]:
        """Up to ``number`` people who are free on ``days``; ``must`` come first. Whoever is chosen is busy then."""
        done = self._done.setdefault(programme, set())
        wanted = set(days)
        free = [
            each
            for each in self._pool
            if each.grade in grades
            and (each.woman or not women)
            and (each.council or not councils)
            and (not nation or each.nation == nation)
            and (not once or each.address not in done)
            and wanted.isdisjoint(self._busy.get(each.address, ()))
        ]
        near = [each for each in free if region and each.region.casefold() == region.casefold()]
        rest = max(0, number - len(must))
        chosen = rng.sample(near, min(len(near), rest * 7 // 10))
        there = {each.address for each in chosen}
        others = [each for each in free if each.address not in there]
        chosen += rng.sample(others, min(len(others), rest - len(chosen)))
        rng.shuffle(chosen)
        found = [self.known[address] for address in must] + chosen
        for each in found:
            self._busy.setdefault(each.address, set()).update(wanted)
            done.add(each.address)
        return found
