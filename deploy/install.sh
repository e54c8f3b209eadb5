#!/bin/sh
# Makes the virtual environment and installs exactly what a lock file names; does nothing when that is done already.
# Usage: sh deploy/install.sh requirements.lock
set -eu
lock=$1
venv=.venv
usable() {
    "$1" -c 'import ssl, sqlite3, sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

installed() {
    [ -x "$venv/bin/python" ] && cmp -s "$1" "$venv/installed-$1"
}

# The development lock holds everything of the run-time one, in the same versions.
if installed "$lock" || { [ "$lock" = requirements.lock ] && installed requirements-dev.lock; }; then
    exit 0
fi

if ! usable "$venv/bin/python"; then
    found=
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
        if usable "$candidate"; then found=$candidate; break; fi
    done
    if [ -z "$found" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "==> Python's venv module is missing; fetching it from Debian"
        apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
        usable python3 && found=python3
    fi
    if [ -z "$found" ]; then
        echo "Rapport needs Python 3.11, 3.12 or 3.13 with its venv module (on Debian: apt install python3-venv)." >&2
        echo "Another interpreter can be named: make demo PYTHON=/path/to/python3.12" >&2
        exit 1
    fi
    echo "==> Making the virtual environment with $("$found" --version)"
    rm -rf "$venv"
    "$found" -m venv "$venv"
fi

echo "==> Installing what $lock names (the first time takes a minute or two)"
status="$venv/pip-status"
rm -f "$status"
# Under set -e a failing pip would end this side of the pipe before it could say so: only an `if` may ask.
{
    if "$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar off --require-hashes -r "$lock" 2>&1; then
        echo 0 > "$status"
    else
        echo 1 > "$status"
    fi
} \
    | sed -n -e 's/^Collecting \([^ ]*\).*/    \1/p' -e '/^ERROR/p' -e '/^Successfully/s/.*/    installed/p'
if [ "$(cat "$status" 2>/dev/null)" != 0 ]; then
    echo "The installation did not succeed. Is a Python package registry in reach? Then run the same command again." >&2
    exit 1
fi
cp "$lock" "$venv/installed-$lock"
