"""The key that signs links is made once, and only its owner can read it."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from academy.database.secret import secret_key
from academy.settings import BadSetting, Settings


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new")

    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: secret_key(settings), range(32)))

    (key,) = keys
    assert len(key) == 32
    assert [file.name for file in settings.data_dir.iterdir()] == ["secret.key"]
    assert stat.S_IMODE((settings.data_dir / "secret.key").stat().st_mode) == 0o600


def test_a_key_in_the_settings_comes_first(tmp_path: Path) -> None:
    assert secret_key(Settings(data_dir=tmp_path, secret_key="sixteen letters.")) == b"sixteen letters."
    assert list(tmp_path.iterdir()) == []


def test_a_short_key_or_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"")

    with pytest.raises(BadSetting, match="at least 16"):
        secret_key(Settings(data_dir=tmp_path, secret_key="short"))
    with pytest.raises(BadSetting, match="damaged"):
        secret_key(Settings(data_dir=tmp_path))
