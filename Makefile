# One command per wish; `make help` lists them. Nothing but Python 3.11+ and make is needed.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MODELS_VENV := .venv-models
DEMO_DATA := .textcx
BENCH_MENTIONS := 100000
TRAINING_SETS := data
TEACHING = $(if $(TEACHER),--teacher $(TEACHER))
TEST_PROCESSES := $(shell echo $$(($$(nproc 2> /dev/null || echo 2) + 1)))
# one more than there are cores, since some tests wait

# An image may forbid Python to keep what it has compiled; then each command of the tests would compile all of it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test setup lint types contracts check crash crash-short crawl crawl-short soak query-parity elastic elastic-short elastic-parity elastic-faults elastic-bench models-short browser screenshots dashboard-bench bench train dictionary picture lock clean

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: setup ## set up, load the demonstration, serve API and docs at http://127.0.0.1:8000
	$(BIN)/textcx demo --data $(DEMO_DATA)
	$(BIN)/textcx serve --data $(DEMO_DATA)

test: $(VENV)/.dev ## set up and run the tests: no server, no browser, no network
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder --ignore tests/browser --ignore tests/crash \
		-m "not crash and not slow and not elastic and not browser and not crawl"

setup: $(VENV)/.base ## set up the environment in .venv

$(VENV)/.base: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "textcx needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -c 'from textcx.words import LANGUAGES, Lemmas; lemmas = Lemmas(); [lemmas.lemma("word", one) for one in LANGUAGES]'
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.lock
	touch $@

lint: $(VENV)/.dev ## format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev ## check the types
	$(BIN)/mypy

contracts: $(VENV)/.dev ## check who imports whom
	$(BIN)/lint-imports

check: lint types contracts test ## everything a commit needs

crash-short: $(VENV)/.dev ## 200 kills under load, and 5 with the real pipeline, judged by a witness
	$(BIN)/python -m pytest -m crash

crash: $(VENV)/.dev ## the long form: 1,000 kills
	TEXTCX_CRASH_KILLS=1000 $(BIN)/python -m pytest -m crash -s

crawl-short: $(VENV)/.dev ## the suite on all spiders; 1,000 generated pages crawled with 5 kills
	$(BIN)/python -m pytest -m crawl -s tests/crawlers

crawl: $(VENV)/.dev ## the long form: 5,000 pages, 20 kills
	TEXTCX_CRAWL_PAGES=5000 TEXTCX_CRAWL_KILLS=20 $(BIN)/python -m pytest -m crawl -s tests/crawlers/test_generated_site.py

soak: $(VENV)/.dev ## a file of 1 GB within 600 MB of memory
	TEXTCX_SOAK_BYTES=1000000000 $(BIN)/python -m pytest -m slow -s tests/first_run/test_memory.py

query-parity: $(VENV)/.dev ## 10,000 random queries over 5,000 mentions, answered as plain lists answer them
	TEXTCX_RANDOM_QUERIES=10000 $(BIN)/python -m pytest -s tests/textcx/store/test_parity.py

models-short: $(MODELS_VENV)/.models ## what torch does here: the second tier, a teacher, topics by BERTopic, a folder for others
	$(MODELS_VENV)/bin/python -m pytest -m models

$(MODELS_VENV)/.models: requirements-models.lock $(VENV)/.dev # 6 GB, apart: beside them `make test` would try other things
	test -x $(MODELS_VENV)/bin/python || $(BIN)/python -m venv --without-pip $(MODELS_VENV)
	$(BIN)/uv pip install --quiet --python $(MODELS_VENV)/bin/python --require-hashes --only-binary :all: -r requirements-models.lock
	$(BIN)/uv pip install --quiet --python $(MODELS_VENV)/bin/python --no-deps --no-build-isolation --editable .
	touch $@

elastic: $(VENV)/.dev ## a real Elasticsearch for developers (needs Java 17 and Maven), until Ctrl-C
	$(BIN)/python -m textcx.testing.elastic_node

elastic-short: $(VENV)/.dev ## the store on a real Elasticsearch: conformance, random queries, faults
	$(BIN)/python -m pytest -m "elastic and not slow"

elastic-parity: $(VENV)/.dev ## 10,000 random queries, each answered as by the witness
	TEXTCX_ELASTIC_QUERIES=10000 $(BIN)/python -m pytest -m elastic -s tests/textcx/store/test_elastic.py

elastic-faults: $(VENV)/.dev ## 20 kills, 10 losses of one node of three, all network faults five times
	TEXTCX_ELASTIC_KILLS=20 TEXTCX_ELASTIC_NODE_KILLS=10 TEXTCX_ELASTIC_ROUNDS=5 \
		$(BIN)/python -m pytest -m elastic -s tests/textcx/store/test_elastic_faults.py

elastic-bench: $(VENV)/.dev ## our bulk loop beside helpers.bulk, and trends beside the server's own time
	$(BIN)/python -m pytest -m elastic -s tests/textcx/store/test_elastic_speed.py

browser: $(VENV)/.dev ## the dashboard in a real browser (needs Chromium: apt-get install chromium)
	$(BIN)/python -m pytest -m browser tests/browser

screenshots: $(VENV)/.dev ## pictures of the dashboard over the demonstration, into docs/screenshots
	$(BIN)/python tests/browser/screenshots.py docs/screenshots

dashboard-bench: $(VENV)/.dev ## paint and interaction of each page, by the browser, over 100,000 mentions
	$(BIN)/python tests/browser/bench.py $(BENCH_MENTIONS)

bench: setup ## measure speed and memory beside what we promise
	$(BIN)/textcx bench --mentions $(BENCH_MENTIONS)

topics-bench: setup ## find topics beside BERTopic's defaults (extra `models`)
	$(BIN)/python -m service.benchmark.topics --mentions $(BENCH_MENTIONS)

train: $(VENV)/.dev ## learn both weight files anew from the data sets (and TEACHER's labels): about half an hour
	$(BIN)/textcx train --data $(TRAINING_SETS) --weights full $(TEACHING) --output textcx/model/weights/full.weights
	$(BIN)/textcx train --data $(TRAINING_SETS) --weights open $(TEACHING) --output textcx/model/weights/open.weights

dictionary: setup ## learn a dictionary for packed mentions, for one more form of packing
	$(BIN)/python -m service.benchmark.dictionary packing.zdict

picture: setup ## draw the picture of the README from the demonstration
	$(BIN)/python -m service.benchmark.picture textcx.svg

lock: $(VENV)/.dev ## pin all packages with hashes
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--no-header --no-annotate pyproject.toml requirements-build.in -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--no-header --no-annotate --group dev -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--no-header --no-annotate pyproject.toml requirements-build.in --extra models --group dev \
		-c requirements.lock -c requirements-dev.lock -o requirements-models.lock

clean: ## remove the environment and what the tests left
	rm -rf $(VENV) $(MODELS_VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
