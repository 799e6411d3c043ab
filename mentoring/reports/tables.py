"""What has been counted of a round once and for all."""

from piccolo.table import Table

from academy.database import columns as c
from mentoring.profiles.tables import MentoringRound, Side


class FairnessCount(Table):
    """How groups of people fared in a round, with small numbers already left out.

    Written once and completed once: between two counts with one newcomer, the difference would be the newcomer. It
    outlives the single answers, which are deleted.
    """

    id = c.key()
    round = c.link(MentoringRound, on_delete=c.CASCADE)
    side = c.status(Side, Side.MENTEE)
    tables = c.json_text()  # list of mentoring.reports.hiding.Shown
    counted_at = c.instant()
    completed_at = c.instant(null=True)  # who completed was counted too
