# Every target leaves what it makes in bin, out, .cache and the dist folders of
# the two npm packages; make clean removes all of them.
SHELL         := /bin/bash
.SHELLFLAGS   := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS     += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

# Where setup puts Go if the machine's is too old.
export PATH := $(CURDIR)/.cache/go/bin:$(PATH)

VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
CORPUS   := ../shared/corpus

# The npm packages whose dist the program embeds.
PACKAGES := player/web recorder/script
BUNDLES  := $(PACKAGES:%=%/dist/.built)
sources   = $(shell find $(1) \( -name node_modules -o -name dist \) -prune -o -type f -not -name '*.go' -print)

.PHONY: help setup build demo test lint bench faults corpus clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-8s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing: Go, Node.js, Chromium, ffmpeg, fonts
	@scripts/setup

build: setup $(BUNDLES) ## build bin/reelay
	@go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/reelay ./cmd/reelay

# Chromium refuses its sandbox to root; the visitor only ever sees the demo site.
VISITOR := $(if $(filter 0,$(shell id -u)),--visitor-no-sandbox)

demo: build ## record a visit to the demo shop and render it to out/demo
	@mkdir -p out/demo
	@bin/reelay demo $(VISITOR) \
		-o out/demo/clip.mp4 -o out/demo/clip.gif -o out/demo/poster.png

# The README's picture. It changes when Chrome, ffmpeg or the fonts do.
docs/demo.gif: build
	@mkdir -p docs
	@bin/reelay render fixtures/sessions/shop.json.gz -o $@ --from 11s --to 27s --size 800x482 --fit 4MB

test: lint build fixtures/apps/node_modules/.installed ## run every test, and the corpus where it is at hand
	@for package in $(PACKAGES); do npm --prefix $$package run --silent --if-present test; done
	go test -race -short -p 2 -timeout 30m ./...
	go test -timeout 30m -run 'Goldens|LikeReplayer' ./renderer
	@if [ -d $(CORPUS) ]; then $(MAKE) --no-print-directory corpus; fi

lint: setup $(BUNDLES) .cache/bin/golangci-lint ## check the style of everything
	@.cache/bin/golangci-lint run ./...
	@for package in $(PACKAGES); do for check in lint typecheck; do npm --prefix $$package run --silent $$check; done; done
	@shellcheck scripts/* .ci/run

bench: build ## measure speed and memory
	go test -run '^$$' -bench . -benchtime 1x -timeout 60m ./bench/... $(if $(wildcard $(CORPUS)),-corpus $(abspath $(CORPUS)))
	go test -run '^$$' -bench . -benchtime 10s ./recorder

faults: build ## account for every event under 200 faults and 50 power cuts
	go test -count 1 -v -run Accounting ./recorder

corpus: build ## render every recording of ../shared/corpus
	go test -run Corpus -timeout 30m ./renderer -corpus $(abspath $(CORPUS))

clean: ## remove all that was made
	rm -rf bin out .cache $(PACKAGES:%=%/dist) $(PACKAGES:%=%/node_modules) bench/peers/node_modules fixtures/apps/node_modules

.PRECIOUS: %/node_modules/.installed
%/node_modules/.installed: %/package-lock.json | setup
	@npm --prefix $* ci --loglevel error --no-audit --no-fund >/dev/null
	@touch $@

.SECONDEXPANSION:
%/dist/.built: %/node_modules/.installed $$(call sources,$$*)
	@npm --prefix $* run --silent build
	@touch $@

# A module of its own, so that the linter's dependencies stay out of ours.
.cache/bin/golangci-lint: tools/go.mod tools/go.sum | setup
	@cd tools && go build -trimpath -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
