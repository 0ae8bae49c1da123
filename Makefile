# `make demo` and `make test` are all that a fresh Debian 12 needs; see CONTRIBUTING.md.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --no-input --quiet

.PHONY: help
help:  ## Say what can be made
	@sed -nE 's/^([a-z]+):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: venv
venv: $(VENV)/test.stamp  ## Make .venv with all that tests and checks need

# One stamp file a lock: nothing is installed again until that lock changes.
$(VENV)/pyvenv.cfg:
	scripts/make-venv $(VENV)

$(VENV)/demo.stamp $(VENV)/test.stamp: $(VENV)/%.stamp: requirements/%.txt pyproject.toml | $(VENV)/pyvenv.cfg
	$(PIP) install --require-hashes -r $<
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/docs.stamp: requirements/docs.txt | $(VENV)/pyvenv.cfg
	$(PIP) install --require-hashes -r $<
	touch $@

.PHONY: lock
lock:  ## Write requirements/*.txt anew from pyproject.toml
	scripts/lock-requirements

.PHONY: clean
clean:  ## Remove all that was made here
	rm -rf $(VENV) .cache .coverage .coverage.* htmlcov site test-results \
	    .mypy_cache .pytest_cache .ruff_cache .hypothesis
