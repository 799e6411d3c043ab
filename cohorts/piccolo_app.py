"""The tables of cohorts and their migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="cohorts",
    migrations_folder_path=Path(__file__).parent / "migrations",
    table_classes=table_finder(
        modules=[
            "cohorts.schedule.tables",
            "cohorts.enrolment.tables",
            "cohorts.coaching.times.tables",
            "cohorts.coaching.credits.tables",
            "cohorts.coaching.bookings.tables",
            "cohorts.coaching.record.tables",
            "cohorts.attendance.tables",
            "cohorts.completion.tables",
        ],
        exclude_imported=True,
    ),
    migration_dependencies=["academy.piccolo_app"],
    commands=[],
)
