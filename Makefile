# Everything a person types here: make demo | run | dev | test | check | bench | words | audit | lock
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
ifdef PORT
export RAPPORT_PORT := $(PORT)
endif

.PHONY: help install install-dev demo run dev test check bench words audit lock

help: ## what can be typed
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

install:
	@sh deploy/install.sh requirements.lock

install-dev:
	@sh deploy/install.sh requirements-dev.lock

demo: install ## the fictional practice on http://localhost:8000 (PORT=… for another port)
	@RAPPORT_MODE=demo $(PY) -m portal demo

run: install ## a real practice; the first start prints a one-time set-up code
	@$(PY) -m portal serve

dev: install ## the portal with reload, for writing code
	@RAPPORT_MODE=development $(PY) -m portal dev

test: install-dev ## every test; servers and a browser are found or fetched where possible
	@$(PY) -m tests.equip
ifdef TESTS
	@$(PY) -m pytest $(TESTS)
else
	@$(PY) -m pytest -m "not browser" -n logical --maxprocesses 4 --dist loadfile
	@$(PY) -m pytest -m browser
endif

check: install-dev ## style, types and the contracts between rooms
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -m pytest -q tests/architecture

bench: install-dev ## measure, and write the table
	@$(PY) -m tests.bench

words: install-dev ## take the sentences out of the code into the catalogues, and compile them
	@$(PY) -m portal words

audit: install-dev ## look the locked packages up in the advisory database
	@$(PY) -m pip_audit --require-hashes --disable-pip -r requirements.lock

lock: install-dev ## resolve the exact requirements again
	@$(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements.txt -o requirements.lock
	@$(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements.lock requirements-dev.txt -o requirements-dev.lock
