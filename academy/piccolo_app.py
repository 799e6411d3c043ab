"""The tables of the floor and their migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="academy",
    migrations_folder_path=Path(__file__).parent / "migrations",
    table_classes=table_finder(
        modules=[
            "academy.people.tables",
            "academy.accounts.tables",
            "academy.outbox.tables",
            "academy.audit.tables",
            "academy.invites.tables",
            "academy.programmes.tables",
            "academy.alumni.tables",
        ],
        exclude_imported=True,
    ),
    migration_dependencies=[],
    commands=[],
)
