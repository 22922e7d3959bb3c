"""Workers: how many runs two make for each that one makes, with probes that need nothing but a core (workers.cpp)."""

import json
import subprocess

from suite import running
from suite.running import log


def measure(options):
    seconds, rounds = ("2", "1") if options.quick else ("5", "5")
    answer = subprocess.run([running.BUILD / "tests/bench/bench_workers", seconds, rounds], check=True, capture_output=True, text=True, timeout=300)
    figures = json.loads(answer.stdout)
    log(f"workers: {figures}")
    return [{"area": "workers", "what": "two workers to one", "value": figures["ratio"], "unit": "ratio", "goal": 1.7, "goal_is": "at least",
             "note": f"{figures['two_workers']:,} to {figures['one_worker']:,} runs a second of 0.7 ms each, without a network"}]
