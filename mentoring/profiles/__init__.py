"""Rounds of the mentoring scheme, their criteria, and who takes part."""
