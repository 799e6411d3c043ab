"""Every route of the product with who may use it. The table is frozen: a change of it is a decision.

``python -m tests.test_routes`` prints the table of the application as it is, to be put between the quotation marks.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from academy.serving import Route, route_list
from academy.settings import Settings
from academy.web.access import Who

TABLE = """
Anyone:
GET    /
GET    /accessibility
GET    /api/docs
GET    /api/openapi.json
GET    /calendar.ics
GET    /cohorts/{code:str}
GET    /cohorts/{code:str}/register
POST   /cohorts/{code:str}/register
GET    /cohorts/{code:str}/registered
GET    /health/live
GET    /health/ready
GET    /help
GET    /mentoring
GET    /privacy
GET    /programmes
GET    /programmes/{slug:str}
GET    /sign-in
POST   /sign-in
POST   /sign-out
GET    /sponsors/{sponsorship:uuid}/logo
GET    /static/{name:path}
GET    /theme.css
GET    /verify

Who holds the link:
GET    /account/address/{token:str}
HEAD   /account/address/{token:str}
POST   /account/address/{token:str}
GET    /feeds/{name:str}
GET    /goals/{token:str}
POST   /goals/{token:str}/agree
POST   /goals/{token:str}/ratings
GET    /met/{token:str}
POST   /met/{token:str}
GET    /p/{token:str}
POST   /p/{token:str}/accept
POST   /p/{token:str}/decline
GET    /r/{token:str}
GET    /r/{token:str}/calendar.ics
POST   /r/{token:str}/come-back
POST   /r/{token:str}/confirm
POST   /r/{token:str}/sessions/{session:uuid}
GET    /r/{token:str}/withdraw
POST   /r/{token:str}/withdraw
GET    /sign-in/{token:str}
HEAD   /sign-in/{token:str}
POST   /sign-in/{token:str}
GET    /verify/{code:str}
GET    /verify/{code:str}/certificate.pdf

Who is signed in:
GET    /account
POST   /account
POST   /account/address
GET    /account/calendar
POST   /account/calendar
POST   /account/calendar/end
GET    /account/everything
POST   /account/everything
POST   /account/sign-out-everywhere
GET    /account/tokens
POST   /account/tokens
GET    /account/tokens/{token:uuid}/end
POST   /account/tokens/{token:uuid}/end
GET    /certificates/{certificate:uuid}
GET    /certificates/{certificate:uuid}/certificate.pdf
GET    /coaching
GET    /coaching/my-notes.txt
GET    /coaching/sessions/{session:uuid}
POST   /coaching/sessions/{session:uuid}/actions
POST   /coaching/sessions/{session:uuid}/actions/{action:uuid}/done
GET    /coaching/sessions/{session:uuid}/actions/{action:uuid}/remove
POST   /coaching/sessions/{session:uuid}/actions/{action:uuid}/remove
POST   /coaching/sessions/{session:uuid}/actions/{action:uuid}/undo
GET    /coaching/sessions/{session:uuid}/cancel
POST   /coaching/sessions/{session:uuid}/cancel
GET    /coaching/sessions/{session:uuid}/invite.ics
GET    /coaching/sessions/{session:uuid}/move
POST   /coaching/sessions/{session:uuid}/move
GET    /coaching/sessions/{session:uuid}/move/check
POST   /coaching/sessions/{session:uuid}/move/withdraw
POST   /coaching/sessions/{session:uuid}/note
POST   /coaching/sessions/{session:uuid}/outcome
POST   /coaching/sessions/{session:uuid}/outcome/undo
POST   /coaching/{enrolment:uuid}/book
GET    /coaching/{enrolment:uuid}/check
POST   /coaching/{enrolment:uuid}/check
GET    /coaching/{enrolment:uuid}/coaches
GET    /coaching/{enrolment:uuid}/coaches/{coach:uuid}/choose
POST   /coaching/{enrolment:uuid}/coaches/{coach:uuid}/choose
GET    /coaching/{enrolment:uuid}/evaluation
POST   /coaching/{enrolment:uuid}/evaluation
GET    /coaching/{enrolment:uuid}/goals
POST   /coaching/{enrolment:uuid}/goals/agree
GET    /coaching/{enrolment:uuid}/goals/change
POST   /coaching/{enrolment:uuid}/goals/change
POST   /coaching/{enrolment:uuid}/goals/manager
GET    /coaching/{enrolment:uuid}/times
GET    /events/{event:uuid}/event.ics
POST   /events/{event:uuid}/reply
GET    /home
POST   /home/coming
GET    /mentoring/offer
GET    /mentoring/pairings/{pairing:uuid}
POST   /mentoring/pairings/{pairing:uuid}/agree
GET    /mentoring/pairings/{pairing:uuid}/end
POST   /mentoring/pairings/{pairing:uuid}/end
GET    /mentoring/pairings/{pairing:uuid}/evaluation
POST   /mentoring/pairings/{pairing:uuid}/evaluation
POST   /mentoring/pairings/{pairing:uuid}/goals
POST   /mentoring/pairings/{pairing:uuid}/goals/{goal:uuid}
POST   /mentoring/pairings/{pairing:uuid}/meetings
GET    /mentoring/pairings/{pairing:uuid}/meetings/offer
POST   /mentoring/pairings/{pairing:uuid}/meetings/offer
GET    /mentoring/pairings/{pairing:uuid}/meetings/{meeting:uuid}/cancel
POST   /mentoring/pairings/{pairing:uuid}/meetings/{meeting:uuid}/cancel
POST   /mentoring/pairings/{pairing:uuid}/meetings/{meeting:uuid}/missed
GET    /mentoring/pairings/{pairing:uuid}/meetings/{meeting:uuid}/move
POST   /mentoring/pairings/{pairing:uuid}/meetings/{meeting:uuid}/move
POST   /mentoring/pairings/{pairing:uuid}/notes
GET    /mentoring/pairings/{pairing:uuid}/notes/{note:uuid}
POST   /mentoring/pairings/{pairing:uuid}/notes/{note:uuid}
POST   /mentoring/pairings/{pairing:uuid}/notes/{note:uuid}/remove
GET    /mentoring/pairings/{pairing:uuid}/pause
POST   /mentoring/pairings/{pairing:uuid}/pause
POST   /mentoring/pairings/{pairing:uuid}/resume
GET    /mentoring/proposals/{pairing:uuid}
POST   /mentoring/proposals/{pairing:uuid}/accept
POST   /mentoring/proposals/{pairing:uuid}/decline
GET    /mentoring/{round:str}/mentee
POST   /mentoring/{round:str}/mentee
POST   /mentoring/{round:str}/mentee/apart/{apart:uuid}
GET    /mentoring/{round:str}/mentee/mentors
POST   /mentoring/{round:str}/mentee/mentors
GET    /mentoring/{round:str}/mentee/withdraw
POST   /mentoring/{round:str}/mentee/withdraw
GET    /mentoring/{round:str}/mentor
POST   /mentoring/{round:str}/mentor
POST   /mentoring/{round:str}/mentor/apart/{apart:uuid}
POST   /mentoring/{round:str}/mentor/pause
GET    /mentoring/{round:str}/mentor/withdraw
POST   /mentoring/{round:str}/mentor/withdraw
GET    /my/cohorts/{code:str}
GET    /my/record

Coordinators, and who leads the session:
GET    /my-sessions
GET    /sessions/{session:uuid}/register
POST   /sessions/{session:uuid}/register
POST   /sessions/{session:uuid}/register/undo

Coaches:
GET    /coach
GET    /coach/busy
POST   /coach/busy/addresses
POST   /coach/busy/files
POST   /coach/busy/{calendar:uuid}/read
GET    /coach/busy/{calendar:uuid}/remove
POST   /coach/busy/{calendar:uuid}/remove
GET    /coach/hours
GET    /coach/log
POST   /coach/log
GET    /coach/log/{entry:uuid}/change
POST   /coach/log/{entry:uuid}/change
GET    /coach/log/{entry:uuid}/remove
POST   /coach/log/{entry:uuid}/remove
GET    /coach/profile
POST   /coach/profile
GET    /coach/times
POST   /coach/times
POST   /coach/times/exceptions
GET    /coach/times/exceptions/{exception:uuid}/remove
POST   /coach/times/exceptions/{exception:uuid}/remove
GET    /coach/times/rules
POST   /coach/times/rules
GET    /coaching/sessions/{session:uuid}/answer
POST   /coaching/sessions/{session:uuid}/answer

Coordinators:
GET    /alumni
GET    /audit
POST   /certificates/{certificate:uuid}/keep
GET    /certificates/{certificate:uuid}/reissue
POST   /certificates/{certificate:uuid}/reissue
GET    /certificates/{certificate:uuid}/revoke
POST   /certificates/{certificate:uuid}/revoke
GET    /coaches
GET    /coaches/{coach:uuid}
GET    /coaches/{coach:uuid}/away
POST   /coaches/{coach:uuid}/away
POST   /coaches/{coach:uuid}/away/check
POST   /coaches/{coach:uuid}/come-back
POST   /coaches/{coach:uuid}/exceptions/{exception:uuid}/remove
GET    /cohorts
POST   /cohorts/{code:str}/ask-again
GET    /cohorts/{code:str}/cancel
POST   /cohorts/{code:str}/cancel
GET    /cohorts/{code:str}/close
POST   /cohorts/{code:str}/close
GET    /cohorts/{code:str}/coaching
POST   /cohorts/{code:str}/coaching/remind
GET    /cohorts/{code:str}/coaching/{enrolment:uuid}
GET    /cohorts/{code:str}/coaching/{enrolment:uuid}/book
POST   /cohorts/{code:str}/coaching/{enrolment:uuid}/book
GET    /cohorts/{code:str}/coaching/{enrolment:uuid}/book/check
POST   /cohorts/{code:str}/coaching/{enrolment:uuid}/coach
POST   /cohorts/{code:str}/coaching/{enrolment:uuid}/credits
GET    /cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}
POST   /cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}/answer
GET    /cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}/cancel
POST   /cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}/cancel
POST   /cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}/mark
GET    /cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}/move
POST   /cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}/move
GET    /cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}/move/check
GET    /cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}/waive
POST   /cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}/waive
GET    /cohorts/{code:str}/edit
POST   /cohorts/{code:str}/edit
POST   /cohorts/{code:str}/fill
GET    /cohorts/{code:str}/mails
GET    /cohorts/{code:str}/make-virtual
POST   /cohorts/{code:str}/make-virtual
GET    /cohorts/{code:str}/manage
GET    /cohorts/{code:str}/people/add
POST   /cohorts/{code:str}/people/add
GET    /cohorts/{code:str}/people/{enrolment:uuid}
GET    /cohorts/{code:str}/people/{enrolment:uuid}/reinstate
POST   /cohorts/{code:str}/people/{enrolment:uuid}/reinstate
POST   /cohorts/{code:str}/people/{enrolment:uuid}/resend
GET    /cohorts/{code:str}/people/{enrolment:uuid}/withdraw
POST   /cohorts/{code:str}/people/{enrolment:uuid}/withdraw
POST   /cohorts/{code:str}/publish
POST   /cohorts/{code:str}/selected
GET    /cohorts/{code:str}/sessions
GET    /cohorts/{code:str}/sessions/new
POST   /cohorts/{code:str}/sessions/new
GET    /cohorts/{code:str}/sessions/{session:uuid}
POST   /cohorts/{code:str}/sessions/{session:uuid}
GET    /cohorts/{code:str}/sessions/{session:uuid}/cancel
POST   /cohorts/{code:str}/sessions/{session:uuid}/cancel
GET    /cohorts/{code:str}/waiting-list
GET    /cohorts/{code:str}/waiting-list/{enrolment:uuid}/move-up
POST   /cohorts/{code:str}/waiting-list/{enrolment:uuid}/move-up
GET    /mentoring/rounds
GET    /mentoring/rounds/new
POST   /mentoring/rounds/new
GET    /mentoring/rounds/{round:str}
GET    /mentoring/rounds/{round:str}/close
GET    /mentoring/rounds/{round:str}/criteria
POST   /mentoring/rounds/{round:str}/criteria
GET    /mentoring/rounds/{round:str}/criteria/versions
GET    /mentoring/rounds/{round:str}/import
POST   /mentoring/rounds/{round:str}/import
GET    /mentoring/rounds/{round:str}/import/{file:uuid}
POST   /mentoring/rounds/{round:str}/import/{file:uuid}
GET    /mentoring/rounds/{round:str}/import/{file:uuid}/check
POST   /mentoring/rounds/{round:str}/import/{file:uuid}/check
POST   /mentoring/rounds/{round:str}/keep-as-template
POST   /mentoring/rounds/{round:str}/move
GET    /mentoring/rounds/{round:str}/pairings
GET    /mentoring/rounds/{round:str}/pairings/new
POST   /mentoring/rounds/{round:str}/pairings/new
GET    /mentoring/rounds/{round:str}/pairings/{pairing:uuid}
POST   /mentoring/rounds/{round:str}/pairings/{pairing:uuid}/complete
GET    /mentoring/rounds/{round:str}/pairings/{pairing:uuid}/end
POST   /mentoring/rounds/{round:str}/pairings/{pairing:uuid}/end
POST   /mentoring/rounds/{round:str}/pairings/{pairing:uuid}/take-back
GET    /mentoring/rounds/{round:str}/pairs
GET    /mentoring/rounds/{round:str}/pairs/check
GET    /mentoring/rounds/{round:str}/pairs/modes
POST   /mentoring/rounds/{round:str}/pairs/modes
POST   /mentoring/rounds/{round:str}/pairs/pin
POST   /mentoring/rounds/{round:str}/pairs/publish
POST   /mentoring/rounds/{round:str}/pairs/release
POST   /mentoring/rounds/{round:str}/pairs/rule-out
GET    /mentoring/rounds/{round:str}/pairs/runs
GET    /mentoring/rounds/{round:str}/pairs/runs/{number:int}
POST   /mentoring/rounds/{round:str}/pairs/runs/{number:int}/again
POST   /mentoring/rounds/{round:str}/pairs/suggest
POST   /mentoring/rounds/{round:str}/pairs/swap
GET    /mentoring/rounds/{round:str}/pairs/unmatched
GET    /mentoring/rounds/{round:str}/pairs/why-not
POST   /mentoring/rounds/{round:str}/pairs/why-not
GET    /mentoring/rounds/{round:str}/people
GET    /mentoring/rounds/{round:str}/people/add
POST   /mentoring/rounds/{round:str}/people/add
GET    /mentoring/rounds/{round:str}/people/{person:uuid}
POST   /mentoring/rounds/{round:str}/people/{person:uuid}/apart
POST   /mentoring/rounds/{round:str}/people/{person:uuid}/apart/{apart:uuid}
GET    /mentoring/rounds/{round:str}/people/{person:uuid}/mentee
POST   /mentoring/rounds/{round:str}/people/{person:uuid}/mentee
GET    /mentoring/rounds/{round:str}/people/{person:uuid}/mentor
POST   /mentoring/rounds/{round:str}/people/{person:uuid}/mentor
POST   /mentoring/rounds/{round:str}/people/{person:uuid}/pause
GET    /mentoring/rounds/{round:str}/people/{person:uuid}/withdraw
POST   /mentoring/rounds/{round:str}/people/{person:uuid}/withdraw
GET    /mentoring/rounds/{round:str}/remove
POST   /mentoring/rounds/{round:str}/remove
GET    /mentoring/rounds/{round:str}/reports
GET    /mentoring/rounds/{round:str}/reports/fairness
GET    /mentoring/rounds/{round:str}/reports/people
GET    /mentoring/rounds/{round:str}/settings
POST   /mentoring/rounds/{round:str}/settings
GET    /organisations
GET    /organisations/import
POST   /organisations/import
GET    /organisations/new
POST   /organisations/new
GET    /organisations/{organisation:uuid}/edit
POST   /organisations/{organisation:uuid}/edit
GET    /outbox
POST   /outbox/retry-failed
POST   /outbox/send-again
GET    /outbox/{mail:uuid}
GET    /outbox/{mail:uuid}/html
GET    /outbox/{mail:uuid}/mail.eml
GET    /people
GET    /people/new
POST   /people/new
GET    /people/{person:uuid}
POST   /people/{person:uuid}/addresses
POST   /people/{person:uuid}/addresses/{address:uuid}/primary
GET    /people/{person:uuid}/addresses/{address:uuid}/remove
POST   /people/{person:uuid}/addresses/{address:uuid}/remove
POST   /people/{person:uuid}/addresses/{address:uuid}/verified
POST   /people/{person:uuid}/cohorts
GET    /people/{person:uuid}/edit
POST   /people/{person:uuid}/edit
GET    /people/{person:uuid}/everything
POST   /people/{person:uuid}/everything
POST   /people/{person:uuid}/everything/tell
GET    /people/{person:uuid}/role
POST   /people/{person:uuid}/role
GET    /programmes/manage
GET    /programmes/new
POST   /programmes/new
GET    /programmes/{slug:str}/archive
POST   /programmes/{slug:str}/archive
GET    /programmes/{slug:str}/coaching
POST   /programmes/{slug:str}/coaching
GET    /programmes/{slug:str}/coaching/coaches
POST   /programmes/{slug:str}/coaching/coaches
POST   /programmes/{slug:str}/coaching/coaches/{coach:uuid}/end
POST   /programmes/{slug:str}/coaching/start
GET    /programmes/{slug:str}/cohorts/new
POST   /programmes/{slug:str}/cohorts/new
GET    /programmes/{slug:str}/edit
POST   /programmes/{slug:str}/edit
POST   /programmes/{slug:str}/publish
GET    /programmes/{slug:str}/sponsors
POST   /programmes/{slug:str}/sponsors
GET    /programmes/{slug:str}/sponsors/{sponsorship:uuid}
POST   /programmes/{slug:str}/sponsors/{sponsorship:uuid}/end
POST   /programmes/{slug:str}/sponsors/{sponsorship:uuid}/logo
GET    /today

Programs, scope read:
GET    /api/cohorts
GET    /api/cohorts/{code:str}
GET    /api/my/coachees/sessions
GET    /api/my/coaching
GET    /api/my/coaching-sessions/{session:uuid}
GET    /api/my/coaching/{enrolment:uuid}/coaches
GET    /api/my/coaching/{enrolment:uuid}/times
GET    /api/my/enrolments
GET    /api/my/enrolments/{enrolment:uuid}
GET    /api/programmes
GET    /api/programmes/{slug:str}

Programs, scope enrol:
POST   /api/cohorts/{code:str}/enrolments
POST   /api/my/coachees/sessions/{session:uuid}/outcome
POST   /api/my/coaching-sessions/{session:uuid}/cancel
POST   /api/my/coaching-sessions/{session:uuid}/move
POST   /api/my/coaching/{enrolment:uuid}/sessions
POST   /api/my/enrolments/{enrolment:uuid}/confirm
PUT    /api/my/enrolments/{enrolment:uuid}/replies/{session:uuid}
POST   /api/my/enrolments/{enrolment:uuid}/withdraw

Programs of coordinators, scope manage:
GET    /api/coaches
POST   /api/coaching-sessions/{session:uuid}/cancel
POST   /api/coaching-sessions/{session:uuid}/waive
POST   /api/cohorts
PUT    /api/cohorts/{code:str}/capacity
GET    /api/cohorts/{code:str}/coaching
GET    /api/cohorts/{code:str}/enrolments
POST   /api/cohorts/{code:str}/people
POST   /api/cohorts/{code:str}/publish
POST   /api/cohorts/{code:str}/sessions
POST   /api/cohorts/{code:str}/virtual
POST   /api/enrolments/{enrolment:uuid}/credits
POST   /api/enrolments/{enrolment:uuid}/withdraw
GET    /api/mentoring/rounds
GET    /api/mentoring/rounds/{round:str}/holds
POST   /api/mentoring/rounds/{round:str}/holds
GET    /api/mentoring/rounds/{round:str}/pairings
GET    /api/mentoring/rounds/{round:str}/runs
POST   /api/mentoring/rounds/{round:str}/runs
GET    /api/mentoring/rounds/{round:str}/runs/{number:int}
POST   /api/mentoring/rounds/{round:str}/runs/{number:int}/publish
POST   /api/programmes
PATCH  /api/sessions/{session:uuid}
POST   /api/sessions/{session:uuid}/cancel
GET    /api/sessions/{session:uuid}/register
PUT    /api/sessions/{session:uuid}/register

Anyone, in a demonstration only:
GET    /demo/mailbox
GET    /demo/mailbox/mails/{mail:uuid}/html
GET    /demo/mailbox/{person:uuid}
"""

OPEN_CHANGES = {
    "POST /sign-in": "asks for a link by mail",
    "POST /sign-out": "ends a session, if there is one; without one it does nothing",
    "POST /cohorts/{code:str}/register": "registers without an account; the mailed link confirms",
}
"""What anyone may change without a link and without signing in, and why."""

HEADINGS = {
    "anyone": "Anyone",
    "holder of the link": "Who holds the link",
    "signed in": "Who is signed in",
    "coordinator, or facilitator of the session": "Coordinators, and who leads the session",
    "coach": "Coaches",
    "coordinator": "Coordinators",
    "token with scope read": "Programs, scope read",
    "token with scope enrol": "Programs, scope enrol",
    "coordinator's token with scope manage": "Programs of coordinators, scope manage",
    "anyone, in the demonstration only": "Anyone, in a demonstration only",
}


def routes() -> list[Route]:
    """What the application has."""
    with tempfile.TemporaryDirectory() as folder:
        return route_list(Settings(data_dir=Path(folder)))


def table(found: list[Route]) -> str:
    """The routes in lines of method, path; one block for each audience."""
    blocks = []
    for who, heading in HEADINGS.items():
        lines = [f"{one.method:6} {one.path}" for one in found if one.who == who]
        blocks.append("\n".join([f"{heading}:", *lines]))
    return "\n\n".join(blocks)


def frozen() -> set[Route]:
    """The routes of the table in this file."""
    who_by_heading = {heading: who for who, heading in HEADINGS.items()}
    found, who = set(), ""
    for line in TABLE.strip().splitlines():
        if line.endswith(":"):
            who = who_by_heading[line[:-1]]
        elif line:
            method, path = line.split()
            found.add(Route(path, method, who))
    return found


ROUTES = routes()


def differences(listed: set[Route], found: set[Route]) -> list[str]:
    """What is in the application and not in the table, and the other way round."""
    new = [f"{one.method} {one.path} ({one.who}) is not in the table." for one in sorted(found - listed)]
    gone = [
        f"{one.method} {one.path} ({one.who}) is in the table and no longer there." for one in sorted(listed - found)
    ]
    return new + gone


def test_the_application_has_the_routes_of_the_table_and_no_others() -> None:
    found = differences(frozen(), set(ROUTES))
    assert not found, "\n".join([*found, "Print the table anew: python -m tests.test_routes"])


def test_a_new_route_a_vanished_one_and_one_with_another_audience_are_named() -> None:
    home, today = Route("/home", "GET", "signed in"), Route("/today", "GET", "coordinator")
    assert differences({home}, {home, today}) == ["GET /today (coordinator) is not in the table."]
    assert differences({home, today}, {home}) == ["GET /today (coordinator) is in the table and no longer there."]
    assert len(differences({today}, {Route("/today", "GET", "anyone")})) == 2


def test_every_route_says_who_may_use_it() -> None:
    assert [one for one in ROUTES if one.who not in set(Who)] == []
    assert set(HEADINGS) == set(Who)


def test_addresses_are_plain_words_with_hyphens() -> None:
    part = re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z]+)?|\{[a-z]+:(str|uuid|int|path)\}")
    odd = [one.path for one in ROUTES if one.path != "/" and not all(map(part.fullmatch, one.path[1:].split("/")))]
    assert odd == []


def test_what_anyone_may_change_is_a_short_list() -> None:
    changes = {
        f"{one.method} {one.path}" for one in ROUTES if one.who == Who.ANYONE and one.method not in ("GET", "HEAD")
    }
    assert changes == set(OPEN_CHANGES)


def test_links_and_the_demonstration_change_nothing_but_what_they_name() -> None:
    """A link's holder changes only below the address of the link."""
    changes = [one.path for one in ROUTES if one.who in (Who.LINK_HOLDER, Who.DEMO) and one.method == "POST"]
    assert {path.partition("{token:str}")[0] for path in changes} == {
        "/r/",
        "/sign-in/",
        "/account/address/",
        "/goals/",
        "/p/",
        "/met/",
    }


def test_programs_have_their_own_room() -> None:
    """Tokens open what is under /api, and sessions of browsers open nothing there."""
    scoped = {Who.API_READ, Who.API_ENROL, Who.API_MANAGE}
    inside = [one for one in ROUTES if one.path.startswith("/api/")]
    assert {one.path for one in inside if one.who not in scoped} == {"/api/docs", "/api/openapi.json"}
    assert [one for one in ROUTES if one.who in scoped and one not in inside] == []


if __name__ == "__main__":
    print(table(routes()))
