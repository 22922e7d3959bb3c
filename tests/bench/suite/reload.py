"""Start and reload of a big fleet: 50,000 targets of a file_sd file.

Start: from exec until the daemon is ready and each target is there, and the CPU of it.

Change: while all are probed (up to the Connection Confirm, so that a core has time to spare: what is measured is the schedule,
and a machine that can't make the probes at all would say nothing of it), half of a hundredth of the targets goes, as many come
and as many get another label. From the rename of the file to the moment in which the API has the last of them, which is the
last that the daemon applies: it takes changes in the order of names. The same where the rename is followed by POST /-/reload at
once. The watcher waits until a file was quiet for 0.1 s (settle in daemon/inventory/inventory_manager.hpp); the goal is a
second besides.

No probe may be missed or doubled meanwhile. Over exactly two intervals each target that stays has exactly two runs, as a run
stands at the same moment of each interval. Only where that moment falls together with the beginning and the end of the
measurement, which take some seconds, one or three are right; such targets are known by when they were last probed. The hosts
count the connections, which must say the same.
"""

import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass

from suite.running import Daemon, Simulator, addresses, log, median, percentile, sample, wait_for

HOSTS = {"127.0.0.0/8": {"base": "healthy", "certificate": {"key": "ec256"}}}
SETTLE_SECONDS = 0.1
STARTS = 3
SEED = 20261126
CHANGES = 3  # in each measurement; the median counts
# A run's moment may move by so much: it began late, or took longer.
EDGE_SECONDS = 1.0


def until(condition, seconds, what, every):
    """Seconds from now to the condition's first true value, asked for often."""
    began = time.monotonic()
    wait_for(condition, seconds, what, every)
    return time.monotonic() - began


def start(folder, targets):
    """(seconds to ready, seconds until each target is there, CPU seconds until then) of a start."""
    began = time.monotonic()
    with Daemon(folder, targets, 60) as daemon:
        until(lambda: daemon.get("/-/ready"), 60, "the daemon is ready", 0.01)
        ready = time.monotonic() - began
        until(lambda: sample(daemon.get(), "rdp_group_targets") == len(targets), 60, "each target is there", 0.1)
        return ready, time.monotonic() - began, daemon.cpu_seconds()


class Changing:
    """The targets as they change. `kept`: those that were there all the time, with another label or not."""

    def __init__(self, daemon, fleet, port):
        self.daemon, self.port, self.chance = daemon, port, random.Random(SEED)
        self.bench, self.moved, self.kept = set(fleet), set(), set(fleet)
        self.share, self.number = len(fleet) // 200, 0

    def write(self):
        """Half a hundredth goes, as many come and as many get another label. One of the new targets: the last by name."""
        chosen = self.chance.sample(sorted(self.kept & self.bench), 2 * self.share)
        gone, relabelled = set(chosen[:self.share]), set(chosen[self.share:])
        # Nothing sorts behind these: the addresses of the fleet begin with 127.1.
        new = {f"127.99.{self.number}.{host + 1}:{self.port}" for host in range(self.share)}
        self.number += 1
        self.kept -= gone
        self.bench = self.bench - gone - relabelled | new
        self.moved |= relabelled
        self.daemon.write_targets(sorted(self.bench), sorted(self.moved))
        return max(new)

    def check(self):
        """That the daemon has exactly these targets, with these labels."""
        entries = json.loads(self.daemon.get("/sd"))
        for site, expected in (("bench", self.bench), ("moved", self.moved)):
            found = [target for entry in entries if entry["labels"].get("site") == site for target in entry["targets"]]
            if sorted(found) != sorted(expected):
                sys.exit(f"after the change {len(found)} targets are at {site}, not the {len(expected)} that should be")


def change(daemon, changing, reload):
    """(seconds from the rename until the last new target is served, CPU seconds of it besides probing, seconds that the answer to
    POST /-/reload took) of one change."""
    idle_cpu, idle_from = daemon.cpu_seconds(), time.monotonic()
    time.sleep(2)
    rate = (daemon.cpu_seconds() - idle_cpu) / (time.monotonic() - idle_from)
    last = changing.write()
    renamed, cpu, answered = time.monotonic(), daemon.cpu_seconds(), 0.0
    if reload:
        daemon.fetch("/-/reload", method="POST")
        answered = time.monotonic() - renamed
    until(lambda: daemon.get(f"/api/v1/targets/{last.replace(':', '~3a')}"), 30, "the changed targets are served", 0.01)
    took = time.monotonic() - renamed
    # The watcher reads the file as well, after it was reloaded by request: its share is in the CPU.
    time.sleep(2)
    spent = daemon.cpu_seconds() - cpu - rate * (time.monotonic() - renamed)
    changing.check()
    return took, spent, answered


@dataclass
class Counts:
    """As of `at`, in Unix seconds."""
    at: float
    runs: dict         # by target
    ended: dict        # when the last run did
    connections: dict  # as the hosts count them, some moments later


def counts(daemon, simulator, at=None):
    """The counts as of now, or as of a time that is still to come."""
    time.sleep(max(0.0, (at or 0) - time.time()))
    at = time.time()
    page = daemon.get("/metrics/targets", 120)
    connections = {f"{address}:{simulator.port}": host["connections"] for address, host in simulator.stats().items()}
    runs, ended = ({target: float(value) for target, value in re.findall(rf'^{name}{{target="([^"]+)".*}} (\S+)$', page, re.M)}
                   for name in ("rdp_probes_total", "rdp_probe_last_run_timestamp_seconds"))
    return Counts(at, runs, ended, connections)


def said(found):
    return ", ".join(f"{number} x {hosts}" for number, hosts in sorted(found.items())) or "none"


class Window:
    """Two intervals, from one count to the next, in which the targets change several times."""

    def __init__(self, daemon, simulator, changing, interval, reload):
        self.interval, self.reload, self.before = interval, reload, daemon.get()
        self.first, self.changes = counts(daemon, simulator), []
        for number in range(CHANGES):
            time.sleep(max(0.0, self.first.at + interval * (0.2 + 0.6 * number) - time.time()))
            self.changes.append(change(daemon, changing, reload))
            log("reload: served after {:.2f} s, {:.2f} s of CPU, answered after {:.2f} s".format(*self.changes[-1]))
        self.second = counts(daemon, simulator, self.first.at + 2 * interval)
        self.after, self.kept = daemon.get(), changing.kept

    def at_edge(self, target):
        """Whether the target's moment in each interval is that of the counts."""
        distance = (self.second.ended.get(target, 0) - self.second.at) % self.interval
        return min(distance, self.interval - distance) < EDGE_SECONDS

    def grown(self, what):
        """How many targets have how many more of it: a Counter of those in the middle, and one of those at the edge."""
        before, after = getattr(self.first, what), getattr(self.second, what)
        found = [Counter(), Counter()]
        for target in self.kept:
            found[self.at_edge(target)][int(after.get(target, 0) - before.get(target, 0))] += 1
        return found

    def rows(self, name):
        times, spent, answered = zip(*self.changes)
        how = f"the watcher's {SETTLE_SECONDS} s of quiet are in it"
        if self.reload:
            how = f"the request is answered after {median(answered):.2f}"
        made = [row(f"{name}: until served", median(times), "seconds", 1 if self.reload else 1 + SETTLE_SECONDS,
                    ", ".join(f"{took:.2f}" for took in times) + f"; {how}"),
                row(f"{name}: CPU", median(spent), "seconds", None, "besides that of the probes, by their rate in the 2 s before")]
        for what, called in (("runs", "targets that stay with other than two runs in two intervals"),
                             ("connections", "the same by the hosts' count of connections")):
            middle, edge = self.grown(what)
            made.append(row(f"{name}: {called}", sum(middle.values()) - middle[2], "targets", 0,
                            f"count x targets: {said(middle)}; at the edge of the measurement, where 1 and 3 are right: {said(edge)}"))
        late = percentile(self.after, "rdpwatch_schedule_lag_seconds", 0.99, self.before)
        skipped = sample(self.after, "rdpwatch_probes_skipped_total") - sample(self.before, "rdpwatch_probes_skipped_total")
        return made + [row(f"{name}: schedule lag, 99 of 100 runs", late, "seconds", None, "the end of the bucket"),
                       row(f"{name}: probes that were not made", skipped, "probes", 0,
                           "in both intervals; where there are any, the machine is too slow and the counts above say nothing")]


def row(what, value, unit, goal, note):
    return {"area": "reload", "what": what, "value": value, "unit": unit, "goal": goal, "goal_is": "at most", "note": note}


def measure(options):
    hosts = options.hosts or (5000 if options.quick else 50000)
    interval = options.interval or (20 if options.quick else 60)
    made = []
    with tempfile.TemporaryDirectory() as folder, Simulator(folder, HOSTS) as simulator:
        fleet = [f"{address}:{simulator.port}" for address in addresses(hosts)]
        starts = [start(folder, fleet) for _ in range(STARTS)]
        ready, known, spent = (median(column) for column in zip(*starts))
        name = f"start with {hosts} targets of file_sd"
        made.append(row(f"{name}: until ready", ready, "seconds", 2, f"from exec; median of {STARTS}"))
        made.append(row(f"{name}: until all are there", known, "seconds", 2, "in /metrics, by group; the first are probed already"))
        made.append(row(f"{name}: CPU", spent, "seconds", None, "until then, with the first probes and with these questions"))
        # The page of the targets is asked for three kinds of series only: the others are dropped first.
        more = {"metrics": {"targets_on_root": False, "max_series": 10 * hosts}}
        with Daemon(folder, fleet, interval, module="negotiate", more=more, flags=["--web.enable-lifecycle"]) as daemon:
            daemon.wait_ready()
            daemon.wait_all_probed(interval + 180)
            changing = Changing(daemon, fleet, simulator.port)
            for reload, name in ((False, "change of 1 %"), (True, "change of 1 % and POST /-/reload")):
                made += Window(daemon, simulator, changing, interval, reload).rows(name)
    return made
