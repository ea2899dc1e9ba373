#!/bin/sh
# Builds the Kubo node that the storage contract suite runs against.
#
#   deploy/ci/build_kubo.sh DEST      writes DEST/ipfs; does nothing if one is there already
#
# Needs Go 1.26.5 or newer and a reachable Go module proxy; GOPROXY, GOMODCACHE and GOCACHE are respected.
# `go install module@version` refuses Kubo (its go.mod has an exclude block), so it is built inside the
# module cache as the main module, against Kubo's own go.sum.
# v0.43.1 replaces go-libp2p by a fork that not every module proxy serves; v0.43.0 is the same node without it.
# KUBO_VERSIONS names others to try, in order.
# Exit codes: 0 built or already there, 1 no version could be built, 2 wrong use, 3 Go is missing.
set -eu

VERSIONS="${KUBO_VERSIONS:-v0.43.1 v0.43.0}"
MODULE="github.com/ipfs/kubo"

if [ $# -ne 1 ]; then
    echo "usage: $0 DEST" >&2
    exit 2
fi
mkdir -p "$1"
DEST=$(cd "$1" && pwd)

if [ -x "$DEST/ipfs" ]; then
    BUILT="v$("$DEST/ipfs" version --number)"
    for VERSION in $VERSIONS; do
        if [ "$BUILT" = "$VERSION" ]; then
            echo "kubo $VERSION is already in $DEST"
            exit 0
        fi
    done
fi
if ! command -v go >/dev/null 2>&1; then
    echo "kubo is built with Go, which is not on PATH" >&2
    exit 3
fi

export GOTOOLCHAIN=local CGO_ENABLED=0

# A temporary name first, so that a cut-off build is never taken for a finished one.
build() {
    SOURCE=$(go mod download -json "$MODULE@$1" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
    [ -d "$SOURCE" ] || return 1
    (cd "$SOURCE" && go build -mod=readonly -trimpath -buildvcs=false -ldflags "-s -w" \
        -o "$DEST/ipfs.building" ./cmd/ipfs) || return 1
    mv "$DEST/ipfs.building" "$DEST/ipfs"
}

STARTED=$(date +%s)
for VERSION in $VERSIONS; do
    if build "$VERSION"; then
        echo "kubo $("$DEST/ipfs" version --number) built in $(($(date +%s) - STARTED)) s," \
            "$(du -m "$DEST/ipfs" | cut -f1) MB"
        exit 0
    fi
    echo "kubo $VERSION could not be built here" >&2
done
exit 1
