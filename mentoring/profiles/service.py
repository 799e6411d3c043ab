"""The verbs of rounds and profiles, for this room and others."""

from mentoring.profiles.keeping_apart import allow_together as allow_together
from mentoring.profiles.keeping_apart import keep_apart as keep_apart
from mentoring.profiles.keeping_apart import take_back as take_back
from mentoring.profiles.rounds import change_round as change_round
from mentoring.profiles.rounds import clone_round as clone_round
from mentoring.profiles.rounds import create_round as create_round
from mentoring.profiles.rounds import move_round as move_round
from mentoring.profiles.rounds import new_criteria as new_criteria
from mentoring.profiles.rounds import remove_round as remove_round
from mentoring.profiles.rules import RoundDetails as RoundDetails
from mentoring.profiles.signing import change_mentee as change_mentee
from mentoring.profiles.signing import change_mentor as change_mentor
from mentoring.profiles.signing import from_alumni as from_alumni
from mentoring.profiles.signing import pause_mentor as pause_mentor
from mentoring.profiles.signing import set_pool_status as set_pool_status
from mentoring.profiles.signing import sign_up_mentee as sign_up_mentee
from mentoring.profiles.signing import sign_up_mentor as sign_up_mentor
from mentoring.profiles.signing import withdraw_mentee as withdraw_mentee
from mentoring.profiles.signing import withdraw_mentor as withdraw_mentor
