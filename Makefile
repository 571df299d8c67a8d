# SPDX-License-Identifier: Apache-2.0
#
# Everything runs on a machine with Go, make and git; what else is needed comes through the Go module
# proxy, pinned here, into build/bin.

KUSTOMIZE_VERSION     := v5.8.2
GOLANGCI_LINT_VERSION := v2.15.0
GOJQ_VERSION          := v0.12.17
HELM_VERSION          := v3.22.0
JSONNET_VERSION       := v0.21.0
CUE_VERSION           := v0.17.1
CONTROLLER_GEN        := sigs.k8s.io/controller-tools/cmd/controller-gen@v0.23.0
VERSION               ?= $(shell git describe --tags --always --dirty 2>/dev/null)
IMAGE                 ?= ghcr.io/vspread/vspread:$(VERSION)
FUZZTIME              ?= 60s

BIN     := $(CURDIR)/build/bin
LDFLAGS := -s -w -X github.com/vspread/vspread/internal/cli.version=$(VERSION)
E2E     := $(CURDIR)/build/e2e/bin
BENCH   := $(CURDIR)/build/bench/bin
TOOLS   := PATH="$(BIN):$$PATH" VSPREAD_NEEDS_KUSTOMIZE=1 VSPREAD_NEEDS_JQ=1

.PHONY: help demo build test test-long test-crd test-flux test-install test-argocd test-workflows test-image test-bench e2e lint generate golden freeze bench bench-peers bench-programs bench-guard fuzz image rootfs dist notes clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: build ## read a simulated vCenter, spread a cluster; one host joins, one is lost; show what differs
	go build -o $(BIN)/homelab ./inventory/vcenter/homelab
	@PATH="$(BIN):$$PATH" examples/demo.sh build/demo

build: ## the program, in build/bin
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN)/vspread .

test: $(BIN)/kustomize $(BIN)/gojq test-crd test-flux test-workflows ## everything that must pass
	go vet ./...
	$(TOOLS) go test -timeout 30m ./...

test-crd: ## every example against the real CRDs and webhooks of Cluster API and CAPV
	cd test/crd && go test -vet=off -count=1 ./...

e2e: $(E2E)/apiserver.built $(E2E)/managers.built ## real API servers and managers on a simulated vCenter; the first time builds them (minutes)
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $(E2E)/vspread .
	cd test/e2e && go test -vet=off -count=1 -skip '^TestScenarios$$' .
	cd test/e2e && go test -vet=off -count=1 -timeout 40m -parallel 8 -run '$(or $(RUN),^TestScenarios$$)' -v .

# Built anew only when a version changes: both take minutes.
$(E2E)/apiserver.built: test/e2e/apiserver/go.mod
	cd test/e2e/apiserver && version=$$(go list -m -f '{{.Version}}' k8s.io/kubernetes) && \
	CGO_ENABLED=0 go build -trimpath -o $(E2E)/ -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$$version" ./etcd ./kube-apiserver
	touch $@

$(E2E)/managers.built: test/e2e/managers/go.mod
	cd test/e2e/managers && export CGO_ENABLED=0 && \
	go build -trimpath -ldflags '-s -w' -o $(E2E)/ sigs.k8s.io/cluster-api sigs.k8s.io/cluster-api-provider-vsphere && \
	go build -trimpath -ldflags '-s -w' -o $(E2E)/kubeadm-bootstrap sigs.k8s.io/cluster-api/bootstrap/kubeadm && \
	go build -trimpath -ldflags '-s -w' -o $(E2E)/kubeadm-control-plane sigs.k8s.io/cluster-api/controlplane/kubeadm
	touch $@

test-flux: ## every example and the one for Flux against Flux's own code
	cd test/flux && go test -vet=off -count=1 ./...

test-install: ## go install at a version of the last commit, from a module proxy on this disk
	test/install.sh

test-argocd: $(BIN)/kustomize ## examples/argocd by Argo CD's own code; its first build takes minutes
	cd test/argocd && $(TOOLS) go test -vet=off -count=1 ./...

test-workflows: ## the workflows of this repository and those that init writes, by actionlint
	cd test/workflows && go test -count=1 ./...

test-long: $(BIN)/kustomize $(BIN)/gojq ## with the race detector, then with many times as many random cases
	$(TOOLS) go test -race -timeout 60m ./...
	go test -timeout 60m $$(go list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' ./... | grep pgregory.net/rapid | cut -d' ' -f1) -rapid.checks=2000
	go test ./fn/place -timeout 60m -rapid.checks=100000
	go test ./internal/output -run '^$$' -fuzz '^FuzzStream$$' -fuzztime $(FUZZTIME) -fuzzminimizetime 5s

$(BIN)/kustomize:
	GOBIN=$(BIN) go install sigs.k8s.io/kustomize/kustomize/v5@$(KUSTOMIZE_VERSION)

$(BIN)/gojq:
	GOBIN=$(BIN) go install github.com/itchyny/gojq/cmd/gojq@$(GOJQ_VERSION)

lint: $(BIN)/golangci-lint ## the linters, and what must be clean
	$(BIN)/golangci-lint run
	go mod tidy -diff
	for m in argocd bench bench/peers/ytt crd flux image workflows e2e e2e/apiserver e2e/managers; do (cd test/$$m && go mod tidy -diff) || exit 1; done
	cd test/e2e && go vet .

$(BIN)/golangci-lint:
	GOBIN=$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)

generate: ## the schema, from the types
	cd fn/api/v1alpha1 && go run $(CONTROLLER_GEN) crd:crdVersions=v1 paths=. output:crd:stdout > schema.tmp && mv schema.tmp clusterspread.yaml

golden: $(BIN)/kustomize ## write the golden files of the examples anew; look at the difference before you commit it
	$(TOOLS) go test ./internal/cli -run '^(TestExamples|TestOverlay|TestKptPackages)$$' -update

freeze: ## keep what the examples give as that of a release, VERSION=v1.2.3; upgrades are tested against it
	go test ./internal/cli -run '^TestReleasesRollNothing$$' -freeze $(VERSION)

bench: ## parse, expand and write beside their floor
	go test ./fn ./fn/place ./fn/rollout -run '^$$' -bench . -benchtime 3x

bench-peers: test-bench ## whole commands next to Helm, jsonnet, ytt, CUE, kyaml and cat; FLAGS='-write docs/measurements.md'
	PATH="$(BIN):$$PATH" $(BENCH)/bench $(FLAGS)

bench-guard: ## what the benchmarks allocate for an object, against the commit BASE (the last one); never time
	cd test/bench && go test -count=1 ./guard && go run ./guard -base $(or $(BASE),HEAD^)

test-bench: bench-programs ## the harness of bench-peers, and that each peer renders the same objects; the first time builds them (minutes)
	cd test/bench && go test -vet=off -count=1 ./...

bench-programs: $(BENCH)/helm $(BENCH)/jsonnet $(BENCH)/cue $(BENCH)/ytt $(BENCH)/kustomize
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $(BENCH)/vspread .
	cd test/bench && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o $(BENCH)/ ./empty ./passthrough
	cd test/bench && CGO_ENABLED=0 go build -trimpath -o $(BENCH)/bench .

$(BENCH)/helm:
	CGO_ENABLED=0 GOBIN=$(BENCH) go install -ldflags '-s -w' helm.sh/helm/v3/cmd/helm@$(HELM_VERSION)

$(BENCH)/jsonnet:
	CGO_ENABLED=0 GOBIN=$(BENCH) go install -ldflags '-s -w' github.com/google/go-jsonnet/cmd/jsonnet@$(JSONNET_VERSION)

$(BENCH)/cue:
	CGO_ENABLED=0 GOBIN=$(BENCH) go install -ldflags '-s -w' cuelang.org/go/cmd/cue@$(CUE_VERSION)

$(BENCH)/ytt: test/bench/peers/ytt/go.mod
	cd test/bench/peers/ytt && CGO_ENABLED=0 go build -ldflags '-s -w' -o $@ carvel.dev/ytt/cmd/ytt

$(BENCH)/kustomize:
	CGO_ENABLED=0 GOBIN=$(BENCH) go install -ldflags '-s -w' sigs.k8s.io/kustomize/kustomize/v5@$(KUSTOMIZE_VERSION)

fuzz: ## each fuzz target for FUZZTIME
	go test ./fn -run '^$$' -fuzz '^FuzzRun$$' -fuzztime $(FUZZTIME) -fuzzminimizetime 5s
	go test ./internal/output -run '^$$' -fuzz '^FuzzStream$$' -fuzztime $(FUZZTIME) -fuzzminimizetime 5s
	go test ./inventory -run '^$$' -fuzz '^FuzzParse$$' -fuzztime $(FUZZTIME) -fuzzminimizetime 5s

image: ## the container images: the function, and the sidecar for Argo CD
	docker build --build-arg VERSION=$(VERSION) -t $(IMAGE) .
	docker build --build-arg VERSION=$(VERSION) --target cmp -t $(subst /vspread:,/vspread-cmp:,$(IMAGE)) .

dist: ## what a release has, in build/dist: archives, their sums, and of each a list of what is in it
	VERSION=$(VERSION) image/dist.sh build/dist

notes: ## what CHANGELOG.md says of a release, VERSION=v1.2.3, if it is ready
	@image/notes.sh $(VERSION)

rootfs: ## what is in the function's image, in build/rootfs; for GOARCH
	rm -rf build/rootfs
	VERSION=$(VERSION) GOOS=linux image/rootfs.sh build/rootfs

test-image: ## the images without Docker: static, the same bytes twice, run as nobody, read-only, without network
	cd test/image && go test -count=1 -timeout 30m .

clean: ## remove what was built
	rm -rf build
