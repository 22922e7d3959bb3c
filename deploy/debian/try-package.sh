#!/usr/bin/env bash
# Installs, upgrades, removes and purges the package in a Debian of its own, and looks at what is there after each.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: deploy/debian/try-package.sh [--mirror URL] PACKAGE.deb

Makes a small Debian 12 in a temporary folder and does there what an administrator does in the package's life: install,
use, change the configuration, upgrade, remove, install again, purge. Prints what it saw; the exit code is 0 only when all
of it was as it should be. Needs root, mmdebstrap and a mirror of Debian (the one of this machine, where it has one).
The newer version is the same package with a higher number and a changed configuration file. systemd does not run there:
what the unit does is not tried.
USAGE
}

mirror=
package=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --mirror) mirror=${2:?--mirror wants a URL}; shift ;;
    -*) usage >&2; exit 2 ;;
    *) package=$1 ;;
  esac
  shift
done
[ -f "$package" ] || { usage >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "try-package: this needs root" >&2; exit 2; }
command -v mmdebstrap >/dev/null || { echo "try-package: mmdebstrap is missing" >&2; exit 2; }

work=$(mktemp -d)
system="$work/system"
daemon=
clean_up() {
  [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT

step() { printf '\n== %s\n' "$*"; }
fail() { printf 'try-package: NOT as it should be: %s\n' "$*" >&2; exit 1; }
# holds WHAT COMMAND...: the command succeeds; its output is shown only when it does not.
holds() {
  local what=$1
  shift
  "$@" >"$work/output" 2>&1 || { cat "$work/output" >&2; fail "$what"; }
  printf 'ok: %s\n' "$what"
}
not() { ! "$@"; }
inside() { chroot "$system" "$@"; }
wait_until_healthy() {
  local tries
  for tries in $(seq 100); do
    inside rdpwatch healthcheck --url=http://127.0.0.1:19839 && return
    sleep 0.1
  done
  return 1
}

step "a Debian 12 of its own with what the package depends on"
depends=$(dpkg-deb -f "$package" Depends | tr ',' '\n' | sed 's/|.*//; s/(.*//; s/ //g' | paste -sd,)
echo "depends on: $depends"
mmdebstrap --quiet --variant=minbase --include="$depends" bookworm "$system" $mirror >/dev/null
cp "$package" "$system/first.deb"

step "the newer version"
dpkg-deb -R "$package" "$work/newer"
version=$(dpkg-deb -f "$package" Version)
sed -i "s/^Version: .*/Version: $version+newer/" "$work/newer/DEBIAN/control"
echo "# A line of the newer version." >> "$work/newer/etc/rdpwatch/rdpwatch.yml"
dpkg-deb --root-owner-group -b "$work/newer" "$system/newer.deb" >/dev/null
echo "$version -> $version+newer"

step "install"
holds "dpkg installs it" inside dpkg --install /first.deb
holds "its status is installed" inside dpkg-query -W -f '${db:Status-Status}' rdpwatch
holds "nothing is missing or changed" inside dpkg --verify rdpwatch
holds "there is a user rdpwatch" inside getent passwd rdpwatch
holds "the program starts" inside rdpwatch --version
holds "the shipped configuration is valid" inside rdpwatch check-config /etc/rdpwatch/rdpwatch.yml
holds "the service is enabled" test -L "$system/etc/systemd/system/multi-user.target.wants/rdpwatch.service"
inside install -d -o rdpwatch -g rdpwatch -m 750 /var/lib/rdpwatch  # systemd does, at the service's start
chroot --userspec=rdpwatch:rdpwatch "$system" rdpwatch serve --config.file=/etc/rdpwatch/rdpwatch.yml \
  --web.listen-address=127.0.0.1:19839 2>"$work/log" &
daemon=$!
holds "the daemon runs as rdpwatch and answers" wait_until_healthy
kill -TERM "$daemon"
holds "it stops with exit code 0" wait "$daemon"
daemon=

step "what the administrator and the daemon leave there"
echo "# A line of the administrator." >> "$system/etc/rdpwatch/rdpwatch.yml"
echo state > "$system/var/lib/rdpwatch/state"
inside chown rdpwatch:rdpwatch /var/lib/rdpwatch/state
owner=$(stat -c %u:%g "$system/var/lib/rdpwatch/state")

step "upgrade"
holds "dpkg upgrades it, and keeps what was changed" inside dpkg --force-confold --install /newer.deb
holds "the newer version is installed" test "$(inside dpkg-query -W -f '${Version}' rdpwatch)" = "$version+newer"
holds "the administrator's line is there" grep -q "A line of the administrator" "$system/etc/rdpwatch/rdpwatch.yml"
holds "the newer configuration lies beside it" grep -q "A line of the newer version" "$system/etc/rdpwatch/rdpwatch.yml.dpkg-dist"
holds "the state is there" grep -qx state "$system/var/lib/rdpwatch/state"
holds "the state belongs to whom it did" test "$(stat -c %u:%g "$system/var/lib/rdpwatch/state")" = "$owner"

step "remove"
holds "dpkg removes it" inside dpkg --remove rdpwatch
holds "the program is gone" not test -e "$system/usr/bin/rdpwatch"
holds "the unit is gone" not test -e "$system/lib/systemd/system/rdpwatch.service"
holds "the configuration is kept" grep -q "A line of the administrator" "$system/etc/rdpwatch/rdpwatch.yml"
holds "the state is kept" grep -qx state "$system/var/lib/rdpwatch/state"

step "install again"
holds "dpkg installs it" inside dpkg --force-confold --install /newer.deb
holds "the configuration is the administrator's" grep -q "A line of the administrator" "$system/etc/rdpwatch/rdpwatch.yml"
holds "the state is there" grep -qx state "$system/var/lib/rdpwatch/state"

step "purge"
holds "dpkg purges it" inside dpkg --purge rdpwatch
for gone in /etc/rdpwatch /etc/default/rdpwatch /var/lib/rdpwatch /usr/share/rdpwatch /usr/share/doc/rdpwatch /usr/bin/rdpwatch \
  /etc/systemd/system/multi-user.target.wants/rdpwatch.service; do
  holds "$gone is gone" not test -e "$system$gone"
done
holds "dpkg knows nothing of it" not inside dpkg-query -W rdpwatch

step "all as it should be"
