# Qommons: one command for each thing. `make setup` runs by itself before what needs it.

find_python = $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys$(1); sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
PYTHON ?= $(call find_python,$(comma) venv$(comma) ensurepip)
comma := ,
PY := .venv/bin/python
TOOLS := .venv-contracts/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup lock demo test check bench faults gas deep up down status doctor clean

help:
	@echo "make demo    sets up, runs the main job on a real dataset, leaves the site running (EXIT=1 stops it)"
	@echo "make test    sets up, runs every check and every test"
	@echo "make check   format, lint, import rules, types, sizes, unit tests: about a minute"
	@echo "make up      starts everything in the foreground; make down stops it; make status, make doctor tell"
	@echo "make setup   both Python environments, npm packages, compiled contracts; make lock pins what they install"
	@echo "make faults, make gas, make deep (long proofs, mutants, slither), make bench, make clean"

setup:
	@if [ -n "$(PYTHON)" ]; then "$(PYTHON)" deploy/ci/setup.py; \
	elif [ -n "$(call find_python)" ]; then \
		echo "$(call find_python) lacks venv; on Debian or Ubuntu: apt install python3-venv"; exit 1; \
	else echo "Qommons needs Python 3.11 or later with venv; none is installed"; exit 1; fi

# After a change of requirements*.txt: every package that comes along, with its hashes.
lock:
	@$(PY) deploy/ci/lock.py

demo: setup
	@EXIT="$(EXIT)" $(PY) manage.py demo

test: setup
	@$(PY) deploy/ci/run_tests.py

check: setup
	@$(PY) deploy/ci/run_checks.py

up: setup
	@$(PY) manage.py up

down:
	@[ -x $(PY) ] && $(PY) manage.py down || echo "nothing is set up, so nothing runs"

status:
	@$(PY) manage.py status

doctor:
	@if [ -x $(PY) ]; then $(PY) manage.py doctor; else "$(or $(PYTHON),python3)" -m config.stack.doctor; fi

faults: setup
	@$(PY) -m pytest -m "fault or attack" -p tests.faults.score; app=$$?; \
		PYTHONPATH=. SCORE_SO_FAR=1 $(TOOLS) contracts/run_tests.py -q -m attack -p tests.faults.score && exit $$app

deep: setup .venv-slither
	@$(PY) -m pytest -m deep tests
	@PROOFS=deep $(TOOLS) contracts/run_tests.py -q -k "stateful or exhaustive"
	@$(TOOLS) contracts/mutants.py
	@PATH="$(CURDIR)/.venv/bin:$$PATH" .venv-slither/bin/python contracts/slither_check.py

# Slither is AGPL: a tool beside us, in an environment of its own, that nothing of ours imports.
.venv-slither:
	@"$(PYTHON)" -m venv $@ && $@/bin/pip install --quiet --disable-pip-version-check slither-analyzer==0.11.6

gas: setup
	@$(TOOLS) contracts/run_tests.py -q --tb=short -k test_gas; $(TOOLS) contracts/gas.py

bench:
	@if [ -f benchmarks/run.py ]; then $(PY) benchmarks/run.py; else echo "There are no benchmarks yet."; fi
	@$(PY) -m benchmarks.tiles
	@$(PY) benchmarks/catalogue.py
	@$(PY) benchmarks/streams.py
	@$(PY) benchmarks/storage_speed.py

clean: down
	rm -rf .venv .venv-contracts .venv-bench .venv-slither node_modules build .build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@echo "var/ (keys, database, chain, content) is kept; remove it by hand to start from nothing."
	@[ ! -d /var/lib/qommons ] || echo "Root's embedded databases lie in /var/lib/qommons."
