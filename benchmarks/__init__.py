"""Figures about the product, measured on the machine at hand: ``python -m benchmarks [NAME …]``.

What each figure means is in ``docs/benchmarks.md``. Every comparison is made within one run, in alternating rounds.
"""
