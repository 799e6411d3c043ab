"""Cohorts, sessions and facilitators as pages read them. Rows are dicts named like the columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from academy import database
from academy.database.transactions import Row
from academy.errors import NotFound
from cohorts.schedule import rules
from cohorts.schedule.rules import Engagement

_COHORT = """
SELECT c.id, c.programme, c.code, c.name, c.status, c.region, c.format, c.venue, c.link, c.zone, c.capacity, c.minimum,
       c.registration_opens_at, c.registration_closes_at, c.reminder_days, c.sponsorship, c.first_starts_at,
       c.last_ends_at, c.version, c.created_at, c.published_at, c.closed_at, c.cancel_reason, c.minimum_warned_at,
       p.slug AS programme_slug, p.name AS programme_name, p.kind AS programme_kind, p.status AS programme_status,
       p.sessions_needed, p.contact_minutes, p.cpd_minutes,
       (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status IN ('enrolled', 'offered')) AS taken,
       s.role AS sponsor_role, s.logo_type AS sponsor_logo_type, s.logo_alt AS sponsor_logo_alt,
       s.web_address AS sponsor_web_address, o.name AS sponsor_name,
       EXISTS (SELECT 1 FROM coaching_rules r WHERE r.programme = c.programme) AS has_coaching
FROM cohort c JOIN programme p ON p.id = c.programme
LEFT JOIN sponsorship s ON s.id = c.sponsorship LEFT JOIN organisation o ON o.id = s.organisation
WHERE c.{key} = :{key}
"""
_BY_CODE = database.compiled_sql(_COHORT.format(key="code"))
_BY_ID = database.compiled_sql(_COHORT.format(key="id"))

_SESSION_COLUMNS = """
       s.id, s.cohort, s.title, s.compulsory, s.status, s.cancel_reason, s.event, v.uid, v.sequence,
       v.starts_at, v.ends_at, v.zone, v.place, v.link
"""
_SESSIONS = database.compiled_sql(
    f"SELECT {_SESSION_COLUMNS} FROM cohort_session s JOIN calendar_event v ON v.id = s.event"  # noqa: S608
    " WHERE s.cohort = :cohort ORDER BY v.starts_at, s.created_at, s.id"
)
_WITH_COHORT = f"""
SELECT {_SESSION_COLUMNS}, c.code, c.name AS cohort_name, c.status AS cohort_status, c.format, c.venue,
       c.link AS cohort_link, c.capacity, p.slug AS programme_slug, p.name AS programme_name
FROM cohort_session s JOIN calendar_event v ON v.id = s.event
JOIN cohort c ON c.id = s.cohort JOIN programme p ON p.id = c.programme
"""  # noqa: S608
_SESSION = database.compiled_sql(_WITH_COHORT + "WHERE s.id = :session")
_FACILITATORS = database.compiled_sql(
    "SELECT f.session, f.person, n.name FROM facilitator f JOIN person n ON n.id = f.person"
    " JOIN cohort_session s ON s.id = f.session WHERE s.cohort = :cohort ORDER BY n.name, n.id"
)
_FACILITATORS_OF = database.compiled_sql(
    "SELECT f.person, n.name FROM facilitator f JOIN person n ON n.id = f.person"
    " WHERE f.session = :session ORDER BY n.name, n.id"
)
_LEADS = database.compiled_sql("SELECT 1 AS found FROM facilitator f WHERE f.session = :session AND f.person = :person")
_UNINVITED_LEADERS = database.compiled_sql("""
    SELECT f.session, f.person FROM cohort c JOIN cohort_session s ON s.cohort = c.id
    JOIN calendar_event v ON v.id = s.event JOIN facilitator f ON f.session = s.id
    WHERE c.status = 'open' AND s.status = 'planned' AND v.status = 'confirmed' AND v.starts_at > :now
        AND NOT EXISTS (SELECT 1 FROM invitee i
            WHERE i.event = s.event AND i.person = f.person AND i.state = 'invited' AND i.leads)
    ORDER BY v.starts_at, f.session, f.person
""")
_KNOWN_FACILITATORS = database.compiled_sql(
    "SELECT n.id, n.name FROM person n WHERE EXISTS (SELECT 1 FROM role_grant g WHERE g.person = n.id"
    " AND g.role = 'facilitator' AND g.ended_at IS NULL) ORDER BY n.name, n.id"
)
_PROGRAMMES = database.compiled_sql("SELECT slug, name FROM programme ORDER BY lower(name), name")


# ----------------------------------------------------------------- cohorts
async def by_code(code: str) -> Row | None:
    """A cohort with its programme (``programme_name`` …), the places ``taken`` and its sponsor (``sponsor_name`` …,
    none: no sponsor).
    """
    return await _BY_CODE.first(code=code)


async def found_cohort(code: str) -> Row:
    """The same. Raises NotFound."""
    row = await by_code(code)
    if row is None:
        raise NotFound
    return row


async def by_id(cohort: UUID) -> Row | None:
    """The same, by id."""
    return await _BY_ID.first(id=cohort)


async def programme_choices() -> list[tuple[str, str]]:
    """Every programme as slug and name, for filters."""
    return [(row["slug"], row["name"]) for row in await _PROGRAMMES.run()]


# ---------------------------------------------------------------- sessions
async def sessions(cohort: UUID) -> list[Row]:
    """All sessions of a cohort from the first, cancelled ones too, with the times and places of their events."""
    return await _SESSIONS.run(cohort=cohort)


async def session(session: UUID) -> Row | None:
    """One session with its cohort (``code``, ``cohort_name``, ``cohort_status`` …)."""
    return await _SESSION.first(session=session)


# ------------------------------------------------------------ facilitators
async def facilitators(cohort: UUID) -> dict[UUID, list[Row]]:
    """``person`` and ``name`` of who leads, by session."""
    found: dict[UUID, list[Row]] = {}
    for row in await _FACILITATORS.run(cohort=cohort):
        found.setdefault(row["session"], []).append(row)
    return found


async def facilitators_of(session: UUID) -> list[Row]:
    return await _FACILITATORS_OF.run(session=session)


async def leads(person: UUID, session: UUID) -> bool:
    """Whether the person leads the session, so that its register is theirs to take."""
    return await _LEADS.first(person=person, session=session) is not None


async def uninvited_leaders(*, now: datetime) -> dict[UUID, list[UUID]]:
    """Who leads a session to come of a published cohort without being invited to lead it, by session."""
    found: dict[UUID, list[UUID]] = {}
    for row in await _UNINVITED_LEADERS.run(now=now):
        found.setdefault(row["session"], []).append(row["person"])
    return found


async def known_facilitators() -> list[tuple[str, str]]:
    """Everyone with the role, by name."""
    return [(str(row["id"]), row["name"]) for row in await _KNOWN_FACILITATORS.run()]


# Who takes part in any session of the cohort and has something of another kind, or of another cohort, at the time.
_PARTICIPANTS_ELSEWHERE = database.compiled_sql("""
    SELECT count(DISTINCT i.person) AS people
    FROM cohort_session s
    JOIN invitee i ON i.event = s.event AND i.state = 'invited' AND i.takes_part
    JOIN invitee o ON o.person = i.person AND o.state = 'invited'
    JOIN calendar_event v ON v.id = o.event AND v.status = 'confirmed'
    WHERE s.cohort = :cohort AND s.status = 'planned' AND v.starts_at < :ends_at AND v.ends_at > :starts_at
        AND NOT EXISTS (SELECT 1 FROM cohort_session x WHERE x.event = o.event AND x.cohort = :cohort)
""")


async def participants_elsewhere(cohort: UUID, *, starts_at: datetime, ends_at: datetime) -> int:
    """How many of a cohort's people have something outside it at the time: other cohorts, coaching, mentoring."""
    (row,) = await _PARTICIPANTS_ELSEWHERE.run(cohort=cohort, starts_at=starts_at, ends_at=ends_at)
    return int(row["people"])


# A booking that waits for its coach's yes holds the time of both and is in no calendar yet; ``{who}`` is whose.
_ASKED = """
    EXISTS (SELECT 1 FROM enrolment e JOIN coaching_session b ON b.enrolment = e.id
        WHERE e.person = {who} AND b.status = 'requested' AND b.starts_at < :ends_at AND b.ends_at > :starts_at)
    OR EXISTS (SELECT 1 FROM coach k JOIN coaching_session b ON b.coach = k.id
        WHERE k.person = {who} AND b.status = 'requested' AND b.starts_at < :ends_at AND b.ends_at > :starts_at)
"""
_PARTICIPANTS_ASKED = database.compiled_sql(f"""
    SELECT count(DISTINCT i.person) AS people
    FROM cohort_session s JOIN invitee i ON i.event = s.event AND i.state = 'invited' AND i.takes_part
    WHERE s.cohort = :cohort AND s.status = 'planned' AND ({_ASKED.format(who="i.person")})
""")


async def participants_asked(cohort: UUID, *, starts_at: datetime, ends_at: datetime) -> int:
    """How many of a cohort's people have asked for coaching at the time, or are asked for it, without an answer yet."""
    (row,) = await _PARTICIPANTS_ASKED.run(cohort=cohort, starts_at=starts_at, ends_at=ends_at)
    return int(row["people"])


ASKED_FOR_COACHING = "asked for coaching"

_ENGAGED = f"""
SELECT n.id AS person, n.name AS person_name, s.id AS session, v.title, v.starts_at, v.ends_at, v.zone
FROM facilitator f JOIN person n ON n.id = f.person JOIN cohort_session s ON s.id = f.session
JOIN calendar_event v ON v.id = s.event
WHERE f.person IN ({{people}}) AND v.status = 'confirmed' AND v.starts_at < {{{{}}}} AND v.ends_at > {{{{}}}}
UNION
SELECT n.id, n.name, s.id, CASE WHEN v.private THEN 'Something private' ELSE v.title END, v.starts_at, v.ends_at, v.zone
FROM invitee i JOIN person n ON n.id = i.person JOIN calendar_event v ON v.id = i.event
LEFT JOIN cohort_session s ON s.event = v.id
WHERE i.person IN ({{people}}) AND i.state = 'invited' AND v.status = 'confirmed'
  AND v.starts_at < {{{{}}}} AND v.ends_at > {{{{}}}}
UNION
SELECT n.id, n.name, NULL, '{ASKED_FOR_COACHING}', b.starts_at, b.ends_at, b.zone
FROM coach k JOIN person n ON n.id = k.person JOIN coaching_session b ON b.coach = k.id
WHERE k.person IN ({{people}}) AND b.status = 'requested' AND b.starts_at < {{{{}}}} AND b.ends_at > {{{{}}}}
UNION
SELECT n.id, n.name, NULL, '{ASKED_FOR_COACHING}', b.starts_at, b.ends_at, b.zone
FROM enrolment e JOIN person n ON n.id = e.person JOIN coaching_session b ON b.enrolment = e.id
WHERE e.person IN ({{people}}) AND b.status = 'requested' AND b.starts_at < {{{{}}}} AND b.ends_at > {{{{}}}}
"""


async def clashes(
    people: Sequence[UUID], *, starts_at: datetime, ends_at: datetime, session: UUID | None = None
) -> list[Engagement]:
    """What these people lead, are invited to or have asked for (as coachee, or are asked for as coach) at the time,
    other than ``session`` itself; across all programmes.
    """
    if not people:
        return []
    sql = _ENGAGED.format(people=", ".join(["{}"] * len(people)))
    rows = await database.fetch(sql, *[*people, ends_at, starts_at] * 4)
    wanted = Engagement(starts_at=starts_at, ends_at=ends_at, session=session)
    return rules.clashes(wanted, (Engagement(**row) for row in rows))
