#!/usr/bin/env python3
"""What our rules cost Prometheus: a page of made-up hosts is scraped and the rules are evaluated, with all hosts up, then
with some down at once, each with its causes.

usage: tests/bench/rules.py [--hosts 50000] [--down 5000] [--groups 100] [--rounds 4] [--interval 60]

Prints one JSON object: for each state the slowest evaluation of every group of rules in seconds, the samples and the
time of a scrape, and Prometheus's memory. The evaluation interval is a minute in use; what counts is that it is far above
these figures. Then every query of the dashboards is asked once, with All for the variables or one host chosen: the slowest of
each dashboard in seconds, the most series that one brings, and the queries that failed. The database is minutes old, so a
graph over hours costs more than this says.
"""

import argparse
import http.server
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support/python"))

from dashboard.queries import annotation_queries, panel_queries, variable_queries  # noqa: E402
from dashboard.run import Runner  # noqa: E402
from harness.prometheus import Prometheus, QueryError  # noqa: E402

CAUSES = (("private_key_unreadable", "likely"), ("inline_device_cuts_tls", "possible"), ("no_common_tls", "possible"))
PHASES = ("resolve", "connect", "negotiate", "tls", "nla")


def labels(number, groups):
    group = number % groups
    return f'target="ts{number:05}.corp.example.com:3389",group="g{group:03}",site="s{group % 20:02}",team="t{group % 7}"'


def host(number, groups, down, now):
    """The samples of one host, as the daemon writes them at depth nla."""
    who = labels(number, groups)
    yield f"rdp_probe_success{{{who}}} {0 if down else 1}"
    yield f'rdp_target_state{{{who},state="{"down" if down else "up"}"}} 1'
    yield f"rdp_target_state_since_timestamp_seconds{{{who}}} {now - 3600}"
    yield f'rdp_target_info{{{who},address="10.{number >> 16}.{number >> 8 & 255}.{number & 255}:3389",module="nla"}} 1'
    yield f"rdp_probe_interval_seconds{{{who}}} 3600"
    yield f"rdp_probe_duration_seconds{{{who}}} 0.0{number % 90 + 10}"
    for phase in PHASES:
        yield f'rdp_probe_phase_duration_seconds{{{who},phase="{phase}"}} 0.0{number % 90 + 10}'
    for counter in ("rdp_probes_total", "rdp_probe_failures_total", "rdp_probe_attempts_total", "rdp_probe_attempt_failures_total"):
        yield f"{counter}{{{who}}} {number % 7}"
    yield f"rdp_probe_consecutive_failures{{{who}}} {3 if down else 0}"
    yield f"rdp_probe_last_run_timestamp_seconds{{{who}}} {now}"
    yield f"rdp_probe_last_success_timestamp_seconds{{{who}}} {now - 600 if down else now}"
    yield f"rdp_cert_not_after_timestamp_seconds{{{who}}} {now + 86400 * (22 + number % 160)}"
    yield f"rdp_cert_not_before_timestamp_seconds{{{who}}} {now + 86400 * (22 + number % 160 - 183)}"
    yield f"rdp_cert_last_seen_timestamp_seconds{{{who}}} {now}"
    yield f"rdp_cert_changes_total{{{who}}} 0"
    yield f"rdp_cert_renewal_overdue{{{who}}} 0"
    yield f"rdp_cert_unexpected_change_timestamp_seconds{{{who}}} 0"
    yield f'rdp_cert_problem{{{who},problem="self_signed"}} 1'
    yield (f'rdp_cert_info{{{who},subject_cn="ts{number:05}",issuer_cn="ts{number:05}",fingerprint_sha256="{number:064x}",key="RSA 2048",'
           'signature_algorithm="sha256WithRSAEncryption",self_signed="true"} 1')
    yield f'rdp_security_info{{{who},selected="hybrid_ex",tls_version="TLSv1.3",cipher="TLS_AES_256_GCM_SHA384"}} 1'
    yield f'rdp_host_info{{{who},computer="ts{number:05}.corp.example.com",domain="corp.example.com",os_build="10.0.20348",os_name="Windows Server 2022"}} 1'
    yield f"rdp_host_clock_skew_seconds{{{who}}} 0.1"
    yield f"rdp_host_name_mismatch{{{who}}} 0"
    yield f"rdp_tcp_rtt_seconds{{{who}}} 0.011"
    yield f"rdp_tcp_retransmits{{{who}}} 0"
    if down:
        yield f'rdp_probe_failure_reason{{{who},phase="tls",reason="connection_reset",category="network",client_error="0x904/0x7"}} 1'
        for rank, (cause, likelihood) in enumerate(CAUSES, 1):
            yield f'rdp_diagnosis{{{who},cause="{cause}",likelihood="{likelihood}"}} 1'
            yield f'rdp_diagnosis_rank{{{who},cause="{cause}"}} {rank}'


class Page:
    """The daemon's page. Made once for each number of hosts that are down, as Python needs half a minute for it; the interval
    of an hour keeps its results fresh meanwhile."""

    def __init__(self, options):
        self.options, self.scrapes = options, 0
        self.become(0)
        page = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = page.body
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                page.scrapes += 1

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server.server_port}"

    def become(self, down):
        now, options = int(time.time()), self.options
        lines = [line for number in range(options.hosts) for line in host(number, options.groups, number < down, now)]
        lines += [f'rdp_group_targets{{group="g{group:03}",state="up"}} {options.hosts // options.groups}' for group in range(options.groups)]
        lines += ['rdpwatch_build_info{version="bench"} 1', 'rdpwatch_prober_blind 0', 'rdpwatch_prober_clock_wrong 0', 'rdpwatch_shard 0', 'rdpwatch_shards 1',
                  'rdpwatch_config_last_reload_successful 1', 'rdpwatch_inventory_held_changes 0']
        self.body = ("\n".join(lines) + "\n").encode()


def settings(page, interval):
    return json.dumps({
        "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
        "rule_files": [str(path) for path in sorted((ROOT / "deploy/prometheus/rules").glob("*.yml"))],
        "scrape_configs": [{"job_name": "rdpwatch", "static_configs": [{"targets": [page.address]}]}]})


def watch(prometheus, page, rounds):
    """The slowest evaluation of each group of rules during so many scrapes."""
    slowest, last = {}, page.scrapes + rounds
    while page.scrapes < last:
        prometheus.wait_for(lambda seen=page.scrapes: page.scrapes > seen, 180, "another scrape", every=1)
        for group in prometheus._api("rules")["groups"]:
            slowest[group["name"]] = max(slowest.get(group["name"], 0), round(group["evaluationTime"], 3))
            faults = [rule["lastError"] for rule in group["rules"] if rule.get("lastError")]
            if faults:
                sys.exit(f"{group['name']}: {faults[0]}")
    return slowest


def ask_dashboards(prometheus):
    """{dashboard: its slowest query, its most series, its failures}"""
    report, chosen = {}, prometheus.query("topk(1, target:rdp_probe_success:max == 0)")[0]["metric"]
    for path in sorted((ROOT / "dashboards").glob("rdp-*.json")):
        dashboard = json.loads(path.read_text(encoding="utf-8"))
        runner = Runner(prometheus, dashboard)
        values = runner.texts({"group": chosen["group"], "target": chosen["target"]})
        took, most, failed = (0.0, ""), (0, ""), []
        for query in (*variable_queries(dashboard), *annotation_queries(dashboard), *panel_queries(dashboard)):
            begun, name = time.monotonic(), f"{query.panel} {query.ref}".strip()
            try:
                series = runner.ask(query, values)
            except (QueryError, OSError) as error:
                failed.append(f"{name}: {error}"[:200])
                continue
            finally:
                took = max(took, (round(time.monotonic() - begun, 2), name))
            most = max(most, (series, name)) if query.kind != "labels" else most
        report[path.stem] = {"slowest": took, "most_series": most, "failed": failed}
    return report


def memory(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS:"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("hosts", 50000), ("down", 5000), ("groups", 100), ("rounds", 4), ("interval", 60)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    page = Page(options)
    with tempfile.TemporaryDirectory(prefix="rdpwatch-bench-") as folder:
        prometheus = Prometheus(Path(folder), settings(page, f"{options.interval}s"))
        try:
            prometheus.wait_for(lambda: prometheus.query("group:rdp_probe_success:count"), 400, "the first evaluation", every=2)
            report = {"hosts": options.hosts, "machine": {"cores": os.cpu_count(), "load_average": os.getloadavg()[0]},
                      "all_up": watch(prometheus, page, options.rounds)}
            page.become(options.down)
            watch(prometheus, page, 2)  # until the failures are in
            report[f"{options.down}_down"] = watch(prometheus, page, options.rounds)
            report["alerts"] = len(prometheus.alerts())
            report["dashboards"] = ask_dashboards(prometheus)
            report["samples_of_a_scrape"] = int(float(prometheus.query("scrape_samples_scraped")[0]["value"][1]))
            report["seconds_of_a_scrape"] = round(float(prometheus.query("scrape_duration_seconds")[0]["value"][1]), 2)
            report["memory_mib"] = memory(prometheus.pid)
        finally:
            prometheus.kill()
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
