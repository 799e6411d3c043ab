"""The floor and the roof of the leadership academy: people, mail, invites, programmes, alumni, app."""

__version__ = "0.1.0"
