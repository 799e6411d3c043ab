"""When coaches can be booked: patterns, exceptions, busy times, and the free slots computed from them."""
