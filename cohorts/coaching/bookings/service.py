"""The verbs of coaching sessions, for other rooms. Each is one transaction; ``steps`` writes."""

from cohorts.coaching.bookings.book import answer_booking as answer_booking
from cohorts.coaching.bookings.book import book as book
from cohorts.coaching.bookings.leaving import OtherPerson as OtherPerson
from cohorts.coaching.bookings.leaving import end as end
from cohorts.coaching.bookings.leaving import lapse as lapse
from cohorts.coaching.bookings.leaving import transfer as transfer
from cohorts.coaching.bookings.letters import path as path
from cohorts.coaching.bookings.move import Moved as Moved
from cohorts.coaching.bookings.move import answer_move as answer_move
from cohorts.coaching.bookings.move import move as move
from cohorts.coaching.bookings.move import reassign as reassign
from cohorts.coaching.bookings.move import withdraw_move as withdraw_move
from cohorts.coaching.bookings.outcome import cancel as cancel
from cohorts.coaching.bookings.outcome import mark as mark
from cohorts.coaching.bookings.outcome import set_place as set_place
from cohorts.coaching.bookings.outcome import waive as waive
