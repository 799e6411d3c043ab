"""``academy worker``, with the waiting times of hours made seconds. Run as a process of its own."""

import os
from datetime import timedelta

from academy import scheduler
from academy.outbox import delivery, rules
from academy.settings import from_environment

rules.LEASE = timedelta(seconds=float(os.environ.get("TEST_LEASE", "2")))
rules.FIRST_PAUSE = timedelta(seconds=0.3)
rules.LONGEST_PAUSE = timedelta(seconds=2)
delivery.SEND_AT_MOST = rules.LEASE * 0.75
scheduler.LOOK_FOR_MAIL = 0.2

if __name__ == "__main__":
    settings = from_environment()
    work = scheduler.Scheduler
    made = work.__init__

    def quick(self: scheduler.Scheduler, postman: delivery.Postman, jobs: object, **_: object) -> None:
        made(self, postman, [], look_for_mail=0.2)

    scheduler.Scheduler.__init__ = quick  # type: ignore[method-assign]
    scheduler.run_worker(settings)
