#!/usr/bin/env bash
# Installs the Debian packages of the named sections of deploy/debian-packages, as far as they are missing.
# When nothing is missing it needs no root, no network, and takes a moment.
set -euo pipefail

list="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/debian-packages"

usage() {
  cat <<USAGE
usage: deploy/install-packages.sh [--print] SECTION...

Installs what the sections of deploy/debian-packages name. Sections: $(sections | paste -sd' ').
  --print   only print the packages, one a line; install nothing
  -h        this text
USAGE
}

fail() {
  printf 'install-packages: %s\n' "$*" >&2
  exit 1
}

sections() { sed -n 's/^\[\(.*\)\]$/\1/p' "$list"; }

packages_of() {
  awk -v wanted="[$1]" '/^#/ || /^[[:space:]]*$/ { next } /^\[/ { inside = ($0 == wanted); next } inside { print $1 }' "$list"
}

print_only=0
wanted_sections=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --print) print_only=1 ;;
    -*) fail "unknown option $1; allowed: --print, -h" ;;
    *)
      sections | grep -qxF -- "$1" || fail "no section [$1] in $list; allowed: $(sections | paste -sd' ')"
      wanted_sections+=("$1")
      ;;
  esac
  shift
done
[ ${#wanted_sections[@]} -gt 0 ] || { usage >&2; exit 1; }

mapfile -t packages < <(for section in "${wanted_sections[@]}"; do packages_of "$section"; done | sort -u)
if [ "$print_only" = 1 ]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

os_name=$(. /etc/os-release 2>/dev/null && printf '%s' "${PRETTY_NAME:-unknown}") || os_name=unknown
for tool in dpkg-query apt-get; do
  command -v "$tool" >/dev/null || fail "$tool is missing: this needs Debian 12, and this system is: $os_name"
done

installed=$(dpkg-query -W -f='${db:Status-Abbrev}|${Package}\n' "${packages[@]}" 2>/dev/null | sed -n 's/^ii |//p' || true)
mapfile -t missing < <(comm -23 <(printf '%s\n' "${packages[@]}" | sort -u) <(printf '%s\n' "$installed" | sort -u))
if [ ${#missing[@]} -eq 0 ]; then
  echo "All ${#packages[@]} packages of [${wanted_sections[*]}] are installed."
  exit 0
fi

release=$(. /etc/os-release && printf '%s %s' "${ID:-?}" "${VERSION_ID:-?}")
[ "$release" = "debian 12" ] || echo "install-packages: made for Debian 12; trying on: $os_name" >&2

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || fail "missing packages: ${missing[*]}. Installing them needs root: run this as root, or install sudo"
  as_root=(sudo)
fi

# The test packages bring services (xrdp, prometheus, prometheus-alertmanager). Nothing of them is to be started: the tests start their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

echo "Installing ${#missing[@]} packages: ${missing[*]}"
"${as_root[@]}" apt-get update -q || fail "apt-get update failed; see its messages above"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" ||
  fail "apt-get could not install: ${missing[*]}"
