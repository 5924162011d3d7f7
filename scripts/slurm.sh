#!/usr/bin/env bash
# A SLURM of one node, this machine, that runs a sweep as an array of jobs: some tasks at first, then
# those that `walras merge` names as missing. Compares what comes out with a run without shards, byte
# for byte. For Debian, as root, in a container or a machine that nobody needs: it installs slurm-wlm,
# munge and their settings. Not a part of the tests. Usage: npm run build && scripts/slurm.sh
set -euo pipefail
cd "$(dirname "$0")/.."
walras="$(command -v node) $PWD/dist/cli.js"

if ! command -v slurmctld munged sbatch > /dev/null; then
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends slurm-wlm munge > /dev/null
fi
folder=$(mktemp -d)
daemons=()
cleanup() {
  for ((k = ${#daemons[@]} - 1; k >= 0; k--)); do kill "${daemons[k]}" 2> /dev/null && wait "${daemons[k]}" || true; done
  rm -rf "$folder"
}
trap cleanup EXIT

# Every message between SLURM's programs is signed by munge, which has a socket of its own here.
mkdir -p "$folder/spool" "$folder/state" "$folder/munge"
chmod 755 "$folder" "$folder/munge"
dd if=/dev/urandom of="$folder/munge.key" bs=1024 count=1 status=none
chmod 400 "$folder/munge.key"
munged --foreground --force --key-file "$folder/munge.key" --socket "$folder/munge/socket" \
  --pid-file "$folder/munge/pid" --log-file "$folder/munge/log" --seed-file "$folder/munge/seed" > "$folder/munged.log" 2>&1 &
daemons+=($!)

host=$(hostname -s)
export SLURM_CONF="$folder/slurm.conf"
cat > "$SLURM_CONF" << END
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
until [ -S "$folder/munge/socket" ]; do sleep 0.2; done
slurmctld -D -f "$SLURM_CONF" > "$folder/slurmctld.log" 2>&1 &
daemons+=($!)
slurmd -D -f "$SLURM_CONF" -N "$host" > "$folder/slurmd.log" 2>&1 &
daemons+=($!)
for ((k = 0; ; k++)); do
  if [ "$(sinfo --noheader --format=%t 2> /dev/null)" = idle ]; then break; fi
  if [ $k -gt 150 ]; then
    tail -n 20 "$folder/slurmctld.log" "$folder/slurmd.log"
    exit 1
  fi
  sleep 0.2
done
sinfo --version
sinfo

cat > "$folder/sweep.json" << END
{
  "economy": { "alpha": [[3, 1, 2], [1, 2, 1], [1, 1, 3]], "omega": -0.5,
    "endowments": [[20, 5, 5], [5, 20, 5], [5, 5, 20]] },
  "draw": { "economies": 40000, "seed": 14, "parameters": [
    { "parameter": "endowments", "distribution": "lognormal", "sigma": 0.5, "factor": true } ] },
  "solve": "equilibrium", "part": 2500
}
END
# Waits for the tasks, and prints what they said.
submit() {
  echo "$ sbatch --array=$1 --wrap 'walras sweep sweep.json -o rows $2'"
  sbatch --wait --chdir "$folder" --output "$folder/task-%a.log" --array="$1" \
    --wrap "$walras sweep sweep.json -o rows --workers 1 $2"
  cat "$folder"/task-*.log | grep shard
  rm "$folder"/task-*.log
}

# Tasks 3 and 4 of five never begin, as if their node had gone away.
submit 1-2,5 --shard=/5
echo "$ walras merge rows -o rows.parquet"
if told=$($walras merge "$folder/rows" -o "$folder/rows.parquet" 2>&1); then exit 1; fi
echo "${told//$folder\//}"
missing=$(sed -n 's/.*--array=\([0-9,-]*\).*/\1/p' <<< "$told")
submit "$missing" --shard=/5
$walras merge "$folder/rows" -o "$folder/rows.parquet"

# All tasks, which read their number and their count from SLURM's variables.
rm -r "$folder/rows"
submit 1-5 ""
$walras merge "$folder/rows" -o "$folder/all.parquet"

$walras sweep "$folder/sweep.json" -o "$folder/alone" > /dev/null
$walras merge "$folder/alone" -o "$folder/alone.parquet" > /dev/null
(cd "$folder" && sha256sum alone.parquet rows.parquet all.parquet)
cmp "$folder/alone.parquet" "$folder/rows.parquet"
cmp "$folder/alone.parquet" "$folder/all.parquet"
echo "equal byte for byte"
