"""The floor's tables and migrations, for Piccolo."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="academy",
    migrations_folder_path=Path(__file__).parent / "migrations",
    table_classes=table_finder(
        [
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
)
