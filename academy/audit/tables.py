"""Append only."""

from piccolo.table import Table

from academy.database import columns as c


class Entry(Table):
    """Who did what about which record, when, from what to what.

    Ids are plain values: an entry outlives what it tells about.
    """

    id = c.key()
    at = c.instant()
    actor = c.uuid(null=True)  # the person; none for the academy's own timed work and commands
    actor_name = c.text(120, default="")
    verb = c.text(60)
    about_kind = c.text(40)
    about_id = c.uuid(null=True)
    about_name = c.text(200, default="")
    person = c.uuid(null=True)  # whose record it changed, if it was a person's
    before = c.json_text(null=True)
    after = c.json_text(null=True)
    note = c.text(500, default="")
