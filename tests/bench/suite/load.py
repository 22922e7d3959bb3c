"""Throughput and fairness: one daemon with one worker on one core probes 50,000 hosts every 60 s, 833 a second.

Three spells of the same daemon: left alone; scraped as a whole every 15 s; and scraped while a tenth of the hosts say nothing
after the ClientHello, each of which is confirmed once; some hundreds of probes then wait for their timeout all the time.
max_in_flight is raised for those, as an admin of such a fleet would. A probe counts as due once an interval; one that the
daemon itself left out is `skipped`. The lag's percentiles are upper bounds, the ends of the histogram's buckets.
"""

import tempfile
import threading
import time

from suite import running
from suite.running import Daemon, Simulator, addresses, log, percentile, sample

INTERVAL = 60
SETTINGS = {"max_in_flight": 5000, "max_backoff": "0s", "workers": 1}
P99_GOAL = 0.25


def scraping(daemon, every, stop, scrapes):
    """Scrapes the page of all hosts until told to stop; keeps how long each took."""
    while not stop.wait(every):
        began = time.monotonic()
        daemon.get("/metrics/targets", timeout=60)
        scrapes.append(time.monotonic() - began)


def spell(daemon, seconds, scrape_every=None):
    """What one spell of so many seconds came to."""
    stop, scrapes = threading.Event(), []
    client = threading.Thread(target=scraping, args=(daemon, scrape_every or 0, stop, scrapes))
    before, cpu, began = daemon.get(), daemon.cpu_seconds(), time.monotonic()
    if scrape_every:
        client.start()
    time.sleep(seconds)
    elapsed, cpu, after = time.monotonic() - began, daemon.cpu_seconds() - cpu, daemon.get()
    stop.set()
    if scrape_every:
        client.join()

    def grown(name):
        return sample(after, name) - sample(before, name)

    return {"seconds": elapsed, "probes": grown("rdpwatch_probes_total"), "failures": grown("rdpwatch_probe_failures_total"),
            "skipped": grown("rdpwatch_probes_skipped_total"), "local": grown("rdpwatch_probe_local_errors_total"),
            "p50": percentile(after, "rdpwatch_schedule_lag_seconds", 0.5, before),
            "p99": percentile(after, "rdpwatch_schedule_lag_seconds", 0.99, before),
            "core": cpu / elapsed, "in_flight": sample(after, "rdpwatch_probes_in_flight"), "scrapes": scrapes}


def rows_of(what, hosts, came):
    due = hosts * came["seconds"] / INTERVAL
    slowest = f", slowest scrape {max(came['scrapes']):.1f} s" if came["scrapes"] else ""
    note = (f"{came['probes']:,.0f} of {due:,.0f} due, {came['failures']:,.0f} failed, {came['in_flight']:,.0f} in flight at the end, "
            f"{100 * came['core']:.0f} % of a core{slowest}")
    log(f"load, {what}: {note}; lag p50 {came['p50']} p99 {came['p99']}, skipped {came['skipped']}, local {came['local']}")

    def row(name, value, unit, goal, text):
        return {"area": "load", "what": f"{what}: {name}", "value": value, "unit": unit, "goal": goal, "goal_is": "at most", "note": text}

    return [row("schedule lag p99", came["p99"], "s", P99_GOAL, note),
            row("probes left out or failed by our own fault", int(came["skipped"] + came["local"]), "", 0, ""),
            row("probes not made of those due", round(1 - came["probes"] / due, 4), "", 0.01, "the edges of the spell are within a hundredth")]


def hosts_of(stalled):
    hosts = {"127.0.0.0/8": {"certificate": {"key": "ec256"}}}
    return hosts | {address: "stall_after_client_hello" for address in stalled}


def measure(options):
    count, seconds = (5000, 60) if options.quick else (50000, 60)
    rows, all_hosts = [], addresses(count)
    with tempfile.TemporaryDirectory() as folder, Simulator(folder, hosts_of([])) as simulator:
        targets = [f"{address}:{running.PORT}" for address in all_hosts]
        with Daemon(folder, targets, INTERVAL, settings=SETTINGS) as daemon:
            daemon.wait_ready()
            daemon.wait_all_probed(2 * INTERVAL + 30)
            rows += rows_of("left alone", count, spell(daemon, seconds))
            rows += rows_of("while scraped", count, spell(daemon, seconds, 15))
            simulator.reread(hosts_of(all_hosts[::10]))
            running.wait_for(lambda: sample(daemon.get(), "rdp_group_targets", 'state="down"') >= count / 10, 3 * INTERVAL + 60,
                             "a tenth of the hosts is down")
            rows += rows_of("a tenth times out, while scraped", count, spell(daemon, seconds, 15))
    return rows
