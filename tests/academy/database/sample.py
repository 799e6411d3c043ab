"""Tables of the tests' own: boxes and the things in them."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Box(Table, tablename="test_box"):
    id = c.key()
    name = c.text(40)
    taken = c.whole(default=0)


class Thing(Table, tablename="test_thing"):
    id = c.key()
    box = c.link(Box, null=True, on_delete=c.RESTRICT)
    name = c.text(40)
    colour = c.status(Colour, Colour.RED)
    made_at = c.instant()
    due_on = c.day(null=True)
    broken = c.yes_no(False)
