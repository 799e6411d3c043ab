"""The verbs of programmes and sponsors. Each is one transaction with one line in the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import ChangedMeanwhile, NotFound
from academy.programmes import queries, rules
from academy.programmes.rules import Logo as Logo
from academy.programmes.rules import ProgrammeDetails as ProgrammeDetails
from academy.programmes.rules import SponsorshipDetails as SponsorshipDetails
from academy.programmes.tables import Programme, ProgrammeStatus, Sponsorship


# -------------------------------------------------------------- programmes
async def create_programme(details: ProgrammeDetails, *, actor: Actor, now: datetime) -> UUID:
    """A draft that only coordinators see. Its address comes from its name and stays when the name changes."""
    async with database.transaction():
        slug = await _free_slug(details.name)
        programme = Programme(slug=slug, created_at=now, **msgspec.structs.asdict(details))
        await Programme.insert(programme)
        await audit.record(
            "programme.create", _about(programme.id, details.name), actor=actor, now=now, after=_values(details)
        )
    return programme.id


async def change_programme(
    programme: UUID, details: ProgrammeDetails, *, version: int, actor: Actor, now: datetime
) -> None:
    """Save all details. Raises ChangedMeanwhile if another version than ``version`` is there by now, and NotFound."""
    async with database.transaction():
        row = await _locked(programme)
        if row["version"] != version:
            raise ChangedMeanwhile("Somebody else saved this programme while you had it open. Nothing was changed.")
        wanted = _values(details)
        before, after = audit.changed(row, wanted)
        if not after:
            return
        await Programme.update({**wanted, "version": version + 1}).where(Programme.id == programme)
        await audit.record(
            "programme.change", _about(programme, details.name), actor=actor, now=now, before=before, after=after
        )


async def publish(programme: UUID, *, actor: Actor, now: datetime) -> None:
    """Show it to everyone. Raises CannotPublish with what is missing. An archived one comes back the same way."""
    async with database.transaction():
        row = await _locked(programme)
        reason = rules.why_not_publish(status=row["status"], summary=row["summary"], description=row["description"])
        if reason:
            raise rules.CannotPublish(reason)
        await _move(row, ProgrammeStatus.PUBLISHED, actor=actor, now=now)


async def archive(programme: UUID, *, actor: Actor, now: datetime) -> None:
    """Take it off the public pages. Its cohorts go on. Raises ForbiddenMove if it is archived already."""
    async with database.transaction():
        await _move(await _locked(programme), ProgrammeStatus.ARCHIVED, actor=actor, now=now)


async def _move(row: dict[str, Any], to: ProgrammeStatus, *, actor: Actor, now: datetime) -> None:
    status = ProgrammeStatus(row["status"])
    rules.move(status, to)
    await Programme.update({Programme.status: to.value, Programme.version: row["version"] + 1}).where(
        Programme.id == row["id"]
    )
    verb = "programme.publish" if to is ProgrammeStatus.PUBLISHED else "programme.archive"
    await audit.record(
        verb,
        _about(row["id"], row["name"]),
        actor=actor,
        now=now,
        before={"status": status.value},
        after={"status": to.value},
    )


async def _locked(programme: UUID) -> dict[str, Any]:
    await database.lock(f"programme:{programme}")
    row = await queries.by_id(programme)
    if row is None:
        raise NotFound
    return row


async def _free_slug(name: str) -> str:
    await database.lock("programme slugs")
    wanted = rules.slug(name)
    rows = await Programme.select(Programme.slug).where(Programme.slug.like(f"{wanted[:70]}%"))
    return rules.free_slug(wanted, {row["slug"] for row in rows} | rules.RESERVED_SLUGS)


def _about(programme: UUID, name: str) -> About:
    return About("programme", programme, name)


def _values(details: ProgrammeDetails) -> dict[Any, Any]:
    return {**msgspec.structs.asdict(details), "kind": details.kind.value}


# ---------------------------------------------------------------- sponsors
async def add_sponsorship(programme: UUID, details: SponsorshipDetails, *, actor: Actor, now: datetime) -> UUID:
    """A partner supports a programme from a day to a day. Raises BadSponsorship and NotFound."""
    rules.check_dates(from_on=details.from_on, to_on=details.to_on)
    async with database.transaction():
        row = await _locked(programme)
        made = Sponsorship(
            programme=programme,
            organisation=details.organisation,
            role=details.role,
            from_on=details.from_on,
            to_on=details.to_on,
            web_address=details.web_address,
            **_logo_values(details.logo),
        )
        try:
            async with database.transaction():
                await Sponsorship.insert(made)
        except database.BrokenLink as error:
            raise rules.BadSponsorship("Choose an organisation from the list.") from error
        await audit.record(
            "programme.add_sponsor",
            _about(programme, row["name"]),
            actor=actor,
            now=now,
            after={
                "organisation": str(details.organisation),
                "role": details.role,
                "from_on": details.from_on,
                "to_on": details.to_on,
            },
        )
    return made.id


async def end_sponsorship(sponsorship: UUID, *, on: date, actor: Actor, now: datetime) -> None:
    """``on`` is its last day. What was shown until then stays in the history. Raises BadSponsorship and NotFound."""
    async with database.transaction():
        row = await _sponsorship(sponsorship)
        rules.check_dates(from_on=row["from_on"], to_on=on)
        await Sponsorship.update({Sponsorship.to_on: on}).where(Sponsorship.id == sponsorship)
        await audit.record(
            "programme.end_sponsor",
            About("sponsorship", sponsorship, row["organisation_name"]),
            actor=actor,
            now=now,
            before={"to_on": row["to_on"]},
            after={"to_on": on},
        )


async def set_logo(sponsorship: UUID, logo: Logo, *, actor: Actor, now: datetime) -> None:
    """Put a logo in the place of the one that was there. Raises BadLogo and NotFound."""
    values = _logo_values(logo)
    async with database.transaction():
        row = await _sponsorship(sponsorship)
        await Sponsorship.update(values).where(Sponsorship.id == sponsorship)
        await audit.record(
            "programme.set_logo",
            About("sponsorship", sponsorship, row["organisation_name"]),
            actor=actor,
            now=now,
            before={"logo_type": row["logo_type"], "logo_alt": row["logo_alt"]},
            after={"logo_type": logo.media_type, "logo_alt": logo.alt, "octets": len(logo.content)},
        )


def _logo_values(logo: Logo | None) -> dict[Any, Any]:
    if logo is None:
        return {}
    if not logo.alt:
        raise rules.BadLogo("Describe the logo for people who can't see it.")
    return {"logo": logo.content, "logo_type": rules.logo_type(logo.content), "logo_alt": logo.alt}


async def _sponsorship(sponsorship: UUID) -> dict[str, Any]:
    row = await queries.sponsorship(sponsorship)
    if row is None:
        raise NotFound
    return row
