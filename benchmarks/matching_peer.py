"""mentor-match on the same scores, run with the Python of its own environment. Imports nothing of ours.

Reads from standard input a JSON object: for each mentee a list of scores by mentor (null: not allowed), and the places
of each mentor. The peer knows no places. Either each mentor stands there once for each place, which is kind to it, or
it runs once for each place that a mentor can have, which is its own way. Scores are only looked up.
"""

from __future__ import annotations

import json
import resource
import sys
import time


def main() -> None:
    from matching.mentee import Mentee
    from matching.mentor import Mentor
    from matching.process import process_data
    from matching.rules import rule

    given = json.load(sys.stdin)
    rows = given["rows"]
    began, ticked = time.perf_counter(), time.process_time()
    mentees = [Mentee(grade=0, email=f"e{number}", role=number) for number in range(len(rows))]
    most = max(given["places"]) if given["rounds"] else 1
    mentors = [
        Mentor(grade=0, email=f"m{number}/{place}", role=number)
        for number, places in enumerate(given["places"])
        for place in range(min(places, 1) if given["rounds"] else places)
    ]
    room = given["places"] if given["rounds"] else [1] * len(given["places"])

    class Score(rule.Rule):  # type: ignore[misc]
        def apply(self, match_object: object) -> int:
            return rows[match_object.mentee.role][match_object.mentor.role] or 0  # type: ignore[attr-defined]

        def evaluate(self, match_object: object) -> bool:
            return True

    def closed(match: object) -> bool:
        mentee, mentor = match.mentee, match.mentor  # type: ignore[attr-defined]
        taken = mentee.mentors or len(mentor.mentees) >= room[mentor.role]
        return bool(taken) or rows[mentee.role][mentor.role] is None

    process_data(mentors, mentees, [[Score(), rule.Disqualify(closed)] for _ in range(most)])
    print(
        json.dumps(
            {
                "cpu": time.process_time() - ticked,
                "wall": time.perf_counter() - began,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "mates": [mentee.mentors[0].role if mentee.mentors else -1 for mentee in mentees],
            }
        )
    )


if __name__ == "__main__":
    main()
