#!/bin/sh
# Makes .venv with this machine's Python and puts one file of pinned, hashed requirements into it.
# Needs Python 3.11 or newer with venv, and says in a sentence what is missing.
set -eu
cd "$(dirname "$0")/.."
requirements=$1

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo 'no Python')
    echo "Confer needs Python 3.11 or newer, and this machine has $found." >&2
    echo "On Debian 12 or Ubuntu 24.04 and newer: sudo apt install python3 python3-venv" >&2
    echo "If another Python is at hand, name it: make PYTHON=/path/to/python3.12 install" >&2
    exit 1
}

make_environment() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "Python $version is here, but not its venv module." >&2
        echo "On Debian and Ubuntu: sudo apt install python$version-venv" >&2
        exit 1
    fi
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
}

# An environment stays when its Python still runs; after an upgrade of the system it may not.
new_enough .venv/bin/python && .venv/bin/python -c 'import pip' 2>/dev/null || make_environment

uv=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements/uv.txt)
if [ "$(.venv/bin/python -m uv --version 2>/dev/null | cut -d ' ' -f 2)" != "$uv" ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        -r requirements/uv.txt
fi

echo "Installing $requirements"
export VIRTUAL_ENV="$PWD/.venv" UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never
if ! .venv/bin/python -m uv pip install --quiet --require-hashes --only-binary :all: --compile-bytecode \
    -r "$requirements"; then
    # pip knows this machine's own settings for packages (a mirror, a proxy), which uv does not read.
    echo "uv could not; pip tries with this machine's settings, which takes a few minutes." >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        -r "$requirements"
fi
