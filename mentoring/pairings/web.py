"""The pages of pairings, gathered."""

from __future__ import annotations

from typing import Any

from mentoring.pairings import web_proposals

routes: list[Any] = [*web_proposals.routes]
