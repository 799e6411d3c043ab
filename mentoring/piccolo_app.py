"""The tables of mentoring and their migrations: none yet."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="mentoring",
    migrations_folder_path=Path(__file__).parent / "migrations",
    table_classes=[],
    migration_dependencies=["academy.piccolo_app"],
    commands=[],
)
