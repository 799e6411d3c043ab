"""A small application that uses every building block, and pages that are wrong in one way each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Redirect

from academy.settings import Settings
from academy.web import static
from academy.web.safety import add_headers
from academy.web.templates import TEMPLATES, environment

HERE = Path(__file__).parent
STAFF = ["/dashboard", "/list", "/form", "/form?wrong=1", "/pairs"]
PARTICIPANT = [
    "/register",
    "/book",
    "/confirm",
    "/confirm?said=1",
    "/confirm?said=1&warned=1",
    "/form?participant=1&wrong=1",
    "/list?participant=1",
]
ERRORS = [403, 404, 409, 410, 422, 429, 500, 503]
FAULTS = {
    "contrast": {"axe color-contrast"},
    "phone": {"axe color-contrast"},
    "inside": {"axe color-contrast"},
    "label": {"axe label"},
    "h1": {"h1"},
    "title": {"title"},
    "wide": {"reflow"},
    "cut": {"text at 200%"},
    "spacing": {"text spacing"},
    "focus": {"focus"},
    "covered": {"focus"},
    "offscreen": {"focus"},
    "order": {"axe tabindex", "keyboard"},
    "trap": {"keyboard"},
    "unreachable": {"keyboard"},
    "touch": {"touch"},
    "script": {"console"},
    "style": {"console"},
    "missing": {"console"},
}
"""A fault of a page, and the checks that must speak of it, these and no others."""

BROKEN_CSS = """
.faint { color: #aaa !important }
@media (max-width: 500px) { .faint-on-phone { color: #aaa !important } }
.wide { width: 350px }
.cut { height: 30px; overflow: hidden; font-size: 1.1875rem }
.tight { font-size: 16px; line-height: 20px; height: 42px; overflow: hidden }
.unmarked:focus { outline: none !important; box-shadow: none !important; background: none !important;
  color: var(--govuk-link-colour) !important }
.lid { position: fixed; bottom: 0; left: 0; right: 0; height: 120px; background: #fff }
.away { position: absolute; left: -900px; top: 300px; height: 44px }
.small-button { height: 30px; font-size: 16px }
"""
TRAP_JS = (
    "document.getElementById('trap').addEventListener('keydown', (e) => { if (e.key === 'Tab') e.preventDefault(); });"
)
SKIP_JS = "document.getElementById('skip').addEventListener('focus', (e) => e.target.blur());"

_NAMES = [
    ("Amara Okafor", "Essex County Council", "Coming", "green", 4),
    ("Ben Hughes", "Chelmsford City Council", "No reply", "grey", 4),
    ("Bethan Rees", "Cardiff Council", "Coming", "green", 3),
    ("Callum Boyd", "Belfast City Council", "Declined", "red", 4),
    ("Deepa Shah", "Leicester City Council", "Coming", "green", 2),
    ("Eleanor Whitfield-Montgomery", "Bournemouth, Christchurch and Poole Council", "Tentative", "yellow", 4),
]
PEOPLE = [
    {"id": number, "name": name, "org": org, "reply": reply, "colour": colour, "came": came, "next": "Reply to invite"}
    for number, (name, org, reply, colour, came) in enumerate(_NAMES, start=1)
]
TODO = [
    (
        "3 people have not replied about 24 June",
        "Invite sent 9 days ago. Catering numbers are due on Friday.",
        "Remind them",
    ),
    ("A place is free: Zoe Lane withdrew", "First on the waiting list: Tom Price, Braintree.", "Offer the place"),
]
WRONG = [
    ("title", "Enter a title"),
    ("email", "Enter an email address in the correct format, like name@council.gov.uk"),
    ("day", "Enter a date, like 24 June 2026"),
    ("ends", "The end must be after the start"),
    ("venue", "Choose a venue"),
    ("format", "Choose how people take part"),
    ("needs", "Choose what you need"),
    ("note", "The note must be 2,000 characters or fewer"),
    ("file", "Choose a file"),
]
_jinja = environment().overlay(loader=ChoiceLoader([FileSystemLoader(HERE / "templates"), FileSystemLoader(TEMPLATES)]))


def render(template: str, *, status: int = 200, staff: bool = True, **more: Any) -> Response[str]:
    """A page with the context that the product gives to each of its own."""
    context = {
        "org": {"name": "Example Society of Digital Leaders", "service": "Leadership Academy"},
        "nav": [("Today", "/dashboard"), ("Cohorts", "/list"), ("Programmes", "/form"), ("People", "/register")],
        "section": "Cohorts",
        "user": {"name": "Sam Carter"},
        "density": "app-compact" if staff else "",
        "flash": "",
        "errors": [],
        "csrf_token": "0123456789abcdef",
        "settings_demo": False,
        "people": PEOPLE,
        "todo": TODO,
    }
    return Response(
        _jinja.get_template(template).render({**context, **more}), status_code=status, media_type="text/html"
    )


@get("/{name:str}")
async def sample(name: FromPath[str], request: Request[Any, Any, Any]) -> Response[str]:
    asked = request.query_params
    if name.endswith((".css", ".js")):
        text = {"broken.css": BROKEN_CSS, "trap.js": TRAP_JS, "skip.js": SKIP_JS}[name]
        return Response(text, media_type="text/css" if name.endswith("css") else "text/javascript")
    if name not in ("dashboard", "list", "form", "register", "book", "confirm", "pairs"):
        return render("errors/404.html", status=404, staff=False, user=None, message="We can't find that page.")
    return render(
        f"{name}.html",
        staff=name in ("dashboard", "list", "form", "pairs") and "participant" not in asked,
        errors=[{"field": field, "text": text} for field, text in WRONG] if "wrong" in asked else [],
        flash="Reminder sent to 3 people." if "said" in asked or name == "dashboard" else "",
        flash_warns="warned" in asked,
        settings_demo=name in ("dashboard", "confirm"),
        pinned=request.app.state.pinned,
    )


@get("/elsewhere")
async def elsewhere() -> Redirect:
    return Redirect("/confirm")


@get("/who")
async def who(request: Request[Any, Any, Any]) -> Response[str]:
    if "name" not in request.cookies:
        return render("errors/403.html", status=403, staff=False, user=None, message="Sign in to see this page.")
    return render("confirm.html", staff=False, user={"name": request.cookies["name"]})


@get("/errors/{status:int}")
async def error(status: FromPath[int], request: Request[Any, Any, Any]) -> Response[str]:
    user = {"name": "Sam Carter"} if "signed-in" in request.query_params else None
    return render(
        f"errors/{status}.html",
        status=status,
        staff=False,
        user=user,
        section="",
        message="Someone has just taken the last place.",
    )


@get("/broken/{fault:str}")
async def broken(fault: FromPath[str]) -> Response[str]:
    return render("broken.html", fault=fault, staff=False)


@post("/pin")
async def pin(request: Request[Any, Any, Any]) -> Response[str] | Redirect:
    """Answers like the product's own verbs: a redirect, or at once to the script of the page."""
    form = await request.form()
    number = int(form["pair"])
    request.app.state.posts.append("X-Enhanced" in request.headers)
    answer = request.app.state.answer
    if "X-Enhanced" in request.headers and answer != "page":
        if answer == "another page":
            return render("confirm.html")
        return Response("{}", status_code=500 if answer == "error" else 200, media_type="application/json")
    request.app.state.pinned ^= {number}
    if "X-Enhanced" in request.headers:
        return render("pairs.html", pinned=request.app.state.pinned, flash=f"Pinned pair {number}.")
    return Redirect(f"/pairs#pair-{number}", status_code=303)


def create_app() -> Litestar:
    state = State({"settings": Settings(), "pinned": set(), "posts": [], "answer": "page"})
    return Litestar(
        [sample, elsewhere, who, error, broken, pin, *static.routes],
        before_send=[add_headers],
        state=state,
        openapi_config=None,
    )
