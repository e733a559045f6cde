# make run   the counter with demonstration data, at http://127.0.0.1:8000
# make test  the whole suite
PYTHON ?= python3
VENV := .venv
# One worker more than processors: browsers, disks and databases are waited for.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
BIN := $(VENV)/bin
# Where the tests make and throw away thousands of small databases: in memory where there is much room for it.
SCRATCH ?= $(shell test "$$(df -Pk /dev/shm 2>/dev/null | awk 'END { print $$4 }')" -gt 4000000 2>/dev/null && echo /dev/shm || echo "$${TMPDIR:-/tmp}")

.PHONY: run test bench lint clean check-python
.DEFAULT_GOAL := run

check-python:
	@command -v $(PYTHON) >/dev/null || { echo "Python manque : installez Python 3.11 ou plus récent."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python $$($(PYTHON) -V | cut -d' ' -f2) est trop ancien : installez Python 3.11 ou plus récent."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Le module venv de Python manque : sous Debian, installez le paquet python3-venv."; exit 1; }

$(VENV)/.run: requirements.txt constraints.txt | check-python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt || \
	  { echo "Les paquets Python ne s'installent pas : vérifiez la connexion Internet, puis relancez."; exit 1; }
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements-postgres.txt $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt || \
	  { echo "Les paquets des tests ne s'installent pas : vérifiez la connexion Internet, puis relancez."; exit 1; }
	@touch $@

run: $(VENV)/.run
	@$(BIN)/flask init
	@$(BIN)/flask demo --si-vide
	@$(BIN)/python app.py

test: $(VENV)/.dev lint
	@TMPDIR=$(SCRATCH) $(BIN)/python -m pytest -n $(WORKERS)

lint: $(VENV)/.dev
	@$(BIN)/ruff check .

bench: $(VENV)/.dev
	@$(BIN)/python -m tests.benchmarks $(if $(SHORT),--short)

clean:
	rm -rf $(VENV)
