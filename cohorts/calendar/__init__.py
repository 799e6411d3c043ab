"""The public calendar of cohorts and its feeds."""
