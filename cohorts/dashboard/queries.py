"""What a coordinator sees of cohorts: figures for what needs them, and the roster of one. One query each."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy import database
from academy.database.transactions import Row
from academy.invites.tables import Reply
from academy.programmes.tables import ProgrammeKind
from cohorts.coaching.desk import queries as coaching
from cohorts.coaching.desk.queries import Figures as Coaching
from cohorts.enrolment.tables import EnrolmentStatus
from cohorts.schedule.tables import CohortStatus

RECENT = timedelta(days=14)


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One cohort in numbers, as far as somebody has to decide something. Instants are UTC."""

    id: UUID
    code: str
    name: str
    programme_name: str
    kind: ProgrammeKind
    status: CohortStatus
    zone: str
    capacity: int
    minimum: int
    first_starts_at: datetime | None
    last_ends_at: datetime | None
    taken: int
    unconfirmed: int
    waiting: int
    first_waiting: str | None
    next_event: UUID | None
    next_title: str | None
    next_starts_at: datetime | None
    invited_at: datetime | None
    """When the first people were invited to the next session."""
    accepted: int
    tentative: int
    declined: int
    silent: int
    no_register: int
    """Sessions that are over and whose register nobody took."""
    no_register_session: UUID | None
    no_register_title: str | None
    marked: int
    attended: int
    failed_mails: int
    to_decide: int
    """Certificates whose attendance was corrected after the award."""
    coaching: Coaching | None = None
    """None where the programme has none."""


_REPLIES = """
       (SELECT count(*) FROM invitee i WHERE i.event = x.next_event AND i.state = 'invited' AND i.takes_part
        AND i.reply = '{reply}' AND i.reply_sequence >= v.asked_sequence) AS {name}"""

_FIGURES = (
    """
SELECT x.*, v.title AS next_event_title, ns.title AS next_title, v.starts_at AS next_starts_at,
       (SELECT min(i.invited_at) FROM invitee i WHERE i.event = x.next_event AND i.state = 'invited'
        AND i.takes_part) AS invited_at,
       (SELECT count(*) FROM invitee i WHERE i.event = x.next_event AND i.state = 'invited'
        AND i.takes_part) AS invited,"""
    + ",".join(
        _REPLIES.format(reply=reply.value, name=name)
        for reply, name in (
            (Reply.ACCEPTED, "accepted"),
            (Reply.TENTATIVE, "tentative"),
            (Reply.DECLINED, "declined"),
        )
    )
    + """,
       nr.title AS no_register_title
FROM (
    SELECT c.id, c.code, c.name, p.name AS programme_name, p.kind, c.status, c.zone, c.capacity, c.minimum,
        c.first_starts_at, c.last_ends_at,
        (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status IN ('enrolled', 'offered')) AS taken,
        (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status = 'offered') AS unconfirmed,
        (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status = 'waitlisted') AS waiting,
        (SELECT n.name FROM enrolment e JOIN person n ON n.id = e.person WHERE e.cohort = c.id
         AND e.status = 'waitlisted' ORDER BY e.list_number LIMIT 1) AS first_waiting,
        (SELECT s.event FROM cohort_session s JOIN calendar_event t ON t.id = s.event WHERE s.cohort = c.id
         AND s.status = 'planned' AND t.ends_at > :now ORDER BY t.starts_at LIMIT 1) AS next_event,
        (SELECT count(*) FROM cohort_session s JOIN calendar_event t ON t.id = s.event WHERE s.cohort = c.id
         AND s.status = 'planned' AND t.ends_at <= :now AND NOT EXISTS (SELECT 1 FROM attendance a
         WHERE a.session = s.id AND a.mark <> 'unmarked') AND EXISTS (SELECT 1 FROM enrolment e
         WHERE e.cohort = c.id AND e.status = 'enrolled')) AS no_register,
        (SELECT s.id FROM cohort_session s JOIN calendar_event t ON t.id = s.event WHERE s.cohort = c.id
         AND s.status = 'planned' AND t.ends_at <= :now AND NOT EXISTS (SELECT 1 FROM attendance a
         WHERE a.session = s.id AND a.mark <> 'unmarked') ORDER BY t.starts_at DESC LIMIT 1) AS no_register_session,
        (SELECT count(*) FROM attendance a JOIN cohort_session s ON s.id = a.session
         JOIN enrolment e ON e.id = a.enrolment WHERE s.cohort = c.id AND s.status = 'planned'
         AND e.status = 'enrolled' AND a.mark <> 'unmarked') AS marked,
        (SELECT count(*) FROM attendance a JOIN cohort_session s ON s.id = a.session
         JOIN enrolment e ON e.id = a.enrolment WHERE s.cohort = c.id AND s.status = 'planned'
         AND e.status = 'enrolled' AND a.mark IN ('present', 'late', 'partial')) AS attended,
        (SELECT count(*) FROM message m WHERE m.state = 'failed' AND m.queued_at > :recent AND (m.about_id = c.id
         OR m.about_id IN (SELECT s.event FROM cohort_session s WHERE s.cohort = c.id))) AS failed_mails,
        (SELECT count(*) FROM certificate t JOIN completion k ON k.id = t.completion WHERE k.cohort_id = c.id
         AND t.state = 'valid' AND t.needs_decision <> '') AS to_decide
    FROM cohort c JOIN programme p ON p.id = c.programme
    WHERE {which}
) x
LEFT JOIN calendar_event v ON v.id = x.next_event
LEFT JOIN cohort_session ns ON ns.event = x.next_event
LEFT JOIN cohort_session nr ON nr.id = x.no_register_session
ORDER BY coalesce(v.starts_at, x.last_ends_at), x.code
"""
)
_APART = ("silent", "status", "kind", "coaching")
_TYPES = {"invited_at": datetime}
_OF_ONE = database.compiled_sql(_FIGURES.replace("{which}", "c.id = :cohort"), types=_TYPES)
_OF_LIVE = database.compiled_sql(
    _FIGURES.replace(
        "{which}",
        "c.status IN ('planned', 'open') OR EXISTS (SELECT 1 FROM certificate t JOIN completion k"
        " ON k.id = t.completion WHERE k.cohort_id = c.id AND t.state = 'valid' AND t.needs_decision <> '')"
        " OR EXISTS (SELECT 1 FROM enrolment e JOIN coaching_session s ON s.enrolment = e.id WHERE e.cohort = c.id"
        " AND s.status IN ('requested', 'booked'))",
    ),
    types=_TYPES,
)


def _figures(row: Row, coached: Coaching | None) -> Figures:
    answered = row["accepted"] + row["tentative"] + row["declined"]
    given = {name: row[name] for name in Figures.__struct_fields__ if name not in _APART}
    return Figures(
        **given,
        kind=ProgrammeKind(row["kind"]),
        status=CohortStatus(row["status"]),
        silent=row["invited"] - answered,
        coaching=coached,
    )


async def figures(cohort: UUID, *, now: datetime) -> Figures:
    """One cohort in numbers."""
    (row,) = await _OF_ONE.run(cohort=cohort, now=now, recent=now - RECENT)
    return _figures(row, await coaching.figures_of(cohort, now=now))


async def figures_of_live(*, now: datetime) -> list[Figures]:
    """Every cohort that is planned or open, has a certificate to decide on or coaching to come; the soonest first."""
    coached = await coaching.figures_of_all(now=now)
    return [_figures(row, coached.get(row["id"])) for row in await _OF_LIVE.run(now=now, recent=now - RECENT)]


class OnRoster(msgspec.Struct, frozen=True, kw_only=True):
    """One person of a cohort, for its coordinator."""

    enrolment: UUID
    person: UUID
    name: str
    address: str
    organisation: str
    job_title: str
    status: EnrolmentStatus
    held_until: datetime | None
    reason: str
    reply: Reply | None
    """To the next session, or to the version before it moved: none for who is not invited to it."""
    attended: int
    marked: int
    bounced: bool
    certificate: UUID | None


_ROSTER = database.compiled_sql(
    """
SELECT e.id AS enrolment, e.person, n.name, coalesce(m.address, '') AS address,
       coalesce(o.name, e.organisation_name) AS organisation, e.job_title, e.status, e.held_until, e.reason,
       i.reply, i.state, i.reply_sequence, v.asked_sequence,
       (SELECT count(*) FROM attendance a JOIN cohort_session s ON s.id = a.session WHERE a.enrolment = e.id
        AND s.status = 'planned' AND a.mark IN ('present', 'late', 'partial')) AS attended,
       (SELECT count(*) FROM attendance a JOIN cohort_session s ON s.id = a.session WHERE a.enrolment = e.id
        AND s.status = 'planned' AND a.mark <> 'unmarked') AS marked,
       (m.bounced_at IS NOT NULL) AS bounced, t.id AS certificate
FROM enrolment e
JOIN person n ON n.id = e.person
LEFT JOIN email_address m ON m.person = e.person AND m."primary"
LEFT JOIN organisation o ON o.id = e.organisation
LEFT JOIN calendar_event v ON v.id = (
    SELECT s.event FROM cohort_session s JOIN calendar_event t ON t.id = s.event
    WHERE s.cohort = :cohort AND s.status = 'planned' AND t.ends_at > :now ORDER BY t.starts_at LIMIT 1)
LEFT JOIN invitee i ON i.event = v.id AND i.person = e.person AND i.takes_part
LEFT JOIN completion k ON k.person = e.person AND k.cohort_id = e.cohort
LEFT JOIN certificate t ON t.completion = k.id AND t.state = 'valid'
WHERE e.cohort = :cohort AND e.status <> 'waitlisted'
ORDER BY n.name, e.id
""",
    types={"bounced": bool},
)


async def roster(cohort: UUID, *, now: datetime) -> list[OnRoster]:
    """Everyone who has or had a place in a cohort, by name."""
    return [_on_roster(row) for row in await _ROSTER.run(cohort=cohort, now=now)]


def _on_roster(row: Row) -> OnRoster:
    given = {name: row[name] for name in OnRoster.__struct_fields__ if name not in ("reply", "status")}
    reply: Reply | None = None
    if row["state"] == "invited":
        counts = row["reply_sequence"] >= row["asked_sequence"]
        reply = Reply(row["reply"]) if counts else Reply.NEEDS_ACTION
    return OnRoster(**given, status=EnrolmentStatus(row["status"]), reply=reply)


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One session of a cohort with how far it is."""

    id: UUID
    event: UUID
    title: str
    compulsory: bool
    cancelled: bool
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    link: str
    invited: int
    answered: int
    came: int
    marked: int
    facilitators: str


_SESSIONS = database.compiled_sql(
    """
SELECT s.id, s.event, s.title, s.compulsory, (s.status = 'cancelled') AS cancelled, v.starts_at, v.ends_at, v.zone,
       v.place, v.link,
       (SELECT count(*) FROM invitee i WHERE i.event = v.id AND i.state = 'invited' AND i.takes_part) AS invited,
       (SELECT count(*) FROM invitee i WHERE i.event = v.id AND i.state = 'invited' AND i.takes_part
        AND i.reply <> 'needs_action' AND i.reply_sequence >= v.asked_sequence) AS answered,
       (SELECT count(*) FROM attendance a WHERE a.session = s.id AND a.mark IN ('present', 'late', 'partial')) AS came,
       (SELECT count(*) FROM attendance a WHERE a.session = s.id AND a.mark <> 'unmarked') AS marked,
       n.name AS facilitator
FROM cohort_session s
JOIN calendar_event v ON v.id = s.event
LEFT JOIN facilitator f ON f.session = s.id
LEFT JOIN person n ON n.id = f.person
WHERE s.cohort = :cohort ORDER BY v.starts_at, s.id, n.name
""",
    types={"cancelled": bool},
)


async def session_lines(cohort: UUID) -> list[SessionLine]:
    """The sessions in order of time, cancelled ones too, each with who leads it."""
    found: dict[UUID, Row] = {}
    names: dict[UUID, list[str]] = {}
    for row in await _SESSIONS.run(cohort=cohort):
        leader = row.pop("facilitator")
        found.setdefault(row["id"], row)
        names.setdefault(row["id"], []).extend([leader] if leader else [])
    return [SessionLine(**row, facilitators=", ".join(names[id])) for id, row in found.items()]


_WAITING = database.compiled_sql(
    "SELECT n.name, coalesce(o.short_name, e.organisation_name) AS organisation FROM enrolment e"
    " JOIN person n ON n.id = e.person LEFT JOIN organisation o ON o.id = e.organisation"
    " WHERE e.cohort = :cohort AND e.status = 'waitlisted' ORDER BY e.list_number LIMIT 5"
)


async def first_waiting(cohort: UUID) -> list[dict[str, str]]:
    """The first five on the waiting list."""
    return await _WAITING.run(cohort=cohort)
