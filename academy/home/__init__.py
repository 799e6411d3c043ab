"""Pages that look over every room: a person's home, a coordinator's Today, one person's whole record."""
