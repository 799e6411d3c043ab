"""One-to-one coaching: coaches' times, credits, bookings, what is written about them, and the coordinator's desk.

Rooms of this wing, from the ground up: ``times`` (when a coach can be booked), ``credits`` (what a person may book),
``bookings`` (coaching sessions and their moves), ``record`` (outcome, notes, actions, goals, logs), ``desk``
(what coordinators see and do).
"""
