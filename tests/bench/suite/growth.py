"""Growth: each cost against the number of targets, from 1,000 to 50,000, and its price for one target.

The last rows compare the price of a target at the most targets with that at 5,000: 1 is linear, less is better.
"""

import tempfile
import time

from suite import running
from suite.running import Daemon, Simulator, addresses, log, percentile, sample

INTERVAL = 60
PRICES = {"cpu": ("CPU of a probe", "ms"), "memory": ("memory of a target", "bytes"), "scrape_cpu": ("CPU of a scrape for a target", "us"),
          "bytes": ("text of a target", "bytes"), "start": ("CPU of the start for a target", "us")}


def measured(count, seconds):
    """The prices of one target in a fleet of that size."""
    with tempfile.TemporaryDirectory() as folder, Simulator(folder, {"127.0.0.0/8": {"certificate": {"key": "ec256"}}}):
        with Daemon(folder, [f"{address}:{running.PORT}" for address in addresses(count)], INTERVAL) as daemon:
            daemon.wait_ready()
            running.wait_for(lambda: sample(daemon.get(), "rdpwatch_targets") >= count, 30, "the targets are known")
            start = daemon.cpu_seconds()
            daemon.wait_all_probed(2 * INTERVAL + 30)
            before, cpu = daemon.get(), daemon.cpu_seconds()
            time.sleep(seconds)
            cpu, after = daemon.cpu_seconds() - cpu, daemon.get()
            probes = sample(after, "rdpwatch_probes_total") - sample(before, "rdpwatch_probes_total")
            scrape, began = daemon.cpu_seconds(), time.monotonic()
            size = len(daemon.get("/metrics/targets", timeout=120))
            scrape = max(0.0, daemon.cpu_seconds() - scrape - cpu / seconds * (time.monotonic() - began))
            figures = {"cpu": 1000 * cpu / probes, "memory": daemon.anonymous() / count, "scrape_cpu": 1e6 * scrape / count,
                       "bytes": size / count, "start": 1e6 * start / count,
                       "lag": percentile(after, "rdpwatch_schedule_lag_seconds", 0.99, before)}
    log(f"growth, {count} targets: " + ", ".join(f"{name} {value:.4g}" for name, value in figures.items()))
    return figures


def measure(options):
    counts, seconds = ((1000, 5000), 20) if options.quick else ((1000, 5000, 10000, 25000, 50000), 60)
    at = {count: measured(count, seconds) for count in counts}
    rows = []
    for count, figures in at.items():
        note = ", ".join(f"{name} {figures[key]:.3g} {unit}" for key, (name, unit) in PRICES.items() if key != "cpu")
        rows.append({"area": "growth", "what": f"{count:,} targets: CPU of a probe", "value": round(figures["cpu"], 3), "unit": "ms",
                     "goal": None, "goal_is": "at most", "note": f"{note}, lag p99 {figures['lag']} s"})
    most, base = at[counts[-1]], at[5000]
    for key, (name, _) in PRICES.items():
        rows.append({"area": "growth", "what": f"{name}: {counts[-1]:,} to 5,000 targets", "value": round(most[key] / base[key], 2),
                     "unit": "ratio", "goal": 1.25, "goal_is": "at most", "note": "1: linear"})
    return rows
