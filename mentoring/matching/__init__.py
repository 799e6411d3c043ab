"""Who mentors whom: people, rules and weights in; pairs, reasons and prices out.

Nothing here knows a database, a clock or a page. ``suggest.suggest`` is the face; ``solver.solve`` can be used alone on
a table of scores. The same input gives the same answer, on any machine and in any order of rows.
"""
