"""A soak in two minutes: at least ten rounds in which targets come and go, hosts break and recover, pages are read and the
configuration is loaded again, driven by what the daemon says and never by sleeping. After each round it watches exactly what it
is told to; at the end nothing has grown, nothing was left out, and no host has anything to complain of.

tests/bench/suite/soak.py is the same for as long as one likes, with a bigger fleet and figures."""

import gzip
import itertools
import json
import os
import random
import unittest.mock
import urllib.request

from harness import growth
from harness.process import Case, main
from harness.rdpwatch import Daemon, parse_exposition
from harness.simulator import Simulator, complaints

HOSTS = 120
ROUNDS = 10
CHANGES = 2  # of the inventory, in a round
MOVED = 20   # targets go and as many come with each: below the fifth from which a removal is held
PASSING = 20  # more come while a round waits and go at the next look, so that what each leaves behind would add up
BROKEN = 9   # hosts at a time, each of them once, so that none is flapping
SEED = 20261126
HEALTHY = {"base": "nla_required", "certificate": {"key": "ec256"}}
FAULTS = ("reset_on_accept", "tls_alert_handshake_failure", "reset_after_client_hello", "close_after_request")
STALL = "stall_after_client_hello"  # a round with it lasts for the time that a probe may take
STALLING_ROUNDS = (4,)
# One attempt a run and no back-off: a host that broke or was repaired is seen at its next probe. Many connections a minute, so
# that the experiments of a diagnosis leave no probe without a turn.
CONFIG = """
global: {probe_interval: 10s, probe_timeout: 2s, confirm: {attempts: 1}, max_backoff: 0s, max_connections_per_minute: 60}
inventory: [{group: lab, module: nla, file_sd: [{files: ["inventory/*.json"]}]}]
"""
PAGE = "/metrics/targets"


class Fleet:
    """The simulated hosts, the file of those that are to be watched, and which of them are broken."""

    def __init__(self, folder, keep):
        self.chance = random.Random(SEED)
        self.network, self.passing_network = (f"127.{number}" for number in random.sample(range(64, 255), 2))
        self.numbers, self.passing_numbers = itertools.count(), itertools.count()
        self.broken, self.were_broken = {}, set()
        self.simulator = keep(Simulator(folder, self.scenario()))
        self.inventory = folder / "inventory" / "hosts.json"
        self.inventory.parent.mkdir()
        self.present = self.fresh(HOSTS)
        self.write()

    def scenario(self):
        hosts = {target.rpartition(":")[0]: fault for target, fault in self.broken.items()}
        return {f"{self.network}.0.0/16": HEALTHY, f"{self.passing_network}.0.0/16": HEALTHY} | hosts

    def fresh(self, count):
        """Targets that were never there before."""
        return [self.target(self.network, number) for number in itertools.islice(self.numbers, count)]

    def target(self, network, number):
        return self.simulator.target(f"{network}.{number // 250}.{number % 250 + 1}")

    def write(self):
        self.write_file(self.inventory, self.present)

    def write_file(self, path, targets):
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps([{"targets": targets}]), encoding="utf-8")
        os.replace(temporary, path)

    def pass_by(self, count=PASSING):
        """Others than before come for a moment, whether they are probed in it or not."""
        targets = [self.target(self.passing_network, number) for number in itertools.islice(self.passing_numbers, count)]
        self.write_file(self.inventory.with_name("passing.json"), targets)

    def passes(self, target):
        return target.startswith(self.passing_network + ".")

    def move(self):
        """Some go, as many come. Those that are broken stay, to be seen down."""
        gone = set(self.chance.sample([target for target in self.present if target not in self.broken], MOVED))
        self.present = [target for target in self.present if target not in gone] + self.fresh(MOVED)
        self.write()

    def break_others(self, faults):
        """Others break than before, and those recover."""
        chosen = self.chance.sample([target for target in self.present if target not in self.were_broken], BROKEN)
        self.broken = {target: faults[number % len(faults)] for number, target in enumerate(chosen)}
        self.were_broken.update(chosen)
        self.simulator.reload(self.scenario())

    def complaints(self):
        """What hosts may complain of. The experiments of a diagnosis leave the cookie away and begin without a request, on
        purpose: such words count on hosts that were never broken."""
        counters = self.simulator.stats()
        experimented_on = {target.rpartition(":")[0] for target in self.were_broken}
        for address in experimented_on & counters.keys():
            counters[address].update(bad_requests=0, last_cookie="rdpwatch")
        return complaints(counters)

    def expected_states(self):
        return {target: "down" if target in self.broken else "up" for target in self.present}


def states(scrape):
    return {sample.labels["target"]: sample.labels["state"] for sample in scrape.find("rdp_target_state")}


def runs(scrape):
    return {sample.labels["target"]: sample.value for sample in scrape.find("rdp_probes_total")}


class Soak(Case):
    def fetch(self, path, method="GET", **headers):
        request = urllib.request.Request(self.daemon.url + path, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.read()

    def wait_for(self, condition, seconds, what):
        self.daemon.wait_for(lambda: condition(self.daemon.scrape(PAGE)), seconds, what, every=0.1)

    def check_readers(self):
        """Everybody who asks is told of the same targets: a scraper, also a compressing one, service discovery, the API."""
        present = set(self.fleet.present)
        page = gzip.decompress(self.fetch(PAGE, **{"Accept-Encoding": "gzip"})).decode()
        self.assertEqual(parse_exposition(page).targets(), present)
        listed = json.loads(self.fetch("/api/v1/targets?per_page=1000"))
        self.assertEqual({row["target"] for row in listed["targets"]}, present)
        discovered = [target for entry in json.loads(self.fetch("/sd")) for target in entry["targets"]]
        self.assertEqual(sorted(discovered), sorted(present))
        for path in ("/", "/targets"):
            self.assertIn(b"</html>", self.fetch(path))

    def round(self, number):
        before = runs(self.daemon.scrape(PAGE))
        self.fleet.break_others((STALL, *FAULTS) if number in STALLING_ROUNDS else FAULTS)
        for _ in range(CHANGES):
            self.fleet.move()
            self.wait_for(lambda scrape: scrape.targets() == set(self.fleet.present), 20, "exactly the targets of the file")
        self.fetch("/-/reload", "POST")
        expected = self.fleet.expected_states()

        def all_probed(scrape):
            self.fleet.pass_by()
            now = runs(scrape)
            found = {target: state for target, state in states(scrape).items() if not self.fleet.passes(target)}
            return found == expected and all(now.get(target, 0) > before.get(target, 0) for target in expected)

        self.wait_for(all_probed, 45, f"round {number}: a probe of each, the broken ones down, the others up")
        self.fleet.pass_by(0)
        self.wait_for(lambda scrape: scrape.targets() == set(expected), 20, "nobody who passed by")
        self.check_readers()
        own = self.daemon.scrape()
        self.assertEqual(own.value("rdpwatch_inventory_held_changes"), 0)
        self.assertEqual(own.value("rdpwatch_config_last_reload_successful"), 1)

    def test_nothing_grows_while_targets_and_hosts_come_and_go(self):
        self.fleet = Fleet(self.folder, self.keep)
        # AddressSanitizer keeps what was freed for a while, up to 256 MiB of it: that would be all the growth that is seen.
        options = os.environ.get("ASAN_OPTIONS", "")
        with unittest.mock.patch.dict(os.environ, ASAN_OPTIONS=f"{options}:quarantine_size_mb=1".lstrip(":")):
            self.daemon = self.keep(Daemon(self.folder, CONFIG, ["--web.enable-lifecycle"]))
        self.wait_for(lambda scrape: states(scrape) == self.fleet.expected_states(), 45, "all up")
        watch = growth.Watch(self.daemon.pid, 0.2)
        self.addCleanup(watch.ended.set)
        for number in range(1, ROUNDS + 1):
            self.round(number)
        watch.end()
        own = self.daemon.scrape()
        memory, open_files = growth.memory_growth(watch.memory), growth.descriptor_growth(watch.descriptors)
        print(f"\n{ROUNDS} rounds in {watch.times[-1] - watch.times[0]:.0f} s, {next(self.fleet.numbers) - HOSTS} targets replaced, "
              f"{next(self.fleet.passing_numbers)} passed by; "
              "MiB: {:.1f}, then {:.1f}, at most {:.1f}; ".format(*(size / (1 << 20) for size in memory)) +
              "descriptors: {}, then {}, at most {}".format(*open_files), flush=True)
        for name in ("rdpwatch_probes_skipped_total", "rdpwatch_probe_local_errors_total", "rdpwatch_sd_refresh_failures_total"):
            self.assertEqual(sum(sample.value for sample in own.find(name)), 0, name)
        self.assertLessEqual(memory[1], memory[2], f"memory grew: {watch.memory}")
        self.assertLessEqual(open_files[1], open_files[2], f"descriptors grew: {watch.descriptors}")
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(self.fleet.complaints(), [])


class TheRule(unittest.TestCase):
    """What is no growth, and what is."""

    def test_memory(self):
        def grew(samples):
            _, after, most = growth.memory_growth(samples)
            return after > most

        mib = 1 << 20
        self.assertFalse(grew([10 * mib] * 10 + [40 * mib] * 30))
        self.assertFalse(grew([40 * mib] * 30 + [500 * mib] * 3 + [40 * mib] * 7))
        self.assertTrue(grew([40 * mib] * 30 + [44 * mib] * 10))
        self.assertTrue(grew([40 * mib + number * mib // 4 for number in range(40)]))

    def test_descriptors(self):
        def grew(samples):
            _, after, most = growth.descriptor_growth(samples)
            return after > most

        self.assertFalse(grew([20, 25, 31, 22] * 10))
        self.assertTrue(grew([20 + number // 3 for number in range(40)]))

    def test_slope(self):
        self.assertEqual(growth.slope([(x, 3 * x + (1000 if x == 5 else 0)) for x in range(20)]), 3)


if __name__ == "__main__":
    main(200)
