# Everything one does with Confer. `make` alone lists it; each target sets up what it needs.
# All of it runs from the checkout: nothing is installed outside .venv, but for the servers of `make test`.

.DEFAULT_GOAL := help
RUN := .venv/bin/python -m
LOCK := UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never $(RUN) uv pip compile --quiet --generate-hashes --no-header \
	--universal --python-version 3.11 --no-emit-index-url --no-annotate
WORKERS ?= 4
TESTS ?= tests

# An environment whose Python no longer runs (the system was upgraded) is made anew.
$(shell [ ! -e .venv ] || .venv/bin/python -c '' 2>/dev/null || rm -f .venv/.run .venv/.test)

.PHONY: help run demo install install-test servers test check pytest faults bench bench-live lock

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: install ## start Confer on http://127.0.0.1:8000, its data under var/
	@exec $(RUN) forum serve

demo: export DATA_DIR := $(or $(DATA_DIR),var/demo)
demo: install ## the same with a network of invented people, its data under var/demo/
	@[ -z "$$DATABASE_URL" ] || $(RUN) forum migrate
	@$(RUN) forum seed --if-empty
	@exec $(RUN) forum serve

install: .venv/.run ## only make .venv with what Confer needs to run; PYTHON=python3.12 to choose
	@:

install-test: .venv/.test ## the same with what the tests need
	@:

servers: install-test ## PostgreSQL, Redis, nginx and Chromium for the tests, where they are missing
	@tools/test-servers.sh

test: install-test servers ## everything: check beside the tests on both databases; EVERY_SHAPE=1 for all of them on both
	@$(MAKE) --no-print-directory -j2 check pytest

check: install-test ## format, style, types and floors
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	.venv/bin/lint-imports --no-logo

pytest: install-test servers ## the tests alone; TESTS=tests/realtime for some, WORKERS=0 in one process
	$(RUN) pytest -q -n $(WORKERS) --dist worksteal --cache-clear --durations=10 --durations-min=3 $(TESTS) \
		|| $(RUN) tests.again $$?

faults: install-test servers ## every fault in full size, with a table of what was proved; TESTS=tests/faults/test_kills.py for some
	FAULTS=full $(RUN) pytest -q -n 0 --timeout 3600 $(or $(filter-out tests,$(TESTS)),tests/faults)

bench: install-test servers ## measure both shapes, with the machine's own limits beside; BENCH=--quick for a first look
	@tools/bench-load.sh
	$(RUN) tests.bench $(BENCH)

bench-live: install-test servers ## measure the sockets beside a plain epoll server, nchan and others; QUICK=1 for two ratios
	@tools/bench-live.sh $(if $(QUICK),,all)
	QUICK=$(QUICK) $(RUN) tests.bench_live

lock: install ## pin the newest versions that pyproject.toml allows, with their hashes
	$(LOCK) --upgrade pyproject.toml -o requirements/run.txt
	$(LOCK) --upgrade --group dev pyproject.toml -o requirements/test.txt
	echo uv | $(LOCK) --upgrade - -o requirements/uv.txt

.venv/.run: requirements/run.txt requirements/uv.txt tools/install.sh
	@tools/install.sh requirements/run.txt && touch $@

.venv/.test: requirements/test.txt requirements/uv.txt tools/install.sh
	@tools/install.sh requirements/test.txt && touch $@
