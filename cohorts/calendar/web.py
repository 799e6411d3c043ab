"""The public pages: the calendar and its feed, programmes, one programme, one cohort."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from academy import clock
from academy.errors import NotFound
from academy.invites import ical, times
from academy.invites.feeds import feed_response
from academy.invites.filters import minutes, span
from academy.programmes import queries as programme_queries
from academy.settings import Settings
from academy.web.access import Who
from academy.web.pages import page
from academy.web.words import counted
from cohorts.calendar import queries, rules
from cohorts.calendar.queries import CohortPage, Listed
from cohorts.enrolment.rules import CohortFacts, why_not_register
from cohorts.schedule.rules import stage
from cohorts.schedule.tables import CohortStatus, Format

REFRESH = timedelta(hours=6)


@get("/", who=Who.ANYONE)
async def calendar(request: Request[Any, Any, Any]) -> Response[Any]:
    """What is on, filtered by the address."""
    now = clock.now()
    view = rules.view(request.query_params)
    rows = await queries.listed(view, now=now)
    total = rows[0].total if rows else 0
    return page(
        request,
        "cohorts/calendar/calendar.html",
        section="Calendar",
        view=view,
        months=by_month(rows, now),
        total=total,
        pages=-(-total // rules.PAGE) or 1,
        regions=[("", "All regions"), *((name, name) for name in await queries.regions())],
        kinds=list(rules.KINDS.items()),
        formats=list(rules.FORMATS.items()),
        feed=f"{_address(request)}/calendar.ics{view.query(when='')}",
    )


@get("/calendar.ics", who=Who.ANYONE)
async def calendar_feed(request: Request[Any, Any, Any]) -> Response[Any]:
    """The same view for people's own calendars. No names, no links to join."""
    settings: Settings = request.app.state.settings
    view = rules.view(request.query_params)
    events = await queries.feed_events(view, now=clock.now())
    octets = ical.feed(
        [_event(event, settings.address) for event in events],
        name=rules.name(view, "Leadership Academy"),
        zone="Europe/London",
        refresh=REFRESH,
    )
    changed = max((event.changed_at for event in events), default=None)
    return feed_response(request, octets, last_modified=changed, public=True)


@get("/programmes", who=Who.ANYONE)
async def programmes(request: Request[Any, Any, Any]) -> Response[Any]:
    """Every programme, by kind."""
    found = await queries.programmes(now=clock.now())
    groups = [(text, [one for one in found if one["kind"] == kind]) for kind, text in rules.KINDS.items()]
    return page(
        request,
        "cohorts/calendar/programmes.html",
        section="Programmes",
        groups=[group for group in groups if group[1]],
    )


@get("/programmes/{slug:str}", who=Who.ANYONE)
async def programme(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    """What a programme is, who it is for, and its cohorts."""
    now = clock.now()
    found = await queries.programme(slug)
    if found is None:
        raise NotFound("We can't find that programme. See all programmes on the calendar.")
    cohorts = await queries.cohorts_of_programme(found["id"])
    return page(
        request,
        "cohorts/calendar/programme.html",
        section="Programmes",
        programme=found,
        facts=programme_facts(found),
        sponsors=await programme_queries.current_sponsors(found["id"], on=times.utc_to_local(now).date()),
        coming=[line(one, now) for one in reversed(cohorts) if one.ends_at >= now],
        past=[line(one, now) for one in cohorts if one.ends_at < now][:10],
    )


@get("/cohorts/{code:str}", who=Who.ANYONE)
async def cohort(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """One cohort: what, who for, dates, place, sponsor, places left. Coordinators see it before it is published."""
    now = clock.now()
    found = await queries.cohort_page(code)
    visitor = request.scope.get("user")
    if found is None or (found.published_at is None and not (visitor and visitor.coordinator)):
        raise NotFound("We can't find that cohort. It may have moved: look for it in the calendar.")
    sessions = await queries.sessions(found.id)
    return page(
        request,
        "cohorts/calendar/cohort.html",
        section="Calendar",
        cohort=found,
        sessions=sessions,
        kind=rules.KINDS[found.kind],
        facts=cohort_facts(found, sessions=sum(one["status"] == "planned" for one in sessions)),
        stage=tag(found, now),
        places=places_in_words(found),
        why_not=why_not_register(_facts(found), now=now),
        full=found.taken >= found.capacity,
        draft=found.published_at is None,
    )


class Line(msgspec.Struct, frozen=True):
    """A cohort in a list, with its words."""

    cohort: Listed
    kind: str
    format: str
    stage: rules.Tag
    places: str


def line(one: Listed, now: datetime) -> Line:
    return Line(one, rules.KINDS[one.kind], rules.FORMATS[one.format], tag(one, now), places_in_words(one))


def tag(one: Listed | CohortPage, now: datetime) -> rules.Tag:
    """How far the cohort is, for everyone."""
    return rules.TAGS[stage(one, now)]


def places_in_words(one: Listed | CohortPage) -> str:
    return rules.places_in_words(one.capacity, taken=one.taken, waiting=one.waiting)


def by_month(rows: list[Listed], now: datetime) -> list[tuple[str, list[Line]]]:
    """The rows under the month in which they start, as given; what runs already under a heading of its own."""
    months: dict[str, list[Line]] = {}
    for one in rows:
        running = one.starts_at <= now < one.ends_at
        heading = "Running now" if running else times.utc_to_local(one.starts_at, one.zone).strftime("%B %Y")
        months.setdefault(heading, []).append(line(one, now))
    return list(months.items())


def programme_facts(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What the side of a programme's page lists."""
    needed = found["sessions_needed"]
    facts = [
        ("Kind", rules.KINDS[found["kind"]]),
        ("Who it is for", found["audience"]),
        ("Contact time", minutes(found["contact_minutes"]) if found["contact_minutes"] else ""),
        ("CPD", minutes(found["cpd_minutes"]) if found["cpd_minutes"] else ""),
        ("To complete", f"Attend {counted(needed, 'session')} or more" if needed else "Attend every session"),
    ]
    return [fact for fact in facts if fact[1]]


def cohort_facts(found: CohortPage, *, sessions: int) -> list[tuple[str, str]]:
    """What the page of a cohort lists first: when, where, for whom, how long."""
    virtual = found.format == Format.VIRTUAL
    where = "Online. The link is in your calendar invite." if virtual else found.venue
    if found.format == Format.HYBRID:
        where = f"{found.venue}, or online with the link in your calendar invite"
    closes = found.registration_closes_at
    facts = [
        ("When", span(found.starts_at, found.ends_at, found.zone) if found.starts_at and found.ends_at else ""),
        ("Where", where),
        ("Region", found.region),
        ("Who it is for", found.audience),
        ("Length", minutes(found.contact_minutes) if found.contact_minutes else ""),
        ("CPD", minutes(found.cpd_minutes) if found.cpd_minutes else ""),
        ("To complete", rules.to_complete(found.sessions_needed, sessions)),
        ("Register by", times.uk_date(closes, found.zone) if closes else ""),
    ]
    return [fact for fact in facts if fact[1]]


def _facts(found: CohortPage) -> CohortFacts:
    return CohortFacts(
        status=CohortStatus(found.status),
        capacity=found.capacity,
        taken=found.taken,
        waiting=found.waiting,
        opens_at=found.registration_opens_at,
        closes_at=found.registration_closes_at,
        first_starts_at=found.starts_at,
        last_starts_at=found.last_starts_at,
        zone=found.zone,
    )


def _event(event: queries.FeedEvent, address: str) -> ical.Event:
    virtual = event.format == "virtual"
    return ical.Event(
        uid=event.uid,
        title=f"{event.cohort_name}: {event.title}" if event.title != event.cohort_name else event.title,
        starts=event.starts_at,
        ends=event.ends_at,
        zone=event.zone,
        created=event.created_at,
        changed=event.changed_at,
        sequence=event.sequence,
        description=f"{event.description}\n\n{address}/cohorts/{event.code}".strip(),
        place="Online" if virtual else event.place,
        url=f"{address}/cohorts/{event.code}",
        cancelled=event.status == "cancelled",
    )


def _address(request: Request[Any, Any, Any]) -> str:
    settings: Settings = request.app.state.settings
    return settings.address


routes = [calendar, calendar_feed, programmes, programme, cohort]
