from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from cohorts.schedule.tables import Cohort

ID = "2026-11-22T06:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What must be unique, and an index for each query of a page"

STATEMENTS = [
    # schedule
    "CREATE UNIQUE INDEX cohort_code ON cohort (code)",
    "CREATE INDEX cohort_on_calendar ON cohort (first_starts_at) WHERE status IN ('open', 'closed')",
    "CREATE INDEX cohort_by_start ON cohort (first_starts_at)",
    "CREATE UNIQUE INDEX cohort_session_one_event ON cohort_session (event)",
    "CREATE UNIQUE INDEX facilitator_once ON facilitator (session, person)",
    # enrolment: one row for each person in a cohort, taken up again by who comes back
    "CREATE UNIQUE INDEX enrolment_once ON enrolment (cohort, person)",
    "CREATE INDEX enrolment_taking_places ON enrolment (cohort) WHERE status IN ('enrolled', 'offered')",
    "CREATE UNIQUE INDEX enrolment_list_order ON enrolment (cohort, list_number) WHERE status = 'waitlisted'",
    "CREATE INDEX enrolment_held ON enrolment (held_until) WHERE held_until IS NOT NULL",
    "CREATE INDEX enrolment_newest ON enrolment (created_at)",
    "CREATE INDEX enrolment_change_by_time ON enrolment_change (enrolment, at)",
    # attendance, completion
    "CREATE UNIQUE INDEX attendance_once ON attendance (session, enrolment)",
    "CREATE UNIQUE INDEX outcome_once ON outcome (enrolment)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="cohorts", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Cohort.raw(statement)

    manager.add_raw(run)
    return manager
