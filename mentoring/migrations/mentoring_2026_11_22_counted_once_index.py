from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from mentoring.profiles.tables import MentoringRound

ID = "2026-11-22T11:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "A round is counted once for each side"

STATEMENTS = ["CREATE UNIQUE INDEX fairness_count_once ON fairness_count (round, side)"]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="mentoring", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await MentoringRound.raw(statement)

    manager.add_raw(run)
    return manager
