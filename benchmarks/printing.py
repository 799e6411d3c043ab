"""Figures as plain lines of text in columns."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median as median

Cell = str | int | float


def title(text: str, note: str = "") -> None:
    """A heading; ``note`` says how it was measured."""
    print(f"\n{text}", flush=True)
    if note:
        print(f"  {note}", flush=True)


def line(text: str) -> None:
    print(f"  {text}", flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Rows under a head; numbers to the right, words to the left."""
    texts = [[str(cell) for cell in head], *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(each[column]) for each in texts) for column in range(len(head))]
    numeric = [all(isinstance(row[column], int | float) for row in rows) for column in range(len(head))]
    for each in texts:
        cells = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(each, widths, numeric, strict=True)
        ]
        print("  " + "  ".join(cells).rstrip(), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def verdict(reached: bool) -> str:
    return "reached" if reached else "MISSED"


def _text(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.2f}" if abs(cell) < 10 else f"{cell:,.0f}"
    return f"{cell:,}" if isinstance(cell, int) else cell
