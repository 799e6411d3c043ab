"""Where the pages of pairs are."""

TAB = "Pairs"


def pairs_path(slug: str, end: str = "") -> str:
    """The page of pairs of a round; ``end`` names one beside it."""
    return f"/mentoring/rounds/{slug}/pairs{f'/{end}' if end else ''}"
