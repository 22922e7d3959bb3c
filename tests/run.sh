#!/usr/bin/env bash
# The one test command: installs what is needed, configures, builds and runs every test. CI runs this file.
set -euo pipefail

root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
preset=asan
regex=()

usage() {
  cat <<'USAGE'
usage: tests/run.sh [--preset asan|tsan|dev] [-R REGEX] [-L LABEL]

Installs the Debian packages of [build] and [test] (deploy/debian-packages) and, where there is no npm, of [node], builds
the preset in build/PRESET and runs all tests. The last lines are ctest's summary; the exit code is 0 only when every test
passed.
  --preset P  asan (default): AddressSanitizer and UndefinedBehaviorSanitizer; tsan: ThreadSanitizer; dev: plain
  -R REGEX    only tests whose name matches
  -L LABEL    only tests with this label: unit, contract, interop, e2e, diagnosis
  -h          this text
USAGE
}

fail() {
  printf 'tests/run.sh: %s\n' "$*" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --preset)
      case ${2:-} in
        asan | tsan | dev) preset=$2 ;;
        *) fail "--preset wants asan, tsan or dev, not '${2:-}'" ;;
      esac
      shift
      ;;
    -R | -L)
      [ $# -gt 1 ] || fail "$1 wants a regular expression"
      regex+=("$1" "$2")
      shift
      ;;
    *) fail "unknown argument $1; see tests/run.sh -h" ;;
  esac
  shift
done

cd "$root"
durations=()

# step NAME COMMAND... runs the command, remembers how long it took, and ends the run when it fails.
step() {
  local name=$1 from=$SECONDS code=0
  shift
  printf '\n== %s: %s\n' "$name" "$*"
  "$@" || code=$?
  durations+=("$(printf '%-10s %5d s' "$name" $((SECONDS - from)))")
  [ "$code" = 0 ] || fail "$name failed with exit code $code"
}

# Debian's npm and a vendor's nodejs, which brings its own, can't be installed together.
sections=(build test)
command -v npm >/dev/null || sections+=(node)
step packages deploy/install-packages.sh "${sections[@]}"
step configure cmake --preset "$preset"
step build cmake --build --preset "$preset" --parallel "$(nproc)"

log="build/$preset/ctest.log"
from=$SECONDS
printf '\n== tests: ctest, output in %s\n' "$log"
result=0
ctest --preset "$preset" --no-tests=error --parallel "$(nproc)" "${regex[@]}" 2>&1 | tee "$log" || result=$?
durations+=("$(printf '%-10s %5d s' tests $((SECONDS - from)))")

printf '\n== durations\n'
printf '%s\n' "${durations[@]}"
printf '\n== result\n'
sed -n '/% tests passed/,$p' "$log"
exit "$result"
