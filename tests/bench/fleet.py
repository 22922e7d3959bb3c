#!/usr/bin/env python3
"""A fleet of simulated hosts on loopback and one daemon: what probing them costs and how punctual it is.

usage: tests/bench/fleet.py [--build build/release] [--hosts 1000] [--interval 10] [--seconds 300]
                             [--workers 1] [--module tls]

Prints one JSON object. The lag percentiles are upper bounds: the ends of the histogram buckets they fall into. CPU is
the daemon's own, in percent of one core, after the first full round; the machine's shape stands beside it because the
figure means nothing without it.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

URL = "http://127.0.0.1:19839"


def addresses(count):
    return [f"127.1.{n // 250}.{n % 250 + 1}" for n in range(count)]


def scrape(path):
    with urllib.request.urlopen(URL + path, timeout=10) as answer:
        return answer.read().decode()


def sample(text, name, labels=""):
    pattern = re.escape(name) + (r"\{[^}]*" + labels + r"[^}]*\}" if labels else r"(?:\{[^}]*\})?")
    return sum(float(value) for value in re.findall("^" + pattern + r" (\S+)$", text, re.M))


def percentile(text, name, share, before):
    """The end of the bucket in which that share of the observations since `before` lies."""
    buckets = re.findall("^" + name + r'_bucket\{le="([^"]+)"\} (\S+)$', text, re.M)
    earlier = dict(re.findall("^" + name + r'_bucket\{le="([^"]+)"\} (\S+)$', before, re.M))
    counts = [(float(end.replace("+Inf", "inf")), float(count) - float(earlier.get(end, 0))) for end, count in buckets]
    total = max(count for _, count in counts)
    return next(end for end, count in counts if count >= share * total)


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except OSError:
            pass
        if time.monotonic() > end:
            sys.exit(f"not within {seconds} s: {what}")
        time.sleep(0.2)


def measure(arguments, folder):
    targets = "".join(f'      - "{address}:{arguments.port}"\n' for address in addresses(arguments.hosts))
    config = folder / "rdpwatch.yml"
    config.write_text(f"global:\n  probe_interval: {arguments.interval}s\n  max_in_flight_per_subnet: 250\n"
                      f"  workers: {arguments.workers}\ninventory:\n  - group: bench\n    module: {arguments.module}\n    targets:\n{targets}")
    daemon = subprocess.Popen([arguments.build / "daemon/rdpwatch", "serve", f"--config.file={config}",
                               "--web.listen-address=127.0.0.1:19839", "--log.level=warn"])
    try:
        wait_for(lambda: scrape("/-/ready"), 30, "the daemon is ready")
        wait_for(lambda: sample(scrape("/metrics"), "rdp_group_targets", 'state="unknown"') == 0,
                 max(60, 2 * arguments.interval) + 10, "every host was probed once")
        before = scrape("/metrics")
        began = time.monotonic()
        time.sleep(arguments.seconds)
        after = scrape("/metrics")
        elapsed = time.monotonic() - began
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(timeout=15)

    def grown(name, labels=""):
        return sample(after, name, labels) - sample(before, name, labels)

    probes = grown("rdpwatch_probes_total")
    cpu = grown("process_cpu_seconds_total")
    return {
        "module": arguments.module, "hosts": arguments.hosts, "interval_seconds": arguments.interval, "workers": arguments.workers,
        "measured_seconds": round(elapsed, 1), "probes": int(probes),
        "probes_expected": round(arguments.hosts * elapsed / arguments.interval),
        "failures": int(grown("rdpwatch_probe_failures_total")), "skipped": int(grown("rdpwatch_probes_skipped_total")),
        "lag_p50_seconds_at_most": percentile(after, "rdpwatch_schedule_lag_seconds", 0.5, before),
        "lag_p99_seconds_at_most": percentile(after, "rdpwatch_schedule_lag_seconds", 0.99, before),
        "cpu_percent_of_a_core": round(100 * cpu / elapsed, 2),
        "cpu_milliseconds_per_probe": round(1000 * cpu / probes, 3),
        "rss_mib": round(sample(after, "process_resident_memory_bytes") / 2**20, 1),
        "machine": {"cores": os.cpu_count(), "load_average": os.getloadavg()},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--interval", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--module", default="tls", help="a built-in module: tcp, negotiate, tls, nla")
    parser.add_argument("--port", type=int, default=13390)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scenarios = folder / "fleet.yml"
        scenarios.write_text("hosts:\n  127.1.0.0/16: {}\n")
        simulator = subprocess.Popen([arguments.build / "tests/sim/rdpsim", f"--config={scenarios}",
                                      f"--port={arguments.port}"], stdout=subprocess.PIPE, text=True)
        try:
            if "ready" not in simulator.stdout.readline():
                sys.exit("rdpsim did not start")
            print(json.dumps(measure(arguments, folder), indent=2))
        finally:
            simulator.send_signal(signal.SIGTERM)
            simulator.wait(timeout=15)


if __name__ == "__main__":
    main()
