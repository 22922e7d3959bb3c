"""Exposition: what a scrape of a million series costs, beside prometheus-cpp's serializer in the same run (exposition.cpp)."""

import json
import subprocess

from suite import running
from suite.running import log

TARGETS = 30000


def measure(options):
    targets = TARGETS // 10 if options.quick else TARGETS
    answer = subprocess.run([running.BUILD / "tests/bench/bench_exposition", str(targets)], check=True, capture_output=True, text=True,
                            timeout=900)
    figures = json.loads(answer.stdout)
    ours, theirs = figures["rdpwatch"], figures["prometheus_cpp"]
    millions = figures["series"] / 1e6
    log(f"exposition: {figures}")
    rows = []
    for key, name, goal in (("plain_cpu_seconds", "CPU of a million series, plain", 0.15), ("gzip_cpu_seconds", "CPU of a million series, gzip", 0.5)):
        rows.append({"area": "exposition", "what": name, "value": round(ours[key] / millions, 3), "unit": "s", "goal": goal, "goal_is": "at most",
                     "note": f"{figures['series']:,} series of {figures['targets']:,} targets, {figures['bytes'] / 2**20:.0f} MiB; "
                             f"{ours[key] / theirs[key]:.2f} of prometheus-cpp's serializer"})
    rows.append({"area": "exposition", "what": "most extra memory of a scrape", "value": round(ours["peak_extra_mib"], 2), "unit": "MiB", "goal": 16,
                 "goal_is": "at most", "note": f"prometheus-cpp: {theirs['peak_extra_mib']:.0f} MiB with its families"})
    return rows
