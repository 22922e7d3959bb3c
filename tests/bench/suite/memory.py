"""Memory: what a target costs that waits for its next probe, and what a probe costs while it runs.

Idle: the daemon's heap and stacks (RssAnon) with 50,000 targets that were all probed and whose pages were scraped, less those
of the same daemon with 1,000, by the difference of targets. Half of the certificates are the hosts' own and each host names
itself, so nothing is shared that a fleet would not share. In flight: hosts that say nothing after the
ClientHello, so that at least 500 probes wait within TLS at once, against the same daemon before they begin.
"""

import tempfile

from suite import running
from suite.running import Daemon, Simulator, addresses, log, sample, wait_for

STALLED = 1000


def certificates():
    return {"own": {"common_name": "ts-{host}.corp.example.com", "key": "ec256"}}


def settled(hosts, interval, module):
    """RssAnon with so many targets, all probed and scraped once."""
    with tempfile.TemporaryDirectory() as folder, \
            Simulator(folder, {"127.0.0.0/8": {"certificate": "own"}}, certificates=certificates()):
        targets = [f"{address}:{running.PORT}" for address in addresses(hosts)]
        with Daemon(folder, targets, interval, module=module, settings={"labels": {"vantage": "bench"}}) as daemon:
            daemon.wait_ready()
            daemon.wait_all_probed(2 * interval + 30)
            daemon.get("/metrics/targets", timeout=120)
            return daemon.anonymous()


def per_idle_target(few, many, interval, module):
    small, large = settled(few, min(interval, 20), module), settled(many, interval, module)
    log(f"memory at depth {module}: {small / 2**20:.1f} MiB with {few}, {large / 2**20:.1f} MiB with {many} targets")
    return (large - small) / (many - few)


def per_probe_in_flight():
    with tempfile.TemporaryDirectory() as folder, Simulator(folder, {"127.0.0.0/8": "stall_after_client_hello"}):
        targets = [f"{address}:{running.PORT}" for address in addresses(STALLED)]
        with Daemon(folder, targets, 10, settings={"probe_timeout": "10s", "max_in_flight": STALLED}) as daemon:
            daemon.wait_ready()
            wait_for(lambda: sample(daemon.get(), "rdpwatch_targets") >= STALLED, 30, "the targets are known")
            few, before = sample(daemon.get(), "rdpwatch_probes_in_flight"), daemon.anonymous()
            wait_for(lambda: sample(daemon.get(), "rdpwatch_probes_in_flight") >= few + STALLED // 2, 40,
                     "half of the probes are in flight")
            return (daemon.anonymous() - before) / (sample(daemon.get(), "rdpwatch_probes_in_flight") - few)


def measure(options):
    many, interval = (5000, 20) if options.quick else (50000, 60)
    rows = []
    for module, goal in (("tls", 4096), ("nla", None)):
        rows.append({"area": "memory", "what": f"a target between probes, depth {module}", "goal": goal, "goal_is": "at most",
                     "value": round(per_idle_target(1000, many, interval, module)), "unit": "bytes",
                     "note": f"RssAnon of {many:,} targets less that of 1,000"})
    rows.append({"area": "memory", "what": "a probe in flight, within TLS", "value": round(per_probe_in_flight()), "unit": "bytes",
                 "goal": 65536, "goal_is": "at most", "note": f"{STALLED:,} hosts that stall after the ClientHello"})
    return rows
