"""Award certificates once, correct or revoke them, and make alumni of who completed something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.alumni import queries, rules
from academy.alumni.queries import CertificateFacts
from academy.alumni.rules import Award
from academy.alumni.tables import Alumnus, Certificate, CertificateState, Completion
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import NotFound
from academy.invites.times import uk_date
from academy.outbox import service as outbox
from academy.people.queries import Contact, contacts
from academy.people.tables import Person

CHUNK = 500


class RegisterNow(msgspec.Struct, frozen=True):
    """What the registers say of somebody now: minutes attended, and compulsory sessions that were held without them."""

    minutes: int
    missed_compulsory: list[str]


async def record_completions(
    awards: Sequence[Award], *, organisation: str, actor: Actor, now: datetime
) -> list[CertificateFacts]:
    """Record who completed a cohort: completion, certificate, alumnus, mail. Returns the new certificates.

    Who is on record for the cohort already gets nothing again, and nothing of theirs changes. All awards are of one
    cohort; the words of the awards and each person's present name are kept for ever.
    """
    if not awards:
        return []
    cohort = awards[0].cohort_id
    async with database.transaction():
        await database.lock(f"completions:{cohort}")
        known = await queries.completed_by(cohort)
        new = list({award.person: award for award in awards if award.person not in known}.values())
        if not new:
            return []
        reach = await contacts([award.person for award in new])
        names = await _names([award.person for award in new])
        completions = [_completion(award, now) for award in new]
        rows = [
            _certificate(award, completion, name=names[award.person], organisation=organisation, now=now)
            for award, completion in zip(new, completions, strict=True)
        ]
        await database.insert(completions)
        await database.insert(rows)
        await _make_alumni(new)
        issued = [_facts(*three) for three in zip(rows, completions, new, strict=True)]
        await outbox.queue_many([letter(one, reach[one.person]) for one in issued if one.person in reach], now=now)
        await audit.record_all([_noted("certificate.issue", one, actor=actor, now=now) for one in issued])
        return issued


async def compare_with_registers(
    cohort: UUID, now_attended: Mapping[UUID, RegisterNow], *, now: datetime
) -> list[UUID]:
    """Flag the valid certificates of these people that the registers no longer bear out; take the flag off where they
    agree again. Returns the certificates that now need a decision."""
    flagged = []
    held = await queries.certificates_of_cohort(cohort)
    for person, register in now_attended.items():
        certificate = held.get(person)
        if certificate is None or not certificate.valid:
            continue
        why = rules.corrected(
            certificate_minutes=certificate.contact_minutes,
            register_minutes=register.minutes,
            missed_compulsory=register.missed_compulsory,
            on=now,
        )
        if why:
            flagged.append(certificate.id)
        if why != certificate.needs_decision:
            await Certificate.update({Certificate.needs_decision: why}).where(Certificate.id == certificate.id)
    return flagged


async def keep(certificate: UUID, *, actor: Actor, now: datetime) -> None:
    """Decide that a flagged certificate stands as it is."""
    async with database.transaction():
        found = await _locked(certificate)
        await Certificate.update({Certificate.needs_decision: ""}).where(Certificate.id == certificate)
        await audit.record(
            "certificate.keep", about(found), actor=actor, now=now, person=found.person, note=found.needs_decision
        )


async def reissue(
    certificate: UUID, *, name: str, contact_minutes: int, cpd_minutes: int, actor: Actor, now: datetime
) -> CertificateFacts:
    """Replace a certificate by one with a corrected name or hours, awarded on the same day; tell its holder.

    The old code says that it was replaced. Raises NotFound, CertificateEnded.
    """
    async with database.transaction():
        old = await _locked(certificate)
        rules.move(old.state, CertificateState.SUPERSEDED)
        number, code, key = rules.new_number(old.awarded_on.year), rules.new_code(), uuid4()
        await Certificate.update(
            {
                Certificate.state: CertificateState.SUPERSEDED,
                Certificate.ended_at: now,
                Certificate.replaced_by: key,
                Certificate.needs_decision: "",
            }
        ).where(Certificate.id == old.id)
        fresh = msgspec.structs.replace(
            old,
            id=key,
            number=number,
            code=code,
            holder_name=name,
            contact_minutes=contact_minutes,
            cpd_minutes=cpd_minutes,
            issued_at=now,
            needs_decision="",
        )
        await Certificate.insert(_row(fresh))
        before, after = audit.changed(_said(old), _said(fresh))
        await audit.record(
            "certificate.reissue", about(fresh), actor=actor, now=now, person=old.person, before=before, after=after
        )
        reach = await contacts([old.person])
        if old.person in reach:
            await outbox.queue_many([letter(fresh, reach[old.person])], now=now)
        return fresh


async def revoke(certificate: UUID, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a certificate back; its public page says so, without the reason. Raises NotFound, CertificateEnded."""
    async with database.transaction():
        found = await _locked(certificate)
        await Certificate.update(
            {
                Certificate.state: rules.move(found.state, CertificateState.REVOKED),
                Certificate.ended_at: now,
                Certificate.end_reason: reason,
                Certificate.needs_decision: "",
            }
        ).where(Certificate.id == certificate)
        await audit.record("certificate.revoke", about(found), actor=actor, now=now, person=found.person, note=reason)


def about(certificate: CertificateFacts) -> About:
    return About("certificate", certificate.id, f"{certificate.number}, {certificate.title}"[:200])


def letter(certificate: CertificateFacts, to: Contact) -> outbox.Letter:
    """The mail that brings a certificate: a link and no file, so that nothing of it lies in mailboxes and queues."""
    return outbox.Letter(
        kind="certificate",
        key=f"certificate:{certificate.id}",
        to=to,
        context={
            "cohort": certificate.title,
            "number": certificate.number,
            "awarded_on": uk_date(certificate.awarded_on),
            "contact_hours": rules.hours(certificate.contact_minutes) if certificate.contact_minutes else "",
            "cpd_hours": rules.hours(certificate.cpd_minutes) if certificate.cpd_minutes else "",
            "verify_path": certificate.verify_path,
        },
        about=about(certificate),
    )


# ------------------------------------------------------------------- rows
async def _locked(certificate: UUID) -> CertificateFacts:
    await database.lock(f"certificate:{certificate}")
    found = await queries.certificate(certificate)
    if found is None:
        raise NotFound
    return found


async def _names(people: Sequence[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for start in range(0, len(people), CHUNK):
        rows = await Person.select(Person.id, Person.name).where(Person.id.is_in(list(people[start : start + CHUNK])))
        found |= {row["id"]: row["name"] for row in rows}
    return found


async def _make_alumni(awards: Sequence[Award]) -> None:
    rows = [Alumnus(person=award.person, since_on=award.completed_on) for award in awards]
    await database.insert(rows, unless=Alumnus.person)


def _completion(award: Award, now: datetime) -> Completion:
    return Completion(
        person=award.person,
        programme_id=award.programme_id,
        programme_name=award.programme_name,
        cohort_id=award.cohort_id,
        cohort_name=award.cohort_name,
        cohort_code=award.cohort_code,
        contact_minutes=award.contact_minutes,
        cpd_minutes=award.cpd_minutes,
        completed_on=award.completed_on,
        recorded_at=now,
    )


def _certificate(award: Award, completion: Completion, *, name: str, organisation: str, now: datetime) -> Certificate:
    return Certificate(
        completion=completion.id,
        number=rules.new_number(award.awarded_on.year),
        code=rules.new_code(),
        state=CertificateState.VALID,
        holder_name=name,
        title=rules.title(award.programme_name, award.cohort_name),
        organisation_name=organisation[:200],
        sponsor_line=award.sponsor_line[:200],
        contact_minutes=award.contact_minutes,
        cpd_minutes=award.cpd_minutes,
        awarded_on=award.awarded_on,
        issued_at=now,
    )


def _facts(row: Certificate, completion: Completion, award: Award) -> CertificateFacts:
    return CertificateFacts(
        id=row.id,
        person=award.person,
        completion=completion.id,
        number=row.number,
        code=row.code,
        state=CertificateState(row.state),
        holder_name=row.holder_name,
        title=row.title,
        programme_name=award.programme_name,
        cohort_name=award.cohort_name,
        cohort_id=award.cohort_id,
        cohort_code=award.cohort_code,
        organisation_name=row.organisation_name,
        sponsor_line=row.sponsor_line,
        contact_minutes=row.contact_minutes,
        cpd_minutes=row.cpd_minutes,
        completed_on=award.completed_on,
        awarded_on=row.awarded_on,
        issued_at=row.issued_at,
        needs_decision="",
        ended_at=None,
        end_reason="",
        replaced_by=None,
    )


def _row(facts: CertificateFacts) -> Certificate:
    return Certificate(
        id=facts.id,
        completion=facts.completion,
        number=facts.number,
        code=facts.code,
        state=facts.state,
        holder_name=facts.holder_name,
        title=facts.title,
        organisation_name=facts.organisation_name,
        sponsor_line=facts.sponsor_line,
        contact_minutes=facts.contact_minutes,
        cpd_minutes=facts.cpd_minutes,
        awarded_on=facts.awarded_on,
        issued_at=facts.issued_at,
    )


def _said(facts: CertificateFacts) -> dict[str, object]:
    return {
        "number": facts.number,
        "holder_name": facts.holder_name,
        "contact_minutes": facts.contact_minutes,
        "cpd_minutes": facts.cpd_minutes,
    }


def _noted(verb: str, facts: CertificateFacts, *, actor: Actor, now: datetime) -> dict[str, Any]:
    return audit.entry(verb, about(facts), actor=actor, now=now, person=facts.person, after=_said(facts))
