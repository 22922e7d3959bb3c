#!/usr/bin/env bash
# Measures what rdpwatch costs: builds it in Release, runs the measurements, prints a table and writes JSON.
set -euo pipefail

root="$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")"
json="$root/build/release/bench.json"

usage() {
  cat <<'USAGE'
usage: tests/bench/run.sh [--quick] [--only NAME]... [--json FILE] [--hosts N] [--interval SECONDS] [--minutes N]

  --quick      short forms: to see that all of it works, not for figures
  --only NAME  one measurement: cpu, load, workers, memory, exposition, reload, prometheus_scrape, growth, state, or soak, which is not among
               those of a whole run and takes half an hour; may be repeated
  --hosts N, --interval SECONDS  of reload, prometheus_scrape and (hosts) state and soak, where the machine is too slow for theirs
  --minutes N  of the soak
  --json FILE  where the rows go as JSON (default: build/release/bench.json)

All of it takes about an hour and wants two cores that do nothing else. Needs the packages of [build] and [test] in
deploy/debian-packages (deploy/install-packages.sh build test). What the figures mean: tests/bench/README.md.
USAGE
}

arguments=(--json "$json")
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --quick) arguments+=("$1") ;;
    --only | --json | --hosts | --interval | --minutes)
      [ $# -gt 1 ] || { echo "tests/bench/run.sh: $1 wants a value" >&2; exit 2; }
      arguments+=("$1" "$2")
      shift
      ;;
    *) echo "tests/bench/run.sh: unknown argument $1; see tests/bench/run.sh --help" >&2; exit 2 ;;
  esac
  shift
done

cd "$root"
cmake --preset release >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target rdpwatch rdpsim bench_bare_tls bench_exposition bench_workers >/dev/null
ulimit -n "$(ulimit -Hn)"
cd tests/bench
exec python3 -m suite "${arguments[@]}"
