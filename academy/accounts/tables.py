"""Sign-in links, sessions, tokens and role grants. Of every secret only its hash is kept."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Person


class Role(StrEnum):
    COORDINATOR = "coordinator"
    FACILITATOR = "facilitator"
    COACH = "coach"


class RoleGrant(Table):
    """A role that a person holds from an instant to an instant; never a column on the person."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    role = c.status(Role, Role.COORDINATOR)
    granted_at = c.instant()
    granted_by = c.link(Person, null=True, on_delete=c.SET_NULL)
    ended_at = c.instant(null=True)


class SignInLink(Table):
    """A link mailed to an address: ten minutes, one use."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    sent_to = c.uuid(null=True)  # the e-mail address it was mailed to; none if it was made by a command
    token_hash = c.text(64)
    next_path = c.text(500, default="/")
    created_at = c.instant()
    expires_at = c.instant()
    used_at = c.instant(null=True)


class WebSession(Table):
    """A browser that is signed in."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    token_hash = c.text(64)
    browser = c.text(200, default="")
    created_at = c.instant()
    seen_at = c.instant()
    expires_at = c.instant()


class ApiToken(Table):
    """A bearer token of the JSON API, with the scopes it was made for (separated by spaces)."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    token_hash = c.text(64)
    name = c.text(80, default="")
    scopes = c.text(200)
    created_at = c.instant()
    expires_at = c.instant(null=True)
    revoked_at = c.instant(null=True)


class FeedToken(Table):
    """The secret in the address of a person's own calendar feed."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    token_hash = c.text(64)
    created_at = c.instant()
    revoked_at = c.instant(null=True)


class AddressChange(Table):
    """A new e-mail address that waits for its owner to confirm it."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    address = c.text(254)
    token_hash = c.text(64)
    created_at = c.instant()
    expires_at = c.instant()
    confirmed_at = c.instant(null=True)


class Attempt(Table):
    """One use of something that is limited, counted by a key that holds no personal data."""

    id = c.key()
    key = c.text(80)
    at = c.instant()


class IdempotencyKey(Table):
    """What an API call with an Idempotency-Key, or a form that makes something, was answered: a retry gets the same."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    key_hash = c.text(64)
    request_hash = c.text(64)
    status = c.whole(default=0)
    body = c.long_text(default="")
    created_at = c.instant()
