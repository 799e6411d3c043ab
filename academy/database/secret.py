"""The key that signs links: from the settings, or a file in the data folder that is made once."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from academy.settings import BadSetting, Settings

FILE_NAME = "secret.key"
BYTES = 32


def secret_key(settings: Settings) -> bytes:
    """The key. Made and kept in the data folder when the settings name none. Raises BadSetting when it is too short."""
    if settings.secret_key:
        if len(settings.secret_key) < 16:
            raise BadSetting("ACADEMY_SECRET_KEY must have at least 16 characters. Leave it out to have one made.")
        return settings.secret_key.encode()
    file = settings.data_dir / FILE_NAME
    with suppress(FileNotFoundError):
        return _read(file)
    keep(settings, secrets.token_bytes(BYTES), replace=False)
    return _read(file)


def keep(settings: Settings, key: bytes, *, replace: bool) -> None:
    """Write the key file in one step, readable by its owner only. Of several processes at once the first one wins."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    file = settings.data_dir / FILE_NAME
    draft = settings.data_dir / f".{FILE_NAME}.{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as written:
        written.write(key)
        written.flush()
        os.fsync(written.fileno())
    try:
        if replace:
            draft.replace(file)
        else:
            with suppress(FileExistsError):
                os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def _read(file: Path) -> bytes:
    key = file.read_bytes()
    if len(key) < BYTES:
        raise BadSetting(
            f"{file} is damaged. Put back the file from a backup, or delete it: links sent so far then end."
        )
    return key
