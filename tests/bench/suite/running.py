"""The programs that a measurement runs: simulated hosts, the daemon, and what it costs them.

Each runs on a core of its own where the machine has two: what is measured on the first, everything else on the second, so
that the peers' work is not taken for ours.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("RDPWATCH_BENCH_BUILD", ROOT / "build/release"))
CORES = sorted(os.sched_getaffinity(0))
MEASURED = {CORES[0]}
OTHERS = set(CORES[1:]) or MEASURED
PORT = 13390
WEB = "127.0.0.1:19839"
sys.path.insert(0, str(ROOT / "tests/support/python"))  # what the tests share: harness


def log(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def addresses(count):
    """Loopback addresses, 250 in each /24 as a fleet's are spread over networks."""
    return [f"127.{1 + n // 62500}.{n // 250 % 250}.{n % 250 + 1}" for n in range(count)]


def wait_for(condition, seconds, what, every=0.1):
    """The condition's first true value; ends the run when there is none in time. `what`: words, or a function that finds them;
    `every`: seconds between two looks."""
    end = time.monotonic() + seconds
    while True:
        try:
            if value := condition():
                return value
        except OSError:
            pass
        if time.monotonic() > end:
            sys.exit(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(every)


class Program:
    """A child process on given cores, ended with the `with` block."""

    def __init__(self, arguments, cores, **options):
        self.child = subprocess.Popen([str(argument) for argument in arguments],
                                      preexec_fn=lambda: os.sched_setaffinity(0, cores), **options)
        self.pid = self.child.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def cpu_seconds(self):
        """User and system time of all threads so far, to the nanosecond: the kernel's clock of that process."""
        return time.clock_gettime(~self.pid << 3 | 2)

    def rss(self):
        """Bytes that are resident now."""
        return self._status("VmRSS")

    def anonymous(self):
        """Bytes of heap and stacks that are resident now: without the program's own text and libraries."""
        return self._status("RssAnon")

    def peak_rss(self):
        """Bytes that were resident at most since the start or the last reset_peak()."""
        return self._status("VmHWM")

    def reset_peak(self):
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _status(self, name):
        text = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB$", text, re.M).group(1)) * 1024


class Simulator(Program):
    """rdpsim: `hosts` maps an address, a prefix or a range to a behaviour."""

    def __init__(self, folder, hosts, cores=None, threads=1, certificates=None, port=PORT):
        self.port, self.scenarios = port, Path(folder) / f"hosts-{port}.yml"
        self.counters = Path(folder) / f"counters-{port}.json"
        self.write(hosts, certificates)
        super().__init__([BUILD / "tests/sim/rdpsim", f"--config={self.scenarios}", f"--port={port}", f"--threads={threads}",
                          f"--stats-file={self.counters}"], cores or OTHERS, stdout=subprocess.PIPE, text=True)
        if "ready" not in self.child.stdout.readline():
            sys.exit("rdpsim did not start")

    def write(self, hosts, certificates=None):
        settings = {"hosts": hosts}
        if certificates:
            settings["certificates"] = certificates
        self.scenarios.write_text(json.dumps(settings))

    def reread(self, hosts):
        self.write(hosts)
        self.child.send_signal(signal.SIGHUP)

    def stats(self):
        """{address: counters} as of now."""
        self.counters.unlink(missing_ok=True)
        self.child.send_signal(signal.SIGUSR1)
        return json.loads(wait_for(lambda: self.counters.exists() and self.counters.read_text(), 30, "the simulator's counters"))["hosts"]


class Daemon(Program):
    """rdpwatch serve with one group, whose targets stand in a file that can be changed while it runs. `settings`: under global;
    `more`: beside it."""

    def __init__(self, folder, targets, interval=60, settings=None, modules=None, module="tls", cores=None, flags=(), program=None,
                 more=None):
        self.folder = Path(folder)
        self.inventory = self.folder / "inventory/targets.json"
        self.inventory.parent.mkdir(exist_ok=True)
        self.write_targets(targets)
        self.config = self.folder / "rdpwatch.yml"
        self.config.write_text(json.dumps({
            "global": {"probe_interval": f"{interval}s", "max_in_flight_per_subnet": 250} | (settings or {}),
            "modules": modules or {},
            # Whoever asks how far the daemon is must not be answered with all of its targets each time.
            "metrics": {"targets_on_root": False},
            "inventory": [{"group": "bench", "module": module, "file_sd": [{"files": [str(self.inventory)]}]}]} | (more or {})))
        super().__init__([program or BUILD / "daemon/rdpwatch", "serve", f"--config.file={self.config}", f"--web.listen-address={WEB}",
                          "--log.level=error", *flags], cores or MEASURED)  # each broken host is a warning

    def write_targets(self, targets, moved=()):
        """Replaces the inventory's file in one step; the daemon takes it by itself. `moved`: further targets, at another site."""
        fresh = self.inventory.with_suffix(".new")
        fresh.write_text(json.dumps([{"targets": list(targets), "labels": {"site": "bench"}},
                                     {"targets": list(moved), "labels": {"site": "moved"}}]))
        fresh.rename(self.inventory)

    def fetch(self, path, timeout=30, method="GET", **headers):
        """The bytes of an answer, as they come."""
        request = urllib.request.Request(f"http://{WEB}{path}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.read()

    def get(self, path="/metrics", timeout=30):
        return self.fetch(path, timeout).decode()

    def wait_ready(self, seconds=60):
        wait_for(lambda: self.get("/-/ready"), seconds, "the daemon is ready")

    def wait_all_probed(self, seconds):
        wait_for(lambda: sample(self.get(), "rdp_group_targets", 'state="unknown"') == 0, seconds, "every host was probed once",
                 every=0.5)


def sample(text, name, labels=""):
    """The sum of the series of that name whose labels contain the text."""
    pattern = re.escape(name) + (r"\{[^}]*" + re.escape(labels) + r"[^}]*\}" if labels else r"(?:\{[^}]*\})?")
    return sum(float(value) for value in re.findall("^" + pattern + r" (\S+)$", text, re.M))


def percentile(text, name, share, before):
    """The end of the bucket in which that share of the observations since `before` lies."""
    buckets = re.findall("^" + name + r'_bucket\{le="([^"]+)"\} (\S+)$', text, re.M)
    earlier = dict(re.findall("^" + name + r'_bucket\{le="([^"]+)"\} (\S+)$', before, re.M))
    counts = [(float(end.replace("+Inf", "inf")), float(count) - float(earlier.get(end, 0))) for end, count in buckets]
    total = max(count for _, count in counts)
    return next(end for end, count in counts if count >= share * total)


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
