"""Real worker processes that are killed at random moments, as power cuts and OOM killers do."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Workers:
    """Keeps ``count`` workers running; ``kill_one`` ends one with SIGKILL and starts another."""

    def __init__(self, environ: dict[str, str], *, count: int = 2, seed: int = 0) -> None:
        self._environ = {**os.environ, **environ}
        self._random = random.Random(seed)
        self.kills = 0
        self._running = [self._start() for _ in range(count)]

    def kill_one(self) -> None:
        chosen = self._random.randrange(len(self._running))
        self._running[chosen].send_signal(signal.SIGKILL)
        self._running[chosen].wait(10)
        self._running[chosen] = self._start()
        self.kills += 1

    def stop(self) -> list[int]:
        """Ask them to stop, as a service manager does; their exit codes."""
        for worker in self._running:
            worker.send_signal(signal.SIGTERM)
        return [worker.wait(30) for worker in self._running]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.one_worker"],
            cwd=ROOT,
            env=self._environ,
            stderr=None if os.environ.get("SHOW_WORKERS") else subprocess.DEVNULL,
        )


def wait_until(holds: Callable[[], bool], *, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return holds()
