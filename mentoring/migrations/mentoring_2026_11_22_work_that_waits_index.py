from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from mentoring.profiles.tables import MentoringRound

ID = "2026-11-22T12:51:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Something is asked of a run once; what waits is found by index; figures of the modes are answers now"

STATEMENTS = [
    "CREATE UNIQUE INDEX run_question_once ON run_question (run, kind, mentor, mentee)",
    "CREATE INDEX run_question_to_do ON run_question (asked_at) WHERE state IN ('waiting', 'working')",
    "CREATE INDEX profile_import_to_do ON profile_import (asked_at) WHERE state IN ('waiting', 'working')",
    # one for each run, so that the run's id can be the question's
    "INSERT INTO run_question (id, run, kind, mentor, mentee, state, progress, answer, problem, asked_by, asked_at, "
    "done_at) SELECT id, id, 'modes', '', '', 'ready', 100, modes, '', asked_by, asked_at, done_at "
    "FROM match_run WHERE modes IS NOT NULL",
    "UPDATE profile_import SET state = 'ready' WHERE done_at IS NOT NULL",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="mentoring", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await MentoringRound.raw(statement)

    manager.add_raw(run)
    return manager
