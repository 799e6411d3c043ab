"""Closing a cohort: who completed, what others miss."""
