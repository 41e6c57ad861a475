# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Everything here runs in environments that it builds itself under .build; see tools/env.py.

CORE ?= newest
ALL_CORES := 2.16 2.18 2.19 2.21
JOBS ?= 3
PYTEST_ARGS ?=
TESTS ?= tests/unit tests/integration
# The endpoint is a program of its own, looked after by ruff and mypy; ansible-test's rules are for what is shipped.
SANITY_ARGS ?= --exclude tests/endpoint/

# Any Python from 3.10 up starts the tools; they find the best one for each ansible-core by running what is there.
BOOTSTRAP := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python3.10 \
	$$(ls -d $(HOME)/.pyenv/versions/3.1*/bin/python3 2>/dev/null) /usr/bin/python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo "$$python" && break; done)
ENV = $(or $(BOOTSTRAP),$(error make needs a Python from 3.10 up with venv)) tools/env.py
RUN = $(ENV) --core $(CORE) run
TEST = $(ENV) --core $(CORE) --kerberos run
LINT = $(ENV) --lint run
PYTEST = pytest -q -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

.DEFAULT_GOAL := help
.PHONY: help system-deps env lint format sanity units units-ansible-test integration chaos test test-all demo bench clean

help: ## Show this list
	@echo 'CORE=2.19 chooses another ansible-core, TESTS=tests/unit/tools and PYTEST_ARGS="-k name" choose tests, logs are in .build/logs.'
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 24

system-deps: ## Install what some tests need of Debian's packages (needs root)
	@tools/system-deps.sh

env: ## Build the environment of one ansible-core, and show which Pythons were found
	@$(ENV) list
	@$(ENV) --core $(CORE) setup

lint: ## Formatting, types, documentation, licences, PowerShell 5.1, the built collection
	@$(LINT) python tools/lint.py $(CHECKS)

format: ## Format the Python code
	@$(LINT) ruff format .
	@$(LINT) ruff check --fix .

sanity: ## ansible-test sanity
	@echo '==> ansible-test sanity (ansible-core: $(CORE))'
	@$(ENV) --core $(CORE) --copy sanity run ansible-test sanity $(SANITY_ARGS)

units: ## Unit tests
	@echo '==> unit tests (ansible-core: $(CORE))'
	@$(TEST) $(PYTEST) tests/unit

units-ansible-test: ## The same unit tests as ansible-test runs them
	@$(ENV) --core $(CORE) --copy units run ansible-test units --venv --python default $(UNITS_ARGS)

integration: ## Integration tests: real ansible-playbook processes against the test endpoint
	@echo '==> integration tests (ansible-core: $(CORE))'
	@$(TEST) $(PYTEST) tests/integration

chaos: ## Failures at every point: real ansible-playbook processes, a bad network, servers and processes that end
	@echo '==> chaos tests (ansible-core: $(CORE))'
	@$(TEST) $(PYTEST) tests/chaos

test: ## Unit and integration tests on the newest ansible-core that some Python here takes
	@echo '==> unit and integration tests (ansible-core: $(CORE))'
	@$(TEST) $(PYTEST) $(TESTS)

test-all: ## The same and chaos on each supported generation of ansible-core, and the benchmark's own tests
	@for core in $(ALL_CORES); do $(MAKE) --no-print-directory test chaos CORE=$$core || exit 1; done
	@$(TEST) $(PYTEST) tests/bench

demo: ## Two test computers, and playbooks that keep a PowerShell session on each
	@$(RUN) python playbooks/demo/run.py

bench: ## Measure time, requests and memory against ansible.builtin.psrp
	@$(RUN) python tests/bench/run.py $(BENCH_ARGS)

clean: ## Remove everything that was built
	rm -rf .build
