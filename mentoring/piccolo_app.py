"""The tables of mentoring and their migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="mentoring",
    migrations_folder_path=Path(__file__).parent / "migrations",
    table_classes=table_finder(
        modules=[
            "mentoring.profiles.tables",
            "mentoring.pairings.tables",
            "mentoring.runs.tables",
            "mentoring.reports.tables",
        ],
        exclude_imported=True,
    ),
    migration_dependencies=["academy.piccolo_app"],
    commands=[],
)
