# Every command a person needs; continuous integration runs the same ones.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PARVIS := $(BIN)/parvis
export PORT ?= 8000
export PARVIS_HOME ?= $(CURDIR)/var
.DEFAULT_GOAL := help
.PHONY: help install install-dev demo serve setup test test-postgres check bench fuzz lock messages browser clean

help: ## what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(VENV)/base: requirements/base.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed (PYTHON=path says where)."; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V)."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment: install its venv module (python3-venv)."; exit 2; }
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -e .
	@touch $@

node_modules/.installed: package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 and npm are needed, for fonts, htmx and the official list of territories."; exit 2; }
	npm ci --no-audit --no-fund
	@touch $@

install: $(VENV)/base node_modules/.installed ## a .venv that holds the parvis command, and the browser-side libraries

$(VENV)/dev: requirements/dev.txt $(VENV)/base
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

install-dev: install $(VENV)/dev

setup: install
	$(PARVIS) setup

demo: install ## install, load the demonstration, serve it on http://localhost:8000
	PARVIS_DEMONSTRATION=1 $(PARVIS) demo

serve: install ## serve the site, with a worker inside
	$(PARVIS) setup
	$(PARVIS) serve

browser:
	@scripts/browser

test: install-dev browser ## every test, browser journeys included
	$(BIN)/python -m pytest -n auto

test-postgres: install-dev ## the tests that reach the database, on a throw-away PostgreSQL
	@PYTHON=$(BIN)/python scripts/with-postgres $(BIN)/python -m pytest -n auto -m "not browser" --ignore tests/catalog/core --ignore tests/architecture tests

check: install-dev ## ruff, types, layers, templates, migrations, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet parvis
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python scripts/messages.py --complete

messages: install-dev ## bring the English catalogue in step with the sources
	$(BIN)/python scripts/messages.py

bench: install-dev ## each figure beside its peer, in the same run
	@scripts/peers
	$(BIN)/python -m benchmarks

fuzz: install-dev ## bytes that nobody would write, thrown at the readers for FUZZ_SECONDS (60)
	$(BIN)/python scripts/fuzz.py

lock: ## compile the pinned sets again
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --extra postgres -o requirements/base.txt
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --extra postgres --extra test --extra check -c requirements/base.txt -o requirements/dev.txt

clean: ## remove what was built (never what the site stores)
	rm -rf $(VENV) .venv-peers node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
