# SPDX-License-Identifier: Apache-2.0
#
# One static program and nothing else: no shell, no libraries. kustomize and kpt run the image as
# `nobody` by name, so that name must exist in /etc/passwd.
FROM --platform=$BUILDPLATFORM golang:1.26.8 AS build
ARG TARGETOS TARGETARCH VERSION
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY main.go ./
COPY fn fn
COPY internal internal
COPY inventory inventory
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
      -ldflags "-s -w -buildid= -X github.com/vspread/vspread/internal/cli.version=$VERSION" \
      -o /root-fs/usr/local/bin/vspread . \
 && mkdir -p /root-fs/etc \
 && printf 'root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n' > /root-fs/etc/passwd \
 && printf 'root:x:0:\nnobody:x:65534:\n' > /root-fs/etc/group

FROM scratch
LABEL org.opencontainers.image.title="vspread" \
      org.opencontainers.image.description="Spreads a Cluster API cluster over the disks its ESXi hosts already have" \
      org.opencontainers.image.source="https://github.com/vspread/vspread" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /root-fs /
USER 65534:65534
ENTRYPOINT ["/usr/local/bin/vspread"]
