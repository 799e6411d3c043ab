"""``academy worker``, with the waiting times of hours made seconds. Run as a process of its own."""

import os
from datetime import timedelta
from functools import partial
from typing import Any

from academy import scheduler
from academy.outbox import delivery, rules
from academy.settings import from_environment

if __name__ == "__main__":
    rules.LEASE = timedelta(seconds=float(os.environ.get("TEST_LEASE", "2")))
    rules.FIRST_PAUSE = timedelta(seconds=0.3)
    rules.LONGEST_PAUSE = timedelta(seconds=2)
    delivery.SEND_AT_MOST = rules.LEASE * 0.75
    delivery.SmtpSender = partial(  # type: ignore[misc, assignment]
        delivery.SmtpSender, timeout=float(os.environ.get("TEST_TIMEOUT", "1"))
    )
    usual: Any = scheduler.Scheduler
    scheduler.Scheduler = lambda postman, jobs: usual(postman, [], look_for_mail=0.2)  # type: ignore[misc, assignment]
    scheduler.run_worker(from_environment())
