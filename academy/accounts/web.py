"""The pages of this room."""

from typing import Any

routes: list[Any] = []
