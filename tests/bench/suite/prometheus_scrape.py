"""A real Prometheus scrapes a big fleet in parts while it is probed: 50,000 targets, each half minute, as
deploy/prometheus/prometheus.yml proposes it (/sd/parts, and /metrics with the daemon's own series).

The daemon's CPU is taken for a while before Prometheus starts, and again while it scrapes: the difference is what scraping
costs. Prometheus shares the other core with the simulated hosts and lets them go first (nice 19): in truth they are other machines,
and hosts that wait for a core would be seen as slow ones. So its scrapes take longer than they would with a core of its own.
"""

import json
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from suite.running import OTHERS, WEB, Daemon, Program, Simulator, addresses, log, median, percentile, sample, wait_for

from harness.process import tool

HOSTS = {"127.0.0.0/8": {"base": "healthy", "certificate": {"key": "ec256"}}}
PROMETHEUS = "127.0.0.1:19840"
SCRAPE_SECONDS = 30
QUIET_SECONDS = 60
TARGETS = 'job="rdpwatch",part=~".+"'


def configuration():
    """The alternative rdpwatch-parts of deploy/prometheus/prometheus.yml at half its interval."""
    without_part = [{"regex": "part", "action": "labeldrop"}]
    return {
        "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "scrape_timeout": f"{SCRAPE_SECONDS}s"},
        "scrape_configs": [
            {"job_name": "rdpwatch", "static_configs": [{"targets": [WEB], "labels": {"part": "own"}}],
             "metric_relabel_configs": without_part},
            {"job_name": "rdpwatch-targets", "http_sd_configs": [{"url": f"http://{WEB}/sd/parts"}],
             "relabel_configs": [{"target_label": "job", "replacement": "rdpwatch"}],
             "metric_relabel_configs": without_part}]}


class Prometheus(Program):
    """Debian's, with an empty database."""

    def __init__(self, folder):
        config = Path(folder) / "prometheus.json"  # JSON is YAML
        config.write_text(json.dumps(configuration()))
        self.log = open(Path(folder) / "prometheus.log", "w")
        super().__init__(["nice", "-n", "19", tool("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={folder}/tsdb",
                          f"--web.listen-address={PROMETHEUS}", "--log.level=warn"], OTHERS, stdout=self.log, stderr=subprocess.STDOUT)

    def get(self, path):
        with urllib.request.urlopen(f"http://{PROMETHEUS}{path}", timeout=60) as answer:
            return answer.read().decode()

    def query(self, expression):
        """{part: value} of an instant query; one without that label has the empty one."""
        found = json.loads(self.get("/api/v1/query?" + urllib.parse.urlencode({"query": expression})))["data"]["result"]
        return {one["metric"].get("part", ""): float(one["value"][1]) for one in found}

    def value(self, expression):
        return next(iter(self.query(expression).values()), 0.0)

    def faults(self):
        """What the last scrapes ended with, where they ended badly."""
        active = json.loads(self.get("/api/v1/targets?state=active"))["data"]["activeTargets"]
        return sorted({one["lastError"] for one in active} - {""})


def row(what, value, unit, goal, note):
    return {"area": "Prometheus", "what": what, "value": value, "unit": unit, "goal": goal, "goal_is": "at most", "note": note}


def cpu_shares(daemon, seconds):
    """CPU seconds a second: (of the thread that probes, of all others together)."""

    def spent():
        return {task.name: int((task / "schedstat").read_text().split()[0]) / 1e9 for task in Path(f"/proc/{daemon.pid}/task").iterdir()}

    before, began = spent(), time.monotonic()
    time.sleep(seconds)
    after, passed = spent(), time.monotonic() - began
    shares = [(seconds_now - before.get(thread, 0)) / passed for thread, seconds_now in after.items()]
    return max(shares), sum(shares) - max(shares)


def measure(options):
    hosts = options.hosts or (5000 if options.quick else 50000)
    interval = options.interval or 60
    minutes = 2 if options.quick else 3
    with tempfile.TemporaryDirectory() as folder, Simulator(folder, HOSTS) as simulator:
        fleet = [f"{address}:{simulator.port}" for address in addresses(hosts)]
        with Daemon(folder, fleet, interval) as daemon:
            daemon.wait_ready()
            daemon.wait_all_probed(interval + 180)
            alone = cpu_shares(daemon, QUIET_SECONDS)
            log(f"prometheus_scrape: alone {alone[0]:.3f} of a core for probes, {alone[1]:.3f} for the rest")
            with Prometheus(folder) as prometheus:
                wait_for(lambda: prometheus.get("/-/ready"), 60, "Prometheus is ready")
                parts = len(json.loads(daemon.get("/sd/parts")))
                wait_for(lambda: len(prometheus.query(f"up{{{TARGETS}}}")) == parts + 1, 10 * SCRAPE_SECONDS, "each part was scraped")
                return scraped(daemon, prometheus, hosts, parts, minutes, alone)


def scraped(daemon, prometheus, hosts, parts, minutes, alone):
    """Rows of so many minutes of scraping. Each part was scraped once before: that scrape, which makes all series anew in an empty
    database, counts among the failed ones if it failed, and has a row of its own."""
    first = prometheus.query(f"max_over_time(scrape_duration_seconds{{{TARGETS}}}[5m])")
    before, cpu, began = daemon.get(), prometheus.cpu_seconds(), time.monotonic()
    watched = cpu_shares(daemon, 60 * minutes)
    after, a_minute = daemon.get(), (prometheus.cpu_seconds() - cpu) / (time.monotonic() - began) * 60
    asked = prometheus.value(f"sum(count_over_time(up{{{TARGETS}}}[10m]))")
    failed = asked - prometheus.value(f"sum(sum_over_time(up{{{TARGETS}}}[10m]))")
    for fault in prometheus.faults():
        log(f"prometheus_scrape: {fault}")
    if asked < (parts + 1) * 60 * minutes / SCRAPE_SECONDS:
        sys.exit(f"Prometheus scraped {asked:.0f} times only in {minutes} minutes")
    seen = prometheus.value("count(rdp_probe_success)")
    if seen != hosts:
        sys.exit(f"Prometheus has {seen:.0f} targets, not {hosts}")
    slowest = prometheus.query(f"max_over_time(scrape_duration_seconds{{{TARGETS}}}[{minutes}m])")
    samples = prometheus.query(f"scrape_samples_scraped{{{TARGETS}}}")
    rendering = prometheus.value(f"max(max_over_time(rdpwatch_exposition_duration_seconds[{minutes}m]))")
    head = sample(prometheus.get("/metrics"), "prometheus_tsdb_head_series")
    late = percentile(after, "rdpwatch_schedule_lag_seconds", 0.99, before)
    skipped = sample(after, "rdpwatch_probes_skipped_total") - sample(before, "rdpwatch_probes_skipped_total")
    fleet = f"{hosts} targets in {parts} parts, every {SCRAPE_SECONDS} s"
    cost = watched[1] - alone[1]
    return [
        row("failed scrapes", failed, "scrapes", 0, f"of {asked:.0f}: {fleet}, for {minutes} min and once before"),
        row("slowest scrape", max(slowest.values()), "seconds", None,
            f"of a part, as Prometheus sees it; the median of the parts' slowest: {median(slowest.values()):.2f}"),
        row("slowest first scrape", max(first.values()), "seconds", None, "every series is new in Prometheus' database"),
        row("samples of all parts together", sum(samples.values()), "samples", None,
            f"{sum(samples.values()) / hosts:.1f} a target; at most {max(samples.values()):.0f} a scrape"),
        row("series in Prometheus' head", head, "series", None, "at the end"),
        row("Prometheus' CPU a minute", a_minute, "seconds", None, "on one core with the simulated hosts, which go first"),
        row("Prometheus' memory", prometheus.rss(), "bytes", None, "resident, at the end; its database is minutes old"),
        row("daemon's CPU for scrapes beside that for probes", cost / watched[0], "ratio", None,
            f"by threads: {100 * watched[0]:.1f} % of a core for probes, {100 * cost:.2f} % more than unscraped for all else"),
        row("daemon's CPU for a scrape of the whole fleet", cost * SCRAPE_SECONDS, "seconds", None, "all parts once"),
        row("slowest rendering of a part", rendering, "seconds", None, "seen in the daemon's own metrics; without compression and waiting"),
        row("schedule lag while it is scraped, 99 of 100 runs", late, "seconds", None, "the end of the bucket"),
        row("targets that are not up at the end", hosts - sample(after, "rdp_group_targets", 'state="up"'), "targets", 0,
            "all are healthy: a machine that is too slow for so many probes blames them"),
        row("probes that were not made while it is scraped", skipped, "probes", 0, fleet),
    ]
