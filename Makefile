# `make run` starts the desk with a demo company; `make test` runs every check and test.
# Needs Python 3.11 or newer and make; everything else is brought here.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TEST_POSTGRES_URL ?= postgresql://postgres@127.0.0.1:5432/postgres
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist loadfile --create-db

.PHONY: run test check bench demo screenshots docs setup browser clean

run: $(VENV)/.run
	$(BIN)/recourse setup --no-edition
	$(BIN)/recourse demo --if-empty
	RECOURSE_SECOND_FACTOR_FOR= $(BIN)/recourse serve

setup: $(VENV)/.run
	$(BIN)/recourse setup

demo: $(VENV)/.run
	$(BIN)/recourse demo --fresh

test: $(VENV)/.dev browser check
	@echo "== Tests on SQLite"
	$(PYTEST)
	@if $(BIN)/python -m tests.reach "$(TEST_POSTGRES_URL)"; then \
	  echo "== Tests on PostgreSQL"; \
	  DATABASE_URL="$(TEST_POSTGRES_URL)" $(PYTEST) -m "not slow_once"; \
	else \
	  echo "== PostgreSQL does not answer at TEST_POSTGRES_URL: its half of the suite is LEFT OUT"; \
	fi

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint recourse --lint --quiet
	$(BIN)/deptry .
	$(BIN)/recourse makemigrations --check --dry-run

bench: $(VENV)/.dev
	$(BIN)/python -m bench

screenshots: $(VENV)/.dev browser
	$(BIN)/python -m tools.screenshots

docs: $(VENV)/.dev
	$(BIN)/python -m tools.docs

browser: $(VENV)/.dev
	@$(BIN)/python -m tests.browser_setup

clean:
	rm -rf $(VENV) var

$(VENV)/.venv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

$(VENV)/.run: requirements.txt pyproject.toml $(VENV)/.venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m tools.link
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@
