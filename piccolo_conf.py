"""Where Piccolo finds the database and the three apps."""

from piccolo.conf.apps import AppRegistry

from academy import database

DB = database.default()

APP_REGISTRY = AppRegistry(apps=["academy.piccolo_app", "cohorts.piccolo_app", "mentoring.piccolo_app"])
