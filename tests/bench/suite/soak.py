"""A soak: for as long as one likes targets come and go, hosts break and recover, every page is read and the configuration is
loaded again, and nothing may grow.

Each minute: one target in twenty goes and as many come that were never there; one host in fifty breaks in one of several ways
while those of the minute before recover; reload; all pages. The run ends with a message when the daemon watches anything else
than it was told to, when a broken host is not down or a recovered one not up within the minute.

Whether memory grew is decided by a rule: the median of the last quarter of the samples (one in two seconds, at most a
thousand) may be at most 5 % and 1 MiB above that of the second quarter. Descriptors: the fewest of the last quarter, at most
four above those of the second.
"""

import gzip
import itertools
import json
import random
import re
import sys
import tempfile
import time
from pathlib import Path

from suite.running import Daemon, Simulator, addresses, log, sample, wait_for

from harness import growth
from harness.simulator import complaints

SEED = 20261126
HEALTHY = {"base": "nla_required", "certificate": {"key": "ec256"}}
FAULTS = ("reset_on_accept", "reset_after_client_hello", "stall_after_client_hello", "tls_alert_handshake_failure", "close_after_request")
# The whole of loopback is simulated, so that a target never has to come back for want of another.
EVERYBODY = "127.0.0.0/8"
MOST_TARGETS = 250_000
# A run of a host that stalls, with its confirmation, fits into the interval: left out would be the probe after it.
SETTINGS = {"probe_timeout": "3s", "confirm": {"attempts": 2, "delay": "1s"}, "max_backoff": "0s", "max_connections_per_minute": 60}
# So few that the journal is full within the first quarter: what it may grow to says nothing of what grows.
EVENTS = {"events": {"max": 500}}


class Soak:
    """The fleet as it should be, and the daemon that watches it."""

    def __init__(self, folder, hosts):
        self.chance = random.Random(SEED)
        self.unused = iter(addresses(MOST_TARGETS))
        self.present = list(itertools.islice(self.unused, hosts))
        self.broken, self.were_broken = {}, set()
        self.simulator = Simulator(folder, {EVERYBODY: HEALTHY})
        self.daemon = Daemon(folder, self.targets(), 10, SETTINGS, module="nla", flags=["--web.enable-lifecycle"], more=EVENTS)

    def targets(self):
        return [f"{address}:{self.simulator.port}" for address in self.present]

    def move(self):
        """One in twenty goes, as many come. Broken ones stay, to be seen down and up again."""
        staying = self.broken.keys()
        gone = set(self.chance.sample([address for address in self.present if address not in staying], len(self.present) // 20))
        self.present = [address for address in self.present if address not in gone] + list(itertools.islice(self.unused, len(gone)))
        self.daemon.write_targets(self.targets())

    def break_others(self):
        """Each host breaks once, so that none is flapping."""
        chosen = self.chance.sample([address for address in self.present if address not in self.were_broken], len(self.present) // 50)
        self.broken = {address: FAULTS[number % len(FAULTS)] for number, address in enumerate(chosen)}
        self.were_broken.update(chosen)
        self.simulator.reread({EVERYBODY: HEALTHY} | self.broken)

    def check_targets(self):
        """That scrapers, plain and compressed, see exactly the targets that the file has."""
        expected = set(self.targets())

        def seen(page):
            return set(re.findall(r'^rdp_target_state\{target="([^"]+)"', page, re.M))

        wait_for(lambda: seen(self.daemon.get("/metrics/targets")) == expected, 20, "exactly the targets of the file are watched", 0.5)
        packed = self.daemon.fetch("/metrics/targets", **{"Accept-Encoding": "gzip"})
        if seen(gzip.decompress(packed).decode()) != expected:
            sys.exit("the compressed page has other targets")
        if json.loads(self.daemon.get("/api/v1/targets"))["total"] != len(expected):
            sys.exit("the API has another number of targets")

    def look_at_pages(self):
        for path in ("/", "/targets", "/groups", "/api/v1/status"):
            self.daemon.get(path)

    def check_states(self):
        """That exactly the broken hosts are down, all others up."""

        def wrong():
            page = self.daemon.get("/metrics/targets")
            found = dict(re.findall(r'^rdp_target_state\{target="([^"]+)".*state="(\w+)"', page, re.M))
            expected = {target: "down" if target.rpartition(":")[0] in self.broken else "up" for target in self.targets()}
            return [f"{target} is {found.get(target)}, should be {expected.get(target)}" for target in found.keys() | expected.keys()
                    if found.get(target) != expected.get(target)]

        wait_for(lambda: not wrong(), 50, lambda: f"the broken hosts are down, the others up: {len(wrong())} are not: {wrong()[:10]}", 2)

    def minute(self):
        self.break_others()
        self.move()
        self.check_targets()
        self.daemon.fetch("/-/reload", method="POST")
        self.look_at_pages()
        self.check_states()

    def complaints(self):
        """What hosts may complain of, but for what experiments do on purpose to hosts that broke."""
        counters = self.simulator.stats()
        for address in self.were_broken & counters.keys():
            counters[address].update(bad_requests=0, last_cookie="rdpwatch")
        return complaints(counters)


def threads(pid):
    return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())


def mib(size):
    return f"{size / (1 << 20):.1f} MiB"


def measure(options):
    minutes = options.minutes or (4 if options.quick else 30)
    hosts = options.hosts or (500 if options.quick else 2000)
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(folder, hosts)
        with soak.simulator, soak.daemon:
            soak.daemon.wait_ready()
            soak.check_states()
            return rows(soak, minutes)


def rows(soak, minutes):
    pid = soak.daemon.pid
    threads_first, series = threads(pid), []
    watch = growth.Watch(pid, max(2, minutes * 60 / 1000))
    for number in range(1, minutes + 1):
        ends = time.monotonic() + 60
        soak.minute()
        own = soak.daemon.get()
        series.append(sample(own, "rdpwatch_series"))
        log(f"soak: minute {number} of {minutes}: {mib(watch.memory[-1])}, {watch.descriptors[-1]} descriptors, {series[-1]:.0f} series")
        time.sleep(max(0, ends - time.monotonic()))
    watch.end()
    own = soak.daemon.get()
    before, after, most = growth.memory_growth(watch.memory)
    fewest_before, fewest_after, fewest_allowed = growth.descriptor_growth(watch.descriptors)
    third = len(watch.times) // 3
    an_hour = 3600 * growth.slope(list(zip(watch.times, watch.memory))[third:])
    said = soak.complaints()
    for complaint in said[:10]:
        log(f"soak: {complaint}")
    what = f"soak of {minutes} min, {len(soak.present)} hosts, {minutes * (len(soak.present) // 20)} of them replaced"
    kept = f"{what}; the run ends where it is not so"

    def row(name, value, unit, goal, note):
        return {"area": "soak", "what": name, "value": value, "unit": unit, "goal": goal, "goal_is": "at most", "note": note}

    return [
        row("memory, last quarter beside the second", after - before, "bytes", round(most - before),
            f"{what}; median {mib(before)}, then {mib(after)}; may grow by 5 % and 1 MiB"),
        row("memory, slope an hour", round(an_hour), "bytes", None, f"Theil-Sen, without the first third; now {mib(after)}"),
        row("descriptors, last quarter beside the second", fewest_after - fewest_before, "descriptors", fewest_allowed - fewest_before,
            f"the fewest of each quarter: {fewest_before}, {fewest_after}; first {watch.descriptors[0]}, last {watch.descriptors[-1]}"),
        row("threads, last beside first", threads(pid) - threads_first, "threads", 0, f"{threads_first} at first"),
        row("probes that were not made", sample(own, "rdpwatch_probes_skipped_total"), "probes", 0,
            f"of {sample(own, 'rdpwatch_probes_total'):.0f}"),
        row("faults of our own", sample(own, "rdpwatch_probe_local_errors_total"), "probes", 0, "no descriptors, no ports, exceptions"),
        row("series, most beside fewest of a scrape", max(series) / min(series), "ratio", None, f"{min(series):.0f} to {max(series):.0f}"),
        row("rounds in which other targets were seen than expected", 0, "rounds", 0, kept),
        row("hosts that complain", len(said), "complaints", 0, "connections at once or within a second, resets, bad requests"),
    ]
