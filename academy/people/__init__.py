"""People and the organisations that employ them."""
