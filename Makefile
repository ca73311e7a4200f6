# The two commands of the README, and what they need. Everything else is an invoke task: invoke --list.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin

.PHONY: help setup build-ami test lint tools fast e2e tour bench words mutants down

help:
	@echo "make build-ami   set everything up, then build a tested AMI in the offline AWS"
	@echo "make test        set everything up, then run the whole test suite"
	@echo "make tour        from nothing to a pipeline's result in the offline AWS, and back"
	@echo "make bench       print the tables of benchmarks/"

setup: $(VENV)/.ready

# pip installs dependencies only: Kiln is used from its clone.
$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Kiln needs Python 3.11 or newer; $(PYTHON) is older."; exit 1; }
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV) 2>/dev/null || ./scripts/install-venv $(PYTHON) $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt '.[sandbox,dev]'
	@rm -rf build kiln.egg-info
	@touch $@

build-ami: setup
	$(RUN)/invoke sandbox build-ami

# Its last lines are the minutes of each file of tests, slowest first; they are in .minutes too. (With a blank for the
# `=`, pytest takes a file that is there for tests to run, and finds no option of that name beside it.)
test: setup
	@rm -f .minutes; $(MAKE) --no-print-directory WRITTEN='--minutes=.minutes' lint fast e2e; code=$$?; \
	$(RUN)/python -m tests.support.minutes .minutes; exit $$code

lint: setup
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy

# QEMU and the few other programs of Debian's that the sandbox's machines need.
tools: setup
	@$(RUN)/python -m sandbox.machines.prerequisites

fast: setup tools
	$(RUN)/python -m pytest -q -n 2 --dist worksteal -m "not e2e" $(WRITTEN)

# Two machines run at a time; the minutes they took are printed.
e2e: setup tools
	@begin=$$(date +%s); \
	$(RUN)/python -m pytest -q -n 2 -p tests.support.machine_groups --no-loadscope-reorder -m e2e --durations=12 $(WRITTEN); \
	code=$$?; \
	echo "e2e: $$(( ($$(date +%s) - begin + 30) / 60 )) minutes"; exit $$code

# From nothing to a pipeline's result, and back.
tour: setup tools
	$(RUN)/python -m scripts.tour

bench: setup
	$(RUN)/python -m benchmarks.provisioning
	$(RUN)/python -m benchmarks.build
	$(RUN)/python -m benchmarks.autoscale
	$(RUN)/python -m benchmarks.boot
	$(RUN)/python -m benchmarks.jobs
	$(RUN)/python -m benchmarks.job_machines
	$(RUN)/python -m benchmarks.nextflow

words: setup
	$(RUN)/python -m scripts.count_words

# The same sample of mutants as on the commit OF, tried in the tree as it is; about an hour.
OF ?= e6ff33b
mutants: setup
	$(RUN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt '.[mutants]'
	@rm -rf build kiln.egg-info
	$(RUN)/python -m scripts.mutants $(OF)

down: setup
	$(RUN)/invoke sandbox.down
