"""Cohorts and their sessions: when, where, with whom."""
