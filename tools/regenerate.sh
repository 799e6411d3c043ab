#!/usr/bin/env bash
# For maintainers, before the first release only: write the first migrations anew from the tables.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -f academy/migrations/academy_2*.py cohorts/migrations/cohorts_2*.py
for app in academy cohorts; do
  .venv/bin/piccolo migrations new $app --auto --auto_input=y --desc="first tables" >/dev/null
  made=$(ls $app/migrations/${app}_2*.py)
  sed -i 's/^ID = .*/ID = "2026-11-22T06:00:00:000000"/' "$made"
  mv "$made" $app/migrations/${app}_2026_11_22_first_tables.py
done
