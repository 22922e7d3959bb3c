#!/usr/bin/env bash
# Installs, runs, upgrades, removes and purges the package in a Debian of its own, and looks at what is there after each.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: deploy/debian/try-package.sh [--mirror URL] PACKAGE.deb

Makes a small Debian 12 in a temporary folder, boots its systemd in namespaces of its own with a network of its own, and does
there what an administrator does in the package's life: install, look at the service, reload good and bad configurations,
let the watchdog bite, give the web server a key as a credential, upgrade, remove, install again, purge. Prints what it saw;
the exit code is 0 only when all of it was as it should be. Needs root, the packages of [package] of deploy/debian-packages
and a mirror of Debian (the one of this machine, where it has one). The newer version is the same package with a higher
number and a changed configuration file.
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
for tool in mmdebstrap systemd-nspawn openssl; do
  command -v "$tool" >/dev/null || { echo "try-package: $tool is missing" >&2; exit 2; }
done

work=$(mktemp -d)
system="$work/system"
container=
init=
clean_up() {
  if [ -n "$container" ]; then
    kill -TERM "$container" 2>/dev/null || true  # an orderly shutdown, which leaves no control groups behind
    within 20 not kill -0 "$container" 2>/dev/null || kill -KILL "$container" "$init" 2>/dev/null || true
    wait "$container" 2>/dev/null || true
  fi
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT

step() { printf '\n== %s\n' "$*"; }
fail() { tail -n 5 "$work/console" >&2; printf 'try-package: NOT as it should be: %s\n' "$*" >&2; exit 1; }
# How many starts of the daemon the journal in its state file has. Of a copy: SQLite would make files of root's beside it.
kept_starts() {
  rm -f "$work"/copy.db*
  for part in '' -wal; do
    [ ! -e "$system/var/lib/rdpwatch/state.db$part" ] || cp "$system/var/lib/rdpwatch/state.db$part" "$work/copy.db$part"
  done
  python3 - "$work/copy.db" <<'PYTHON'
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT event FROM event")
print(sum('"text":"rdpwatch ' in row[0] and " started" in row[0] for row in rows))
PYTHON
}
test_starts() { [ "$(kept_starts)" = "$1" ]; }
# holds WHAT COMMAND...: the command succeeds; its output is shown only when it does not.
holds() {
  local what=$1
  shift
  if "$@" >"$work/output" 2>&1; then
    printf 'ok: %s\n' "$what"
  else
    cat "$work/output" >&2
    [ -z "$init" ] || inside journalctl --no-pager --lines=30 >&2
    fail "$what"
  fi
}
not() { ! "$@"; }
within() {
  local seconds=$1 tries
  shift
  for tries in $(seq $((seconds * 5))); do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.2
  done
  "$@"
}
inside() { nsenter --target "$init" --mount --uts --ipc --net --pid -- "$@"; }
shows() { inside systemctl show rdpwatch --property="$1" --value | grep -Eqx "$2"; }
main_pid() { inside systemctl show rdpwatch --property=MainPID --value; }
write() { inside tee "$1" >/dev/null; }
status_file() { inside cat "/proc/$(main_pid)/status"; }
has_init() { init=$(pgrep --parent "$container" --exact systemd); }

step "a Debian 12 of its own with what the package depends on"
depends=$(dpkg-deb -f "$package" Depends | tr ',' '\n' | sed 's/|.*//; s/(.*//; s/ //g' | paste -sd,)
echo "depends on: $depends"
mmdebstrap --quiet --variant=minbase --include="systemd,systemd-sysv,$depends" bookworm "$system" $mirror >/dev/null
version=$(dpkg-deb -f "$package" Version)
cp "$package" "$system/first.deb"
dpkg-deb -R "$package" "$work/newer"
sed -i "s/^Version: .*/Version: $version+newer/" "$work/newer/DEBIAN/control"
echo "# A line of the newer version." >> "$work/newer/etc/rdpwatch/rdpwatch.yml"
dpkg-deb --root-owner-group -b "$work/newer" "$system/newer.deb" >/dev/null
echo "versions: $version, $version+newer"
systemd-nspawn --quiet --directory="$system" --boot --register=no --keep-unit --private-network --console=pipe \
  </dev/null >"$work/console" 2>&1 &
container=$!
holds "its systemd is there" within 30 has_init
has_init
holds "it has booted" within 60 inside systemctl is-system-running

step "install"
holds "dpkg installs it" inside dpkg --install /first.deb
holds "nothing is missing or changed" inside dpkg --verify rdpwatch
holds "there is a user rdpwatch" inside getent passwd rdpwatch
holds "the program starts" inside rdpwatch --version
holds "the shipped configuration is valid" inside rdpwatch check-config /etc/rdpwatch/rdpwatch.yml
holds "the service is enabled" inside systemctl is-enabled rdpwatch
holds "the service is active, so it has said that it is ready" within 20 inside systemctl is-active rdpwatch
holds "systemctl status shows how the fleet stands" shows StatusText "0 targets"
holds "the daemon answers" inside rdpwatch healthcheck
holds "it runs as rdpwatch" test "$(status_file | awk '/^Uid:/ { print $2 }')" = "$(inside id -u rdpwatch)"
holds "it has no capabilities, and can get none" grep -q "^CapBnd:.0*$" <(status_file)
holds "its system calls are filtered" grep -q "^Seccomp:.2$" <(status_file)
holds "threads that answer requests give way to those that probe" \
  test "$(inside sh -c "cat /proc/$(main_pid)/task/*/stat" | sed 's/.*) //' | cut -d' ' -f17 | sort -u | paste -sd,)" = 0,10
holds "its log is in the journal" grep -q "rdpwatch is running" <(inside journalctl --no-pager -u rdpwatch)
holds "it has a folder for its state, and nobody else looks into it" \
  test "$(inside stat -c %U:%G:%a /var/lib/rdpwatch)" = rdpwatch:rdpwatch:750
holds "it keeps its state there" within 20 inside test -s /var/lib/rdpwatch/state.db
holds "it has a folder for its events" test "$(inside stat -c %U:%G:%a /var/log/rdpwatch)" = rdpwatch:rdpwatch:750
holds "nothing that it needs is refused" not grep -E "level=(WARN|ERROR)" <(inside journalctl --no-pager -u rdpwatch)

step "reload"
pid=$(main_pid)
keep='storage: {path: /var/lib/rdpwatch/state.db}'
printf '%s\ninventory: [{group: lab, targets: ["127.0.0.1:13389"]}]\n' "$keep" | write /etc/rdpwatch/rdpwatch.yml
holds "systemctl reload takes a good file" inside systemctl reload rdpwatch
holds "the new target is watched" within 20 shows StatusText "1 target: .*"
echo "inventory: 5" | write /etc/rdpwatch/rdpwatch.yml
holds "systemctl reload refuses a bad one" not inside systemctl reload rdpwatch
holds "and the journal says what is wrong with it" grep -q "rdpwatch.yml:1:12: " <(inside journalctl --no-pager -u rdpwatch)
holds "the daemon goes on with the one before" within 5 shows StatusText "1 target: .*"
holds "it is the same process" test "$(main_pid)" = "$pid"
printf '%s\ninventory: []\n# A line of the administrator.\n' "$keep" | write /etc/rdpwatch/rdpwatch.yml
holds "systemctl reload takes the repaired file" inside systemctl reload rdpwatch

step "watchdog"
inside mkdir -p /etc/systemd/system/rdpwatch.service.d
printf '[Service]\nWatchdogSec=2s\nRestartSec=100ms\n' | write /etc/systemd/system/rdpwatch.service.d/short.conf
inside systemctl daemon-reload
inside systemctl restart rdpwatch
pid=$(main_pid)
sleep 5
holds "a daemon that lives is left alone for two of its periods" test "$(main_pid)" = "$pid"
inside sh -c "kill -STOP $pid"  # the shell's own: a minimal Debian has no other
holds "one that hangs is ended and started anew" within 20 shows NRestarts 1
holds "it is ready again" within 20 shows StatusText "0 targets"
inside rm /etc/systemd/system/rdpwatch.service.d/short.conf

step "credentials"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=try -keyout "$work/key" -out "$work/crt" 2>/dev/null
write /etc/rdpwatch/web.crt <"$work/crt"
write /etc/rdpwatch/web.key <"$work/key"
echo "tls_server_config: {cert_file: web.crt, key_file: web.key}" | write /etc/rdpwatch/web.yml
inside chmod 600 /etc/rdpwatch/web.key
inside cp /usr/share/doc/rdpwatch/examples/web-credentials.conf /etc/systemd/system/rdpwatch.service.d/
inside systemctl daemon-reload
holds "the service starts with a key that only root can read" inside systemctl restart rdpwatch
holds "it speaks TLS" inside rdpwatch healthcheck --url=https://127.0.0.1:9839
holds "it still reloads" inside systemctl reload rdpwatch
inside sh -c 'rm -r /etc/systemd/system/rdpwatch.service.d /etc/rdpwatch/web.*; systemctl daemon-reload; systemctl restart rdpwatch'

step "upgrade"
echo 'ARGS="--web.listen-address=127.0.0.1:9839 --events.file=/var/log/rdpwatch/events.jsonl"' | write /etc/default/rdpwatch
inside systemctl restart rdpwatch
holds "it writes events to its file" within 20 inside grep -q '"type":"started"' /var/log/rdpwatch/events.jsonl
inside systemctl stop rdpwatch  # so that all it knows is in the file
starts=$(kept_starts)
inside systemctl start rdpwatch
pid=$(main_pid)
holds "dpkg upgrades it" inside dpkg --force-confold --install /newer.deb
holds "the newer version is installed" test "$(inside dpkg-query -W -f '${Version}' rdpwatch)" = "$version+newer"
holds "the daemon was started anew and is ready" within 20 inside systemctl is-active rdpwatch
holds "it is another process" test "$(main_pid)" != "$pid"
holds "the administrator's configuration is there" inside grep -q "A line of the administrator" /etc/rdpwatch/rdpwatch.yml
holds "the newer configuration lies beside it" inside grep -q "A line of the newer version" /etc/rdpwatch/rdpwatch.yml.dpkg-dist
holds "the state is there, and belongs to whom it did" test "$(inside stat -c %U /var/lib/rdpwatch/state.db)" = rdpwatch
holds "the journal goes on in it" within 20 test_starts $((starts + 2))

step "remove"
holds "dpkg removes it" inside dpkg --remove rdpwatch
holds "the daemon has stopped" not inside systemctl is-active rdpwatch
holds "the program is gone" not inside test -e /usr/bin/rdpwatch
holds "the unit is gone" not inside test -e /lib/systemd/system/rdpwatch.service
holds "the configuration is kept" inside grep -q "A line of the administrator" /etc/rdpwatch/rdpwatch.yml
holds "the state is kept" test_starts $((starts + 2))

step "install again"
holds "dpkg installs it" inside dpkg --force-confold --install /newer.deb
holds "the service is active" within 20 inside systemctl is-active rdpwatch
holds "the configuration is the administrator's" inside grep -q "A line of the administrator" /etc/rdpwatch/rdpwatch.yml
holds "the journal goes on once more" within 20 test_starts $((starts + 3))

step "purge"
holds "dpkg purges it" inside dpkg --purge rdpwatch
for gone in /etc/rdpwatch /etc/default/rdpwatch /var/lib/rdpwatch /var/log/rdpwatch /usr/share/rdpwatch /usr/share/doc/rdpwatch /usr/bin/rdpwatch \
  /etc/systemd/system/multi-user.target.wants/rdpwatch.service; do
  holds "$gone is gone" not inside test -e "$gone"
done
holds "dpkg knows nothing of it" not inside dpkg-query -W rdpwatch

step "all as it should be"
