"""Close a cohort; a person's own learning record."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor, me
from academy.alumni import queries as alumni
from academy.alumni.contributions import contributions_of
from academy.alumni.queries import CertificateFacts
from academy.alumni.rules import hours
from academy.errors import NotFound
from academy.invites import times
from academy.web import lists
from academy.web.access import Who
from academy.web.pages import page, redirect
from academy.web.templates import template_filter
from cohorts.attendance.rules import CALLED as MARKS
from cohorts.completion import queries, record, rules, service
from cohorts.completion.queries import Standing, Verdict
from cohorts.schedule import queries as schedule
from cohorts.schedule.rules import stage
from cohorts.schedule.tables import CohortStatus

for words in (hours, times.uk_date, times.uk_day, times.when):
    template_filter(words)


class Row(msgspec.Struct, frozen=True):
    """A person on the closing page, with the certificate they have."""

    verdict: Verdict
    certificate: CertificateFacts | None


COLUMNS = [
    lists.Column[Row]("name", "Name", lambda row: row.verdict.name),
    lists.Column[Row]("organisation", "Organisation", lambda row: row.verdict.organisation),
    lists.Column[Row]("attended", "Sessions attended", lambda row: row.verdict.attended),
    lists.Column[Row]("minutes", "Minutes attended", lambda row: row.verdict.minutes),
    lists.Column[Row]("outcome", "Completed", lambda row: "yes" if row.verdict.completed else "no"),
    lists.Column[Row]("missing", "Missing", lambda row: "; ".join(row.verdict.missing)),
    lists.Column[Row]("certificate", "Certificate", lambda row: row.certificate.number if row.certificate else ""),
]


async def standing_of(code: str) -> Standing:
    """Raises NotFound."""
    cohort = await queries.cohort_with_code(code)
    standing = None if cohort is None else await queries.standing(cohort)
    if standing is None:
        raise NotFound
    return standing


@get("/cohorts/{code:str}/close", who=Who.COORDINATOR)
async def preview(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Who completes and who misses what, before closing; certificates and late completers, after it."""
    standing = await standing_of(code)
    certificates = await alumni.certificates_of_cohort(standing.cohort.id)
    rows = [Row(verdict, certificates.get(verdict.person)) for verdict in standing.verdicts]
    asked = lists.wanted(request)
    if asked.export:
        return await lists.export(rows, COLUMNS, asked, name=f"completion-{standing.cohort.code}")
    now = clock.now()
    refused = rules.why_not_close(standing.cohort.status, standing.sessions, now)
    head = await schedule.by_code(code)
    return page(
        request,
        "cohorts/completion/close.html",
        section="Cohorts",
        staff=True,
        head=head,
        stage=stage(head, now),
        cohort=standing.cohort,
        closed=standing.cohort.status is CohortStatus.CLOSED,
        standing=standing,
        shown=lists.show(rows, COLUMNS, asked, size=100),
        new=[row for row in rows if row.verdict.completed and row.certificate is None],
        flagged=[row for row in rows if row.certificate and row.certificate.valid and row.certificate.needs_decision],
        rule=rules.rule_in_words(standing.sessions, standing.cohort.sessions_needed),
        why_not=refused.message if refused else "",
    )


@post("/cohorts/{code:str}/close", who=Who.COORDINATOR)
async def close(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    cohort = await queries.cohort_with_code(code)
    if cohort is None:
        raise NotFound
    organisation = request.app.state.settings.organisation
    done = await service.close_cohort(cohort, organisation=organisation, actor=actor(request), now=clock.now())
    issued = {0: "No new certificates were issued.", 1: "1 certificate was issued, and a mail with it is on its way."}
    said = issued.get(done.issued, f"{done.issued} certificates were issued, and mails with them are on their way.")
    return redirect(f"/cohorts/{code}/close", said=f"The cohort is closed. {said}")


# -------------------------------------------------------- learning record
class SessionRow(msgspec.Struct, frozen=True):
    """One session in the exported record."""

    cohort: record.CohortRecord
    session: record.Attended


RECORD = [
    lists.Column[SessionRow]("programme", "Programme", lambda row: row.cohort.programme_name),
    lists.Column[SessionRow]("cohort", "Cohort", lambda row: row.cohort.name),
    lists.Column[SessionRow]("session", "Session", lambda row: row.session.title),
    lists.Column[SessionRow](
        "date", "Date", lambda row: times.utc_to_local(row.session.times.starts_at, row.session.times.zone).date()
    ),
    lists.Column[SessionRow]("mark", "Attendance", lambda row: MARKS[row.session.mark]),
    lists.Column[SessionRow]("minutes", "Contact minutes", lambda row: row.session.minutes),
    lists.Column[SessionRow]("cpd", "CPD minutes", lambda row: row.session.cpd),
    lists.Column[SessionRow](
        "certificate", "Certificate", lambda row: row.cohort.certificate.number if row.cohort.certificate else ""
    ),
]


@get("/my/record", who=Who.SIGNED_IN)
async def my_record(request: Request[Any, Any, Any]) -> Response[Any]:
    """What the visitor attended and completed; ``?export=csv`` or ``xlsx`` for a file."""
    found = await record.record_of(me(request), clock.now())
    asked = lists.wanted(request)
    if asked.export:
        rows = [SessionRow(cohort, session) for cohort in found.cohorts for session in cohort.sessions]
        return await lists.export(rows, RECORD, asked, name="learning-record")
    return page(
        request,
        "cohorts/completion/record.html",
        section=request.user.own_section,
        record=found,
        contributions=await contributions_of(me(request)),
        marks=MARKS,
    )


routes = [preview, close, my_record]
