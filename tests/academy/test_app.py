"""The composition of the application."""

import gc
from collections.abc import Iterator

import pytest

from academy.app import set_aside


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_was_made_at_the_start_is_not_looked_through_again() -> None:
    set_aside()

    assert len(gc.get_objects()) < 1_000


def test_without_it_every_full_collection_looks_through_all_of_the_product() -> None:
    assert len(gc.get_objects()) > 50_000
