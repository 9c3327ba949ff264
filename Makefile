# What a person types. `make` alone says what there is; everything is installed into this folder.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BOOTSTRAP := target/lambda/transform/bootstrap
EVENT ?= events/item-view.json
STAGE ?= dev
export SAM_CLI_TELEMETRY := 0
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help setup run report test lint build invoke generate samples deploy clean FORCE

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

report: setup ## what ./lake says of its customers
	$(VENV)/bin/python sql/report.py lake

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
	@$(VENV)/bin/python tests/emulator.py $(BOOTSTRAP) $(EVENT)

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
