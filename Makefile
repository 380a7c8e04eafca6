PYTHON ?= python3
BIN := .venv/bin

run: .venv/ready  ## make the warehouse from everything under sources/
	@$(BIN)/hai-ha run

test: .venv/ready  ## lint, types, then every test
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q . && $(BIN)/mypy && $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

ui: .venv/ready  ## open the Dagster UI on http://127.0.0.1:3000
	@$(BIN)/hai-ha ui

bench: .venv/ready  ## the whole run beside the same job by hand, from 100,000 rows on
	@$(BIN)/python -m tests.benchmarks.whole_run 100000 1000000

docs: .venv/ready  ## write what is generated from the contracts: warehouse/README.md and the descriptor's JSON Schema
	@$(BIN)/python -m hai_ha_pipeline.catalogue

lock:  ## pin the dependencies anew; needs uv
	@uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate -q --python-version 3.11 -o requirements.txt
	@uv pip compile pyproject.toml --extra cluster --extra delta --extra kubernetes --universal --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate -q --python-version 3.11 -c requirements.txt -o deploy/requirements.txt

.venv/ready: requirements.txt pyproject.toml
	@echo "Setting up .venv (once, about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": make PYTHON=/path/to/python3.11 run")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .venv/ready

.PHONY: run test ui bench docs lock
