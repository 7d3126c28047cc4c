# Muniment. `make demo` and `make test` work on a fresh machine with Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# A lock names everything, so nothing is left to resolve: a newer release of something elsewhere changes nothing.
LOCKED := $(PIP) --no-deps --require-hashes -r
ROOT ?= .muniment-demo
KEEP ?=
SLOW_TESTS := slow or s3 or browser

.PHONY: env env-test env-all ner scanner demo test test-all lint lock reference bench clean

env: $(VENV)/.demo ## set up .venv with the product
env-test: $(VENV)/.test
env-all: $(VENV)/.all

ner: env ## also the models that find names of people (docs/names.md)
	@$(LOCKED) locks/ner.txt

scanner: env ## also a second opinion on secrets (docs/secrets.md)
	@$(LOCKED) locks/scanner.txt

demo: env ## the main job on real documents (ROOT=s3://bucket/prefix, KEEP=1 leaves the UI up)
	@$(BIN)/python -m demo --root "$(ROOT)" $(if $(KEEP),--keep)

test: env-test ## every test that needs no extra service
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-all: env-all ## also S3, the browser and the slow drills
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -qq -y chromium)
	$(BIN)/python -m pytest -n 2 --dist worksteal
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "$(SLOW_TESTS)" --timeout 2400

lint: env-test ## style, types, layer contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

reference: env ## write the generated reference pages anew
	$(BIN)/python docs/generate.py

$(VENV)/.demo: locks/demo.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Muniment needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || (echo "Python's venv module is missing: apt-get install python3-venv"; exit 1)
	@echo "Setting up $(VENV) from a hashed lock; this takes a minute or two the first time."
	@$(LOCKED) locks/demo.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.demo locks/test.txt
	@$(LOCKED) locks/test.txt
	@touch $@

$(VENV)/.all: $(VENV)/.test locks/all.txt
	@$(LOCKED) locks/all.txt
	@touch $@

UV_COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml
lock: ## resolve the locks anew (needs uv)
	$(UV_COMPILE) --extra cpu --extra demo -o locks/demo.txt
	$(UV_COMPILE) --extra cpu --extra demo --extra ner -c locks/demo.txt -o locks/ner.txt
	$(UV_COMPILE) --extra cpu --extra demo --extra scanner -c locks/demo.txt -o locks/scanner.txt
	$(UV_COMPILE) --extra cpu --extra demo --extra ner --extra scanner --extra test -c locks/ner.txt -o locks/test.txt
	$(UV_COMPILE) --extra cpu --extra demo --extra ner --extra scanner --extra test --extra services -c locks/test.txt -o locks/all.txt

clean: ## remove what the demo and the tests leave
	rm -rf .muniment-demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
