# `make demo` and `make test` are all that a fresh Debian 12 needs; see CONTRIBUTING.md.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --no-input --quiet

DOVECOT := dovecot-core dovecot-imapd dovecot-lmtpd dovecot-managesieved dovecot-sieve
# Roundcube itself, Cyrus, Postfix and slapd are only unpacked (scripts/unpack-debian-packages says why).
ROUNDCUBE_NEEDS := php-cli php-auth-sasl php-guzzlehttp-guzzle php-intl php-mail-mime \
    php-masterminds-html5 php-mbstring php-net-sieve php-net-smtp php-sqlite3 php-xml
# libatomic1 is for the driver that Playwright brings.
TESTS_NEED := $(DOVECOT) libfaketime curl chromium fonts-dejavu-core libatomic1 libsasl2-modules-db \
    postgresql $(ROUNDCUBE_NEEDS)
TABLE_TYPES := .cache/postfix/usr/share/postfix/dynamicmaps.cf \
    .cache/postfix/usr/lib/postfix/postfix-pgsql.so .cache/postfix/usr/lib/postfix/postfix-sqlite.so

CORE := sieve_manager/domain/*,sieve_manager/policy/*,sieve_manager/sieve/*

# Tests wait for servers about a third of the time: one more at once than there are processors.
TESTS = $(BIN)/pytest --numprocesses $$(($$(nproc) + 1)) --dist worksteal

.PHONY: help
help:  ## Say what can be made
	@sed -nE 's/^([a-z]+):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: demo
demo: $(VENV)/demo.stamp postfix  ## Try it: a private mail server, demo mailboxes and the pages
	scripts/install-debian-packages $(DOVECOT)
	$(BIN)/sieve-manager demo

.PHONY: test
test: needs  ## Install what the tests need and run all of them
	$(TESTS)

.PHONY: needs
needs: check postfix
	scripts/install-debian-packages $(TESTS_NEED)
	scripts/unpack-debian-packages .cache/cyrus cyrus-common cyrus-imapd cyrus-clients sasl2-bin
	scripts/unpack-debian-packages .cache/slapd slapd
	scripts/unpack-debian-packages .cache/roundcube roundcube-core roundcube-plugins \
	    roundcube-sqlite3

.PHONY: postfix
postfix:
	scripts/unpack-debian-packages .cache/postfix postfix postfix-sqlite postfix-pgsql postsrsd \
	    libuid-wrapper
	@# Postfix loads the kinds of its tables only from files that belong to root.
	[ "$$(stat -c %u $(TABLE_TYPES) | sort -u)" = 0 ] || sudo chown root $(TABLE_TYPES)

.PHONY: check
check: $(VENV)/test.stamp  ## Style, types, import rules and translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --quiet tests/test_architecture.py
	$(BIN)/python scripts/check-translations

.PHONY: coverage
coverage: needs  ## Run all tests and say what they miss; the core must be whole
	$(BIN)/coverage erase
	$(TESTS) --cov --cov-report=
	$(BIN)/coverage report
	$(BIN)/coverage report --fail-under=100 --include="$(CORE)"

.PHONY: bench
bench: $(VENV)/test.stamp  ## Measure beside a bare ManageSieve session on a real Dovecot
	scripts/install-debian-packages $(DOVECOT) postgresql
	$(BIN)/python -m tests.benchmarks

.PHONY: docs
docs: $(VENV)/docs.stamp  ## Build the documentation site into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

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
