# SPDX-License-Identifier: Apache-2.0
.PHONY: build test
build:
	CGO_ENABLED=0 go build -trimpath -o bin/vspread .
test:
	go vet ./... && go test ./...
