"""What a run is given: everything that is known of a round, frozen, in an order that no database decides."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

import msgspec

from academy import database
from mentoring.matching.criteria import Mode
from mentoring.matching.people import Earlier, Ended, Pair, Pool
from mentoring.matching.worker import Request
from mentoring.pairings import queries as pairings
from mentoring.pairings.tables import PairingStatus
from mentoring.profiles import queries as profiles
from mentoring.runs.tables import HoldKind


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """A request for the matching, and what its ids stand for here."""

    request: Request
    criteria_number: int
    mentor_profiles: dict[str, UUID]
    """The profile of each mentor, by the person's id."""
    mentee_profiles: dict[str, UUID]

    @property
    def cells(self) -> int:
        """Pairs to look at: how much work it is."""
        return len(self.request.pool.mentors) * len(self.request.pool.mentees)


_HOLDS = database.compiled_sql("""
    SELECT h.mentor_profile, h.mentee_profile, h.kind, t.person AS mentor, s.person AS mentee
    FROM hold h JOIN mentor_profile t ON t.id = h.mentor_profile JOIN mentee_profile s ON s.id = h.mentee_profile
    WHERE h.round = :round ORDER BY h.held_at, h.id
""")


async def of_round(
    round: UUID, *, mode: Mode | None = None, seed: int = 0, previous: tuple[Pair, ...] = (), now: datetime
) -> Inputs:
    """What the next run of a round is given. Who has a pairing is left alone, and so is their mentor's place. Who has
    completed theirs has had what they asked for.

    Who said no to somebody, or did not answer, is not asked for the same person again in this round.
    Raises NotFound.
    """
    version = await profiles.criteria(round)
    criteria = version.criteria if mode is None else msgspec.structs.replace(version.criteria, mode=mode)
    settled = await pairings.settled(round)
    history: dict[UUID, list[Earlier]] = {}
    said_no: list[Pair] = []
    for each in await pairings.history(round):
        if each.status in (PairingStatus.DECLINED, PairingStatus.EXPIRED):
            if each.round == round:
                said_no.append(Pair(str(each.mentor), str(each.mentee)))
            continue
        ended = Ended.BADLY if each.status is PairingStatus.ENDED_EARLY else Ended.COMPLETED
        ended = Ended.GO_ON if ended is Ended.COMPLETED and each.both_again else ended
        history.setdefault(each.mentee, []).append(Earlier(mentor=str(each.mentor), ended=ended))
    facts = await profiles.pool(
        round,
        now=now,
        taken=await pairings.places_taken(round),
        history={person: tuple(sorted(found, key=_order)) for person, found in history.items()},
        left_out=settled,
        let_down=await pairings.let_down(round),
    )
    held: dict[HoldKind, list[Pair]] = {HoldKind.PINNED: [], HoldKind.RULED_OUT: []}
    for row in await _HOLDS.run(round=round):
        held[HoldKind(row["kind"])].append(Pair(str(row["mentor"]), str(row["mentee"])))
    request = Request(
        pool=facts.pool.in_order(),
        criteria=criteria,
        pins=_there(held[HoldKind.PINNED], facts.pool),
        ruled_out=_there([*held[HoldKind.RULED_OUT], *said_no], facts.pool),
        previous=_there(previous, facts.pool),
        seed=seed,
    )
    return Inputs(
        request=request,
        criteria_number=version.number,
        mentor_profiles=facts.mentor_profiles,
        mentee_profiles=facts.mentee_profiles,
    )


def _order(each: Earlier) -> tuple[str, str]:
    return each.mentor, each.ended


def as_json(request: Request) -> str:
    """As it is stored with the run."""
    return msgspec.json.encode(request, order="deterministic").decode()


def hash_of(stored: str) -> str:
    """By which one sees that two runs were given the same."""
    return hashlib.sha256(stored.encode()).hexdigest()


def _there(pairs: list[Pair] | tuple[Pair, ...], pool: Pool) -> tuple[Pair, ...]:
    """Those of whom both are in the pool, each once, in order."""
    mentors, mentees = {one.id for one in pool.mentors}, {one.id for one in pool.mentees}
    return tuple(sorted({each for each in pairs if each.mentor in mentors and each.mentee in mentees}))
