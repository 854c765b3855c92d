# Needs python3 (3.11 or newer) and make; everything else is installed into .venv, as locked.

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# For `make lock` alone, apart from .venv so that no test can come to depend on it.
TOOLS  := .lock-tools
UV     := 0.13.9
BENCHMARKS := business_time model_checking lifecycle round_trips worker_settings herd fairness \
	deploy open_tickets chaos
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
CHECK_VERSION := import sys; sys.exit(sys.version_info < (3, 11))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test check clauses bench lock

help: ## this text
	@echo 'Durable Desk keeps a support desk'"'"'s published promises.'
	@echo
	@awk -F ' *## *' '/^[a-z]+:.*##/ { sub(/:.*/, "", $$1); printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'Every target installs what it needs into .venv first. New here? make demo, then make run.'
	@echo 'The command itself: .venv/bin/desk --help'

run: $(STAMP) ## everything on this machine: Temporal with its UI, worker, API, mail catcher
	@$(BIN)/desk up

demo: $(STAMP) ## a ticket's whole life, weeks of it, in seconds
	@$(BIN)/desk demo

# Three on two cores: tests wait for servers.
test: $(STAMP) ## all tests, on real Temporal servers
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder

check: $(STAMP) ## lint, format, types, architecture, policy documents
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { $(BIN)/ruff format --diff --quiet .; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }
	@$(BIN)/desk check policies/catalog/*.yaml

clauses: $(STAMP) ## each clause of the published policies, its rule and its tests; fails on a gap
	@$(BIN)/desk clauses

bench: $(STAMP) ## the benchmarks, one after the other; fails where a figure is not what it is to be
	@missed=; for benchmark in $(BENCHMARKS); do \
		echo "== $$benchmark"; $(BIN)/python benchmarks/$$benchmark.py || missed="$$missed $$benchmark"; \
	done; test -z "$$missed" || { echo "not as it is to be:$$missed" >&2; exit 1; }

# No index, no header, no file URL: a lock holds names, versions and hashes, and nothing of the
# machine it was made on. The second is a subset of the first: what the container image installs.
LOCK := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header $(UPGRADE) pyproject.toml

lock: $(TOOLS)/.uv-$(UV) ## re-make both locks from pyproject.toml; UPGRADE=--upgrade for newer versions
	@$(LOCK) --group dev -o requirements.lock
	@$(LOCK) --group build --constraints requirements.lock -o requirements.runtime.lock

$(TOOLS)/.uv-$(UV): | $(BIN)/python
	@$(BIN)/python -m venv --clear $(TOOLS)
	@$(TOOLS)/bin/python -m pip --disable-pip-version-check --quiet install uv==$(UV)
	@touch $@

# The stamp is written last: an installation that was interrupted is begun again.
$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing into $(VENV) what the lock names ...' >&2
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(BIN)/python:
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		$$python -c '$(CHECK_VERSION)' >/dev/null 2>&1 && break; \
		python=; \
	done; \
	test -n "$$python" || { \
		echo "Durable Desk needs Python 3.11 or newer. Found: $$(python3 --version 2>&1 | head -n 1)" >&2; \
		echo 'Install one, or name it: make PYTHON=/path/to/python3.11 ...' >&2; exit 1; }; \
	$$python -m venv --clear $(VENV) || { \
		echo 'This Python makes no virtual environments. On Debian: apt-get install python3-venv' >&2; \
		exit 1; }
