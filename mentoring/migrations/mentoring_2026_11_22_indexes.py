from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from mentoring.profiles.tables import MentoringRound

ID = "2026-11-22T10:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What must be unique, and an index for each query of a page"

STATEMENTS = [
    # profiles
    "CREATE UNIQUE INDEX mentoring_round_slug ON mentoring_round (slug)",
    "CREATE UNIQUE INDEX round_criteria_number ON round_criteria (round, number)",
    "CREATE UNIQUE INDEX mentor_profile_once ON mentor_profile (round, person)",
    "CREATE UNIQUE INDEX mentee_profile_once ON mentee_profile (round, person)",
    "CREATE UNIQUE INDEX choice_once ON choice (round, side, chooser, chosen)",
    "CREATE UNIQUE INDEX kept_apart_once ON kept_apart (person, other, kind)",
    "CREATE UNIQUE INDEX equality_answer_once ON equality_answer (round, person, question)",
    # pairings: one live pairing for each round and pair
    "CREATE UNIQUE INDEX pairing_once ON pairing (round, mentor, mentee) "
    "WHERE status IN ('draft', 'proposed', 'accepted', 'active', 'paused')",
    "CREATE UNIQUE INDEX pairing_one_of_mentee ON pairing (mentee_profile) "
    "WHERE status IN ('draft', 'proposed', 'accepted', 'active', 'paused')",
    "CREATE INDEX pairing_by_status ON pairing (round, status)",
    "CREATE INDEX pairing_to_answer ON pairing (answer_by) WHERE status = 'proposed'",
    "CREATE INDEX pairing_change_by_time ON pairing_change (pairing, at)",
    "CREATE INDEX meeting_by_time ON meeting (pairing, starts_at)",
    "CREATE UNIQUE INDEX meeting_one_event ON meeting (event)",
    "CREATE UNIQUE INDEX agreement_signed_once ON agreement_signed (pairing, person)",
    "CREATE INDEX pairing_goal_in_order ON pairing_goal (pairing, position)",
    "CREATE INDEX pairing_note_of_author ON pairing_note (pairing, author)",
    "CREATE INDEX check_in_by_time ON check_in (pairing, asked_at)",
    "CREATE UNIQUE INDEX pairing_evaluation_once ON pairing_evaluation (pairing, person)",
    # runs
    "CREATE UNIQUE INDEX match_run_number ON match_run (round, number)",
    "CREATE INDEX match_run_to_do ON match_run (asked_at) WHERE state IN ('waiting', 'working')",
    "CREATE UNIQUE INDEX hold_once ON hold (round, mentor_profile, mentee_profile)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="mentoring", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await MentoringRound.raw(statement)

    manager.add_raw(run)
    return manager
