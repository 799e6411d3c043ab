"""The pages of pairings, gathered."""

from __future__ import annotations

from typing import Any

from mentoring.pairings import mine as mine  # puts cards on /mentoring and Home
from mentoring.pairings import web_ending, web_meetings, web_pairing, web_proposals, web_staff

routes: list[Any] = [
    *web_proposals.routes,
    *web_pairing.routes,
    *web_meetings.routes,
    *web_ending.routes,
    *web_staff.routes,
]
