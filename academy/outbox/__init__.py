"""Mail as rows: written with what it tells, sent afterwards, kept with its fate."""
