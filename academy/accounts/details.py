"""What people say about themselves, and coordinators put right for them: the same verbs, with the same audit line."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from academy import database
from academy.accounts import limits, rules
from academy.accounts.tables import AddressChange
from academy.accounts.tokens import hash_of, looks_like_one, new_secret
from academy.audit.service import About, Actor, changed, record
from academy.outbox import service as outbox
from academy.people import queries
from academy.people import service as people
from academy.people.rules import check_address
from academy.people.service import AddressTaken

CHANGE_HOURS = 24

_USE = database.compiled_sql(
    "UPDATE address_change SET confirmed_at = :now WHERE token_hash = :token AND confirmed_at IS NULL "
    "AND expires_at > :now RETURNING id, person, address",
    types={"id": UUID, "person": UUID},
)
_OPEN = database.compiled_sql(
    "SELECT address FROM address_change WHERE token_hash = :token AND confirmed_at IS NULL AND expires_at > :now"
)


async def change_details(
    person: UUID,
    *,
    name: str,
    time_zone: str,
    organisation: UUID | None,
    organisation_name: str,
    job_title: str,
    actor: Actor,
    now: datetime,
) -> bool:
    """Change name, time zone and employment; the former employment is kept. False if all is as it was.

    Raises NotAName, NotFound.
    """
    async with database.transaction():
        former = await queries.details(person)
        await people.change_person(person, name=name, time_zone=time_zone)
        await people.set_employment(
            person,
            organisation=organisation,
            organisation_name=organisation_name,
            job_title=job_title,
            on=_in_uk(now).date(),
        )
        before, after = changed(_shown(former), _shown(await queries.details(person)))
        if after:
            about = About("person", person, name)
            await record("details changed", about, actor=actor, now=now, person=person, before=before, after=after)
    return bool(after)


def _shown(details: queries.Details) -> dict[str, str]:
    job = details.job
    return {
        "name": details.name,
        "time zone": details.time_zone,
        "organisation": job.name if job else "",
        "job title": job.job_title if job else "",
    }


async def start_address_change(person: UUID, *, address: str, now: datetime) -> None:
    """Mail a link to the new address; nothing changes before it is used.

    An address that is somebody else's gets no mail, and the caller does not learn it.
    Raises NotAnAddress, and TooMany after five within an hour.
    """
    address = check_address(address)
    await limits.check("address-change", str(person), most=5, minutes=60, now=now)
    owner = await people.find(address)
    if owner is not None and owner != person:
        return
    to = await queries.contact(person)
    async with database.transaction():
        change, secret = uuid4(), new_secret()
        await AddressChange.insert(
            AddressChange(
                id=change,
                person=person,
                address=address,
                token_hash=hash_of(secret),
                created_at=now,
                expires_at=now + timedelta(hours=CHANGE_HOURS),
            )
        )
        await outbox.queue(
            "address-change-confirm",
            key=f"address-change:{change}",
            to=queries.Contact(person, to.name, address, to.time_zone),
            context={"link": f"/account/address/{secret}", "new_address": address, "hours": CHANGE_HOURS},
            about=About("person", person, to.name),
            now=now,
            deadline=now + timedelta(hours=CHANGE_HOURS),
        )


async def waiting_address(token: str, *, now: datetime) -> str | None:
    """The address that a link of ``start_address_change`` would confirm. Uses nothing up."""
    row = await _OPEN.first(token=hash_of(token), now=now) if looks_like_one(token) else None
    return None if row is None else row["address"]


async def confirm_address_change(token: str, *, now: datetime) -> str:
    """Write to the new address from now on, tell the old one, and return the new one.

    The old one stays the person's, so that its links go on working. Raises LinkUsed, AddressNotFree.
    """
    async with database.transaction():
        rows = await _USE.run(token=hash_of(token), now=now) if looks_like_one(token) else []
        if not rows:
            raise rules.LinkUsed
        person, address = rows[0]["person"], rows[0]["address"]
        former = await queries.contact(person)
        try:
            await people.add_address(person, address=address, now=now, verified=True, primary=True)
        except AddressTaken:
            raise rules.AddressNotFree from None
        if former.address == address:
            return address
        await record(
            "address changed",
            About("person", person, former.name),
            actor=Actor(person, former.name),
            now=now,
            person=person,
            before={"address": former.address},
            after={"address": address},
        )
        await outbox.queue(
            "address-changed-notice",
            key=f"address-changed:{rows[0]['id']}",
            to=former,
            context={
                "new_address_hint": rules.hint_of(address),
                "changed_at": uk_moment(now),
                "help_path": "/help",
            },
            about=About("person", person, former.name),
            now=now,
        )
    return address


def uk_moment(now: datetime) -> str:
    """An instant as in "3:20pm on 1 June 2026 (UK time)"."""
    local = _in_uk(now)
    clock = f"{local.hour % 12 or 12}:{local.minute:02}{'am' if local.hour < 12 else 'pm'}"
    return f"{clock} on {local.day} {local:%B %Y} (UK time)"


def _in_uk(now: datetime) -> datetime:
    return now.astimezone(ZoneInfo("Europe/London"))
