# Leadership Academy. `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast lint bench shots lock migrations clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# The environment is made anew when the lock changes; what stands in it is checked against hashes.
$(VENV)/.made: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 …") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.made-dev: $(VENV)/.made requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.made ## set up the environment only, to run it for real

demo: $(VENV)/.made ## set everything up and serve a living demonstration academy
	$(BIN)/academy demo

test: $(VENV)/.made-dev ## set everything up and pass all tests, on SQLite and PostgreSQL and in a browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test-fast: $(VENV)/.made-dev ## rules and services only, without the browser and the slow ones
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not browser and not slow"

lint: $(VENV)/.made-dev ## style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.made-dev ## print the figures of docs/benchmarks.md, as ratios within one run
	$(BIN)/python -m benchmarks

shots: $(VENV)/.made-dev ## take pictures of the main pages, desk and phone, into shots/
	$(BIN)/python tools/shots.py

migrations: $(VENV)/.made-dev ## for maintainers: write migrations for changed tables (NAME of the app: academy, cohorts or mentoring)
	$(BIN)/piccolo migrations new $(NAME) --auto --auto_input=y

lock: ## for maintainers: pin the newest allowed versions with their hashes
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock pyproject.toml tools/build.in
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --extra dev -o requirements-dev.lock pyproject.toml tools/build.in

clean: ## remove the environment and the demonstration's data
	rm -rf $(VENV) demo-data shots
