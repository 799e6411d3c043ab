from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from academy.audit.tables import Entry

ID = "2026-11-22T11:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "A contribution is counted once for each thing that it came from"

STATEMENTS = [
    "CREATE UNIQUE INDEX contribution_once ON contribution (person, about_kind, about_id)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="academy", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Entry.raw(statement)

    manager.add_raw(run)
    return manager
