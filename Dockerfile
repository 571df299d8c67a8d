# SPDX-License-Identifier: Apache-2.0
#
# One static program and nothing else: no shell, no libraries. image/rootfs.sh makes what is in it, and
# `make test-image` runs that without Docker.
#
# The builder is named by its digest too; the workflow of a release runs it in a job that may only read.
FROM --platform=$BUILDPLATFORM golang:1.26.8@sha256:6c2a5538f964f1c82f97ad14988bf05de100d922d159d0e398b54c7b0ca0c6c9 AS source
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY LICENSE main.go ./
COPY fn fn
COPY internal internal
COPY inventory inventory
COPY image image
COPY examples/argocd/plugin examples/argocd/plugin

FROM source AS build-cmp
ARG TARGETOS TARGETARCH VERSION
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH VERSION=$VERSION image/rootfs.sh /root-fs cmp

FROM source AS build
ARG TARGETOS TARGETARCH VERSION
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH VERSION=$VERSION image/rootfs.sh /root-fs

# The sidecar for Argo CD (examples/argocd): `docker build --target cmp`. Argo CD brings its argocd-cmp-server.
FROM scratch AS cmp
LABEL org.opencontainers.image.title="vspread-cmp" \
      org.opencontainers.image.description="vspread as Config Management Plugin of Argo CD" \
      org.opencontainers.image.source="https://github.com/vspread/vspread" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build-cmp /root-fs /
ENV PATH=/usr/local/bin KUSTOMIZE_PLUGIN_HOME=/usr/local/share/kustomize
USER 999:999
ENTRYPOINT ["/var/run/argocd/argocd-cmp-server"]

FROM scratch AS function
LABEL org.opencontainers.image.title="vspread" \
      org.opencontainers.image.description="Spreads a Cluster API cluster over the disks its ESXi hosts already have" \
      org.opencontainers.image.source="https://github.com/vspread/vspread" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /root-fs /
ENV PATH=/usr/local/bin
USER 65534:65534
ENTRYPOINT ["/usr/local/bin/vspread"]
