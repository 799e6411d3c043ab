"""The verbs of pairings, for this room and others."""

from mentoring.pairings.proposing import Proposed as Proposed
from mentoring.pairings.proposing import accept as accept
from mentoring.pairings.proposing import activate_due as activate_due
from mentoring.pairings.proposing import decline as decline
from mentoring.pairings.proposing import expire_due as expire_due
from mentoring.pairings.proposing import followed as followed
from mentoring.pairings.proposing import pair_by_hand as pair_by_hand
from mentoring.pairings.proposing import propose as propose
from mentoring.pairings.proposing import take_back as take_back
