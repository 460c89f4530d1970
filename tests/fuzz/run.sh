#!/usr/bin/env bash
# Fuzzes each target for some seconds: tests/fuzz/run.sh SECONDS
# A stable compiler is enough: the coverage pass is asked for by hand, and with an explicit --target
# so that build scripts and procedural macros stay uninstrumented.
set -euo pipefail

seconds=${1:?usage: tests/fuzz/run.sh SECONDS}
cd "$(dirname "$0")"
top=../..
target=x86_64-unknown-linux-gnu

RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
--cfg fuzzing" cargo build --release --target "$target"

# copy_texts CORPUS FOLDER...: every TOML file under the folders becomes a starting point.
copy_texts() {
    local corpus=$1
    shift
    mkdir -p "$corpus"
    for folder in "$@"; do
        [ -d "$folder" ] || continue
        find "$folder" -name '*.toml' -print0 | while IFS= read -r -d '' file; do
            cp "$file" "$corpus/seed-$(printf '%s' "${file#"$top"/}" | tr '/' '-')"
        done
    done
}

copy_texts corpus/evidence "$top/seeds"
# Facts need their document: one starting point with both, parted by NUL as the target expects.
{ cat "$top/seeds/documents.toml"; printf '\0'; head -n 30 "$top/seeds/facts/d0.toml"; } \
    > corpus/evidence/seed-joined

for name in evidence; do
    mkdir -p "artifacts/$name"
    "./target/$target/release/$name" -max_total_time="$seconds" -max_len=16384 -timeout=10 \
        -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="artifacts/$name/" \
        "corpus/$name"
done
