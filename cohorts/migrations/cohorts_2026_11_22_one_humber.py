from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from cohorts.schedule.tables import Cohort

ID = "2026-11-22T10:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "One spelling of Yorkshire and The Humber, as the Office for National Statistics has it"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="cohorts", description=DESCRIPTION)

    async def run() -> None:
        await Cohort.raw(
            "UPDATE cohort SET region = 'Yorkshire and The Humber' WHERE region = 'Yorkshire and the Humber'"
        )

    manager.add_raw(run)
    return manager
