#!/bin/sh
# Sees to wrk, which makes the load of `make bench`: installed by apt on Debian and Ubuntu where it is
# missing; elsewhere this says what to install, and stops.
set -eu

command -v wrk >/dev/null && exit 0

if ! command -v apt-get >/dev/null; then
    echo "make bench needs wrk (4 or newer): install it with your system's package manager, then try again." >&2
    exit 1
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "make bench needs wrk; as root: apt-get install wrk" >&2
        exit 1
    fi
    as_root=sudo
fi

echo "Installing for make bench: wrk"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wrk >/dev/null
