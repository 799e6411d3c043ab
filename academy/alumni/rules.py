"""What a certificate is called, what may become of it, and how hours are said. Pure."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from uuid import UUID

import msgspec

from academy.alumni.tables import CertificateState
from academy.errors import DomainError
from academy.invites.times import uk_date

S = CertificateState

MOVES: dict[CertificateState, frozenset[CertificateState]] = {
    S.VALID: frozenset({S.SUPERSEDED, S.REVOKED}),
    S.SUPERSEDED: frozenset(),
    S.REVOKED: frozenset(),
}

CALLED: dict[str, tuple[str, str]] = {
    S.VALID: ("Valid", "green"),
    S.SUPERSEDED: ("Replaced", "yellow"),
    S.REVOKED: ("Revoked", "red"),
}
"""What people read for a state, and the colour of its tag."""

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Nothing that is read wrong: no 0 and O, 1, I and L."""

MOST_MINUTES = 2000 * 60


class CertificateEnded(DomainError):
    """The certificate was replaced or revoked; nothing more becomes of it."""


class Award(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody completed something, in the words that will stay. Durations are whole minutes."""

    person: UUID
    programme_id: UUID
    programme_name: str
    cohort_id: UUID
    cohort_name: str
    cohort_code: str
    contact_minutes: int
    """Really attended."""
    cpd_minutes: int
    completed_on: date
    """Day of the last session."""
    awarded_on: date
    sponsor_line: str = ""


def move(state: CertificateState, to: CertificateState) -> CertificateState:
    """Raises CertificateEnded."""
    if to not in MOVES[state]:
        raise CertificateEnded(f"This certificate was {CALLED[state][0].lower()} already.")
    return to


def new_number(year: int) -> str:
    """A number that people can read out, like LA-2026-7F3K-9QXW. Random, so that it tells nobody how many there are."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"LA-{year}-{drawn[:4]}-{drawn[4:]}"


def new_code() -> str:
    """128 random bits for the address of the page that checks a certificate."""
    return secrets.token_urlsafe(16)


def title(programme: str, cohort: str) -> str:
    """Programme and cohort in one line of at most 200 characters, naming the programme once."""
    if programme.casefold() in cohort.casefold():
        return cohort[:200]
    if not cohort or cohort.casefold() in programme.casefold():
        return programme[:200]
    return f"{programme}: {cohort}"[:200]


def cohort_beside(programme: str, cohort: str) -> str:
    """What is left to say of a cohort under its programme's name: ``Top Talent, Essex`` gives ``Essex``."""
    if cohort.casefold() == programme.casefold():
        return ""
    if cohort.casefold().startswith(programme.casefold()):
        rest = cohort[len(programme) :].lstrip(" ,:;–—-")
        if rest and not cohort[len(programme)].isalnum():
            return rest[0].upper() + rest[1:]
    return cohort


def hours(minutes: int) -> str:
    """``6 hours``, ``1 hour 30 minutes``, ``45 minutes``, ``none``."""
    whole, rest = divmod(minutes, 60)
    parts = [f"{whole} hour{'s' * (whole != 1)}"] * bool(whole) + [f"{rest} minute{'s' * (rest != 1)}"] * bool(rest)
    return " ".join(parts) or "none"


def corrected(*, certificate_minutes: int, register_minutes: int, missed_compulsory: list[str], on: datetime) -> str:
    """Why a certificate needs a decision after its registers were corrected; empty when both agree again."""
    parts = []
    if register_minutes != certificate_minutes:
        parts.append(
            f"the certificate says {hours(certificate_minutes)}, the registers now say {hours(register_minutes)}"
        )
    if missed_compulsory:
        parts.append(f"{' and '.join(missed_compulsory)} {'is' if len(missed_compulsory) == 1 else 'are'} compulsory")
    if not parts:
        return ""
    return f"Attendance was corrected on {uk_date(on)}: {', and '.join(parts)}."[:300]
