"""Calendars that people subscribe to, single events as files, and answers to invites."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts import queries as accounts
from academy.errors import NotFound
from academy.invites import feeds, ical, queries, service, times
from academy.invites import frozen as frozen  # teaches the outbox to write invites
from academy.invites.feeds import feed_response
from academy.invites.queries import Event
from academy.invites.tables import Reply
from academy.settings import Settings
from academy.web.access import Who
from academy.web.forms import Reader, read_form
from academy.web.pages import download, redirect

REFRESH = timedelta(hours=1)
_ANSWERS = {
    Reply.ACCEPTED: "Thank you. You said that you will be there.",
    Reply.TENTATIVE: "Thank you. You said that you may be there.",
    Reply.DECLINED: "Thank you for telling us that you cannot be there. You keep your place in the cohort.",
}


@get("/feeds/{name:str}", who=Who.LINK_HOLDER)
async def feed(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """A person's own calendar, ``/feeds/<secret>.ics``. An unknown or withdrawn secret looks like no page at all."""
    secret, dot, ending = name.rpartition(".")
    owner = await accounts.feed_owner(secret) if (dot, ending) == (".", "ics") else None
    if owner is None:
        raise NotFound
    found = await queries.calendar_of(owner, now=clock.now())
    settings: Settings = request.app.state.settings
    octets = _octets(found.events, name=f"{settings.organisation}: my sessions", settings=settings)
    return feed_response(request, octets, found.changed_at)


@get("/events/{event:uuid}/event.ics", who=Who.SIGNED_IN)
async def single(request: Request[Any, Any, Any], event: FromPath[UUID]) -> Response[bytes]:
    """One event out of the person's own calendar, as a file."""
    found = await queries.event_of(UUID(request.user.person), event)
    octets = _octets([found], name=found.title, settings=request.app.state.settings)
    return download(octets, name="session.ics", media_type=feeds.MEDIA_TYPE)


@post("/events/{event:uuid}/reply", who=Who.SIGNED_IN)
async def reply(request: Request[Any, Any, Any], event: FromPath[UUID]) -> Response[Any]:
    """The person's answer: ``reply`` is accepted, tentative or declined; ``back`` the page to return to."""
    fields = await read_form(request)
    reader = Reader(fields)
    answer = reader.one_of("reply", [each.value for each in _ANSWERS], "Choose whether you will be there.")
    note = reader.text("note", most=300, label="The note")
    reader.done()
    await service.reply(event, UUID(request.user.person), Reply(answer), now=clock.now(), note=note)
    return redirect(fields.get("back", "/home"), said=_ANSWERS[Reply(answer)])


def _octets(events: list[Event], *, name: str, settings: Settings) -> bytes:
    return ical.feed(
        [queries.in_calendar(each) for each in events],
        name=name,
        zone=times.UK,
        refresh=REFRESH,
        organiser=ical.Person(settings.mail_from, "Leadership Academy"),
    )


routes = [feed, single, reply]
