# Each target is one command of the package; .venv is made first if it is not there yet.
PYTHON ?= python3.11
NOLIMITS := .venv/bin/nolimits

.PHONY: handouts test lab data sweep bench

handouts: .venv/ready ; $(NOLIMITS) handouts
test: .venv/ready ; .venv/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
lab: .venv/ready ; .venv/bin/jupyter lab notebooks
data: .venv/ready ; $(NOLIMITS) data build && $(NOLIMITS) data check
sweep: .venv/ready ; $(NOLIMITS) sweep 03 --grid counting_rule=all --grid window_2=all
bench: .venv/ready ; .venv/bin/python bench/runs.py

# Exact versions with their hashes first, then the package itself without asking for more.
.venv/ready: requirements.lock pyproject.toml
	@echo "Setting up the environment in .venv (about a minute, once) ..."
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --require-hashes --requirement requirements.lock
	.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
