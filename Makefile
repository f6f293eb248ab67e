# make run      start the app at http://localhost:8501 (another port: make run PORT=8600)
# make serve    start it for a class, set up by environment variables (SECURITY.md lists them)
# make test     everything that must pass: make check, then the tests, then the browser tests
# make bench    figures, never part of pass or fail
# make load     a class on one page: make load N=30 VISIT=/convolution SECONDS=60; without VISIT on each in turn
# make soak     whether memory stays flat and classes are served for long; three hours
# make check    style and types
# make format   let ruff put the style right
# Each sets up .venv by itself. PYTHON=/path/to/python names the Python for it.

PORT ?= 8501
N ?= 30
SECONDS ?= 60
PYTHONS = $(or $(PYTHON),.venv/bin/python python3.14 python3.13 python3.12 python3.11 python3 python)
IN_VENV = @.venv/bin/python -m

# $(call setup,ARGUMENTS) hands over to tools/setup.py, with the first Python that is new enough.
setup = @for python in $(PYTHONS); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    exec "$$python" tools/setup.py $(1); \
	  fi; \
	done; \
	echo 'Convoscope needs Python 3.11 or newer and found none among: $(PYTHONS).' >&2; exit 1

# $(call tested,TESTS,N) runs tests in up to N processes. What fails there, perhaps for want of time on a busy
# machine, is asked once more with nothing beside it; what fails then has failed.
tested = $(IN_VENV) pytest $(1) -p no:benchmark -n auto --maxprocesses $(2) --dist loadfile || \
	  .venv/bin/python -m pytest $(1) -p no:benchmark --last-failed

.PHONY: run serve test bench load soak check format

run: # Ctrl-C is how it ends, not a failure
	$(call setup,run '$(PORT)')
	@trap 'exit 0' INT; .venv/bin/python -m streamlit run app.py --server.port '$(PORT)'

serve:
	$(call setup,run)
	@trap 'exit 0' INT; .venv/bin/python -m pages.server.serve

test: check
	@.venv/bin/python tests/browser/chromium.py
	$(call tested,tests --ignore=tests/browser,4)
	$(call tested,tests/browser,2)

bench:
	$(call setup,dev)
	@.venv/bin/python tests/browser/chromium.py
	$(IN_VENV) pytest tests/bench -o addopts=--import-mode=importlib

load:
	$(call setup,dev)
	$(IN_VENV) tests.bench.load -n '$(N)' --visit '$(VISIT)' --seconds '$(SECONDS)'

soak:
	$(call setup,dev)
	@.venv/bin/python tests/browser/chromium.py
	$(IN_VENV) pytest tests/bench/soak*.py -s -o addopts=--import-mode=importlib

check:
	$(call setup,dev)
	$(IN_VENV) ruff check
	$(IN_VENV) ruff format --check
	$(IN_VENV) mypy

format:
	$(call setup,dev)
	$(IN_VENV) ruff check --fix --exit-zero
	$(IN_VENV) ruff format
