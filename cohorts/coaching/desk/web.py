"""Coaching for coordinators, page by page."""

from __future__ import annotations

from typing import Any

from cohorts.coaching.desk import web_coaches, web_cohort, web_rules

routes: list[Any] = [*web_rules.routes, *web_coaches.routes, *web_cohort.routes]
