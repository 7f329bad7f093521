# The two commands a newcomer needs: `make serve` and `make test`. Both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
# Some machines say so for good; then each process would compile all libraries anew, which takes seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup assets serve test lint types docs site bench lock build clean

setup: assets

$(STAMP): requirements.lock pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit("dgekg needs Python 3.11 or newer; found %d.%d. Say: make PYTHON=python3.12 ..." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	$(BIN)/python src/dgekg/web/assets/build.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

# The style sheets and scripts of the pages: built once, and again when anything that they are made of has changed.
assets: $(STAMP)
	@$(BIN)/python src/dgekg/web/assets/build.py

build: setup
	$(BIN)/dgekg build

serve: build
	$(BIN)/dgekg serve

test: setup
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

docs: setup
	$(BIN)/python -m dgekg.reference --check docs/reference

# The documents as a site that needs neither server nor network, in an environment of its own. A link that leads nowhere
# ends it.
SITE := build/site
TOOLS := build/site-tools

$(TOOLS)/.ready: requirements-docs.lock
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-docs.lock
	@touch $@

site: setup $(TOOLS)/.ready
	$(BIN)/python -m dgekg.reference.site build/site-pages
	$(TOOLS)/bin/python -m sphinx -W --keep-going -q -b html -d build/site-trees build/site-pages $(SITE)
	@echo "the documents are in $(SITE): open $(SITE)/index.html"

# LIMIT: seconds for one measurement; for SIZES=100000 give the other engines 300. See docs/benchmarks.md.
SIZES ?= 1000,10000
LIMIT ?= 60

bench: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	mkdir -p build
	$(BIN)/python -m benchmarks.run --sizes $(SIZES) --limit $(LIMIT) --out docs/benchmarks.md --json build/benchmarks.json

# Versions and hashes only, no addresses. Needs the package "uv".
lock:
	uv pip compile --universal --generate-hashes --no-annotate --no-header --python-version 3.11 \
		--extra dev pyproject.toml --output-file requirements.lock --quiet
	uv pip compile --universal --generate-hashes --no-annotate --no-header --python-version 3.11 \
		--group node --output-file requirements-node.lock --quiet
	uv pip compile --universal --generate-hashes --no-annotate --no-header --python-version 3.11 \
		--group docs --output-file requirements-docs.lock --quiet

clean:
	rm -rf build $(VENV) src/dgekg/web/assets/node_modules src/dgekg/web/static/built
