# Needs python3 (3.11 or newer) and make. Everything else is installed into .venv, as locked.

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# The test of the TypeScript client needs Node; without it the test is skipped.
NODE   := $(VENV)/node
NODE_STAMP := $(if $(shell command -v npm),$(NODE)/.installed)
# For `make lock`, `sbom` and `audit` only, outside .venv so that no test can depend on them.
TOOLS  := .lock-tools
UV     := 0.13.9
CYCLONEDX := 7.5.0
PIP_AUDIT := 2.10.1
RUNTIME := build/runtime
BENCHMARKS := benchmarks/business_time.py benchmarks/backtest.py benchmarks/lifecycle.py benchmarks/encryption.py benchmarks/rotation.py benchmarks/round_trips.py \
	benchmarks/worker_settings.py benchmarks/thundering_herd.py benchmarks/fairness.py \
	benchmarks/rolling_deploy.py benchmarks/open_tickets.py benchmarks/attacks.py \
	tests/chaos/run_model_checking.py tests/chaos/run_chaos.py
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
CHECK_VERSION := import sys; sys.exit(sys.version_info < (3, 11))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test check clauses bench mutants lock wheel sbom audit cluster cluster-test

help: ## list the targets
	@echo 'Durable Desk: an SLA engine for B2B support, on Temporal.'
	@echo
	@awk -F ' *## *' '/^[a-z-]+:.*##/ { sub(/:.*/, "", $$1); printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'Every target installs what it needs into .venv first. New here? make demo, then make run.'
	@echo 'The command itself: .venv/bin/desk --help'

run: $(STAMP) ## run everything on this machine: Temporal and its UI, worker, API, mail catcher
	@$(BIN)/desk up

cluster: $(STAMP) ## run Temporal on PostgreSQL, each service a process, two workers, two APIs, a proxy; CLUSTER="--ephemeral"
	@$(BIN)/python -m deploy.cluster $(CLUSTER)

cluster-test: $(STAMP) ## live tickets on such a cluster, deploy over open ones, then run tests/e2e and tests/api on it
	@$(BIN)/python tests/deploy/cluster/run_cluster_test.py

demo: $(STAMP) ## play the whole lifecycle of a ticket, 35 days in seconds
	@$(BIN)/desk demo

# More processes than cores, because tests wait for servers.
test: $(STAMP) $(NODE_STAMP) ## run all tests, on real Temporal servers
	@$(BIN)/python -m pytest -q -n 5

check: $(STAMP) ## check lint, format, types, imports and policies
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { $(BIN)/ruff format --diff --quiet .; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }
	@$(BIN)/desk check policies/catalog/*.yaml

clauses: $(STAMP) ## list the rules and tests of every clause; fails if one has none
	@$(BIN)/desk clauses

bench: $(STAMP) ## run all benchmarks in turn; fails if a result misses its target
	@missed=; for benchmark in $(BENCHMARKS); do \
		echo "== $$benchmark"; $(BIN)/python $$benchmark || missed="$$missed $$benchmark"; \
	done; test -z "$$missed" || { echo "targets missed:$$missed" >&2; exit 1; }

mutants: $(STAMP) ## change the core in small ways, which tests must notice; MUTANTS="--seed 7 --mutants 500"
	@$(BIN)/python tests/mutation/run_mutants.py $(MUTANTS)

# Without index, header and file URLs, a lock depends on no machine. The runtime lock is the subset
# that the container image installs.
LOCK := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header $(UPGRADE) pyproject.toml

lock: $(TOOLS)/.uv-$(UV) ## compile both locks from pyproject.toml; UPGRADE=--upgrade takes newer versions
	@$(LOCK) --group dev -o requirements.lock
	@$(LOCK) --group build --constraints requirements.lock -o requirements.runtime.lock

wheel: $(STAMP) ## build the wheel into dist/, the same bytes wherever it is built
	@$(BIN)/python -m hatchling build --target wheel

# Of an environment with the runtime lock and nothing else, which has the licences.
sbom: $(TOOLS)/.cyclonedx-bom-$(CYCLONEDX) ## list all runtime dependencies in dist/sbom.cdx.json (CycloneDX)
	@$(BIN)/python -m venv --clear --without-pip $(RUNTIME)
	@$(PIP) --python $(RUNTIME)/bin/python install --require-hashes -r requirements.runtime.lock
	@mkdir -p dist
	@$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application \
		--output-reproducible --output-file dist/sbom.cdx.json $(RUNTIME)/bin/python
	@echo 'dist/sbom.cdx.json' >&2

audit: $(TOOLS)/.pip-audit-$(PIP_AUDIT) ## look the runtime lock up in the advisories of PyPI; needs the internet
	@$(TOOLS)/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.runtime.lock

$(TOOLS)/bin/python: | $(BIN)/python
	@$(BIN)/python -m venv --clear $(TOOLS)

$(TOOLS)/.uv-$(UV): PACKAGE := uv==$(UV)
$(TOOLS)/.cyclonedx-bom-$(CYCLONEDX): PACKAGE := cyclonedx-bom==$(CYCLONEDX)
$(TOOLS)/.pip-audit-$(PIP_AUDIT): PACKAGE := pip-audit==$(PIP_AUDIT)
$(TOOLS)/.uv-$(UV) $(TOOLS)/.cyclonedx-bom-$(CYCLONEDX) $(TOOLS)/.pip-audit-$(PIP_AUDIT): | $(TOOLS)/bin/python
	@$(TOOLS)/bin/python -m pip --disable-pip-version-check --quiet install $(PACKAGE)
	@touch $@

# The stamp is written last, so an interrupted installation starts over.
$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing the locked dependencies into $(VENV) ...' >&2
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

# Lock and manifest only: no script of a package runs.
$(NODE)/.installed: tests/docs/temporal/node/package-lock.json tests/docs/temporal/node/package.json | $(BIN)/python
	@echo 'Installing the locked packages for Node into $(NODE) ...' >&2
	@mkdir -p $(NODE)
	@cp tests/docs/temporal/node/package.json tests/docs/temporal/node/package-lock.json $(NODE)
	@npm ci --prefix $(NODE) --ignore-scripts --no-audit --no-fund --silent
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
		echo 'This Python cannot create virtual environments. On Debian: apt-get install python3-venv' >&2; \
		exit 1; }
