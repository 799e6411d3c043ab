"""The composition root: every room's routes, the guards around them, and what lives as long as the process."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin

from academy import database, scheduler
from academy.accounts import guards, links, sessions
from academy.database.secret import secret_key
from academy.invites import filters as filters  # teaches templates to write times
from academy.settings import Settings
from academy.web.csrf import CsrfMiddleware
from academy.web.failures import HANDLERS
from academy.web.safety import add_headers

SERVICE = "Leadership Academy"


class Academy(Litestar):
    """Litestar without its plugins for pydantic and attrs, whose import takes a third of our start."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


def create_app(settings: Settings, *, engine: database.Engine | None = None) -> Litestar:
    """The whole product as one ASGI application. ``engine`` is given by tests that have one open already."""
    own_engine = engine is None
    from mentoring import waiting

    used: database.Engine = database.connect(settings) if engine is None else engine
    database.use(used)
    links.use_key(secret_key(settings))

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        if own_engine:
            await database.open(used)
        app.state.scheduler = scheduler.scheduler(settings) if settings.scheduler and own_engine else None
        if app.state.scheduler is not None:
            app.state.scheduler.start()
        if own_engine:
            set_aside()
        try:
            yield
        finally:
            if app.state.scheduler is not None:
                await app.state.scheduler.stop()
            if own_engine:
                await waiting.stop()
                await database.close(used)

    return Academy(
        route_handlers=all_routes(),
        lifespan=[lifespan],
        middleware=[
            sessions.SessionMiddleware(),
            CsrfMiddleware(key=secret_key(settings), secure=settings.secure),
            guards.Gate(),
        ],
        exception_handlers={**HANDLERS, guards.SignInFirst: guards.to_sign_in},
        before_send=[add_headers],
        state=State({"settings": settings, "page_context": page_context, "engine": used}),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=2_000_000,
    )


def set_aside() -> None:
    """What was made at the start stays as long as the process. Python would look through all of it again whenever
    pages have made much, and nobody would be answered for a tenth of a second."""
    gc.collect()
    gc.freeze()


def all_routes() -> list[Any]:
    """Every room's routes. A room that is not named here cannot be reached."""
    from academy import api
    from academy.accounts import web as accounts
    from academy.alumni import web as alumni
    from academy.audit import web as audit
    from academy.home import health, home_page, organisation_pages, people_pages, person_page, today_page, web_pages
    from academy.invites import web as invites
    from academy.outbox import web as outbox
    from academy.privacy import web as privacy
    from academy.programmes import web as programmes
    from academy.web import static
    from cohorts.attendance import web as attendance
    from cohorts.calendar import web as calendar
    from cohorts.coaching.bookings import web as coaching
    from cohorts.coaching.desk import web as coaching_desk
    from cohorts.coaching.record import web as coaching_record
    from cohorts.coaching.times import web as coach_times
    from cohorts.coaching.times import web_busy as coach_calendars
    from cohorts.completion import web as completion
    from cohorts.dashboard import web_cohorts, web_mails, web_sessions, web_settings
    from cohorts.dashboard import web_overview as overview
    from cohorts.enrolment import web as enrolment
    from cohorts.schedule import web as schedule
    from mentoring.pairings import web as pairings
    from mentoring.profiles import web as profiles
    from mentoring.reports import web as mentoring_reports
    from mentoring.runs import web as runs

    return [
        *static.routes,
        *health.routes,
        *calendar.routes,
        *enrolment.routes,
        *attendance.routes,
        *coaching.routes,
        *coach_times.routes,
        *coach_calendars.routes,
        *coaching_record.routes,
        *coaching_desk.routes,
        *completion.routes,
        *alumni.routes,
        *programmes.routes,
        *schedule.routes,
        *profiles.routes,
        *pairings.routes,
        *runs.routes,
        *mentoring_reports.routes,
        *overview.routes,
        *web_cohorts.routes,
        *web_mails.routes,
        *web_sessions.routes,
        *web_settings.routes,
        *accounts.routes,
        *audit.routes,
        *home_page.routes,
        *today_page.routes,
        *people_pages.routes,
        *person_page.routes,
        *organisation_pages.routes,
        *web_pages.routes,
        *privacy.routes,
        *outbox.routes,
        *invites.routes,
        *api.routes,
        *api.routes_of_api(),
    ]


def page_context(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What every page shows: the organisation, who is signed in, and the menu for them."""
    settings: Settings = request.app.state.settings
    visitor = request.scope.get("user")
    return {
        "org": {"name": settings.organisation, "service": SERVICE},
        "user": visitor,
        "nav": menu(visitor),
        "settings_demo": settings.demo,
    }


def menu(visitor: Any) -> list[tuple[str, str]]:
    """The menu: the same words everywhere, and only what this person can open."""
    items = [("Calendar", "/"), ("Programmes", "/programmes")]
    if visitor is None:
        return items
    if visitor.coordinator:
        return [
            ("Today", "/today"),
            ("Cohorts", "/cohorts"),
            ("Programmes", "/programmes/manage"),
            ("Coaches", "/coaches"),
            ("Mentoring", "/mentoring/rounds"),
            ("People", "/people"),
            ("Outbox", "/outbox"),
            *([("Coaching", "/coach")] if visitor.coach else []),
            ("My academy", "/home"),
        ]
    if visitor.facilitator:
        items = [("My sessions", "/my-sessions"), *items]
    if visitor.coach:
        items = [("Coaching", "/coach"), *items]
    return [("Home", "/home"), *items]
