"""Coaching for coordinators, page by page."""

from __future__ import annotations

from typing import Any

from cohorts.coaching.desk import web_away, web_booking, web_coaches, web_cohort, web_person, web_rules, web_sessions

routes: list[Any] = [
    *web_rules.routes,
    *web_coaches.routes,
    *web_away.routes,
    *web_cohort.routes,
    *web_person.routes,
    *web_sessions.routes,
    *web_booking.routes,
]
