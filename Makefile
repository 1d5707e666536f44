# Two commands are all a newcomer needs: make demo, make test. Each does its own set-up.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# Making an environment anew empties it first: behind a link that would be somebody else's.
OWN = @if [ -L $(@D) ]; then echo "$(@D) is a link: what it leads to is left alone. Remove the link, or bring it up to date there."; exit 1; fi
APART := env $(addprefix -u ,DATABASE_URL REDIS_URL FACTCHECK EMAIL_URL SECRET_KEY ALLOWED_HOSTS HTTPS DEBUG LOG_LEVEL LOG_FORMAT PROXIES)

# A test starts hundreds of processes: each would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

DOCS := var/docs-venv

.PHONY: help demo test attack versions coverage bench check lint-schema docs messages lock faults

help: ## what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(VENV)/host ## the main job on the embedded default; make demo CHECK=1 does not stay
	$(APART) $(BIN)/python manage.py demo $(if $(CHECK),--check)

test: $(VENV)/ready ## the tests; in Chromium where it is found, on PostgreSQL and Redis where TEST_DATABASE_URL and TEST_REDIS_URL name them
	$(BIN)/python -m pytest -n 2 --dist loadgroup

attack: $(VENV)/ready ## the tests of ways around the rules in full, with what they counted
	FACTCHECK_SKIP_NOTHING=1 FACTCHECK_TAMPERINGS=700 FACTCHECK_RACES=200 FACTCHECK_CALLS=28 FACTCHECK_ROWS=1000 $(BIN)/python -m pytest -n 2 -rP --no-header tests/attack tests/api/test_fuzz.py tests/workflow/test_other_side.py tests/commands/test_verify_history.py tests/models/test_append_only.py

versions: $(VENV)/ready ## a story on each newer Python and Django that this machine has
	FACTCHECK_SKIP_NOTHING=1 FACTCHECK_VERSIONS=all $(BIN)/python -m pytest tests/hosts/test_versions.py

coverage: $(VENV)/ready ## the same tests, and the branches that none of them takes
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov=factcheck --cov=newsroom --cov-branch --cov-report=term:skip-covered

bench: $(VENV)/ready ## the speed of the engine, and how long a person's job waits; PEER=a Python with quantulum3 is measured beside it
	$(BIN)/python bench/figures.py --adversarial $(if $(PEER),--peer $(PEER))
	$(BIN)/python bench/jobs.py

faults: $(VENV)/ready ## kill, cut and damage a whole site on purpose, in full; on PostgreSQL and Redis where TEST_DATABASE_URL and TEST_REDIS_URL name them
	FAULTS=$(or $(FAULTS),1) $(BIN)/python -m tests.faults

check: $(VENV)/ready ## what needs no running: style, types, dead code, import contracts, migrations
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/python -m pytest -q tests/test_dead_code.py && $(BIN)/lint-imports && $(BIN)/python manage.py makemigrations --check --dry-run

lint-schema: $(VENV)/ready ## the description of the API by the rules of Spectral for OpenAPI, where npx is found
	@mkdir -p var
	$(BIN)/python manage.py spectacular --urlconf factcheck.api.urls --custom-settings factcheck.api.docs.SETTINGS --format openapi-json --file var/openapi.json
	@if command -v npx > /dev/null; then npx --yes @stoplight/spectral-cli@6 lint var/openapi.json --fail-severity=warn; else echo "There is no npx here: the description was written to var/openapi.json, and nothing has read it."; fi

docs: $(DOCS)/ready ## the pages of docs/ as a site in var/site, in an environment of its own; a dead link or anchor fails
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/python -m mkdocs build --quiet --strict
	@echo "var/site/index.html"

COMPILE := $(BIN)/uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet
messages: $(VENV)/ready ## the catalogues of translations brought up to date with what the code says, and compiled
	$(BIN)/python -m tests.catalogue

lock: $(VENV)/ready ## requirements.txt anew from the ranges in pyproject.toml, and its part that a running site needs; that of the docs beside them
	$(COMPILE) --all-extras -o requirements.txt
	$(COMPILE) --extra host -c requirements.txt -o requirements-host.txt
	$(subst pyproject.toml,--group docs,$(COMPILE)) -o requirements-docs.txt

$(VENV)/host: requirements-host.txt # what a running site needs, and no more
	$(OWN)
	$(PYTHON) -m venv $(VENV) || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-host.txt
	touch $@

$(VENV)/ready: requirements.txt
	$(OWN)
	$(PYTHON) -m venv $(VENV) || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(DOCS)/ready: requirements-docs.txt
	$(OWN)
	$(PYTHON) -m venv --clear $(DOCS)
	$(DOCS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-docs.txt
	touch $@
