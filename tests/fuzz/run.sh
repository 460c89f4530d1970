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
--cfg fuzzing" cargo build --release --target "$target" --target-dir target

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

copy_texts corpus/scenario "$top/scenarios"
# A variant needs what it extends; the target serves it as the base.
for variant in "$top"/scenarios/variants/*.toml; do
    [ -e "$variant" ] || continue
    base=$(sed -n 's/^extends *= *"\(.*\)"/\1/p' "$variant" | head -n 1)
    [ -f "$top/scenarios/variants/$base" ] || continue
    { sed 's|^extends *=.*|extends = "../base.toml"|' "$variant"; printf '\0'
      cat "$top/scenarios/variants/$base"; } > "corpus/scenario/seed-joined-$(basename "$variant")"
done
# One that names evidence; the target serves its third part under every other name.
{ printf 'extends = "../base.toml"\nevidence = "../../seeds/dams"\n\0'
    cat "$top/tests/fixtures/minimal.toml"; printf '\0'
    cat "$top/tests/fixtures/seeds/dams/documents.toml"; } > corpus/scenario/seed-evidence

# A claims file, then the scenario that every path in it leads to.
mkdir -p corpus/claims
for file in "$top/scenarios/claims.toml" "$top/tests/fixtures/planted-claims.toml"; do
    { cat "$file"; printf '\0'; cat "$top/tests/fixtures/minimal.toml"; } \
        > "corpus/claims/seed-$(basename "$file")"
done

# An exercise needs the scenario it plays.
mkdir -p corpus/exercise
{ cat "$top/tests/fixtures/exercise.toml"; printf '\0'
    cat "$top/tests/fixtures/quarrel.toml"; } > corpus/exercise/seed-joined

# Each domain as one starting point: the format, then its files, parted by NUL.
mkdir -p corpus/interchange
laptop="$top/tests/fixtures/domains/laptop"
{ printf 'genius'; for part in domain buyer_utility seller_utility; do
    printf '\0'; cat "$laptop/laptop_$part.xml"; done; } > corpus/interchange/seed-genius
for format in geniusweb negmas; do
    { printf '%s' "$format"; for file in "$top/tests/fixtures/domains/$format"/*; do
        printf '\0'; cat "$file"; done; } > "corpus/interchange/seed-$format"
done

for name in evidence scenario claims exercise interchange; do
    mkdir -p "artifacts/$name"
    "./target/$target/release/$name" -max_total_time="$seconds" -max_len=131072 -timeout=10 \
        -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="artifacts/$name/" \
        "corpus/$name"
done
