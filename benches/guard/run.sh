#!/usr/bin/env bash
# Counts the kernel's instructions and holds them to baseline.toml; `run.sh --help` says more.
#
#     benches/guard/run.sh                       compare; 1 if a case needs 5 % more than it did
#     benches/guard/run.sh --update "reason"     write what moved, and why, into baseline.toml
#
# Needs valgrind; Debian's is installed where it is missing and can be. Without it nothing is
# checked, and the last line says so.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v valgrind >/dev/null; then
    if command -v apt-get >/dev/null; then
        as_root=; [ "$(id -u)" = 0 ] || as_root=sudo
        export DEBIAN_FRONTEND=noninteractive
        { $as_root apt-get update -qq &&
            $as_root apt-get install -y -qq --no-install-recommends valgrind libc6-dbg >/dev/null; } ||
            true
    fi
    if ! command -v valgrind >/dev/null; then
        echo "guard: SKIPPED, nothing was counted: valgrind is not here and cannot be installed"
        exit 0
    fi
fi
# The versions that the crate itself is built with: what is not needed here is dropped.
cp ../../Cargo.lock Cargo.lock
cargo build --release --quiet
guard=${CARGO_TARGET_DIR:-target}/release/jawjaw-guard

# What a guard is worth: counts 6 % above those stored must be refused, those stored must pass.
if [ $# = 0 ]; then
    raised=$(mktemp)
    trap 'rm -f "$raised"' EXIT
    awk '/^instructions = / { $3 = int($3 * 1.06) + 1 } { print }' baseline.toml > "$raised"
    if "$guard" --compare "$raised" >/dev/null || ! "$guard" --compare baseline.toml >/dev/null; then
        echo "guard: does not guard: it cannot tell a count from one 6 % higher"
        exit 1
    fi
fi
"$guard" "$@"
