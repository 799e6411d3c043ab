"""Mentoring: rounds, matching and pairings (the rooms come later)."""
