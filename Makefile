# Builds, shows, tests and measures hartonomous. Needs Python 3.10 or newer, a C++17 compiler and
# make; all else comes into .venv by pip, at the versions of constraints.txt. Nothing needs root.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INSTALL := $(PIP) install --constraint constraints.txt
CMAKE_FLAGS := -G Ninja -DHARTONOMOUS_TESTS=ON -DHARTONOMOUS_WERROR=ON \
	-DPython_EXECUTABLE=$(CURDIR)/$(BIN)/python -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja

NATIVE := $(shell find native tests/native -name '*.[ch]pp')
NATIVE_BUILD := CMakeLists.txt tests/native/CMakeLists.txt $(NATIVE)
MODULES := $(sort $(shell find hartonomous -name '*.py'))
SHELL_SCRIPTS := .ci/run $(wildcard scripts/*.sh scripts/ingest/*.sh scripts/vectors/*.sh)

.PHONY: build demo test test-native test-python test-sanitized nightly bench docs lint format clean FORCE

build: $(VENV)/.built

demo: build
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash scripts/demo.sh

# pytest comes last: its closing line says how it went.
test: lint test-native test-python

test-native: $(VENV)/.checkable
	$(BIN)/cmake -S . -B build/native $(CMAKE_FLAGS) --log-level=WARNING
	$(BIN)/cmake --build build/native
	$(BIN)/ctest --test-dir build/native --output-on-failure

# The functions are tested on the machine's own, older PostgreSQL too, where it has one.
test-python: $(VENV)/.checkable
	! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
		HARTONOMOUS_TEST_SERVER=system $(BIN)/python -m pytest -q -m "not nightly" tests/sql
	$(BIN)/python -m pytest -m "not nightly"

test-sanitized: $(VENV)/.checkable
	$(BIN)/cmake -S . -B build/sanitized $(CMAKE_FLAGS) --log-level=WARNING \
		-DHARTONOMOUS_SANITIZE=address,undefined
	$(BIN)/cmake --build build/sanitized
	$(BIN)/ctest --test-dir build/sanitized --output-on-failure
	$(BIN)/cmake -S . -B build/threads $(CMAKE_FLAGS) --log-level=WARNING \
		-DHARTONOMOUS_SANITIZE=thread
	$(BIN)/cmake --build build/threads
	$(BIN)/ctest --test-dir build/threads --output-on-failure

nightly: test-sanitized $(VENV)/.modelled
	$(BIN)/python -m pytest

bench: $(VENV)/.measurable
	$(BIN)/python -m benchmarks

lint: $(VENV)/.checkable
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/check_sql.py
	$(BIN)/python scripts/sql_groups.py
	$(BIN)/python scripts/sql_reference.py --check
	$(BIN)/python scripts/python_reference.py --check
	$(BIN)/python scripts/architecture.py --check
	$(BIN)/clang-format --dry-run --Werror $(NATIVE)
	$(BIN)/shellcheck $(SHELL_SCRIPTS)

# docs/sql.md is written from COMMENTs, docs/python.md from the door, docs/architecture.svg from imports.
docs: $(VENV)/.checkable
	$(BIN)/python scripts/sql_reference.py
	$(BIN)/python scripts/python_reference.py
	$(BIN)/python scripts/architecture.py

format: $(VENV)/.checkable
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format
	$(BIN)/clang-format -i $(NATIVE)

clean:
	rm -rf build $(VENV)

$(VENV)/.python:
	@$(PYTHON) scripts/check_machine.py
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --upgrade "pip>=24"
	touch $@

# An editable install knows its modules by name: it is made anew when one comes or goes.
$(VENV)/.modules: $(VENV)/.python FORCE
	@echo "$(MODULES)" | cmp --silent - $@ || echo "$(MODULES)" > $@

# The build's tools are installed first and not isolated, so that later builds are incremental.
$(VENV)/.built: $(VENV)/.python $(VENV)/.modules $(NATIVE_BUILD) pyproject.toml constraints.txt
	$(INSTALL) scikit-build-core pybind11 scipy-openblas32 cmake ninja
	$(INSTALL) --no-build-isolation --editable ".[code,formats,hub,plot,sign,vision]"
	touch $@

$(VENV)/.checkable: $(VENV)/.built
	$(INSTALL) --no-build-isolation --editable ".[test,lint]"
	touch $@

# Small models of every architecture are made with the libraries that define them.
$(VENV)/.modelled: $(VENV)/.checkable
	$(INSTALL) --no-build-isolation --editable ".[test,models]"
	touch $@

# hnswlib, a peer, comes as source and has to be isolated.
$(VENV)/.measurable: $(VENV)/.built
	$(INSTALL) hnswlib
	$(INSTALL) --no-build-isolation --editable ".[test,bench]"
	touch $@
