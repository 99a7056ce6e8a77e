# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Bytecode is compiled at install: without it every start is two to three times slower.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help venv demo test test-all serve passports bench water lint types lock browser clean

help:  ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

venv: $(STAMP)  ## set up the environment in .venv

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; set PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python tools/link.py
	touch $(STAMP)

demo: $(STAMP)  ## compare two policies over a day in the default city
	$(BIN)/jinling demo

serve: $(STAMP)  ## open the web application
	$(BIN)/jinling serve

browser:
	@sh tools/browser.sh

test: $(STAMP) browser  ## the tests, without the slow ones
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadgroup

test-all: $(STAMP) browser  ## all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup

passports: $(STAMP)  ## measure the models against cases whose answer is known, and write it into their passports
	$(BIN)/python -m pytest tests --passports

bench: $(STAMP)  ## measure
	$(BIN)/python -m benchmarks

water: $(STAMP)  ## add EPANET through WNTR, and check our flows against it
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-water.lock
	$(BIN)/python -m pytest tests/networks/test_epanet.py

lint: $(STAMP)
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/lint-imports

types: $(STAMP)
	$(BIN)/mypy api models scenarios sim viz

lock:  ## pin the dependencies again, with hashes and without addresses
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --extra dem --extra osm --extra web --extra dev --no-header -o requirements.lock pyproject.toml
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --extra water --no-header -c requirements.lock -o requirements-water.lock pyproject.toml

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
