from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from academy.audit.tables import Entry

ID = "2026-11-22T06:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What must be unique, and an index for each query of a page"

STATEMENTS = [
    # people
    "CREATE UNIQUE INDEX email_address_one_owner ON email_address (normalised)",
    'CREATE UNIQUE INDEX email_address_one_primary ON email_address (person) WHERE "primary"',
    "CREATE UNIQUE INDEX organisation_one_code ON organisation (code) WHERE code IS NOT NULL",
    "CREATE INDEX organisation_by_name ON organisation (name)",
    "CREATE INDEX person_by_name ON person (name)",
    "CREATE INDEX employment_present ON employment (person) WHERE to_on IS NULL",
    # accounts
    "CREATE UNIQUE INDEX role_grant_once ON role_grant (person, role) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX sign_in_link_token ON sign_in_link (token_hash)",
    "CREATE UNIQUE INDEX web_session_token ON web_session (token_hash)",
    "CREATE UNIQUE INDEX api_token_token ON api_token (token_hash)",
    "CREATE UNIQUE INDEX feed_token_token ON feed_token (token_hash)",
    "CREATE UNIQUE INDEX address_change_token ON address_change (token_hash)",
    "CREATE INDEX attempt_by_key ON attempt (key, at)",
    "CREATE UNIQUE INDEX idempotency_key_once ON idempotency_key (person, key_hash)",
    # outbox
    "CREATE UNIQUE INDEX message_told_once ON message (key)",
    "CREATE INDEX message_waiting ON message (deadline_at, queued_at, number) WHERE state IN ('queued', 'sending')",
    "CREATE INDEX message_in_thread ON message (thread, number) WHERE state IN ('queued', 'sending')",
    "CREATE INDEX message_newest ON message (queued_at)",
    "CREATE INDEX message_by_state ON message (state, queued_at)",
    "CREATE INDEX message_resent ON message (resend_of) WHERE resend_of IS NOT NULL",
    "CREATE INDEX message_about ON message (about_id)",
    "CREATE INDEX message_sent ON message (sent_at) WHERE sent_at IS NOT NULL",
    # audit
    "CREATE INDEX entry_about ON entry (about_id, at)",
    "CREATE INDEX entry_of_person ON entry (person, at)",
    "CREATE INDEX entry_newest ON entry (at)",
    # invites
    "CREATE UNIQUE INDEX calendar_event_uid ON calendar_event (uid)",
    "CREATE UNIQUE INDEX invitee_once ON invitee (event, person)",
    "CREATE INDEX calendar_event_by_start ON calendar_event (starts_at)",
    # programmes
    "CREATE UNIQUE INDEX programme_slug ON programme (slug)",
    # alumni
    "CREATE UNIQUE INDEX completion_once ON completion (person, cohort_id)",
    "CREATE UNIQUE INDEX certificate_number ON certificate (number)",
    "CREATE UNIQUE INDEX certificate_code ON certificate (code)",
    "CREATE UNIQUE INDEX certificate_one_valid ON certificate (completion) WHERE state = 'valid'",
    "CREATE UNIQUE INDEX alumnus_once ON alumnus (person)",
    "CREATE INDEX completion_by_cohort ON completion (cohort_id)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="academy", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Entry.raw(statement)

    manager.add_raw(run)
    return manager
