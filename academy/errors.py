"""What can be wrong, said in a sentence that tells a person how to put it right."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """A rule says no. ``str(error)`` is what the person reads; ``status`` is the HTTP status.

    Each rule has its own subclass, so that tests and callers name the rule and not the text.
    """

    status = 409
    facts: dict[str, Any] = {}
    """What programs are told beside the sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """There is no such thing, or it is not this person's to see. Both look the same from outside."""

    status = 404

    def __init__(self, message: str = "We can't find that page. Check the address, or go back.") -> None:
        super().__init__(message)


class NotAllowed(DomainError):
    """The person is known, and this is not theirs to do."""

    status = 403

    def __init__(self, message: str = "You do not have permission to do this.") -> None:
        super().__init__(message)


class ChangedMeanwhile(DomainError):
    """Somebody else saved the same record after this page was opened."""

    status = 409


class TooMany(DomainError):
    """A rate limit. ``retry_after`` is in seconds."""

    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(DomainError):
    """The database cannot take the write now; nothing was changed. ``retry_after`` is in seconds."""

    status = 503

    def __init__(
        self,
        message: str = "The service is busy. Nothing was changed. Try again in a few seconds.",
        *,
        retry_after: int = 5,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Invalid(DomainError):
    """What was typed cannot be used. ``errors`` maps each field to one sentence; all are collected at once."""

    status = 422

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors
