# One word each: demo · run · test · lint · bench · chaos. Everything is set up in .venv at the first use.
PYTHON ?= python3
KILLS ?= 20
# rows of the table side by side; they mostly wait
AT_ONCE ?= 2
.DEFAULT_GOAL := help

.PHONY: help demo run test lint bench chaos pictures lock clean

help:
	@echo "make demo   a week of papers in the terminal; no account, no network"
	@echo "make run    the bot; reads .env"
	@echo "make test   everything a developer needs green"
	@echo "make lint   ruff and mypy --strict"
	@echo "make bench  the figures of the README, measured here"
	@echo "make chaos  killed again and again: nothing lost, nothing doubled; KILLS=200 for the README's table"

demo: .venv/run
	@.venv/bin/paperround demo

run: .venv/run
	@.venv/bin/paperround run

test: .venv/dev
	.venv/bin/python -m pytest -n auto --dist worksteal

lint: .venv/dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: .venv/dev
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock || true
	.venv/bin/python -m tests.bench

chaos: .venv/dev
	@.venv/bin/python -m tests.chaos --kills $(KILLS) --at-once $(AT_ONCE)

pictures: .venv/dev
	@.venv/bin/python -m tests.pictures

# the stamps: set-up happens once, and again when a lock changes
.venv/run: requirements.lock pyproject.toml | .venv/made
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements-dev.lock .venv/run
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Paperround needs Python 3.11 or newer.")'
	@$(PYTHON) -m venv .venv
	@touch $@

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --extra slack --extra discord --group build -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --extra slack --extra discord --group build --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group bench -o requirements-bench.lock

clean:
	rm -rf .venv build *.egg-info
