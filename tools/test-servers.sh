#!/bin/sh
# Sees to the programs that the tests start: PostgreSQL, Redis, nginx and Chromium. Where one is missing it is
# installed by apt on Debian and Ubuntu; elsewhere this says what to install, and stops. Where apt knows
# Chromium without its window, that is taken too: the browser's tests cost half as much with it.
# Tests never touch the servers that the system itself may start with these packages.
set -eu

has_postgres() {
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && return
    done
    command -v initdb >/dev/null && command -v postgres >/dev/null
}

has_redis() {
    command -v redis-server >/dev/null
}

has_nginx() {
    command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || [ -x /usr/local/sbin/nginx ]
}

has_browser() {
    for name in "${CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
        [ -n "$name" ] && command -v "$name" >/dev/null && return
    done
    return 1
}

missing() {
    has_postgres || echo postgresql
    has_redis || echo redis-server
    has_nginx || echo nginx-light
    has_browser || echo chromium
}

without_window() {
    [ -z "${CHROMIUM:-}" ] && ! command -v chromium-headless-shell >/dev/null &&
        apt-cache show chromium-headless-shell >/dev/null 2>&1 && echo chromium-headless-shell
}

# Nothing depends on this one: where it can't be had, tests take the browser that is there.
if has_browser && [ "$(id -u)" -eq 0 ] && [ -n "$(without_window)" ]; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium-headless-shell \
        >/dev/null 2>&1 || true
fi

needed=$(missing)
[ -n "$needed" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "The tests need PostgreSQL 15 or newer, Redis 7 or newer, nginx and Chromium; missing here:" $needed >&2
    echo "Install them with your system's package manager so that they are in the PATH, then try again." >&2
    exit 1
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "The tests need some packages; as root: apt-get install" $needed >&2
        exit 1
    fi
    as_root=sudo
fi

echo "Installing for the tests:" $needed
$as_root apt-get update -qq
[ -z "$(without_window)" ] || needed=$(echo $needed | sed 's/\bchromium\b/chromium-headless-shell/')
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $needed >/dev/null

still=$(missing)
if [ -n "$still" ]; then
    echo "After installing, still not found:" $still >&2
    echo "Ubuntu's chromium is a snap, which not every machine can run: then install Google Chrome, or set" >&2
    echo "CHROMIUM to the path of a Chromium." >&2
    exit 1
fi
