"""Coaching as coordinators see it: who has booked, who has not, and what to do when a coach falls ill."""
