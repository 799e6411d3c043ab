"""The pages of pairings, gathered."""

from __future__ import annotations

from typing import Any

from mentoring.pairings import web_ending, web_meetings, web_pairing, web_proposals

routes: list[Any] = [
    *web_proposals.routes,
    *web_pairing.routes,
    *web_meetings.routes,
    *web_ending.routes,
]
