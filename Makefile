# Short names for the commands that people use. Everything works without make: see each line.
PYTHON ?= python3
VENV = .venv/bin/python
BENCH ?=
ROWS ?=
# Every package of ours but the tests.
PACKAGES = $(filter-out tests,$(patsubst %/__init__.py,%,$(wildcard */__init__.py)))

.DEFAULT_GOAL := help
.PHONY: help run test anotherday mutants lint check bench setup lock messages

help:  ## What there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run:  ## Start the portal: web, worker and beat (another port: PORT=9000 make run)
	$(PYTHON) manage.py run

test:  ## Run all tests (some of them: make test ARGS="tests/smes -x")
	$(PYTHON) manage.py test $(ARGS)

anotherday: setup  ## Run tests as if they began at another moment, UTC: make anotherday DAY="2027-03-10 18:40" ARGS=tests/payments
	@$(VENV) -m tests.servers.another_day "$(DAY)" $(ARGS)

mutants: setup  ## Put faults into rules, tables and services; how many do the tests notice? (make mutants ARGS=smes/states.py)
	@$(VENV) -m tests.mutants $(ARGS)

lint: setup  ## Format, lint, types, import contracts, migrations, templates
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	$(VENV) -m mypy $(PACKAGES)
	$(VENV) -c "from importlinter.cli import lint_imports_command as lint; lint()"
	DJANGO_SETTINGS_MODULE=tdap_portal.settings.test $(VENV) manage.py makemigrations --check --dry-run
	$(VENV) -m djlint templates --lint --quiet

check: lint test  ## What CI runs: lint, then all tests

bench:  ## Measure: make bench BENCH=scoring ROWS=1000000
	@$(PYTHON) -m tdap_portal.bootstrap $(patsubst requirements/%.txt,%,$(wildcard requirements/bench.txt))
	@$(VENV) -m tests.bench $(BENCH) $(if $(ROWS),--rows $(ROWS))

setup:  ## Fill .venv with everything that development needs
	@$(PYTHON) -m tdap_portal.bootstrap

lock:  ## Write the hashed locks from requirements/*.in (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/runtime.in -o requirements/runtime.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/dev.in -o requirements/dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/bench.in -o requirements/bench.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/uv.in -o requirements/uv.txt

messages: setup  ## Collect the marked strings into locale/ur (needs gettext), then compile
	$(VENV) manage.py makemessages --locale ur --no-obsolete --no-location --extension html,txt,py,jinja --ignore ".venv/*" --ignore "var/*" --ignore "tests/*"
	$(VENV) manage.py compile_catalogues
