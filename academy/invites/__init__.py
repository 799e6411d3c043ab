"""Calendar events, the people invited to them, and what is sent to their calendars."""
