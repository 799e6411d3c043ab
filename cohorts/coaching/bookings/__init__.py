"""Coaching sessions: booked, moved, cancelled, and never two at one time."""
