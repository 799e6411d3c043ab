"""Mentoring: rounds, explainable pairing, and pairings that stay alive.

Rooms, from the ground up: ``matching`` (the pure core: no database, clock or web), ``profiles`` (rounds, criteria,
mentors and mentees), ``pairings`` (from proposal to evaluation), ``runs`` (suggested pairs: stored, reviewed,
published), ``reports``.
"""
