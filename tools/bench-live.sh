#!/bin/sh
# Sees to what `make bench-live` measures Confer beside: a C compiler, nginx with nchan, and, where it is called with
# `all`, socket.io (by npm) and Django Channels (by pip, in an environment of its own). Programs come by apt on Debian
# and Ubuntu; elsewhere this says what to install, and stops. The rest goes under .cache/bench-live.
# Nothing of it is needed, or touched, by `make run` and `make test`.
set -eu
cd "$(dirname "$0")/.."
cache=.cache/bench-live

has_nchan() {
    for folder in /usr/lib/nginx/modules /usr/lib64/nginx/modules /usr/share/nginx/modules; do
        [ -e "$folder/ngx_nchan_module.so" ] && command -v "$(nginx_program)" >/dev/null && return
    done
    return 1
}

nginx_program() {
    [ -x /usr/sbin/nginx ] && echo /usr/sbin/nginx || echo nginx
}

missing() {
    command -v cc >/dev/null || echo build-essential
    has_nchan || echo nginx libnginx-mod-nchan
    [ "${1:-}" = all ] || return 0
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
}

needed=$(missing "$@")
if [ -n "$needed" ]; then
    if ! command -v apt-get >/dev/null; then
        echo "make bench-live needs a C compiler, nginx with nchan, node and npm; missing here:" $needed >&2
        echo "Install them with your system's package manager, then try again." >&2
        exit 1
    fi
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "make bench-live needs some packages; as root: apt-get install" $needed >&2
            exit 1
        fi
        as_root=sudo
    fi
    echo "Installing for make bench-live:" $needed
    was_there=$(command -v nginx || true)
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $needed >/dev/null
    # The package starts a server for the whole machine, which nobody asked for.
    if [ -z "$was_there" ] && command -v systemctl >/dev/null; then
        $as_root systemctl disable --now nginx >/dev/null 2>&1 || true
    fi
fi

[ "${1:-}" = all ] || exit 0
mkdir -p "$cache"
if [ ! -d "$cache/socketio/node_modules/socket.io" ]; then
    echo "Installing for make bench-live: socket.io"
    mkdir -p "$cache/socketio"
    [ -e "$cache/socketio/package.json" ] || echo '{"private": true}' >"$cache/socketio/package.json"
    npm install --prefix "$cache/socketio" --no-audit --no-fund --no-package-lock --silent socket.io >/dev/null
fi
if [ ! -e "$cache/channels/.ready" ]; then
    echo "Installing for make bench-live: Django Channels"
    .venv/bin/python -m venv "$cache/channels"
    "$cache/channels/bin/python" -m pip install --quiet --disable-pip-version-check \
        django channels channels_redis daphne
    touch "$cache/channels/.ready"
fi
