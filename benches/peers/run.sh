#!/usr/bin/env bash
# Measures jawjaw beside NegMAS on one core: benches/peers/run.sh [--domains N] [--repetitions N]
# Writes results.md and results.json beside itself; everything else goes under target/peers.
# CORE=0 picks another core, PYTHON=python3.12 another interpreter.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$here/../../target/peers
core=${CORE:-1}
mkdir -p "$work"
work=$(cd "$work" && pwd)

if [ ! -x "$work/venv/bin/python" ]; then
    "${PYTHON:-python3}" -m venv "$work/venv"
fi
"$work/venv/bin/pip" install --quiet --disable-pip-version-check negmas==0.16.0

(cd "$here" && cargo build --release --target-dir "$work/build")

# One thread for numpy's libraries: CPU time counts all threads of a process.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1
taskset -c "$core" "$work/venv/bin/python" "$here/compare.py" \
    "$work/build/release/jawjaw-peers" "$work/domains" "$here/results.md" "$@"
