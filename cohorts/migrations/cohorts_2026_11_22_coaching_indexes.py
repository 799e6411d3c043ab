from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from cohorts.coaching.times.tables import Coach

ID = "2026-11-22T09:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Coaching: what must be unique, and an index for each query of a page"

STATEMENTS = [
    # times
    "CREATE UNIQUE INDEX coach_once ON coach (person)",
    "CREATE UNIQUE INDEX coach_programme_once ON coach_programme (coach, programme) WHERE ended_at IS NULL",
    "CREATE INDEX weekly_time_in_order ON weekly_time (coach, weekday, from_minute)",
    "CREATE INDEX time_exception_by_day ON time_exception (coach, to_on)",
    "CREATE INDEX busy_source_due ON busy_source (next_read_at) WHERE next_read_at IS NOT NULL",
    "CREATE INDEX busy_time_by_end ON busy_time (coach, ends_at)",
    # credits: two lines of one ledger never have one number
    "CREATE UNIQUE INDEX coaching_rules_once ON coaching_rules (programme)",
    "CREATE UNIQUE INDEX credit_entry_number ON credit_entry (enrolment, number)",
    "CREATE INDEX credit_entry_of_session ON credit_entry (session) WHERE session IS NOT NULL",
    "CREATE UNIQUE INDEX coach_choice_once ON coach_choice (enrolment)",
    # bookings: beside the check for overlaps under the lock, a net that needs no lock
    "CREATE UNIQUE INDEX coaching_session_one_at_a_time ON coaching_session (coach, starts_at) "
    "WHERE status IN ('requested', 'booked')",
    "CREATE INDEX coaching_session_to_come ON coaching_session (starts_at) WHERE status IN ('requested', 'booked')",
    "CREATE UNIQUE INDEX coaching_session_one_event ON coaching_session (event)",
    "CREATE INDEX coaching_session_by_end ON coaching_session (coach, ends_at)",
    "CREATE INDEX coaching_session_ending ON coaching_session (ends_at)",
    "CREATE INDEX coaching_session_of_person ON coaching_session (enrolment, starts_at)",
    "CREATE INDEX coaching_change_by_time ON coaching_change (session, at)",
    "CREATE UNIQUE INDEX move_request_one_open ON move_request (session) WHERE state = 'open'",
    "CREATE INDEX move_request_of_session ON move_request (session, answered_at)",
    # record
    "CREATE UNIQUE INDEX private_note_once ON private_note (session, author)",
    "CREATE INDEX shared_action_by_time ON shared_action (session, added_at)",
    "CREATE INDEX goal_in_order ON goal (enrolment, position)",
    "CREATE UNIQUE INDEX goal_agreement_once ON goal_agreement (enrolment, party)",
    "CREATE UNIQUE INDEX goal_rating_once ON goal_rating (goal, party)",
    "CREATE UNIQUE INDEX closing_evaluation_once ON closing_evaluation (enrolment)",
    "CREATE INDEX log_entry_by_day ON log_entry (coach, day)",
]

# PostgreSQL can also refuse two live sessions of one coach that overlap. To compare keys in such a constraint would
# need an extension that not every server has; a range of one number, made of the key, needs none.
ON_POSTGRESQL = [
    "ALTER TABLE coaching_session ADD CONSTRAINT coaching_session_no_overlap EXCLUDE USING gist ("
    "int8range(uuid_hash_extended(coach, 0), uuid_hash_extended(coach, 0), '[]') WITH &&, "
    "tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN ('requested', 'booked'))",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="cohorts", description=DESCRIPTION)

    async def run() -> None:
        postgres = Coach._meta.db.engine_type == "postgres"
        for statement in [*STATEMENTS, *(ON_POSTGRESQL if postgres else [])]:
            await Coach.raw(statement)

    manager.add_raw(run)
    return manager
