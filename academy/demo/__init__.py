"""A living demonstration academy: ``academy demo`` builds the year around today and serves it.

``build.build(settings, now=…, scale=0.05)`` fills an empty database for tests: every kind of page has something on it.
The addresses and codes named here are there on every date and at every scale.
"""

from academy.demo.people import COACH as COACH
from academy.demo.people import COORDINATOR as COORDINATOR
from academy.demo.people import FACILITATOR as FACILITATOR
from academy.demo.people import MENTOR as MENTOR
from academy.demo.people import PARTICIPANT as PARTICIPANT
from academy.demo.running import run as run
from academy.demo.year import BELOW_MINIMUM_COHORT as BELOW_MINIMUM_COHORT
from academy.demo.year import CANCELLED_COHORT as CANCELLED_COHORT
from academy.demo.year import CANCELLED_SESSION_COHORT as CANCELLED_SESSION_COHORT
from academy.demo.year import CHANGE_AGENT_COHORT as CHANGE_AGENT_COHORT
from academy.demo.year import CORRECTED_COHORT as CORRECTED_COHORT
from academy.demo.year import FULL_COHORT as FULL_COHORT
from academy.demo.year import MOVED_COHORT as MOVED_COHORT
from academy.demo.year import NO_REGISTER_COHORT as NO_REGISTER_COHORT
from academy.demo.year import OPEN_COHORT as OPEN_COHORT
from academy.demo.year import OPEN_WEBINAR as OPEN_WEBINAR
from academy.demo.year import PLANNED_COHORT as PLANNED_COHORT
from academy.demo.year import RUNNING_COHORT as RUNNING_COHORT
from academy.demo.year import TO_CLOSE_COHORT as TO_CLOSE_COHORT
from academy.demo.year import VIRTUAL_COHORT as VIRTUAL_COHORT
