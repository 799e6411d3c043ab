"""The verbs that others may call."""

from cohorts.coaching.record.actions import add_action as add_action
from cohorts.coaching.record.actions import done as done
from cohorts.coaching.record.actions import undo as undo
from cohorts.coaching.record.evaluation import ask_evaluations as ask_evaluations
from cohorts.coaching.record.evaluation import evaluate as evaluate
from cohorts.coaching.record.evaluation import rate as rate
from cohorts.coaching.record.goals import agree as agree
from cohorts.coaching.record.goals import agree_by_link as agree_by_link
from cohorts.coaching.record.goals import ask_manager as ask_manager
from cohorts.coaching.record.goals import set_goals as set_goals
from cohorts.coaching.record.log import add_log as add_log
from cohorts.coaching.record.log import remove_log as remove_log
from cohorts.coaching.record.notes import forget_notes as forget_notes
from cohorts.coaching.record.notes import write_note as write_note
