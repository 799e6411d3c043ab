"""Places in a cohort: registering, waiting, moving up, withdrawing."""
