#!/usr/bin/env bash
# A real Slurm array: four tasks, one killed while it works, resubmitted, merged, and the bytes
# compared with those of a run without a cluster.
#
#     tests/cluster/slurm.sh [path of a jawjaw binary]
#
# Installs Debian's slurm-wlm and munge if they are not there, and starts munged, slurmctld and
# slurmd for this host alone, on the loopback interface, with ports, keys and state of their own in a
# temporary folder. No systemd. Leaves nothing running.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { printf 'cluster: %s\n' "$*"; }

if ! command -v slurmctld slurmd munged sbatch >/dev/null; then
    if ! command -v apt-get >/dev/null; then
        say "skipped: Slurm is not installed, and without apt-get this script cannot install it"
        exit 0
    fi
    as_root=; [ "$(id -u)" = 0 ] || as_root=sudo
    say "installing slurm-wlm and munge"
    # Packages must not start services of their own.
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    $as_root apt-get update -qq
    $as_root apt-get install -y -qq --no-install-recommends slurm-wlm munge >/dev/null
fi
if [ "$(id -u)" != 0 ]; then
    say "skipped: slurmd has to run as root"
    exit 0
fi
export PATH="$PATH:/usr/sbin:/sbin"

binary=${1:-}
if [ -z "$binary" ]; then
    cargo build --release --locked --quiet
    binary=${CARGO_TARGET_DIR:-target}/release/jawjaw
fi
binary=$(realpath "$binary")

# Short: sockets have short paths. Its parents must be root's, or munged refuses its key.
dir=$(mktemp -d /tmp/jawjaw-slurm.XXXXXX)
host=$(hostname -s)
pids=()
clean() {
    code=$?
    if [ "$code" != 0 ]; then
        tail -n 30 "$dir"/*.log "$dir"/cluster/slurm/*.log 2>/dev/null || true
    fi
    # Its own daemons, by their numbers.
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$dir"
    exit "$code"
}
trap clean EXIT

# Waits until a command succeeds, at most so many tenths of a second.
until_true() {
    local tenths=$1
    shift
    for ((i = 0; i < tenths; i++)); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.1
    done
    say "gave up waiting for: $*"
    return 1
}

mkdir -p "$dir"/{state,spool,munge}
chmod 0755 "$dir" "$dir/munge"
(umask 077; head -c 128 /dev/urandom > "$dir/munge.key")
munged --foreground --force --key-file="$dir/munge.key" --socket="$dir/munge/socket" \
    --pid-file="$dir/munge/pid" --log-file="$dir/munge.log" --seed-file="$dir/munge/seed" \
    > "$dir/munged.log" 2>&1 &
pids+=($!)
until_true 100 munge --socket="$dir/munge/socket" --no-input

# `slurmd -C` knows what the node has; it ends with the uptime, which is no part of it.
node=$(slurmd -C | head -n 1)
port=$((20000 + $$ % 20000))
cat > "$dir/slurm.conf" <<CONF
ClusterName=jawjaw
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$dir/munge/socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
MpiDefault=none
ReturnToService=2
KillWait=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
$node NodeAddr=127.0.0.1 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES:4
CONF
# Later versions look for control groups, which a container may not give.
case "$(slurmd -V)" in
    *\ 2[0-2].*) ;;
    *) echo CgroupPlugin=disabled > "$dir/cgroup.conf" ;;
esac
export SLURM_CONF="$dir/slurm.conf"
slurmctld -D > "$dir/slurmctld.out.log" 2>&1 &
pids+=($!)
slurmd -D -N "$host" > "$dir/slurmd.out.log" 2>&1 &
pids+=($!)
is_idle() { [ "$(sinfo --noheader --format=%T)" = idle ]; }
until_true 300 is_idle
say "one node is up after $SECONDS s: $(sinfo --version), $(nproc) cores"

# Small batches, so that a task has many; enough of them that one can be killed at work.
size=(--draws 1000 --replicates 10 --batch 250 --shards 4)
files=(scenarios/geneva-week.toml scenarios/variants/preannounced-sanctions.toml)
"$binary" experiment plan "${files[@]}" "${size[@]}" --out "$dir/cluster"
"$binary" experiment plan "${files[@]}" "${size[@]}" --out "$dir/local" 2>/dev/null

job=$("$binary" slurm "$dir/cluster" --time 10:00 --submit)
say "job $job of four tasks"
parts() { find "$dir/cluster/parts" -name '*.parquet' | wc -l; }
# Shard 1 begins a quarter of the way through; its task dies when its first part is there.
runs=$((2 * 1000 * 10))
has_begun() {
    for part in "$dir"/cluster/parts/*.parquet; do
        start=$(basename "$part" | cut -d- -f1)
        if [ -e "$part" ] && [ "$((10#$start))" -ge $((runs / 4)) ] && [ "$((10#$start))" -lt $((runs / 2)) ]; then
            return 0
        fi
    done
    return 1
}
until_true 600 has_begun
scancel --signal=KILL --full "${job}_1"
say "killed task 1 with $(parts) parts written"
name() { sed -n 's/^#SBATCH --job-name=//p' "$dir/cluster/slurm/array.sh"; }
ended() { [ -z "$(squeue --noheader --name "$(name)")" ]; }
until_true 1200 ended

if "$binary" experiment merge "$dir/cluster" > "$dir/missing.txt" 2> "$dir/why.txt"; then
    say "FAILED: nothing is missing, so no task was killed at work"
    exit 1
fi
say "$(head -n 1 "$dir/why.txt")"
before=$(parts)
again=$("$binary" slurm "$dir/cluster" --time 10:00 --missing --submit)
array=$(sed -n 's/^#SBATCH --array=//p' "$dir/cluster/slurm/array.sh")
say "job $again of the tasks with missing runs: $array"
if [ "$array" != 1 ]; then
    say "FAILED: only task 1 had runs to play"
    exit 1
fi
until_true 1200 ended
"$binary" experiment merge "$dir/cluster" > /dev/null
say "merged $(parts) parts, $(($(parts) - before)) of them from the second job"

"$binary" experiment run "$dir/local" --quiet
"$binary" experiment merge "$dir/local" > /dev/null
for file in runs.parquet draws.parquet columns.json; do
    cmp "$dir/cluster/$file" "$dir/local/$file"
done
say "the same bytes as without a cluster; $SECONDS s"
