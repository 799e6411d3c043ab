"""One cohort at a glance, for its coordinator."""
