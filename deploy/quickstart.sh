#!/usr/bin/env bash
# From a bare checkout to a running daemon that watches ten RDP hosts, the tenth of which is broken. The hosts are
# simulated on loopback addresses; nothing else is touched unless --hosts names real ones.
set -euo pipefail

root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
cd "$root"
fleet=deploy/quickstart/simulated-fleet.yml
run_folder=build/quickstart
port=9839
hosts=''
seconds=0
once=0
pids=()

usage() {
  cat <<'USAGE'
usage: deploy/quickstart.sh [--hosts A,B,...] [--port N] [--seconds N | --once]

Installs what is missing, builds rdpwatch, starts ten simulated RDP hosts and the daemon, and shows the fleet until
Ctrl-C. The tenth host resets the connection in the TLS handshake.
  --hosts A,B  probe these real hosts instead (host, host:port or [v6]:port), every 30 s; no simulated ones are started
  --port N     port of the daemon's web pages on 127.0.0.1 (default 9839)
  --seconds N  stop after N seconds instead of at Ctrl-C
  --once       show the fleet once, as soon as every host was probed, then stop; fails after 120 s (or --seconds)
  -h           this text
USAGE
}

fail() {
  printf 'quickstart: %s\n' "$*" >&2
  exit 1
}

number() { [[ ${2:-} =~ ^[0-9]{1,5}$ ]] || fail "$1 wants a number, not '${2:-}'"; }

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --once) once=1; [ "$seconds" -gt 0 ] || seconds=120 ;;
    --port) number "$1" "${2:-}"; port=$2; shift ;;
    --seconds) number "$1" "${2:-}"; seconds=$2; shift ;;
    --hosts)
      [[ ${2:-} =~ ^[][A-Za-z0-9.:_,-]+$ ]] || fail "--hosts wants names or addresses separated by commas, not '${2:-}'"
      hosts=$2
      shift
      ;;
    *) fail "unknown argument $1; see deploy/quickstart.sh -h" ;;
  esac
  shift
done

# Ends the daemon first, then the simulated hosts; each by its own process id.
stop_children() {
  local index pid tries
  for ((index = ${#pids[@]} - 1; index >= 0; index--)); do
    pid=${pids[index]}
    kill -TERM "$pid" 2>/dev/null || continue
    for ((tries = 0; tries < 100; tries++)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}
trap stop_children EXIT

# start NAME COMMAND... runs the command in the background with its output in build/quickstart/NAME.log.
start() {
  local name=$1
  shift
  "$@" >"$run_folder/$name.log" 2>&1 </dev/null &
  pids+=($!)
}

# A child that has ended is the end of the quickstart; its log says why.
check_children() {
  local pid
  for pid in "${pids[@]}"; do
    kill -0 "$pid" 2>/dev/null || fail "a program has ended; the ends of the logs:
$(tail -n 5 "$run_folder"/*.log)"
  done
}

write_configuration() {
  local interval=10s host targets=
  [ -z "$hosts" ] || interval=30s
  for host in "$@"; do targets+="      - \"$host\"
"; done
  cat >"$run_folder/rdpwatch.yml" <<CONFIGURATION
global:
  probe_interval: $interval
inventory:
  - group: quickstart
    targets:
$targets
CONFIGURATION
}

# One line a target from the daemon's metrics: target, state, duration, days to expiry, why it fails; with tabs between.
fleet_states() {
  curl -sf --max-time 5 "http://127.0.0.1:$port/metrics/targets" | awk '
    function label(name) {
      if (!match($0, "[{,]" name "=\"[^\"]*\"")) return ""
      return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
    }
    { target = label("target") }
    /^rdp_target_state\{/ { state[target] = label("state") }
    /^rdp_probe_duration_seconds\{/ { duration[target] = sprintf("%.0f ms", $NF * 1000) }
    /^rdp_cert_days_to_expiry\{/ { days[target] = sprintf("%.0f days", $NF) }
    /^rdp_probe_failure_reason\{/ {
      why[target] = "phase " label("phase") ", reason " label("reason")
      if (label("client_error") != "") why[target] = why[target] " (an RDP client shows " label("client_error") ")"
    }
    END { for (t in state) printf "%s\t%s\t%s\t%s\t%s\n", t, state[t], duration[t], days[t], why[t] }' | sort -V
}

# count STATES STATE: how many targets are in that state.
count() { awk -F'\t' -v wanted="$2" '$2 == wanted { n++ } END { print n + 0 }' <<<"$1"; }

# What is broken, named: one line a target that is down.
broken() { awk -F'\t' '$2 == "down" { printf "%s is DOWN: %s\n", $1, $5 }' <<<"$1"; }

summary() {
  local flapping
  flapping=$(count "$1" flapping)
  [ "$flapping" = 0 ] && flapping= || flapping=" $flapping flapping,"
  printf 'rdpwatch: %d up, %d down,%s %d not probed yet. In a browser: http://127.0.0.1:%s/\n' \
    "$(count "$1" up)" "$(count "$1" down)" "$flapping" "$(count "$1" unknown)" "$port"
}

page() {
  summary "$1"
  printf '\n%-24s %-8s %9s %12s  %s\n' TARGET STATE PROBE CERTIFICATE 'WHY IT FAILS'
  awk -F'\t' '{ printf "%-24s %-8s %9s %12s  %s\n", $1, $2, $3, $4, $5 }' <<<"$1"
  [ -z "$(broken "$1")" ] || printf '\n%s\nWhy: build/release/daemon/rdpwatch diagnose TARGET\n' "$(broken "$1")"
}

# Redraws the page every second on a terminal; elsewhere prints a line for every state that is new.
live_view() {
  local end states known='' changed
  end=$((SECONDS + seconds))
  while :; do
    check_children
    states=$(fleet_states) || states=
    if [ "$once" = 1 ]; then
      if [ -n "$states" ] && [ "$(count "$states" unknown)" = 0 ]; then
        page "$states"
        return
      fi
    elif [ -t 1 ]; then
      printf '\033[H\033[2J%s\n\nCtrl-C stops everything. Configuration and logs: %s\n' "$(page "$states")" "$run_folder"
    else
      changed=$(comm -13 <(printf '%s\n' "$known" | sort) <(cut -f1,2,5 <<<"$states" | sort) | grep -vP '\tunknown\t' || true)
      known=$(cut -f1,2,5 <<<"$states")
      [ -z "$changed" ] || { tr '\t' ' ' <<<"$changed"; summary "$states"; }
    fi
    if [ "$seconds" -gt 0 ] && [ "$SECONDS" -ge "$end" ]; then
      [ "$once" = 0 ] || fail "not every host was probed within $seconds s"
      return
    fi
    sleep 1
  done
}

echo "== Packages"
deploy/install-packages.sh build run
echo "== Build (the first time takes a few minutes)"
cmake --preset release
cmake --build --preset release --parallel "$(nproc)" --target rdpwatch rdpsim

mkdir -p "$run_folder"
rm -f "$run_folder"/*.log
echo "== Start"
trap 'printf "\nStopping.\n"; exit 0' INT TERM
if [ -n "$hosts" ]; then
  IFS=, read -r -a targets <<<"$hosts"
else
  mapfile -t targets < <(printf '127.0.10.%d:13389\n' {1..10})
  start rdpsim build/release/tests/sim/rdpsim --config="$fleet"
  until grep -q ready "$run_folder/rdpsim.log"; do
    check_children
    sleep 0.1
  done
fi
write_configuration "${targets[@]}"
start rdpwatch build/release/daemon/rdpwatch serve --config.file="$run_folder/rdpwatch.yml" --web.listen-address="127.0.0.1:$port"
until curl -sf --max-time 5 -o "$run_folder/ready.txt" "http://127.0.0.1:$port/-/ready"; do
  check_children
  sleep 0.2
done
live_view
