#!/usr/bin/env python3
"""Healthy hosts on a path that loses packets: how many of the daemon's runs are called failed, and what causes are named.

usage: false_alarms.py [--probes 10000] [--hosts 250] [--interval 10] [--loss 1.0]

Runs the daemon and its hosts in a network of their own until so many runs are counted. A run is what the daemon counts: one
attempt, or more where the first of an up host fails. Exit code 1 when a run failed or a cause was named."""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import paths  # noqa: F401  First: it says where the harness is.
import netns
from harness import rdpwatch
from harness.process import tool
from harness.simulator import Simulator

PAGE = "/metrics/targets"
KINDS = ("healthy", "nla_windows_2022", "healthy_tls12", "healthy_tls13")
PER_SUBNET = 50  # below the daemon's limit of probes at once in a subnet


def lossy(percent):
    """Drops that share of all packets of loopback that are the probes', and counts them."""
    netns.filter_packets([f"ip daddr 127.64.0.0/10 numgen random mod 10000 < {round(percent * 100)} counter drop",
                          f"ip saddr 127.64.0.0/10 numgen random mod 10000 < {round(percent * 100)} counter drop"])


def dropped():
    rules = subprocess.run([tool("nft"), "list", "ruleset"], capture_output=True, text=True, check=True).stdout
    return sum(map(int, re.findall(r"counter packets (\d+)", rules)))


class Watch:
    """What the daemon has said of its targets so far."""

    def __init__(self, daemon):
        self.daemon, self.runs, self.named, self.failures, self.attempt_failures = daemon, 0, {}, {}, 0

    def look(self):
        scrape = self.daemon.scrape(PAGE)
        self.runs = int(sum(sample.value for sample in scrape.find("rdp_probes_total")))
        self.attempt_failures = int(sum(sample.value for sample in scrape.find("rdp_probe_attempt_failures_total")))
        for sample in scrape.find("rdp_diagnosis"):
            self.named[sample.labels["target"], sample.labels["cause"]] = sample.labels["likelihood"]
        for sample in scrape.find("rdp_probe_failures_total"):
            if sample.value:
                self.failures[sample.labels["target"]] = int(sample.value)
        return self.runs


def measure(arguments, folder):
    addresses = [f"127.64.{number // PER_SUBNET}.{number % PER_SUBNET + 1}" for number in range(arguments.hosts)]
    simulator = Simulator(folder, {address: KINDS[number % len(KINDS)] for number, address in enumerate(addresses)})
    try:
        lossy(arguments.loss)
        targets = [simulator.target(address) for address in addresses]
        config = {"global": {"probe_interval": f"{arguments.interval}s"},
                  "inventory": [{"group": "lab", "module": "nla", "targets": targets}]}
        daemon = rdpwatch.Daemon(folder, json.dumps(config), flags=["--log.level=warn"])
        try:
            watch, began = Watch(daemon), time.monotonic()
            bound = 120 + 2 * arguments.interval * arguments.probes / arguments.hosts
            daemon.wait_for(lambda: watch.look() >= arguments.probes, bound, f"{arguments.probes} runs", every=1)
        finally:
            daemon.kill()
        return {"runs": watch.runs, "failed_runs": sum(watch.failures.values()), "failed_attempts": watch.attempt_failures,
                "hosts": arguments.hosts, "packets_lost": dropped(), "seconds": round(time.monotonic() - began),
                "causes_named": [f"{target}: {cause} ({likelihood})" for (target, cause), likelihood in watch.named.items()]}
    finally:
        simulator.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--probes", type=int, default=10000)
    parser.add_argument("--hosts", type=int, default=250)
    parser.add_argument("--interval", type=int, default=10)
    parser.add_argument("--loss", type=float, default=1.0, help="percent of the packets, each way")
    arguments = parser.parse_args()
    if "rdp_diagnosis" not in rdpwatch.run("print-metrics").stdout:
        sys.exit("this rdpwatch names no causes on its metrics page, so there is nothing to count")
    netns.enter()
    folder = Path(tempfile.mkdtemp(prefix="rdpwatch-false-alarms-"))
    try:
        result = measure(arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(result, indent=2))
    return 1 if result["failed_runs"] or result["causes_named"] else 0


if __name__ == "__main__":
    sys.exit(main())
