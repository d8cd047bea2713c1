# make deck   builds build/ml-theory.apkg        make test   runs every test
# make check  judges and proves every card       make lint   checks style and types
# make mutants  seeds bugs and shows that the tests catch them
# make bench  measures builds        make clean  removes what was made

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: deck check test lint coverage mutants bench clean

deck: .venv/deck
	$(BIN)/redraw build cards_src

# All that `redraw check` knows, with so many draws of every numeric card; an author takes 1000.
DRAWS ?= 40
check: .venv/deck
	$(BIN)/redraw check cards_src --strict --draws $(DRAWS)

test: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: .venv/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy

# What of the kernels and their oracles the tests run through: every line and branch.
coverage: .venv/test
	$(BIN)/coverage run -m pytest tests/kernels
	$(BIN)/coverage report

# Seeds bugs into the kernels and shows that the tests catch every one; takes several minutes and writes docs/mutants.md.
mutants: .venv/test
	$(BIN)/python -m tests.mutants

# How long a build takes, cold and warm, as ratios of processor time; takes several minutes.
bench: .venv/deck
	$(BIN)/python -m tests.bench.builds

# A stamp stands for an installation: it is done again only when what is asked for has changed.
.venv/deck: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --editable .
	touch $@

.venv/test: .venv/deck
	$(PIP) --editable .[test]
	touch $@

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis media/generated *.egg-info
