"""Cohorts: their sessions, places, registers and completions."""
