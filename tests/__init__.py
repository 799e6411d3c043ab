"""All tests: one package, so that they can share what is in ``support``."""
