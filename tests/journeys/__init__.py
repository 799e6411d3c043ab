"""The stories of the product, told in a real browser with a real mail server."""
