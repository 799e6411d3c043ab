"""The register: every table of the academy, and what each holds on a person.

A new column breaks the build until it is given or left out with a reason; a new table until it is named here or among
those that hold nobody.
"""

from __future__ import annotations

from academy.privacy.held import Held, Why
from academy.privacy.register import coaches, coaching, cohorts, mentoring, people

REGISTER: tuple[Held, ...] = (*people.HELD, *cohorts.HELD, *coaching.HELD, *coaches.HELD, *mentoring.HELD)

NOBODY = {**people.NOBODY, **cohorts.NOBODY, **coaching.NOBODY, **mentoring.NOBODY}
"""Tables of which nothing is given as somebody's row, and why."""

ALSO_HELD: tuple[tuple[str, str], ...] = (
    ("The words of emails with a link that signs in, or that opens a page for whoever has it", Why.SECRET),
    ("Who chose you, who asked not to be paired with you, and whom coordinators keep apart and why", Why.OTHERS),
    ("Whom runs of matching suggested for you before pairs were published", Why.OTHERS),
    ("Lines of the audit trail about pairings and pairs", f"{Why.TWICE} They name both of a pair."),
    (
        "Lists of people that coordinators brought to a round",
        "Each names many people, and is deleted after 7 days. What was taken from it stands in your profile.",
    ),
    ("What others may have written about you in private notes for themselves", Why.OTHERS),
    ("Copies for safety (backups)", "They hold the same, and end after 35 days."),
)
"""What may be held on anybody and stands in no list of a copy, and why. Every copy names it."""
