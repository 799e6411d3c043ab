"""The mailbox of a demonstration: what each invented person has received. No mail of it leaves the computer."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from academy.errors import NotFound
from academy.outbox import queries, reading, rendering
from academy.outbox.queries import Filter
from academy.outbox.tables import MessageState
from academy.people.queries import contact
from academy.web import lists
from academy.web.access import Who
from academy.web.pages import page

PAGE = 10


@get("/demo/mailbox", who=Who.DEMO)
async def mailbox(request: Request[Any, Any, Any]) -> Response[Any]:
    """The people who got mail, the latest first."""
    asked = lists.wanted(request)
    boxes = await queries.boxes(asked.find)
    return page(request, "academy/outbox/mailbox.html", boxes=boxes, asked=asked, most=queries.MOST_BOXES)


@get("/demo/mailbox/{person:uuid}", who=Who.DEMO)
async def box(request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
    """One person's mails, the latest first."""
    asked = lists.wanted(request)
    owner = await contact(person)
    lines, total = await queries.lines(Filter(person=person), page=asked.page, size=PAGE)
    rows = {row["id"]: row for row in await queries.rows([line.id for line in lines])}
    head = rendering.letterhead(request.app.state.settings)
    return page(
        request,
        "academy/outbox/box.html",
        owner=owner,
        mails=[reading.read(rows[line.id], head, show_secrets=True) for line in lines],
        total=total,
        number=asked.page,
        pages=max(1, -(-total // PAGE)),
        asked=asked,
        waiting=(MessageState.QUEUED, MessageState.SENDING),
    )


@get("/demo/mailbox/mails/{mail:uuid}/html", who=Who.DEMO)
async def html(request: Request[Any, Any, Any], mail: FromPath[UUID]) -> Response[str]:
    """A mail as a mail program shows it."""
    row = await queries.message(mail)
    if row is None or not row["context"]:
        raise NotFound
    return reading.as_html(request, row)


routes = [mailbox, box, html]
