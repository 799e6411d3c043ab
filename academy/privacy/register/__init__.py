"""The register: every table of the academy, and what each holds on a person.

A new column breaks the build until it is given or left out with a reason; a new table until it is named here or among
those that hold nobody.
"""

from __future__ import annotations

from academy.privacy.held import Held
from academy.privacy.register import coaching, cohorts, mentoring, people

REGISTER: tuple[Held, ...] = (*people.HELD, *cohorts.HELD, *coaching.HELD, *mentoring.HELD)

NOBODY = {**people.NOBODY, **cohorts.NOBODY, **coaching.NOBODY, **mentoring.NOBODY}
"""Tables of which nothing is given, and why."""
