"""The verbs of enrolment, for other rooms. How people come in is in ``joining``, how places go round in ``places``."""

from cohorts.enrolment.joining import CannotConfirm as CannotConfirm
from cohorts.enrolment.joining import Registered as Registered
from cohorts.enrolment.joining import add_person as add_person
from cohorts.enrolment.joining import come_back as come_back
from cohorts.enrolment.joining import confirm as confirm
from cohorts.enrolment.joining import enrol_many as enrol_many
from cohorts.enrolment.joining import enrol_person as enrol_person
from cohorts.enrolment.joining import invite_to_remaining as invite_to_remaining
from cohorts.enrolment.joining import register as register
from cohorts.enrolment.joining import reinstate as reinstate
from cohorts.enrolment.joining import resend_confirmation as resend_confirmation
from cohorts.enrolment.letters import manage_path as manage_path
from cohorts.enrolment.places import cancel_cohort as cancel_cohort
from cohorts.enrolment.places import fill_free_places as fill_free_places
from cohorts.enrolment.places import move_up as move_up
from cohorts.enrolment.places import release_unconfirmed as release_unconfirmed
from cohorts.enrolment.places import withdraw as withdraw
