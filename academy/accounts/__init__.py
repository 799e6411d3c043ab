"""Who may do what: sign-in by mailed link, remembered sessions, roles, tokens."""
