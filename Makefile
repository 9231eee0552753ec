# Every command a person needs; `make` alone lists them. Python 3.11 and make are all that must be there.
.DEFAULT_GOAL := help
.PHONY: help install lock up upgrade down status demo purchases check format test run asl build deploy bench zones docs clean

PYTHON ?= $(shell for python in python3.11 /usr/bin/python3.11 /usr/local/bin/python3.11 /opt/homebrew/bin/python3.11 \
	"$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.11*/bin/python3.11; do \
	"$$python" -c '' 2>/dev/null && { command -v "$$python"; break; }; done)
VENV := .venv/bin
LOCAL := $(VENV)/python -m infra.local.runner

help: ## List these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-9s %s\n", $$1, $$2 }'

install: ## Make .venv (with the sojourn command) and the environments of the local cloud; fetch what tests and demo read
	@$(if $(PYTHON),,echo "Python 3.11 is missing. On Debian: apt-get install python3.11 python3.11-venv. Or name it: make PYTHON=/path/python3.11"; exit 1)
	@$(PYTHON) infra/install.py

lock: ## Renew requirements/*.txt from the .in files (needs uv: UV=/path/uv)
	@requirements/compile

up: install ## Start the local cloud, detached (PACE=1 CALENDAR_START=<RFC 3339>)
	@$(LOCAL) up

upgrade: install ## Build and deploy this tree onto the local cloud that runs; whoever waits there goes on
	@$(LOCAL) upgrade

down: ## Stop the local cloud
	@if [ -x $(VENV)/python ]; then $(LOCAL) down; else echo "nothing is running"; fi

status: install ## Say whether the local cloud runs, and its URLs
	@$(LOCAL) status

demo: install ## Replay five weeks of real customers through the whole product (ONCE=1 CUSTOMERS=n)
	@$(VENV)/python -m infra.local.demo

purchases: up ## Import all 69,659 CDNOW purchases into the local cloud, and hold the profiles against the file (CUSTOMERS=n)
	@$(VENV)/python -m infra.local.demo.purchases

# Modules are compiled once, not by each of a dozen processes, and beside the tree.
check test: export PYTHONDONTWRITEBYTECODE :=
check test: export PYTHONPYCACHEPREFIX := $(CURDIR)/.sojourn/pycache

# The templates are linted by the tests (tests/template), not once more before them. While types are checked on one core
# the tests are compiled on another, so that their processes find them so; what is wrong with one of them, they say.
check: install ## Everything that CI asks: format, lint, types, ASL, template, tests
	@$(VENV)/ruff format --check .
	@$(VENV)/ruff check .
	@$(VENV)/python -m sojourn.journeys.files statemachines/journeys
	@$(VENV)/sojourn segment check statemachines/segments
	@$(VENV)/mypy & types=$$!; $(VENV)/python -m pytest -q --collect-only >/dev/null 2>&1; wait $$types
	@$(MAKE) --no-print-directory test

format: install ## Put the code in the house's format
	@$(VENV)/ruff format .
	@$(VENV)/ruff check --fix .

test: install ## Run the tests, the stories on a local cloud of their own last (ARGS=… goes to one pytest instead)
	@$(VENV)/python -m infra.browser
ifdef ARGS
	@$(VENV)/python -m pytest $(ARGS)
else
	@$(VENV)/python -m pytest -q -n 2 --dist worksteal --durations=10 -m "not local_cloud"
	@$(VENV)/python -m pytest -q -n 6 --dist worksteal --durations=10 -m local_cloud tests/stories tests/infra_local tests/browser
endif

run: up ## The same as up

asl: install ## Compile the journeys to Amazon States Language
	@$(VENV)/sojourn asl

build: install ## Build the stack for AWS
	@PATH="$(CURDIR)/$(VENV):$$PATH" SAM_CLI_TELEMETRY=0 .sojourn/venvs/sam/bin/sam build --cached --parallel

deploy: install ## Build and deploy to the AWS account of your credentials; asks once (GUIDED=1 asks anew, CHECK=1 only says)
	@$(VENV)/python -m infra.deploy $(if $(GUIDED),--guided) $(if $(CHECK),--check)

bench: install ## Print the table of speed and cost, and write bench/results.json
	@$(VENV)/python -m bench

zones: install ## Renew the table of time zones by phone prefix (after phonenumbers was renewed)
	@$(VENV)/python -m infra.phone_zones

docs: install ## Renew the parts of docs/ that are drawn from the code
	@$(VENV)/python -m infra.docs.draw

clean: down ## Remove what make made
	@rm -rf .venv .sojourn .aws-sam
