"""What the tests of enrolment share."""

import pytest

import academy.app
from tests.support.client import _signing_key, app, client

__all__ = ["_signing_key", "app", "client"]


@pytest.fixture(autouse=True)
def _only_mine(monkeypatch):
    from academy.accounts import web as accounts
    from academy.web import static
    from cohorts.enrolment import web

    monkeypatch.setattr(academy.app, "all_routes", lambda: [*static.routes, *accounts.routes, *web.routes])
