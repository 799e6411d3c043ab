"""What the command does around building: where it keeps the academy, what it says, and what it never touches."""

import socket
from pathlib import Path

import pytest

import academy.demo.running as running
from academy.demo import COACH, COORDINATOR, MENTOR, PARTICIPANT
from academy.demo.build import BEGUN, BUILT, build
from academy.people import service as people
from academy.settings import Settings
from tests.support.makers import a_person

SCALE = 0.01


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Builds are small ones, and counted."""
    built: list[str] = []

    async def quickly(settings, *, now, say):
        built.append(settings.address)
        await build(settings, now=now, scale=SCALE, say=say)

    monkeypatch.setattr(running, "build", quickly)
    return built


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, demo=True, base_url="http://127.0.0.1:8000")


def test_it_has_a_folder_and_an_address_of_its_own():
    found = running.demo_settings({"ACADEMY_HOST": "0.0.0.0", "ACADEMY_PORT": "8123"})

    assert (found.data_dir, found.demo) == (Path("demo-data"), True)
    assert (found.host, found.port, found.address) == ("0.0.0.0", 8123, "http://127.0.0.1:8123")


def test_what_the_environment_says_goes_first():
    named = running.demo_settings({"ACADEMY_DATA_DIR": "elsewhere", "ACADEMY_BASE_URL": "https://demo.example.org"})
    postgres = running.demo_settings({"ACADEMY_DATABASE_URL": "postgresql://localhost/demo"})

    assert (named.data_dir, named.address) == (Path("elsewhere"), "https://demo.example.org")
    assert postgres.data_dir == Path("data")


def test_a_port_that_is_taken_is_told_with_a_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(running.PortTaken) as told:
            running.check_port(Settings(port=port))

        assert told.value.message == (
            f"Port {port} of 127.0.0.1 cannot be used: Address already in use. "
            f"Choose another: ACADEMY_PORT={port + 1} academy demo"
        )
    running.check_port(Settings(port=port))


@pytest.mark.slow
async def test_it_is_built_once_and_anew_when_asked(settings, small, clock):
    said: list[str] = []
    (settings.data_dir / "mail").mkdir()
    (settings.data_dir / "mail" / "former.eml").write_text("")

    await running.prepare(settings, fresh=False, say=said.append)
    await running.prepare(settings, fresh=False, say=said.append)
    assert len(small) == 1
    await running.prepare(settings, fresh=True, say=said.append)

    assert len(small) == 2
    assert said.count("Removing the former demonstration.") == 1
    assert not (settings.data_dir / "mail").exists()
    links = [line for line in said if "/sign-in/" in line]
    assert len(links) == len(set(links)) == 12
    assert [line.split(":")[0].strip() for line in links[:4]] == [
        "Sign in as a coordinator",
        "Sign in as a participant",
        "Sign in as a mentor",
        "Sign in as a coach",
    ]
    assert (
        f"  ACADEMY_DATA_DIR={settings.data_dir} ACADEMY_BASE_URL=http://127.0.0.1:8000 academy sign-in-link "
        + (COORDINATOR)
        in said
    )


@pytest.mark.slow
async def test_a_build_that_was_stopped_is_done_anew(settings, small, clock, monkeypatch):
    from academy.demo import build as room

    async def stopped(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(room, "_people", stopped)
        with pytest.raises(KeyboardInterrupt):
            await running.prepare(settings, fresh=False, say=lambda line: None)
    said: list[str] = []
    await running.prepare(settings, fresh=False, say=said.append)

    assert said[0] == "Removing the former demonstration."
    assert len(small) == 2


@pytest.mark.parametrize("fresh", [False, True])
async def test_an_academy_that_is_no_demonstration_is_never_touched(database, settings, small, now, fresh, monkeypatch):
    person = await a_person(address="real@council.example", now=now)
    assert await running.found() == "foreign"

    async def already_open(*_):
        return None

    monkeypatch.setattr(running, "migrate", already_open)
    monkeypatch.setattr(running.database, "connect", lambda settings: database)
    monkeypatch.setattr(running.database, "open", already_open)
    monkeypatch.setattr(running.database, "close", already_open)
    with pytest.raises(running.NotADemonstration):
        await running.prepare(settings, fresh=fresh, say=lambda line: None)

    assert small == []
    assert await people.find("real@council.example") == person


def test_the_marks_of_a_build_are_no_verbs_of_any_room():
    assert (BEGUN, BUILT) == ("demonstration.begun", "demonstration.built")
    assert {COORDINATOR, PARTICIPANT, MENTOR, COACH} == {address for _, address in running.WHO}
