# SPDX-License-Identifier: Apache-2.0
#
# Everything runs on a machine with Go, make and git; what else is needed comes through the Go module
# proxy, pinned here, into build/bin.

KUSTOMIZE_VERSION     := v5.8.1
GOLANGCI_LINT_VERSION := v2.15.0
CONTROLLER_GEN        := sigs.k8s.io/controller-tools/cmd/controller-gen@v0.23.0
VERSION               ?= $(shell git describe --tags --always --dirty 2>/dev/null)
IMAGE                 ?= ghcr.io/vspread/vspread:$(VERSION)
FUZZTIME              ?= 60s

BIN     := $(CURDIR)/build/bin
LDFLAGS := -s -w -X github.com/vspread/vspread/internal/cli.version=$(VERSION)
TOOLS   := PATH="$(BIN):$$PATH" VSPREAD_NEEDS_KUSTOMIZE=1

.PHONY: help demo build test test-long test-crd lint generate golden bench fuzz image clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: build ## read a simulated vCenter, expand the home lab, change one host, show what differs
	go build -o $(BIN)/homelab ./inventory/vcenter/homelab
	@PATH="$(BIN):$$PATH" examples/demo.sh build/demo

build: ## the program, in build/bin
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN)/vspread .

test: $(BIN)/kustomize test-crd ## everything that must pass
	go vet ./...
	$(TOOLS) go test ./...

test-crd: ## every example against the real CRDs and webhooks of Cluster API and CAPV
	cd test/crd && go test -vet=off -count=1 ./...

test-long: $(BIN)/kustomize ## the same with the race detector, a hundred times as many random cases
	$(TOOLS) go test -race -timeout 60m ./... -rapid.checks=10000

$(BIN)/kustomize:
	GOBIN=$(BIN) go install sigs.k8s.io/kustomize/kustomize/v5@$(KUSTOMIZE_VERSION)

lint: $(BIN)/golangci-lint ## the linters, and what must be clean
	$(BIN)/golangci-lint run
	go mod tidy -diff
	cd test/crd && go mod tidy -diff

$(BIN)/golangci-lint:
	GOBIN=$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)

generate: ## the schema, from the types
	cd fn/api/v1alpha1 && go run $(CONTROLLER_GEN) crd:crdVersions=v1 paths=. output:crd:stdout > schema.tmp && mv schema.tmp clusterspread.yaml

golden: ## write the golden files of the examples anew; look at the difference before you commit it
	go test ./internal/cli -run 'TestExamples$$' -update

bench: ## parse, expand and write beside their floor
	go test ./fn ./fn/place ./fn/rollout -run '^$$' -bench . -benchtime 3x

fuzz: ## each fuzz target for FUZZTIME
	go test ./fn -run '^$$' -fuzz '^FuzzRun$$' -fuzztime $(FUZZTIME) -fuzzminimizetime 5s
	go test ./inventory -run '^$$' -fuzz '^FuzzParse$$' -fuzztime $(FUZZTIME) -fuzzminimizetime 5s

image: ## the container image
	docker build --build-arg VERSION=$(VERSION) -t $(IMAGE) .

clean: ## remove what was built
	rm -rf build
