"""The state file of a big fleet: what keeping it costs, and how long a start with it takes.

Keeping: 50,000 hosts probed every two minutes, so that a core has time to spare; CPU of a minute with the file and of a minute of
a daemon without one, and what the former writes to the disk, as the kernel counts it for the process.

Start: that daemon is killed, and started again with the file. From exec until it is ready, and until each target is there and
those that were up are up.
"""

import re
import tempfile
import time
from pathlib import Path

from suite import running
from suite.running import Daemon, Simulator, addresses, log, median, sample, wait_for

HOSTS = {"127.0.0.0/8": {"certificate": "own"}}
CERTIFICATES = {"own": {"common_name": "ts-{host}.corp.example.com", "key": "ec256"}}
START_GOAL = 2.0
STARTS = 3
SPELL_SECONDS = 60


def written(daemon):
    """Bytes that went to the disk, or will."""
    return int(re.search(r"^write_bytes: (\d+)$", Path(f"/proc/{daemon.pid}/io").read_text(), re.M).group(1))


def spell(daemon):
    """(share of a core, bytes written a second, probes a second) of some time."""
    probes, cpu, size, began = sample(daemon.get(), "rdpwatch_probes_total"), daemon.cpu_seconds(), written(daemon), time.monotonic()
    time.sleep(SPELL_SECONDS)
    cpu, size, took = daemon.cpu_seconds() - cpu, written(daemon) - size, time.monotonic() - began
    return cpu / took, size / took, (sample(daemon.get(), "rdpwatch_probes_total") - probes) / took


def start(folder, targets, interval, more):
    """Seconds of a start until the daemon is ready, and until all are up as they were."""
    began = time.monotonic()
    with Daemon(folder, targets, interval, more=more) as daemon:
        wait_for(lambda: daemon.get("/-/ready"), 60, "the daemon is ready", 0.01)
        ready = time.monotonic() - began
        wait_for(lambda: sample(daemon.get(), "rdp_group_targets", 'state="up"') == len(targets), 60, "all are up", 0.05)
        return ready, time.monotonic() - began


def measure(options):
    count, interval = (5000, 20) if options.quick else (50000, 120)
    count = options.hosts or count
    with tempfile.TemporaryDirectory() as folder, Simulator(folder, HOSTS, certificates=CERTIFICATES):
        targets = [f"{address}:{running.PORT}" for address in addresses(count)]
        file = Path(folder) / "state.db"
        more = {"storage": {"path": str(file)}}
        with Daemon(folder, targets, interval) as daemon:
            daemon.wait_ready()
            daemon.wait_all_probed(2 * interval + 30)
            without, _, plain_rate = spell(daemon)
        with Daemon(folder, targets, interval, more=more) as daemon:
            daemon.wait_ready()
            daemon.wait_all_probed(2 * interval + 30)
            kept, disk, rate = spell(daemon)
            daemon.child.kill()
            daemon.child.wait()
        size = sum(path.stat().st_size for path in Path(folder).glob("state.db*"))
        starts = [start(folder, targets, interval, more) for _ in range(STARTS)]
    log(f"state: {100 * without:.0f} % of a core without, {100 * kept:.0f} % with the file; {disk / 1e6:.2f} MB/s written; starts {starts}")
    ready, there = (median([each[number] for each in starts]) for number in (0, 1))

    def row(what, value, unit, goal, note):
        return {"area": "state", "what": what, "value": value, "unit": unit, "goal": goal, "goal_is": "at most", "note": note}

    fleet = f"{count:,} hosts every {interval} s"
    return [
        row("CPU with the file, beside without", round(kept / without, 3), "ratio", None,
            f"{fleet}: {rate:.0f} probes/s, {100 * kept:.0f} % of a core; without {plain_rate:.0f} probes/s, {100 * without:.0f} %"),
        row("written to the disk", round(disk), "bytes/s", None, f"{disk / rate:,.0f} bytes a probe; with what SQLite logs before and writes twice"),
        row("size of the file", size, "bytes", None, f"{size / count:,.0f} bytes a host, after kill -9, with its log"),
        row("start with it, until ready", round(ready, 3), "s", START_GOAL, f"median of {STARTS}"),
        row("start with it, until all are up as they were", round(there, 3), "s", None, f"median of {STARTS}; {fleet}"),
    ]
