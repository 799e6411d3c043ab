"""The outbox: what the academy has written to whom, what became of it, and sending it again."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.audit.service import Actor
from academy.errors import NotFound
from academy.outbox import mailbox, queries, reading, rendering, rules, service
from academy.outbox.queries import Filter, Line
from academy.outbox.tables import MessageState
from academy.people.queries import contacts
from academy.web import lists
from academy.web.access import Who
from academy.web.forms import Reader, read_form
from academy.web.lists import Column
from academy.web.pages import download, page, redirect

COLOURS = {
    MessageState.QUEUED: "blue",
    MessageState.SENDING: "blue",
    MessageState.SENT: "green",
    MessageState.FAILED: "red",
    MessageState.EXPIRED: "red",
    MessageState.DROPPED: "grey",
}
COLUMNS: list[Column[Line]] = [
    Column("queued", "Written", lambda line: line.queued_at),
    Column("state", "State", lambda line: rules.WORDS[line.state]),
    Column("kind", "Kind", lambda line: reading.kind_words(line.kind)),
    Column("name", "To", lambda line: line.to_name),
    Column("address", "Address", lambda line: line.to_address),
    Column("subject", "Subject", lambda line: line.subject),
    Column("sent", "Sent", lambda line: line.sent_at),
    Column("tries", "Tries", lambda line: line.attempts),
    Column("error", "Last answer of the mail server", lambda line: line.error),
]
MOST_EXPORTED = 50_000
MOST_AT_ONCE = 1_000


@get("/outbox", who=Who.COORDINATOR)
async def outbox(request: Request[Any, Any, Any]) -> Response[Any]:
    """All mails, the newest first."""
    asked = lists.wanted(request)
    wanted = _filter(asked)
    if asked.export:
        found, _ = await queries.lines(wanted, page=1, size=MOST_EXPORTED)
        return await lists.export(found, COLUMNS, asked, name="outbox")
    found, total = await queries.lines(wanted, page=asked.page)
    counts = await queries.counts()
    person = (await contacts([wanted.person])).get(wanted.person) if wanted.person else None
    return page(
        request,
        "academy/outbox/list.html",
        section="Outbox",
        staff=True,
        lines=found,
        total=total,
        number=asked.page,
        pages=max(1, -(-total // queries.PAGE)),
        asked=asked,
        wanted=wanted,
        person=person,
        counts=[(rules.WORDS[state], _by_state(asked, state), n) for state, n in counts.items() if n],
        everything=sum(counts.values()),
        everything_href=_by_state(asked, ""),
        failed=counts[MessageState.FAILED] + counts[MessageState.EXPIRED],
        kinds=[("", "All kinds"), *((kind, reading.kind_words(kind)) for kind in await queries.kinds())],
        words=rules.WORDS,
        colours=COLOURS,
        kind_words=reading.kind_words,
    )


@post("/outbox/send-again", who=Who.COORDINATOR)
async def send_again(request: Request[Any, Any, Any]) -> Response[Any]:
    """Send the ticked mails a second time."""
    fields = await read_form(request)
    chosen = [found for value in fields.all("mail")[:MOST_AT_ONCE] if (found := _id(value)) is not None]
    back = fields.get("back", "/outbox")
    if not chosen:
        return redirect(back, warned="No mail was ticked, so none was sent again.")
    again = await service.send_again(chosen, actor=_actor(request), now=clock.now())
    return _told(back, again)


@post("/outbox/retry-failed", who=Who.COORDINATOR)
async def retry_failed(request: Request[Any, Any, Any]) -> Response[Any]:
    """Try anew everything that failed or came too late."""
    again = await service.retry_failed(actor=_actor(request), now=clock.now())
    return _told("/outbox", again)


@get("/outbox/{mail:uuid}", who=Who.COORDINATOR)
async def one(request: Request[Any, Any, Any], mail: FromPath[UUID]) -> Response[Any]:
    """One mail: its fate, its words and its invite."""
    row = await _row(mail)
    overtaken = await queries.overtaken([mail])
    state = MessageState(row["state"])
    return page(
        request,
        "academy/outbox/mail.html",
        section="Outbox",
        staff=True,
        row=row,
        mail=reading.read(row, rendering.letterhead(request.app.state.settings)),
        state_words=rules.WORDS[state],
        colour=COLOURS[state],
        why_not=rules.why_not_again(row["kind"], state, overtaken=bool(overtaken), forgotten=not row["context"]),
        waiting=state in rules.OPEN,
    )


@get("/outbox/{mail:uuid}/mail.eml", who=Who.COORDINATOR)
async def eml(request: Request[Any, Any, Any], mail: FromPath[UUID]) -> Response[bytes]:
    """The mail as the file that mail programs open."""
    row = await _readable(mail)
    return download(_octets(request, row), name=f"mail-{mail}.eml", media_type="message/rfc822")


@get("/outbox/{mail:uuid}/html", who=Who.COORDINATOR)
async def html(request: Request[Any, Any, Any], mail: FromPath[UUID]) -> Response[str]:
    """The mail as a mail program shows it, walled off from our pages."""
    return reading.as_html(request, await _readable(mail))


async def _row(mail: UUID) -> dict[str, Any]:
    row = await queries.message(mail)
    if row is None:
        raise NotFound
    return row


async def _readable(mail: UUID) -> dict[str, Any]:
    """A mail that staff may read. Raises NotFound for one with a secret link."""
    row = await _row(mail)
    if row["kind"] in rules.SECRET or not row["context"]:
        raise NotFound
    return row


def _octets(request: Request[Any, Any, Any], row: dict[str, Any]) -> bytes:
    try:
        return rendering.octets(row, rendering.letterhead(request.app.state.settings))
    except rendering.Unwritable as error:
        raise NotFound(str(error)) from error


def _filter(asked: lists.Wanted) -> Filter:
    reader = Reader(asked.query)
    state = asked.query.get("state", "")
    kind = reader.text("kind", most=60)
    return Filter(
        state=state if state in set(MessageState) else "",
        kind=kind,
        person=reader.uuid("person"),
        find=asked.find,
    )


def _by_state(asked: lists.Wanted, state: str) -> str:
    base = asked.base("state", "page", "export")
    return "/outbox" + (f"{base}state={state}" if state else base[:-1])


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _actor(request: Request[Any, Any, Any]) -> Actor:
    return Actor(UUID(request.user.person), request.user.name)


def _told(to: str, again: service.Again) -> Response[None]:
    """Back to the list, with what became of the wish."""
    return redirect(to, said=_said(again)) if again.queued else redirect(to, warned=_said(again))


def _said(again: service.Again) -> str:
    mails = "1 mail is" if again.queued == 1 else f"{again.queued} mails are"
    said = f"{mails} on the way again." if again.queued else "No mail was sent again."
    if not again.refused:
        return said
    reasons = dict.fromkeys(again.refused.values())
    return f"{said} {len(again.refused)} could not be: {' '.join(reasons)}"


routes = [outbox, send_again, retry_failed, one, eml, html, *mailbox.routes]
