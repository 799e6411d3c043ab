"""A certificate for servers of calendars, made once."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.calendar_server import Certificate


@pytest.fixture(scope="session")
def certificates() -> Iterator[Path]:
    """A folder for certificates."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not there to make a certificate")
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def certificate(certificates: Path) -> Certificate:
    """The certificate of calendar.example.org."""
    return Certificate(certificates)
