#!/usr/bin/env python3
"""How long after a host breaks the daemon says so, and how long after it names the cause.

usage: break_time.py [--interval 30] [--patient] [--settle SECONDS]

Starts the daemon on simulated hosts, waits until all are up, breaks some of them in different ways in one moment, and
watches the metrics page. --patient adds hosts that stall: telling a stuck host from a device's timer takes over a minute.
--settle goes on watching until no answer has changed for so long, and says when each changed last: experiments refine what
the first look says. Exit code 1 when the true cause of a host was never among the first three."""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import paths  # noqa: F401  First: it says where the harness is.
from harness.process import fresh_address
from harness.rdpwatch import Daemon
from harness.simulator import Simulator

PAGE = "/metrics/targets"
# How a host breaks, and what may be named for it.
BREAKS = {
    "reset_after_client_hello": ("private_key_unreadable", "inline_device_cuts_tls"),
    "tls_alert_handshake_failure": ("no_common_tls",),
    "failure_3": ("certificate_missing", "private_key_unreadable"),
    "rdp_only": ("standard_rdp_only",),
    "ssh": ("wrong_service",),
    "close_after_request": ("termservice_broken", "inline_device_cuts_rdp"),
}
PATIENT = {"stall_after_client_hello": ("server_stalled",), "stall_after_request": ("server_stalled",)}
HEALTHY = 24  # hosts that stay as they are: so many that those that break look like no outage of a group
PLACES = 3
RANK = {"decisive": 0, "likely": 1, "possible": 2}


class Watch:
    """When each target was first seen down, with a cause, and with the true cause among the first three."""

    def __init__(self, daemon, broken, breaks):
        self.daemon, self.broken, self.breaks, self.began = daemon, broken, breaks, time.monotonic()
        self.down, self.named, self.right, self.changed, self.causes = {}, {}, {}, {}, {}

    def look(self):
        scrape, now = self.daemon.scrape(PAGE), time.monotonic() - self.began
        for target, how in self.broken.items():
            if scrape.value("rdp_probe_success", target=target) == 0:
                self.down.setdefault(target, now)
            found = sorted(scrape.find("rdp_diagnosis", target=target), key=lambda sample: RANK[sample.labels["likelihood"]])
            if found:
                self.named.setdefault(target, now)
                causes = [f"{sample.labels['cause']} ({sample.labels['likelihood']})" for sample in found]
                if causes != self.causes.get(target):
                    self.causes[target], self.changed[target] = causes, now
                if {sample.labels["cause"] for sample in found[:PLACES]} & set(self.breaks[how]):
                    self.right.setdefault(target, now)
        return set(self.right) == set(self.broken)

    def settled(self, seconds):
        self.look()
        return time.monotonic() - self.began - max(self.changed.values()) > seconds


def measure(interval, breaks, settle, folder):
    hosts = {fresh_address(): "healthy" for _ in range(HEALTHY + len(breaks))}
    simulator = Simulator(folder, hosts)
    try:
        targets = {simulator.target(address): address for address in hosts}
        config = {"global": {"probe_interval": f"{interval}s"}, "inventory": [{"group": "lab", "targets": list(targets)}]}
        daemon = Daemon(folder, json.dumps(config))
        try:
            daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_target_state", state="up")) == len(targets),
                                   90 + interval, "all hosts up", PAGE)
            broken = dict(zip(targets, breaks))
            simulator.reload(hosts | {targets[target]: how for target, how in broken.items()})
            watch = Watch(daemon, broken, breaks)
            try:
                bound = interval + (150 if PATIENT.keys() & breaks.keys() else 60)
                daemon.wait_for(watch.look, bound, "the true cause of each broken host", every=0.1)
                if settle:
                    daemon.wait_for(lambda: watch.settled(settle), bound + settle, "answers that stay", every=0.5)
            except AssertionError as error:
                print(error, file=sys.stderr)
        finally:
            daemon.kill()
    finally:
        simulator.kill()
    return [{"broke_by": how, "down_after": watch.down.get(target), "named_after": watch.named.get(target),
             "true_after": watch.right.get(target), "changed_after": watch.changed.get(target),
             "causes": watch.causes.get(target, [])} for target, how in broken.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interval", type=int, default=30, help="seconds between two probes of a host")
    parser.add_argument("--patient", action="store_true")
    parser.add_argument("--settle", type=int, default=0, metavar="SECONDS")
    arguments = parser.parse_args()
    breaks = {**BREAKS, **(PATIENT if arguments.patient else {})}
    folder = Path(tempfile.mkdtemp(prefix="rdpwatch-break-time-"))
    try:
        rows = measure(arguments.interval, breaks, arguments.settle, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for row in rows:
        times = ", ".join(f"{what} after {'never' if row[key] is None else f'{row[key]:.1f} s'}" for what, key in
                          (("down", "down_after"), ("a cause", "named_after"), ("the true one", "true_after"),
                           ("last change", "changed_after")))
        print(f"{row['broke_by']}: {times}; named: {', '.join(row['causes']) or 'nothing'}")
    times = [row["true_after"] for row in rows if row["true_after"] is not None]
    if times:
        print(f"At an interval of {arguments.interval} s the true cause is among the first three "
              f"{statistics.median(times):.1f} s after the break in the median, {max(times):.1f} s at worst.")
    return 1 if len(times) < len(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
