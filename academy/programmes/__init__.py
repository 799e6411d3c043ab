"""Programmes, what completing them takes, and who sponsors them."""
