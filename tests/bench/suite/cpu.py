"""CPU per probe: the daemon beside Debian's prometheus-blackbox-exporter and beside a bare OpenSSL client.

All of them work at once, on the same core, at the same rate, against the same simulated hosts, so that what a shared
machine does to one it does to all; each one's CPU is taken slice by slice, and the median slice counts. blackbox can't speak
X.224, so it and the bare client make plain TLS handshakes with hosts that begin with TLS: less work than a probe of ours,
which sends a Connection Request first. The bare client runs a second time with that exchange. blackbox is asked as
Prometheus asks it, over HTTP for each host; the daemon's page of all hosts is scraped once a slice.
"""

import http.client
import json
import subprocess
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from suite import running
from suite.running import Daemon, Program, Simulator, log, median, sample

RATE = 100  # probes a second of each program: 1,000 hosts at 10 s
INTERVAL = 10
HOSTS = RATE * INTERVAL
BLACKBOX_PORT = 19840
CLIENTS = 4  # of blackbox, for a probe that takes longer than a hundredth of a second
FIRST_RDP, FIRST_DIRECT = "127.1.0.1", "127.200.0.1"
KEYS = {"RSA-2048": "rsa2048", "P-256": "ec256"}
VERSIONS = {"TLS 1.2": "TLS12", "TLS 1.3": "TLS13"}


def hosts_of(key, version):
    tls = {"min_version": version, "max_version": version}
    return {"127.1.0.0/16": {"tls": tls, "certificate": {"key": key}},
            "127.200.0.0/16": {"direct_tls": True, "tls": tls, "certificate": {"key": key}}}


def addresses(first, count):
    network = first.rpartition(".0.")[0]
    return [f"{network}.{n // 250}.{n % 250 + 1}" for n in range(count)]


class Blackbox(Program):
    """blackbox_exporter, and clients that ask it for a probe RATE times a second from run() to the end."""

    def __init__(self, folder):
        config = Path(folder) / "blackbox.yml"
        config.write_text(json.dumps({"modules": {"tls": {"prober": "tcp", "timeout": "10s", "tcp": {
            "tls": True, "preferred_ip_protocol": "ip4", "tls_config": {"insecure_skip_verify": True}}}}}))
        super().__init__(["/usr/bin/prometheus-blackbox-exporter", f"--config.file={config}",
                          f"--web.listen-address=127.0.0.1:{BLACKBOX_PORT}", "--log.level=error"], running.MEASURED)
        self.done, self.failed, self.ending = [], [], threading.Event()
        self.targets = [f"{address}:{running.PORT}" for address in addresses(FIRST_DIRECT, HOSTS)]
        self.threads = []

    def run(self):
        running.wait_for(self.answers, 20, "blackbox answers")
        began = time.monotonic()
        self.threads = [threading.Thread(target=self.ask, args=(share, began)) for share in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def __exit__(self, *error):
        self.ending.set()
        for thread in self.threads:
            thread.join()
        super().__exit__(*error)

    @staticmethod
    def answers():
        connection = http.client.HTTPConnection("127.0.0.1", BLACKBOX_PORT, timeout=2)
        connection.request("GET", "/-/healthy")
        return connection.getresponse().status == 200

    def ask(self, share, began):
        """Every CLIENTS-th probe of the common schedule, over a connection that stays open."""
        connection, number = http.client.HTTPConnection("127.0.0.1", BLACKBOX_PORT, timeout=10), share
        while not self.ending.wait(max(0, began + number / RATE - time.monotonic())):
            connection.request("GET", f"/probe?module=tls&target={self.targets[number % HOSTS]}")
            good = "\nprobe_success 1\n" in connection.getresponse().read().decode()
            (self.done if good else self.failed).append(number)
            number += CLIENTS


def bare(seconds, x224):
    first = FIRST_RDP if x224 else FIRST_DIRECT
    command = [running.BUILD / "tests/bench/bench_bare_tls", running.PORT, RATE, seconds, first, 250] + (["--x224"] if x224 else [])
    return Program(command, running.MEASURED, stdout=subprocess.DEVNULL)


class Meter:
    """CPU and probes of each program since the last look. The bare clients keep to their rate, which is their count."""

    def __init__(self, daemon, blackbox, plain, x224):
        self.programs = {"rdpwatch": daemon, "blackbox": blackbox, "bare": plain, "bare with X.224": x224}
        self.last = self.now()

    def now(self):
        page = self.programs["rdpwatch"].get()
        if sample(page, "rdpwatch_probe_failures_total") or sample(page, "rdpwatch_probes_skipped_total") or self.programs["blackbox"].failed:
            raise SystemExit("a probe failed or was skipped: the figures would not be those of healthy probes")
        by_time = time.monotonic() * RATE
        counts = {"rdpwatch": sample(page, "rdpwatch_probes_total"), "blackbox": len(self.programs["blackbox"].done),
                  "bare": by_time, "bare with X.224": by_time}
        return {name: (program.cpu_seconds(), counts[name]) for name, program in self.programs.items()}

    def milliseconds_per_probe(self):
        before, self.last = self.last, self.now()
        return {name: 1000 * (self.last[name][0] - before[name][0]) / (self.last[name][1] - before[name][1]) for name in before}


def slices_of(key, version, count, seconds):
    """For each slice: the milliseconds of CPU that a probe of each program cost."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(Simulator(folder, hosts_of(key, version)))
        daemon = stack.enter_context(Daemon(folder, [f"{address}:{running.PORT}" for address in addresses(FIRST_RDP, HOSTS)], INTERVAL))
        daemon.wait_ready()
        daemon.wait_all_probed(3 * INTERVAL)
        blackbox = stack.enter_context(Blackbox(folder))
        blackbox.run()
        clients = [stack.enter_context(bare(2 * count * seconds + 60, x224)) for x224 in (False, True)]
        time.sleep(3)  # their first handshakes are not counted
        meter, slices = Meter(daemon, blackbox, *clients), []
        for _ in range(count):
            time.sleep(seconds)
            daemon.get("/metrics/targets")
            slices.append(meter.milliseconds_per_probe())
        return slices


def measure(options):
    count, seconds = (2, 5) if options.quick else (9, 6)
    rows = []
    for key_name, key in KEYS.items():
        for version_name, version in VERSIONS.items():
            slices = slices_of(key, version, count, seconds)
            what = f"{key_name}, {version_name}"
            cost = {name: median([one[name] for one in slices]) for name in slices[0]}
            log(f"cpu {what}: " + ", ".join(f"{name} {value:.3f} ms" for name, value in cost.items()))
            for base, goal in (("blackbox", 0.5), ("bare", 1.25), ("bare with X.224", None)):
                rows.append({"area": "cpu", "what": f"{what}: to {base}", "unit": "ratio", "goal": goal, "goal_is": "at most",
                             "value": round(median([one["rdpwatch"] / one[base] for one in slices]), 2),
                             "note": f"{cost['rdpwatch']:.2f} ms to {cost[base]:.2f} ms a probe"})
    return rows
