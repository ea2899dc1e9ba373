#!/bin/sh
# Builds the age tool that our sealed files are tried against.
#
#   deploy/ci/build_age.sh DEST      writes DEST/age and DEST/age-keygen; does nothing if they are there already
#
# Needs Go 1.25 or newer and a reachable Go module proxy; GOPROXY, GOMODCACHE and GOCACHE are respected.
# AGE_VERSION names another release; the hybrid post-quantum recipients came with v1.3.0.
# Exit codes: 0 built or already there, 1 could not be built, 2 wrong use, 3 Go is missing.
set -eu

VERSION="${AGE_VERSION:-v1.3.2}"

if [ $# -ne 1 ]; then
    echo "usage: $0 DEST" >&2
    exit 2
fi
mkdir -p "$1"
DEST=$(cd "$1" && pwd)

if [ -x "$DEST/age-keygen" ] && [ -x "$DEST/age" ] && [ "$("$DEST/age" --version)" = "$VERSION" ]; then
    echo "age $VERSION is already in $DEST"
    exit 0
fi
if ! command -v go >/dev/null 2>&1; then
    echo "age is built with Go, which is not on PATH" >&2
    exit 3
fi

# A temporary folder first, so that a cut-off build is never taken for a finished one.
BUILDING=$(mktemp -d "$DEST/building.XXXXXX")
trap 'rm -rf "$BUILDING"' EXIT
if ! GOTOOLCHAIN=local CGO_ENABLED=0 GOBIN="$BUILDING" go install -trimpath -ldflags "-s -w" \
    "filippo.io/age/cmd/age@$VERSION" "filippo.io/age/cmd/age-keygen@$VERSION"; then
    echo "age $VERSION could not be built here" >&2
    exit 1
fi
mv "$BUILDING/age" "$BUILDING/age-keygen" "$DEST"
echo "age $("$DEST/age" --version) built"
