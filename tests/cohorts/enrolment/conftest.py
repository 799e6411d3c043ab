"""What the tests of enrolment share."""

from tests.support.client import _signing_key, app, client

__all__ = ["_signing_key", "app", "client"]
