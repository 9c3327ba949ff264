# What a person types. `make` alone says what there is; everything is installed into this folder.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BOOTSTRAP := target/lambda/transform/bootstrap
EVENT ?= events/item-view.json
STAGE ?= dev
ROUNDS ?= 15
BENCH := target/bench
export SAM_CLI_TELEMETRY := 0
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help setup run test lint build invoke bench generate samples deploy clean FORCE

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/installed ## install what the tests and the deploy need into .venv (about 800 MB)

$(VENV)/installed: requirements.txt
	python3 -m venv $(VENV)
	@echo "installing requirements.txt into $(VENV); this takes a minute or two"
	$(VENV)/bin/python -m pip install --quiet --requirement requirements.txt
	touch $@

run: ## play a day of shop traffic through the transform into ./lake
	cargo run --release --package clickstream-cli -- run samples/shop-day.ndjson --out lake \
	  --arrival 2026-11-24T00:00:00Z --show purchase

test: setup lint $(BOOTSTRAP) ## everything
	CLICKSTREAM_BOOTSTRAP=$(CURDIR)/$(BOOTSTRAP) cargo test --workspace
	$(VENV)/bin/pytest tests

lint: ## format, clippy, documentation
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS=--deny=warnings cargo doc --workspace --no-deps --document-private-items

build: setup $(BOOTSTRAP) ## the artefact that is deployed

# cargo knows what is fresh.
$(BOOTSTRAP): $(VENV)/installed FORCE
	cargo lambda build --release --package clickstream --bin transform

invoke: build ## answer EVENT=events/x.json under AWS's Lambda emulator, without Docker
	@$(VENV)/bin/python tests/invoke.py $(BOOTSTRAP) $(EVENT)

bench: build $(BENCH)/venv/installed ## measure beside peers and a floor; writes docs/benchmarks.md and docs/cost.md (ten minutes)
	cargo lambda build --release --package clickstream-bench --bin typical
	cargo build --release --package clickstream-bench --bins
	cargo run --package clickstream-cli -- generate -n 250000 --seed 7 --start 2026-11-23T00:00:00Z --hours 24 \
	  > $(BENCH)/traffic.ndjson
	target/release/bench measure --traffic $(BENCH)/traffic.ndjson --transform $(BOOTSTRAP) \
	  --typical target/lambda/typical/bootstrap --python $(BENCH)/venv/bin/python --rounds $(ROUNDS) --date $$(date -u +%F)
	target/release/bench report

$(BENCH)/venv/installed: crates/bench/peers/requirements.txt
	python3 -m venv $(BENCH)/venv
	$(BENCH)/venv/bin/python -m pip install --quiet --requirement $<
	touch $@

generate: ## write what is made from schema.toml: DDL and docs/columns.md
	cargo run --package clickstream-cli -- schema generate

samples: ## write samples/shop-day.ndjson
	cargo run --release --package clickstream-cli -- generate -n 4000 --seed 7 --start 2026-11-23T00:00:00Z --hours 24 \
	  --hostile 0.01 > samples/shop-day.ndjson

deploy: setup ## build and deploy to STAGE=dev or prod
	sam build
	sam deploy --config-env $(STAGE)

clean: ## remove all that make has made
	rm -rf target lake .aws-sam $(VENV)
