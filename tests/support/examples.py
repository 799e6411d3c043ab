"""How many examples hypothesis tries: few with every change, many at night with ``--hypothesis-profile nightly``.

A test that needs another number than a hundred says so: ``@examples(60)``. No example is timed: the machine may be
busy with something else.
"""

from collections.abc import Iterable
from typing import Any

from hypothesis import HealthCheck, settings

EVERYDAY = 100


def register() -> None:
    """Called once, before any test is read."""
    for profile, number in (("everyday", EVERYDAY), ("nightly", EVERYDAY * 20)):
        settings.register_profile(
            profile, max_examples=number, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        )
    settings.load_profile("everyday")


def examples(number: int, *, suppress_health_check: Iterable[HealthCheck] = (), **options: Any) -> settings:
    """That many examples, twenty times as many at night. ``options`` go to hypothesis."""
    return settings(
        max_examples=number * settings.default.max_examples // EVERYDAY,
        suppress_health_check=[HealthCheck.too_slow, *suppress_health_check],
        **options,
    )
