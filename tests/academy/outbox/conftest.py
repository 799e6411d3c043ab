"""A mail server that misbehaves when told to."""

from tests.support.sink import sink as sink
