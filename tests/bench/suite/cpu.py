"""CPU per probe: the daemon beside Debian's prometheus-blackbox-exporter and beside a bare OpenSSL client.

The three take turns, several rounds of each, against the same simulated hosts at the same rate. blackbox can't speak X.224,
so it and the bare client make plain TLS handshakes with hosts that begin with TLS: less work than a probe of ours, which
sends a Connection Request first. The bare client is measured with that exchange as well. blackbox is asked as Prometheus
asks it, over HTTP for each host; the daemon's page of all hosts is scraped once in each measurement.
"""

import http.client
import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from suite import running
from suite.running import Daemon, Program, Simulator, log, median, sample

RATE = 200  # probes a second: 2,000 hosts at 10 s
INTERVAL = 10
HOSTS = RATE * INTERVAL
BLACKBOX_PORT = 19840
FIRST_RDP, FIRST_DIRECT = "127.1.0.1", "127.200.0.1"
KEYS = {"RSA-2048": "rsa2048", "P-256": "ec256"}
VERSIONS = {"TLS 1.2": "TLS12", "TLS 1.3": "TLS13"}
PROGRAMS = ("rdpwatch", "blackbox", "bare", "bare_x224")


def hosts_of(key, version):
    tls = {"min_version": version, "max_version": version}
    return {"127.1.0.0/16": {"tls": tls, "certificate": {"key": key}},
            "127.200.0.0/16": {"direct_tls": True, "tls": tls, "certificate": {"key": key}}}


def addresses(first, count):
    network = first.rpartition(".0.")[0]
    return [f"{network}.{n // 250}.{n % 250 + 1}" for n in range(count)]


def per_probe_of_daemon(folder, seconds):
    targets = [f"{address}:{running.PORT}" for address in addresses(FIRST_RDP, HOSTS)]
    with Daemon(folder, targets, INTERVAL) as daemon:
        daemon.wait_ready()
        daemon.wait_all_probed(3 * INTERVAL)
        before, cpu = sample(daemon.get(), "rdpwatch_probes_total"), daemon.cpu_seconds()
        time.sleep(seconds)
        daemon.get("/metrics/targets")
        cpu = daemon.cpu_seconds() - cpu
        after = daemon.get()
        if sample(after, "rdpwatch_probe_failures_total") or sample(after, "rdpwatch_probes_skipped_total"):
            raise SystemExit("a probe failed or was skipped: the figures would not be those of healthy probes")
        return cpu / (sample(after, "rdpwatch_probes_total") - before)


def ask(port, targets, share, of, began, seconds, done):
    """One client of blackbox: every `of`-th probe of the common schedule, over a connection that stays open."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    number = share
    while number < RATE * seconds:
        time.sleep(max(0, began + number / RATE - time.monotonic()))
        connection.request("GET", f"/probe?module=tls&target={targets[number % len(targets)]}")
        text = connection.getresponse().read().decode()
        if "\nprobe_success 1\n" not in text:
            raise SystemExit(f"blackbox says that a probe failed:\n{text}")
        done.append(number)
        number += of


def per_probe_of_blackbox(folder, seconds):
    config = Path(folder) / "blackbox.yml"
    config.write_text(json.dumps({"modules": {"tls": {"prober": "tcp", "timeout": "10s", "tcp": {
        "tls": True, "preferred_ip_protocol": "ip4", "tls_config": {"insecure_skip_verify": True}}}}}))
    targets = [f"{address}:{running.PORT}" for address in addresses(FIRST_DIRECT, HOSTS)]
    with Program(["/usr/bin/prometheus-blackbox-exporter", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{BLACKBOX_PORT}",
                  "--log.level=error"], running.MEASURED) as blackbox:
        running.wait_for(lambda: _answers(BLACKBOX_PORT), 20, "blackbox answers")
        cpu, done, clients = blackbox.cpu_seconds(), [], 4
        began = time.monotonic()
        threads = [threading.Thread(target=ask, args=(BLACKBOX_PORT, targets, share, clients, began, seconds, done))
                   for share in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(done) != RATE * seconds:
            raise SystemExit(f"blackbox made {len(done)} of {RATE * seconds} probes")
        return (blackbox.cpu_seconds() - cpu) / len(done)


def _answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    connection.request("GET", "/-/healthy")
    return connection.getresponse().status == 200


def per_probe_of_bare(seconds, x224):
    first = FIRST_RDP if x224 else FIRST_DIRECT
    command = [running.BUILD / "tests/bench/bench_bare_tls", running.PORT, RATE, seconds, first, 250] + (["--x224"] if x224 else [])
    with Program(command, running.MEASURED, stdout=subprocess.PIPE, text=True) as bare:
        answer = json.loads(bare.child.communicate(timeout=seconds * 3 + 30)[0])
    return answer["cpu_seconds"] / answer["handshakes"]


def one(program, folder, seconds):
    if program == "rdpwatch":
        return per_probe_of_daemon(folder, seconds)
    if program == "blackbox":
        return per_probe_of_blackbox(folder, seconds)
    return per_probe_of_bare(seconds, program == "bare_x224")


def measure(options):
    seconds, rounds = (5, 1) if options.quick else (10, 3)
    rows = []
    for key_name, key in KEYS.items():
        for version_name, version in VERSIONS.items():
            figures = {program: [] for program in PROGRAMS}
            with tempfile.TemporaryDirectory() as folder, Simulator(folder, hosts_of(key, version)):
                for number in range(rounds):
                    for program in PROGRAMS:
                        figures[program].append(1000 * one(program, folder, seconds))
                        log(f"cpu {key_name} {version_name} round {number + 1}: {program} {figures[program][-1]:.3f} ms a probe")
            rows += rows_of(f"{key_name}, {version_name}", {program: median(values) for program, values in figures.items()})
    return rows


def rows_of(what, cpu):
    def row(base, goal, note):
        return {"area": "cpu", "what": f"{what}: to {base}", "value": round(cpu["rdpwatch"] / cpu[base], 2), "unit": "ratio",
                "goal": goal, "goal_is": "at most", "note": f"{cpu['rdpwatch']:.3f} ms to {cpu[base]:.3f} ms; {note}"}
    return [row("blackbox", 0.5, "blackbox sends no X.224"), row("bare", 1.25, "bare TLS, no X.224"),
            row("bare_x224", None, "the bare client with X.224")]
