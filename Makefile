# The house's commands. `make` alone lists them.
# PORT, HOST and VAR_DIR can be given: make run PORT=8080
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run demo test lint bench bench-video faults screenshots messages requirements clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run:  ## Set up everything and start the school with its demo courses
	@$(PYTHON) scripts/run_school.py

demo:  ## Set up everything and load the demo school, without starting it
	@$(PYTHON) scripts/run_school.py --only-demo

test:  ## Every check: lint, types, floors, schemas, tests on SQLite, PostgreSQL and in a browser
	@$(PYTHON) scripts/run_checks.py

lint:  ## The checks that need no test run
	@$(PYTHON) scripts/run_checks.py --lint

bench:  ## Measure the main requests on PostgreSQL
	@$(PYTHON) scripts/with_services.py $(BIN)/python -m tests.bench

bench-video:  ## Measure what processing videos costs beside ffmpeg by hand, and how they play on slow lines
	@$(PYTHON) scripts/bootstrap.py test
	@$(BIN)/python -m tests.bench_video

faults:  ## Try everything that can go wrong with payments, on PostgreSQL, with workers that are killed
	@$(PYTHON) scripts/with_services.py $(BIN)/python -m commerce.tests.faults

screenshots:  ## Pictures of the main pages, narrow and wide, into var/screenshots
	@$(PYTHON) scripts/bootstrap.py test
	@$(BIN)/python -m tests.screenshots

messages:  ## Collect texts to translate into locale/, compile what is translated, tell what is missing
	@$(PYTHON) scripts/bootstrap.py test
	@$(BIN)/python manage.py makemessages --all --no-obsolete --add-location file --ignore var --ignore node_modules --ignore .venv
	@$(PYTHON) scripts/bootstrap.py test
	@$(BIN)/python manage.py check_messages || true

requirements:  ## Pin requirements*.in into requirements*.txt
	@$(PYTHON) scripts/bootstrap.py test
	@for name in requirements requirements-dev; do \
		CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url \
			--no-emit-find-links --no-emit-options --no-emit-trusted-host --output-file=$$name.txt $$name.in || exit 1; \
	done

clean:  ## Remove what can be made again; the school's state in var/ stays
	@rm -rf .venv node_modules static/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
