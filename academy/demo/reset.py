"""Remove a demonstration, and nothing else: whoever calls has made sure that it is one."""

from __future__ import annotations

from piccolo.table import Table, sort_table_classes

from academy import database
from academy.piccolo_app import APP_CONFIG as ACADEMY
from cohorts.piccolo_app import APP_CONFIG as COHORTS
from mentoring.piccolo_app import APP_CONFIG as MENTORING


async def remove_everything() -> None:
    """Delete all rows of all tables, in one transaction, from the database in use."""
    tables: list[type[Table]] = [*ACADEMY.table_classes, *COHORTS.table_classes, *MENTORING.table_classes]
    async with database.transaction():
        for table in reversed(sort_table_classes(tables)):
            await table.delete(force=True)
