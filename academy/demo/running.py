"""The ``academy demo`` command: build unless it is there, say how to sign in, serve."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

import click
import msgspec

from academy import clock, database, serving
from academy.accounts import service as accounts
from academy.audit.tables import Entry
from academy.database.engines import sqlite_file
from academy.database.migrate import migrate
from academy.demo import reset
from academy.demo.build import BEGUN, BUILT, build
from academy.demo.people import COACH, COORDINATOR, MENTOR, PARTICIPANT
from academy.errors import DomainError, NotFound
from academy.people import service as people
from academy.people.tables import Person
from academy.settings import Settings, from_environment

DATA_DIR = Path("demo-data")
LINK_MINUTES = 8 * 60
WHO = (("coordinator", COORDINATOR), ("participant", PARTICIPANT), ("mentor", MENTOR), ("coach", COACH))


class PortTaken(DomainError):
    """Something else listens where the demonstration would."""


class NotADemonstration(DomainError):
    """The database holds an academy that this command did not make, and must not touch."""


def run(*, fresh: bool, build_only: bool) -> None:
    """Serve the demonstration until told to stop; build it first if there is none, or anew with ``fresh``.

    Raises PortTaken and NotADemonstration.
    """
    settings = demo_settings(os.environ)
    if not build_only:
        check_port(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    asyncio.run(prepare(settings, fresh=fresh, say=click.echo))
    if not build_only:
        serving.run(settings)


def demo_settings(environ: Mapping[str, str]) -> Settings:
    """Those of the environment, with a data folder and an address of the demonstration's own unless they are given."""
    settings = from_environment(environ)
    own = not environ.get("ACADEMY_DATA_DIR") and not environ.get("ACADEMY_DATABASE_URL")
    host = "127.0.0.1" if settings.host in ("", "0.0.0.0", "::") else settings.host  # noqa: S104 - where we look from
    return msgspec.structs.replace(
        settings,
        demo=True,
        data_dir=DATA_DIR if own else settings.data_dir,
        base_url=settings.base_url or f"http://{host}:{settings.port}",
    )


def check_port(settings: Settings) -> None:
    """Say at once, and not after building, that the port is taken. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(
                f"Port {settings.port} of {settings.host} cannot be used: {error.strerror}. "
                f"Choose another: ACADEMY_PORT={settings.port + 1} {command()} demo"
            ) from error


async def prepare(settings: Settings, *, fresh: bool, say: Callable[[str], None]) -> None:
    """Migrate, build if there is nothing or ``fresh`` is asked for, and print how to sign in."""
    now = clock.now()
    await migrate(settings)
    engine = database.connect(settings)
    database.use(engine)
    await database.open(engine)
    try:
        state = await found()
        if state == "foreign":
            raise NotADemonstration(
                f"{_where(settings)} holds an academy that is not a demonstration. Nothing was changed. "
                "Name another place with ACADEMY_DATA_DIR or ACADEMY_DATABASE_URL."
            )
        if state == "unfinished" or (state == "built" and fresh):
            say("Removing the former demonstration.")
            await reset.remove_everything()
            shutil.rmtree(settings.data_dir / "mail", ignore_errors=True)
            state = "empty"
        if state == "empty":
            say("Building a year of the academy. This takes about 20 seconds.")
            began = perf_counter()
            await build(settings, now=now, say=say)
            say(f"Built in {perf_counter() - began:.0f} seconds.")
        for line in await how_to_sign_in(settings):
            say(line)
    finally:
        await database.close(engine)


async def found() -> str:
    """``empty``, ``built``, ``unfinished`` (by a build that was stopped), or ``foreign``."""
    verbs = {row["verb"] for row in await Entry.select(Entry.verb).where(Entry.verb.is_in([BEGUN, BUILT]))}
    if BUILT in verbs:
        return "built"
    if BEGUN in verbs:
        return "unfinished"
    return "foreign" if await Person.exists() else "empty"


async def how_to_sign_in(settings: Settings) -> list[str]:
    """The address, a link for each role, and the command for more of them."""
    now = clock.now()
    lines = ["", f"The academy is at {settings.address}", ""]
    for role, address in WHO:
        person = await people.find(address)
        if person is None:
            raise NotFound(f"The demonstration has lost {address}. Build it anew: {command()} demo --fresh")
        path = await accounts.make_sign_in_link(person, now, minutes=LINK_MINUTES)
        lines.append(f"  Sign in as a {role}:".ljust(29) + settings.address + path)
    return [
        *lines,
        "",
        "Each link works once, for eight hours. Another one, for anybody in the academy:",
        f"  {_environment(settings)}{command()} sign-in-link {COORDINATOR}",
        f"The mails that people receive are at {settings.address}/demo/mailbox"
        + ("" if settings.smtp_host else f" and in {settings.data_dir / 'mail'}"),
        "",
    ]


def command() -> str:
    """How this program was called, for commands that people can copy."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "academy" else "academy"


def _environment(settings: Settings) -> str:
    """What a command needs to find the demonstration, unless the environment says it already."""
    wanted = {"ACADEMY_DATA_DIR": str(settings.data_dir), "ACADEMY_BASE_URL": settings.base_url}
    return "".join(f"{name}={value} " for name, value in wanted.items() if not os.environ.get(name))


def _where(settings: Settings) -> str:
    return "The database of ACADEMY_DATABASE_URL" if settings.uses_postgres else str(sqlite_file(settings))
