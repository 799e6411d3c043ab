"""The ``academy`` command. Each verb imports what it needs when it runs, so that ``academy --help`` is quick."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from academy import __version__
from academy.errors import DomainError
from mentoring.matching.command import match

if TYPE_CHECKING:
    from uuid import UUID

    from academy.settings import Settings


def settings() -> Settings:
    """The settings of the environment, with the data folder made."""
    from academy.settings import BadSetting, from_environment

    found = from_environment()
    try:
        found.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadSetting(f"ACADEMY_DATA_DIR is {found.data_dir}, which cannot be made: {error.strerror}.") from error
    return found


def told_in_words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show a rule's sentence instead of a traceback, and leave with status 1."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except DomainError as error:
            click.echo(error.message, err=True)
            sys.exit(1)

    return run


def with_database(work: Callable[[Settings], Coroutine[Any, Any, Any]]) -> Any:
    """Run ``work`` with this installation's database open."""
    from academy import database

    async def run() -> Any:
        used = settings()
        engine = database.connect(used)
        database.use(engine)
        await database.open(engine)
        try:
            return await work(used)
        finally:
            await database.close(engine)

    return asyncio.run(run())


async def _known(email: str) -> UUID:
    """Who has this address. Raises NotFound."""
    from academy.errors import NotFound
    from academy.people import service as people

    person = await people.find(email)
    if person is None:
        raise NotFound(f"Nobody here has the address {email}. Add them with: academy person add {email}")
    return person


@click.group(help="Run a leadership academy. Settings are environment variables; see docs/operations.md.")
@click.version_option(__version__, prog_name="academy")
def main() -> None:
    pass


main.add_command(match)


@main.command()
@click.option("--fresh", is_flag=True, help="Build the demonstration anew, even if there is one.")
@click.option("--build-only", is_flag=True, help="Build it and stop, without serving.")
@told_in_words
def demo(fresh: bool, build_only: bool) -> None:
    """Build a living demonstration academy and serve it."""
    from academy import demo as demonstration

    demonstration.run(fresh=fresh, build_only=build_only)


@main.command()
@told_in_words
def serve() -> None:
    """Serve the pages and, unless ACADEMY_SCHEDULER=0, send mail and run timed work."""
    from academy.serving import run

    run(settings())


@main.command()
@told_in_words
def worker() -> None:
    """Send mail and run timed work without serving pages. Several workers do no harm."""
    from academy.scheduler import run_worker
    from academy.web import logs

    logs.set_up()
    run_worker(settings())


@main.command()
@told_in_words
def migrate() -> None:
    """Bring the database to this version. Safe to run twice, and from several machines at once."""
    from academy.database.migrate import migrate as run

    applied = asyncio.run(run(settings()))
    click.echo(f"Applied {len(applied)} migrations." if applied else "The database is up to date.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@told_in_words
def backup(file: Path) -> None:
    """Write the whole academy into one file, while it serves."""
    from academy import clock
    from academy.database.backup import backup as run

    report = asyncio.run(run(settings(), file, now=clock.now()))
    click.echo(report.in_words())


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--verify", is_flag=True, help="Only check the file: counts and content hash.")
@click.option("--force", is_flag=True, help="Replace an academy that is already there.")
@told_in_words
def restore(file: Path, verify: bool, force: bool) -> None:
    """Bring an academy back from a backup, or check the backup with --verify."""
    from academy.database import backup as room

    report = asyncio.run(room.verify(file) if verify else room.restore(settings(), file, force=force))
    click.echo(report.in_words())
    if not report.intact:
        sys.exit(1)


@main.command("copy-to")
@click.argument("url")
@told_in_words
def copy_to(url: str) -> None:
    """Move this SQLite academy into an empty PostgreSQL database, postgresql://user:password@host/name."""
    from academy.database.backup import copy_to as run

    report = asyncio.run(run(settings(), url))
    click.echo(report.in_words())
    if not report.intact:
        sys.exit(1)


@main.group("import")
def import_group() -> None:
    """Bring in what you have."""


@import_group.command("organisations")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@told_in_words
def import_organisations(file: Path) -> None:
    """Organisations from a CSV file: name, kind, region, nation, code. A second import adds nothing."""
    from academy import clock
    from academy.people import imports, organisations

    octets = file.read_bytes()

    async def work(_: Settings) -> str:
        return (await organisations.import_organisations(imports.read_organisations(octets), clock.now())).in_words()

    click.echo(with_database(work))


@main.group()
def person() -> None:
    """People and their roles."""


@person.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(["coordinator", "facilitator", "none"]), default="none")
@click.option("--name", default="", help="The name to show; by default it is made from the address.")
@told_in_words
def add_person(email: str, role: str, name: str) -> None:
    """Add a person, or give one who is known a role."""
    from academy import clock, database
    from academy.accounts import service as accounts
    from academy.accounts.tables import Role
    from academy.audit.service import ACADEMY
    from academy.people import service as people
    from academy.web.forms import Reader

    reader = Reader({"email": email, "name": name or email.split("@")[0].replace(".", " ").title()})
    address, wanted = reader.email("email"), reader.text("name", "Enter a name.", most=120)
    reader.done()

    async def work(_: Settings) -> None:
        async with database.transaction():
            known = await people.find_or_create(name=wanted, address=address, now=clock.now(), verified=True)
            if role != "none":
                await accounts.grant(known, Role(role), actor=ACADEMY, now=clock.now())

    with_database(work)
    click.echo(f"{address} is there" + ("." if role == "none" else f", as {role}."))


@main.command("copy-of")
@click.argument("email")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@told_in_words
def copy_of(email: str, file: Path, force: bool) -> None:
    """Write everything held on a person into one ZIP file, as they would take it themselves."""
    from academy import clock
    from academy.audit.service import ACADEMY
    from academy.outbox.rendering import letterhead
    from academy.privacy import service as privacy
    from academy.privacy.archive import why_not_write, write

    if refused := why_not_write(file, force=force):
        raise refused

    async def work(used: Settings) -> bytes:
        person = await _known(email)
        return await privacy.take_copy(person, staff=False, head=letterhead(used), actor=ACADEMY, now=clock.now())

    write(with_database(work), file)
    click.echo(f"Wrote {file}. Only the person it is about should have it.")


@main.command("sign-in-link")
@click.argument("email")
@told_in_words
def sign_in_link(email: str) -> None:
    """Print a link that signs this person in, once, within ten minutes."""
    from academy import clock
    from academy.accounts import service as accounts

    async def work(used: Settings) -> str:
        known = await _known(email)
        return used.address + await accounts.make_sign_in_link(known, now=clock.now())

    click.echo(with_database(work))


@main.group()
def token() -> None:
    """Tokens of the JSON API."""


@token.command("create")
@click.argument("email")
@click.option(
    "--scope", "scopes", multiple=True, default=["read"], help="read, enrol or manage; give it several times."
)
@click.option("--name", default="command line")
@told_in_words
def create_token(email: str, scopes: tuple[str, ...], name: str) -> None:
    """Print a new token for this person. It is shown once."""
    from academy import clock
    from academy.accounts import service as accounts

    async def work(_: Settings) -> str:
        known = await _known(email)
        return await accounts.create_api_token(known, name=name, scopes=frozenset(scopes), now=clock.now())

    click.echo(with_database(work))


@main.group()
def outbox() -> None:
    """Mail that waits, went out or failed."""


@outbox.command("status")
@click.option("--json", "as_json", is_flag=True)
@told_in_words
def outbox_status(as_json: bool) -> None:
    """How many mails stand in each state, and how long the oldest has waited."""
    import msgspec

    from academy import clock
    from academy.outbox import queries

    async def work(_: Settings) -> dict[str, Any]:
        return await queries.status(now=clock.now())

    found = with_database(work)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        for name, value in found.items():
            click.echo(f"{name}: {value}")


@main.command()
@click.option("--json", "as_json", is_flag=True)
@told_in_words
def routes(as_json: bool) -> None:
    """Every address of the product: method, path and who may use it."""
    import msgspec

    from academy.serving import route_list

    found = route_list(settings())
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        for one in found:
            click.echo(f"{one.method:7} {one.path:60} {one.who}")
