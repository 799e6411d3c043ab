"""The page that adds a session to a cohort; those who have a place are invited at once."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import DomainError, Invalid
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.pages import redirect
from cohorts.dashboard import changes
from cohorts.schedule import forms
from cohorts.schedule.queries import found_cohort
from cohorts.schedule.web_sessions import Clashing, form_page, read


@get("/cohorts/{code:str}/sessions/new", who=Who.COORDINATOR)
async def new(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    return await form_page(request, await found_cohort(code), None, forms.typed_session(None), [])


@post("/cohorts/{code:str}/sessions/new", who=Who.COORDINATOR)
async def add(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    cohort = await found_cohort(code)
    fields = await read_form(request)
    ticked = fields.all("facilitator")
    try:
        details, leaders = await read(fields, cohort, zone=cohort["zone"])
        await changes.add_session(cohort["id"], details, leaders=leaders, actor=actor(request), now=clock.now())
    except Invalid as error:
        return await form_page(request, cohort, None, fields, ticked, errors=error.errors)
    except Clashing as found:
        return await form_page(request, cohort, None, fields, ticked, clashes=found.clashes)
    except DomainError as error:
        if error.status != 422:
            raise
        return await form_page(request, cohort, None, fields, ticked, errors={"place": error.message})
    told = " Everyone who has a place is invited." if cohort["status"] == "open" else ""
    return redirect(f"/cohorts/{code}/sessions", said=f"{details.title} is added.{told}")


routes = [new, add]
