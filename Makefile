# Everything anybody needs to remember:
#   make run    set up and open the shop at http://127.0.0.1:8000 (Python 3.11 or newer is enough)
#   make test   the whole test suite, on SQLite or on DATABASE_URL
#   make lint   style, layers, types, migrations, production settings
#   make bench  what a seller waits for, on 100,000 products (BENCH_PRODUCTS, BENCH_ORDERS)
# Given on the command line or in the environment: HOST, PORT, DATABASE_URL, POS_DEMO, PYTHON,
# and for the tests ARGS, for example make test ARGS="-k receipt".

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=

VENV := .venv
RUN := $(VENV)/bin/python
MANAGE := $(RUN) manage.py
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
# A stamp names what was installed: another Python or other requirements, and it is done again.
FRESH := $(VENV)/python-$(VERSION)
RUNTIME := $(VENV)/runtime-$(shell cksum < requirements.txt | cut -d ' ' -f 1)
TOOLS := $(VENV)/tools-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d ' ' -f 1)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
.DEFAULT_GOAL := help
.PHONY: help run test lint bench

help:
	@sed -n 's/^#   //p' Makefile

# --- What the machine needs -------------------------------------------------------------------

$(FRESH):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Tilldesk needs Python 3.11 or newer; '$(PYTHON)' is $(or $(VERSION),not there)."; \
	  echo "Name another one with PYTHON, for example: make PYTHON=python3.13"; exit 1; }
	@echo "Preparing Python $(VERSION) in $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV) || { \
	  echo "Python cannot make a virtual environment here. On Debian and Ubuntu:"; \
	  echo "  apt-get install python$(VERSION)-venv"; exit 1; }
	@touch $@

$(RUNTIME): | $(FRESH)
	@echo "Installing what the shop needs, once ..."
	@$(RUN) -m pip install -qq -r requirements.txt
	@touch $@

$(TOOLS): | $(FRESH)
	@echo "Installing test and lint tools, once ..."
	@$(RUN) -m pip install -qq -r requirements-dev.txt
	@touch $@

# --- The shop ---------------------------------------------------------------------------------

# Without a .env this is a look around: the demo shop. With one it is somebody's own shop.
ifeq ($(wildcard .env),)
run: export POS_DEMO ?= 1
ifeq ($(or $(POS_DEMO),1)$(filter 127.0.0.1 localhost,$(HOST)),1)
run: export ALLOWED_HOSTS ?= *
endif
endif
run: export HOST := $(HOST)
run: export PORT := $(PORT)
run: $(RUNTIME)
	@$(MANAGE) migrate --noinput --verbosity 0
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@$(MANAGE) seed_demo
	@exec $(RUN) -m gunicorn config.wsgi -c config/gunicorn.conf.py

# --- Proof ------------------------------------------------------------------------------------

test: $(TOOLS)
	@test -n "$(CHROMIUM)" || command -v chromium chromium-browser google-chrome google-chrome-stable \
	  >/dev/null || { echo "The browser tests need Chromium. Install it (Debian: apt-get install"; \
	  echo "chromium) or name it: make test CHROMIUM=/path/to/chromium"; exit 1; }
	$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not bench" $(ARGS)

bench: $(TOOLS)
	$(RUN) -m pytest -m bench -s $(ARGS)

lint: export SECRET_KEY ?= $(shell od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
lint: export POS_DEMO := 0
lint: export DATABASE_URL := sqlite://:memory:
lint: $(TOOLS)
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(VENV)/bin/lint-imports --no-logo
	$(RUN) -m mypy
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check --deploy --fail-level WARNING
