"""Runs the measurements one after the other, prints a table and writes JSON. See tests/bench/README.md.

usage: python3 -m suite [--only NAME]... [--quick] [--json FILE] [--hosts N] [--interval SECONDS] [--minutes N]
"""

import argparse
import importlib
import json
import os
import platform
import re
import subprocess
import time
from pathlib import Path

from suite.running import CORES, ROOT, log

MEASUREMENTS = ("cpu", "load", "workers", "memory", "exposition", "reload", "prometheus_scrape", "growth", "state")
ON_DEMAND = ("soak",)  # half an hour by itself, so only when it is named


def machine():
    """The shape that the figures depend on, and how busy it was with other things."""
    info = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*:\s*(.+)$", info, re.M)
    memory = re.search(r"^MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(), re.M)
    return {"cores": len(CORES), "processor": model.group(1) if model else platform.machine(),
            "memory_gib": round(int(memory.group(1)) / 2**20, 1), "kernel": platform.release(),
            "load_average_at_start": os.getloadavg()[0]}


def revision():
    answer = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "unknown"


def shown(row):
    value = row["value"]
    text = f"{value:,.0f}" if isinstance(value, int) or value >= 1000 else f"{value:.3g}"
    return f"{text} {row['unit']}".strip()


def verdict(row):
    if row["goal"] is None:
        return ""
    met = row["value"] <= row["goal"] if row["goal_is"] == "at most" else row["value"] >= row["goal"]
    return "met" if met else "MISSED"


def goal(row):
    return "" if row["goal"] is None else f"{row['goal_is']} {row['goal']:,}"


def print_table(rows):
    lines = [("area", "what", "value", "goal", "", "note")]
    lines += [(row["area"], row["what"], shown(row), goal(row), verdict(row), row["note"]) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    for number, line in enumerate(lines):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)) + "  " + line[5])
        if number == 0:
            print("  ".join("-" * width for width in widths) + "  ----")


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run.sh", description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", choices=MEASUREMENTS + ON_DEMAND, help="this measurement alone; may be given more than once")
    parser.add_argument("--quick", action="store_true", help="short forms: to see that all of it works, not for figures")
    parser.add_argument("--hosts", type=int, help="of reload, prometheus_scrape, state and soak: fewer where the machine is slow")
    parser.add_argument("--interval", type=int, help="of the probes of reload and prometheus_scrape, in seconds: longer there")
    parser.add_argument("--minutes", type=int, help="of the soak")
    parser.add_argument("--json", type=Path, help="where the rows go as JSON")
    options = parser.parse_args()
    shape, began = machine(), time.time()
    rows = []
    for name in options.only or MEASUREMENTS:
        log(f"measuring {name}")
        rows += importlib.import_module(f"suite.{name}").measure(options)
        if options.json:  # after each, so that what is measured is not lost with what fails later
            options.json.write_text(json.dumps({"revision": revision(), "quick": options.quick, "machine": shape,
                                                "seconds": round(time.time() - began), "rows": rows}, indent=1) + "\n")
    print_table(rows)
    print(f"\n{shape['cores']} cores of {shape['processor']}, {shape['memory_gib']} GiB, Linux {shape['kernel']}, "
          f"load average {shape['load_average_at_start']:.2f} at the start; revision {revision()}")


if __name__ == "__main__":
    main()
