"""Every page of the product, once: whom it is for, and an address in the demonstration that shows it.

``LOOKS`` is the one list. The gate checks each of them, ``make shots`` photographs those with a ``shot`` name, and a
page that is missing here fails ``test_pages.py``. Addresses hold names such as ``{enrolment}``, found by ``places``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from academy import demo
from academy.accounts import service as accounts
from academy.accounts.tables import AddressChange, ApiToken
from academy.accounts.tokens import hash_of, new_secret
from academy.alumni.tables import Certificate, Completion
from academy.demo import COACH, COORDINATOR, FACILITATOR, PARTICIPANT
from academy.outbox.tables import Message, MessageState
from academy.people import service as people
from academy.people.tables import EmailAddress, Organisation
from academy.programmes.tables import Programme, Sponsorship
from cohorts.enrolment import letters
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.tables import Enrolment, EnrolmentStatus
from cohorts.schedule import queries as schedule
from cohorts.schedule.tables import Cohort
from tests.browser.booked import booking_places
from tests.browser.coached import coaching_places
from tests.browser.mentoring import mentoring_places
from tests.browser.paired import pairing_places

ANYONE = "anyone"
WHO = {"participant": PARTICIPANT, "coordinator": COORDINATOR, "facilitator": FACILITATOR, "coach": COACH}


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One page in one state."""

    route: str
    path: str
    who: str = ANYONE
    staff: bool = False
    """A dense page, which may have small controls."""
    status: int = 200
    shot: str = ""
    """The name of its picture, if it is one of the main pages."""


def public(route: str, path: str = "", *, shot: str = "", status: int = 200) -> Look:
    return Look(route=route, path=path or route, shot=shot, status=status)


def own(route: str, path: str = "", *, shot: str = "") -> Look:
    return Look(route=route, path=path or route, who="participant", shot=shot)


def coach(route: str, path: str = "", *, shot: str = "") -> Look:
    return Look(route=route, path=path or route, who="coach", shot=shot)


def office(route: str, path: str = "", *, shot: str = "") -> Look:
    return Look(route=route, path=path or route, who="coordinator", staff=True, shot=shot)


C, P, S = "/cohorts/{code:str}", "/people/{person:uuid}", "/programmes/{slug:str}"
M, MR = "/mentoring/{round:str}", "/mentoring/rounds/{round:str}"
MP, MP1 = "/mentoring/pairings/{pairing:uuid}", "/pairings/{pairing:uuid}"
R, CS, CE = "/r/{token:str}", "/coaching/sessions/{session:uuid}", "/coaching/{enrolment:uuid}"
CP = C + "/coaching/{enrolment:uuid}"
CPS = CP + "/sessions/{session:uuid}"
CPS_COMING = "/cohorts/{running}/coaching/{enrolment}/sessions/{coaching_coming}"

LOOKS: list[Look] = [
    # for everybody
    public("/", shot="calendar"),
    public("/", "/?q=nothing-has-this-name"),
    public("/", "/?when=past&type=webinar", shot="calendar-past"),
    public("/programmes", shot="programmes"),
    public(S, "/programmes/top-talent", shot="programme"),
    public(C, "/cohorts/{open}", shot="cohort-open"),
    public(C, "/cohorts/{full}", shot="cohort-full"),
    public(C, "/cohorts/{cancelled}", shot="cohort-cancelled"),
    public(C + "/register", "/cohorts/{open}/register", shot="register"),
    public(C + "/register", "/cohorts/{full}/register"),
    public(C + "/register", "/cohorts/{cancelled}/register"),
    own(C + "/register", "/cohorts/{other}/register", shot="register-signed-in"),
    public(C + "/registered", "/cohorts/{open}/registered", shot="registered"),
    public(C + "/registered", "/cohorts/{full}/registered?list=yes"),
    public("/verify", shot="verify"),
    public("/verify/{code:str}", "/verify/{verify}", shot="verified"),
    public("/verify/{code:str}", "/verify/AAAAAAAAAAAAAAAAAAAAAA", status=404),
    public("/help", shot="help"),
    public("/privacy", shot="privacy"),
    public("/accessibility", shot="accessibility"),
    public("/api/docs", shot="api-docs"),
    public("/sign-in", shot="sign-in"),
    public("/demo/mailbox", shot="mailbox"),
    public("/demo/mailbox/{person:uuid}", "/demo/mailbox/{person}", shot="mailbox-of-one"),
    # behind a link in a mail
    public("/sign-in/{token:str}", "{sign_in}", shot="sign-in-link"),
    public("/sign-in/{token:str}", "/sign-in/used", status=410),
    public("/account/address/{token:str}", "/account/address/{address_change}", shot="confirm-address"),
    public("/account/address/{token:str}", "/account/address/used", status=410),
    public(R, "{r_enrolled}", shot="manage-enrolled"),
    public(R, "{r_waitlisted}", shot="manage-waiting"),
    public(R, "{r_offered}", shot="manage-to-confirm"),
    public(R, "{r_withdrawn}", shot="manage-withdrawn"),
    public(R, "{r_completed}", shot="manage-completed"),
    public(R + "/withdraw", "{r_enrolled}/withdraw", shot="withdraw"),
    public(R + "/withdraw", "{r_waitlisted}/withdraw"),
    # for who is signed in
    own("/home", shot="home"),
    own("/my/record", shot="record"),
    own("/account", shot="account"),
    own("/account/calendar", shot="account-calendar"),
    own("/account/tokens", shot="account-tokens"),
    own("/account/tokens/{token:uuid}/end", "/account/tokens/{token}/end"),
    own("/account/everything", shot="everything"),
    own("/certificates/{certificate:uuid}", "/certificates/{own_certificate}", shot="certificate"),
    Look(route="/home", path="/home", who="coordinator"),
    # for facilitators
    Look(route="/my-sessions", path="/my-sessions", who="facilitator", shot="my-sessions"),
    Look(
        route="/sessions/{session:uuid}/register",
        path="/sessions/{past_session}/register",
        who="facilitator",
        shot="attendance",
    ),
    office("/sessions/{session:uuid}/register", "/sessions/{closed_session}/register"),
    # booking coaching
    own("/coaching", shot="coaching"),
    own(CE + "/times", "/coaching/{enrolment}/times", shot="coaching-times"),
    own(CE + "/times", "/coaching/{enrolment}/times?from=2090-01-01"),
    own(CE + "/check", "/coaching/{enrolment}/check?coach={own_coach}&starts={free}", shot="coaching-check"),
    Look(
        route=CE + "/check",
        path="/coaching/{enrolment}/check?coach={own_coach}&starts={gone}",
        who="participant",
        status=409,
        shot="coaching-gone",
    ),
    own(CS, "/coaching/sessions/{coaching_coming}", shot="coaching-session"),
    own(CS + "/move", "/coaching/sessions/{coaching_coming}/move", shot="coaching-move"),
    own(CS + "/move/check", "/coaching/sessions/{coaching_coming}/move/check?starts={free}"),
    own(CS + "/cancel", "/coaching/sessions/{coaching_coming}/cancel", shot="coaching-cancel"),
    coach("/coaching"),
    coach(CE + "/coaches", "/coaching/{e_choosing}/coaches", shot="coaching-coaches"),
    coach(CE + "/coaches/{coach:uuid}/choose", "/coaching/{e_choosing}/coaches/{other_coach}/choose"),
    coach(CE + "/times", "/coaching/{e_choosing}/times?coach={other_coach}&kind=chemistry"),
    # what is written about coaching
    own(CS, "/coaching/sessions/{coaching_past}", shot="coaching-session-over"),
    own(CS + "/actions/{action:uuid}/remove", "/coaching/sessions/{coaching_past}/actions/{action}/remove"),
    own(CE + "/goals", "/coaching/{enrolment}/goals", shot="goals"),
    own(CE + "/goals/change", "/coaching/{enrolment}/goals/change", shot="goals-change"),
    own(CE + "/evaluation", "/coaching/{enrolment}/evaluation"),
    own(CE + "/evaluation", "/coaching/{e_over}/evaluation", shot="evaluation"),
    public("/goals/{token:str}", "/goals/{goals_token}", shot="goals-manager"),
    coach("/coach", shot="coach"),
    coach("/coach", "/coach?past=all"),
    coach("/coach/times", shot="coach-times"),
    coach("/coach/times/rules", shot="coach-rules"),
    coach("/coach/times/exceptions/{exception:uuid}/remove", "/coach/times/exceptions/{exception}/remove"),
    coach("/coach/profile", shot="coach-profile"),
    coach("/coach/busy", shot="coach-busy"),
    coach("/coach/busy/{calendar:uuid}/remove", "/coach/busy/{calendar}/remove"),
    coach("/coach/hours", shot="coach-hours"),
    coach("/coach/log", shot="coach-log"),
    coach("/coach/log/{entry:uuid}/change", "/coach/log/{entry}/change"),
    coach("/coach/log/{entry:uuid}/remove", "/coach/log/{entry}/remove"),
    coach(CS, "/coaching/sessions/{coaching_unmarked}", shot="coach-session"),
    coach(CS + "/answer", "/coaching/sessions/{coaching_asked}/answer", shot="coach-answer"),
    coach(CE + "/goals", "/coaching/{enrolment}/goals"),
    # for coordinators: cohorts
    office("/today", shot="today"),
    office("/cohorts", shot="cohorts"),
    office("/cohorts", "/cohorts?q=nothing-has-this-name"),
    office(C + "/manage", "/cohorts/{running}/manage", shot="dashboard"),
    office(C + "/manage", "/cohorts/{open}/manage", shot="dashboard-open"),
    office(C + "/manage", "/cohorts/{planned}/manage", shot="dashboard-planned"),
    office(C + "/manage", "/cohorts/{to_close}/manage"),
    office(C + "/manage", "/cohorts/{cancelled}/manage"),
    office(C + "/edit", "/cohorts/{open}/edit", shot="cohort-edit"),
    office(C + "/cancel", "/cohorts/{open}/cancel", shot="cohort-cancel"),
    office(C + "/close", "/cohorts/{to_close}/close", shot="cohort-close"),
    office(C + "/close", "/cohorts/{closed}/close"),
    office(C + "/mails", "/cohorts/{open}/mails", shot="cohort-mails"),
    office(C + "/make-virtual", "/cohorts/{open}/make-virtual", shot="make-virtual"),
    office(C + "/people/add", "/cohorts/{open}/people/add", shot="add-person"),
    office(C + "/people/{enrolment:uuid}", "/cohorts/{running}/people/{enrolment}", shot="enrolment"),
    office(C + "/people/{enrolment:uuid}/withdraw", "/cohorts/{running}/people/{enrolment}/withdraw"),
    office(C + "/people/{enrolment:uuid}/reinstate", "/cohorts/{running}/people/{e_withdrawn}/reinstate"),
    office(C + "/sessions", "/cohorts/{running}/sessions", shot="sessions"),
    office(C + "/sessions/new", "/cohorts/{open}/sessions/new", shot="session-new"),
    office(C + "/sessions/{session:uuid}", "/cohorts/{open}/sessions/{session}", shot="session"),
    office(C + "/sessions/{session:uuid}/cancel", "/cohorts/{open}/sessions/{session}/cancel"),
    office(C + "/waiting-list", "/cohorts/{full}/waiting-list", shot="waiting-list"),
    office(C + "/waiting-list", "/cohorts/{running}/waiting-list"),
    office(C + "/waiting-list/{enrolment:uuid}/move-up", "/cohorts/{full}/waiting-list/{e_waitlisted}/move-up"),
    # for coordinators: coaching
    office("/coaches", shot="coaches"),
    office("/coaches", "/coaches?q=nothing-has-this-name"),
    office("/coaches/{coach:uuid}", "/coaches/{daniel}", shot="coach-record"),
    office("/coaches/{coach:uuid}/away", "/coaches/{daniel}/away", shot="coach-away"),
    office("/coaches/{coach:uuid}/away", "/coaches/{daniel}/away?for=good", shot="coach-away-sessions"),
    office(C + "/coaching", "/cohorts/{running}/coaching", shot="cohort-coaching"),
    office(C + "/coaching", "/cohorts/{running}/coaching?q=nothing-has-this-name"),
    office(CP, "/cohorts/{running}/coaching/{enrolment}", shot="person-coaching"),
    office(CP + "/book", "/cohorts/{running}/coaching/{enrolment}/book", shot="book-for-somebody"),
    office(CP + "/book/check", "/cohorts/{running}/coaching/{enrolment}/book/check?starts={free}"),
    office(CPS, CPS_COMING, shot="session-coaching"),
    office(CPS + "/move", CPS_COMING + "/move"),
    office(CPS + "/move/check", CPS_COMING + "/move/check?starts={free}", shot="move-for-somebody"),
    office(CPS + "/cancel", CPS_COMING + "/cancel"),
    office(CPS + "/waive", CPS_COMING + "/waive"),
    office(S + "/coaching", "/programmes/top-talent/coaching", shot="coaching-rules"),
    office(S + "/coaching", "/programmes/{no_coaching}/coaching"),
    office(S + "/coaching/coaches", "/programmes/top-talent/coaching/coaches?q=a", shot="coach-add"),
    # certificates
    office("/certificates/{certificate:uuid}/reissue", "/certificates/{certificate}/reissue", shot="reissue"),
    office("/certificates/{certificate:uuid}/revoke", "/certificates/{certificate}/revoke"),
    office("/alumni", shot="alumni"),
    # programmes
    office("/programmes/manage", shot="programmes-manage"),
    office("/programmes/new", shot="programme-new"),
    office(S + "/edit", "/programmes/top-talent/edit", shot="programme-edit"),
    office(S + "/archive", "/programmes/top-talent/archive"),
    office(S + "/cohorts/new", "/programmes/top-talent/cohorts/new", shot="cohort-new"),
    office(S + "/sponsors", "/programmes/top-talent/sponsors", shot="sponsors"),
    office(S + "/sponsors/{sponsorship:uuid}", "/programmes/top-talent/sponsors/{sponsorship}", shot="sponsor"),
    # mentoring
    public("/mentoring", shot="mentoring-public"),
    own("/mentoring", shot="mentoring"),
    own(M + "/mentor", "/mentoring/{round}/mentor", shot="mentor"),
    own(M + "/mentor", "/mentoring/{round_next}/mentor", shot="mentor-offer"),
    own(M + "/mentor/withdraw", "/mentoring/{round}/mentor/withdraw", shot="mentor-withdraw"),
    own(M + "/mentee", "/mentoring/{round}/mentee", shot="mentee"),
    own(M + "/mentee", "/mentoring/{round_next}/mentee", shot="mentee-ask"),
    own(M + "/mentee/mentors", "/mentoring/{round}/mentee/mentors", shot="mentee-mentors"),
    own(M + "/mentee/mentors", "/mentoring/{round}/mentee/mentors?q=nobody"),
    own(M + "/mentee/withdraw", "/mentoring/{round}/mentee/withdraw"),
    office("/mentoring/rounds", shot="rounds"),
    office("/mentoring/rounds/new", shot="round-choose"),
    office("/mentoring/rounds/new", "/mentoring/rounds/new?from=year", shot="round-new"),
    office(MR, "/mentoring/rounds/{round}", shot="round"),
    office(MR, "/mentoring/rounds/{round_draft}", shot="round-draft"),
    office(MR + "/close", "/mentoring/rounds/{round}/close"),
    office(MR + "/remove", "/mentoring/rounds/{round_draft}/remove"),
    office(MR + "/settings", "/mentoring/rounds/{round}/settings", shot="round-settings"),
    office(MR + "/criteria", "/mentoring/rounds/{round}/criteria", shot="criteria"),
    office(MR + "/criteria/versions", "/mentoring/rounds/{round}/criteria/versions", shot="criteria-versions"),
    office(MR + "/people", "/mentoring/rounds/{round}/people", shot="round-people"),
    office(MR + "/people", "/mentoring/rounds/{round_draft}/people?side=mentee"),
    office(MR + "/people/add", "/mentoring/rounds/{round}/people/add"),
    office(MR + "/people/{person:uuid}", "/mentoring/rounds/{round}/people/{person}", shot="round-person"),
    office(MR + "/people/{person:uuid}/mentor", "/mentoring/rounds/{round}/people/{person}/mentor"),
    office(MR + "/people/{person:uuid}/mentee", "/mentoring/rounds/{round}/people/{person}/mentee", shot="round-edit"),
    office(MR + "/people/{person:uuid}/withdraw", "/mentoring/rounds/{round}/people/{person}/withdraw"),
    office(MR + "/import", "/mentoring/rounds/{round}/import", shot="round-import"),
    office(MR + "/import/{file:uuid}", "/mentoring/rounds/{round}/import/{file}", shot="import-columns"),
    office(MR + "/import/{file:uuid}/check", "/mentoring/rounds/{round}/import/{file}/check", shot="import-check"),
    office(
        MR + "/import/{file:uuid}/check", "/mentoring/rounds/{round}/import/{file_working}/check", shot="import-working"
    ),
    office(MR + "/import/{file:uuid}/check", "/mentoring/rounds/{round}/import/{file_done}/check", shot="import-done"),
    office(MR + "/reports", "/mentoring/rounds/{round_paired}/reports", shot="round-reports"),
    office(
        MR + "/reports/people",
        "/mentoring/rounds/{round_paired}/reports/people?show=mentees",
        shot="round-reports-people",
    ),
    office(MR + "/reports/people", "/mentoring/rounds/{round_paired}/reports/people?show=late"),
    office(MR + "/reports/fairness", "/mentoring/rounds/{round_paired}/reports/fairness", shot="round-fairness"),
    office(MR + "/pairs", "/mentoring/rounds/{round}/pairs", shot="pairs-begin"),
    office(MR + "/pairs", "/mentoring/rounds/{round_pairs}/pairs", shot="pairs"),
    office(MR + "/pairs", "/mentoring/rounds/{round_pairs}/pairs?show=pinned&q=nobody"),
    office(MR + "/pairs", "/mentoring/rounds/{round_working}/pairs", shot="pairs-working"),
    office(MR + "/pairs/runs/{number:int}", "/mentoring/rounds/{round_pairs}/pairs/runs/1"),
    office(MR + "/pairs/runs", "/mentoring/rounds/{round_pairs}/pairs/runs", shot="pairs-runs"),
    office(MR + "/pairs/modes", "/mentoring/rounds/{round_pairs}/pairs/modes", shot="pairs-modes"),
    office(MR + "/pairs/unmatched", "/mentoring/rounds/{round_pairs}/pairs/unmatched", shot="pairs-unmatched"),
    office(MR + "/pairs/why-not", "/mentoring/rounds/{round_pairs}/pairs/why-not"),
    office(MR + "/pairs/why-not", "/mentoring/rounds/{round_pairs}/pairs/why-not?{two}", shot="pairs-why-not"),
    office(MR + "/pairs/check", "/mentoring/rounds/{round_pairs}/pairs/check", shot="pairs-check"),
    office(MR + "/pairs/check", "/mentoring/rounds/{round}/pairs/check"),
    # people, organisations, mails
    office("/people", shot="people"),
    office("/people/new"),
    office(P, "/people/{person}", shot="person"),
    office(P + "/edit", "/people/{person}/edit", shot="person-edit"),
    office(P + "/everything", "/people/{person}/everything", shot="everything-held"),
    office(P + "/role", "/people/{person}/role"),
    office(P + "/addresses/{address:uuid}/remove", "/people/{person}/addresses/{address}/remove"),
    office("/organisations", shot="organisations"),
    office("/organisations/new", shot="organisation-new"),
    office("/organisations/import", shot="organisations-import"),
    office("/organisations/{organisation:uuid}/edit", "/organisations/{organisation}/edit"),
    office("/outbox", shot="outbox"),
    office("/outbox", "/outbox?state=failed"),
    office("/outbox/{mail:uuid}", "/outbox/{mail}", shot="mail"),
    office("/outbox/{mail:uuid}", "/outbox/{failed_mail}"),
    office("/audit", shot="audit"),
    # pairings
    public("/p/{token:str}", "{p_asked}", shot="proposal"),
    public("/p/{token:str}", "{p_yes}"),
    public("/p/{token:str}", "{p_declined}"),
    public("/p/{token:str}", "{p_late}", shot="proposal-late"),
    public("/met/{token:str}", "{met}", shot="met"),
    own("/mentoring/proposals/{pairing:uuid}", "/mentoring/proposals/{asked}"),
    own(MP, "/mentoring/pairings/{pairing}", shot="pairing"),
    own(MP, "/mentoring/pairings/{pairing_complete}", shot="pairing-complete"),
    own(MP + "/meetings/offer", "/mentoring/pairings/{pairing}/meetings/offer", shot="meeting-offer"),
    own(MP + "/meetings/{meeting:uuid}/move", "/mentoring/pairings/{pairing}/meetings/{meeting}/move"),
    own(MP + "/meetings/{meeting:uuid}/cancel", "/mentoring/pairings/{pairing}/meetings/{meeting}/cancel"),
    own(MP + "/notes/{note:uuid}", "/mentoring/pairings/{pairing}/notes/{note}", shot="pairing-note"),
    own(MP + "/pause", "/mentoring/pairings/{pairing}/pause", shot="pairing-pause"),
    own(MP + "/end", "/mentoring/pairings/{pairing}/end", shot="pairing-end"),
    own(MP + "/evaluation", "/mentoring/pairings/{pairing_complete}/evaluation", shot="pairing-evaluation"),
    office(MR + "/pairings", "/mentoring/rounds/{round_paired}/pairings?view=all", shot="pairings"),
    office(MR + "/pairings", "/mentoring/rounds/{round_paired}/pairings?view=paused"),
    office(MR + "/pairings", "/mentoring/rounds/{round_draft}/pairings"),
    office(MR + "/pairings/new", "/mentoring/rounds/{round_paired}/pairings/new", shot="pairings-new"),
    office(MR + MP1, "/mentoring/rounds/{round_paired}/pairings/{pairing}", shot="pairing-staff"),
    office(MR + MP1, "/mentoring/rounds/{round_paired}/pairings/{pairing_ended}"),
    office(MR + MP1, "/mentoring/rounds/{round_paired}/pairings/{pairing_evaluated}", shot="pairing-staff-complete"),
    office(MR + MP1 + "/end", "/mentoring/rounds/{round_paired}/pairings/{pairing}/end"),
    # errors
    public("404", "/no-such-page", status=404, shot="error-404"),
    Look(route="403", path="/today", who="participant", status=403, shot="error-403"),
]
"""Every page, in the states that look different."""

NO_PAGES = {
    "/api/coaches": "JSON",
    "/api/cohorts": "JSON",
    "/api/cohorts/{code:str}": "JSON",
    "/api/cohorts/{code:str}/coaching": "JSON",
    "/api/cohorts/{code:str}/enrolments": "JSON",
    "/api/mentoring/rounds": "JSON",
    "/api/mentoring/rounds/{round:str}/holds": "JSON",
    "/api/mentoring/rounds/{round:str}/pairings": "JSON",
    "/api/mentoring/rounds/{round:str}/runs": "JSON",
    "/api/mentoring/rounds/{round:str}/runs/{number:int}": "JSON",
    "/api/my/coachees/sessions": "JSON",
    "/api/my/coaching": "JSON",
    "/api/my/coaching-sessions/{session:uuid}": "JSON",
    "/api/my/coaching/{enrolment:uuid}/coaches": "JSON",
    "/api/my/coaching/{enrolment:uuid}/times": "JSON",
    "/api/my/enrolments": "JSON",
    "/api/my/enrolments/{enrolment:uuid}": "JSON",
    "/api/openapi.json": "JSON",
    "/api/programmes": "JSON",
    "/api/programmes/{slug:str}": "JSON",
    "/api/sessions/{session:uuid}/register": "JSON",
    "/calendar.ics": "a calendar",
    "/certificates/{certificate:uuid}/certificate.pdf": "a PDF",
    "/coaching/my-notes.txt": "a text file",
    "/coaching/sessions/{session:uuid}/invite.ics": "a calendar",
    "/demo/mailbox/mails/{mail:uuid}/html": "the HTML of a mail, in its frame",
    "/events/{event:uuid}/event.ics": "a calendar",
    "/feeds/{name:str}": "a calendar",
    "/health/live": "for machines",
    "/health/ready": "for machines",
    "/mentoring/offer": "sends on to the form of the round that is open",
    "/my/cohorts/{code:str}": "sends on to the page of the registration",
    "/outbox/{mail:uuid}/html": "the HTML of a mail, in its frame",
    "/outbox/{mail:uuid}/mail.eml": "a mail",
    "/r/{token:str}/calendar.ics": "a calendar",
    "/sponsors/{sponsorship:uuid}/logo": "a picture",
    "/static/{name:path}": "styles and scripts",
    "/theme.css": "styles",
    "/verify/{code:str}/certificate.pdf": "a PDF",
}
"""GET routes that answer with something else than a page, and with what."""


async def places(*, now: datetime) -> dict[str, str]:
    """What the names in the addresses stand for, in the demonstration that is in use."""
    codes = {
        "open": demo.OPEN_COHORT,
        "full": demo.FULL_COHORT,
        "running": demo.RUNNING_COHORT,
        "planned": demo.PLANNED_COHORT,
        "to_close": demo.TO_CLOSE_COHORT,
        "cancelled": demo.CANCELLED_COHORT,
        "closed": demo.CORRECTED_COHORT,
        "other": "empowering-women-york",
    }
    priya = await people.find(PARTICIPANT)
    assert priya is not None
    registrations = await _registrations(codes, priya, now)
    top_talent = await _first(Programme, Programme.slug == "top-talent")
    return {
        **codes,
        **await _cohorts(codes),
        **registrations,
        **await coaching_places(priya, UUID(registrations["enrolment"]), UUID(registrations["e_completed"]), now=now),
        **await booking_places(priya, UUID(await _first(Cohort, Cohort.code == codes["open"])), now=now),
        **await _secrets(priya, now),
        **await mentoring_places(priya, now=now),
        **await pairing_places(priya, now=now),
        "person": str(priya),
        "organisation": await _first(Organisation, Organisation.name == "Essex County Council"),
        "address": await _first(EmailAddress, EmailAddress.person == priya),
        "sponsorship": await _first(Sponsorship, Sponsorship.programme == top_talent),
        "certificate": await _first(Certificate, Certificate.needs_decision != ""),
        "mail": await _first(Message, Message.kind == "session-invite"),
        "failed_mail": await _first(Message, Message.state == MessageState.FAILED),
    }


async def _cohorts(codes: dict[str, str]) -> dict[str, str]:
    coming = await schedule.sessions(UUID(await _first(Cohort, Cohort.code == codes["open"])))
    held = await schedule.sessions(UUID(await _first(Cohort, Cohort.code == codes["running"])))
    over = await schedule.sessions(UUID(await _first(Cohort, Cohort.code == codes["closed"])))
    return {
        "session": str(coming[0]["id"]),
        "past_session": str(held[0]["id"]),
        "closed_session": str(over[0]["id"]),
    }


async def _registrations(codes: dict[str, str], person: UUID, now: datetime) -> dict[str, str]:
    """A registration in each state, the link to its page, and the certificate of this person."""
    running = await _first(Cohort, Cohort.code == codes["running"])
    full = await _first(Cohort, Cohort.code == codes["full"])
    here = (Enrolment.cohort == running) & (Enrolment.person == person)
    found = {"enrolment": await _first(Enrolment, here)}
    found["r_enrolled"] = letters.manage_path(UUID(found["enrolment"]))
    for status in set(EnrolmentStatus) - {EnrolmentStatus.ENROLLED}:
        where = Enrolment.status == status
        if status is EnrolmentStatus.WAITLISTED:
            where &= Enrolment.cohort == full
        if status is EnrolmentStatus.WITHDRAWN:
            where &= Enrolment.cohort == running
        if await Enrolment.exists().where(where):
            found[f"e_{status.value}"] = await _first(Enrolment, where)
            found[f"r_{status.value}"] = letters.manage_path(UUID(found[f"e_{status.value}"]))
    tess = await enrolment.register(
        UUID(await _first(Cohort, Cohort.code == codes["other"])),
        name="Tess Newcomb",
        address="tess.newcomb@york.example",
        organisation=None,
        organisation_name="City of York Council",
        now=now,
    )
    found["r_offered"] = letters.manage_path(tess.enrolment)
    done = await Completion.select(Completion.id, Completion.cohort_id).where(Completion.person == person)
    rows = await Certificate.select(Certificate.id, Certificate.code).where(Certificate.completion == done[0]["id"])
    then = (Enrolment.cohort == done[0]["cohort_id"]) & (Enrolment.person == person)
    found["e_completed"] = await _first(Enrolment, then)
    found["r_completed"] = letters.manage_path(UUID(found["e_completed"]))
    return {**found, "own_certificate": str(rows[0]["id"]), "verify": rows[0]["code"]}


async def _secrets(person: UUID, now: datetime) -> dict[str, str]:
    """Links and tokens that are stored as hashes only, so made anew."""
    secret = new_secret()
    await AddressChange.insert(
        AddressChange(
            person=person,
            address="priya@new.example",
            token_hash=hash_of(secret),
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
    )
    await accounts.create_api_token(person, "Spreadsheet of our team", frozenset({"read"}), now)
    return {
        "sign_in": await accounts.make_sign_in_link(person, now, minutes=600),
        "address_change": secret,
        "token": await _first(ApiToken, ApiToken.person == person),
    }


async def _first(table: Any, where: Any) -> str:
    """The id of one row, the same each time."""
    row = await table.select(table.id).where(where).order_by(table.id).first()
    assert row is not None, f"the demonstration has no {table.__name__} that is {where}"
    return str(row["id"])
