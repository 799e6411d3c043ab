"""``python -m benchmarks`` prints all figures, ``python -m benchmarks answers races`` these."""

from __future__ import annotations

import os
import sys
import time
from importlib import import_module

SECTIONS = {
    "answers": "answers per second beside the ceiling of the raw driver",
    "queries": "statements for an answer, with few rows and with many",
    "mails": "invites and calendar feeds per second",
    "races": "a crowd for the last places at one instant",
    "bookings": "a crowd for one time of a coach at one instant",
    "kills": "kill -9 while people register",
    "starting": "start, memory, waits for the disk",
    "matching": "pairing mentors and mentees, beside a peer",
    "slots": "free times of coaches, for few and for many",
    "year": "building the demonstration, a backup under load",
}


def main() -> None:
    wanted = sys.argv[1:] or list(SECTIONS)
    if unknown := [name for name in wanted if name not in SECTIONS]:
        print(f"There is no {unknown[0]}. There is:")
        for name, told in SECTIONS.items():
            print(f"  {name:10} {told}")
        sys.exit(2)
    print(f"Leadership Academy: figures of {time.strftime('%d %B %Y')}, {os.cpu_count()} cores", end="")
    print(f", {os.getloadavg()[0]:.1f} processes running or waiting at the start")
    for name in wanted:
        began = time.perf_counter()
        import_module(f"benchmarks.{name}").run()
        print(f"  ({time.perf_counter() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
