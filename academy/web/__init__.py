"""What every page needs: rendering, forms, lists, errors, safety headers. Knows nothing of the field."""
