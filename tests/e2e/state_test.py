"""The state file: a restart loses nothing, kill -9 only what is not yet written, and a file that can't be written stops nothing."""

import contextlib
import json
import os
import random
import resource
import signal
import sqlite3
import time

from harness.process import Case, fresh_address, main, wait_until
from harness.rdpwatch import Daemon
from harness.simulator import Simulator

HOSTS = 60
KILLS = int(os.environ.get("KILLS", "50"))  # in the gate; by hand: KILLS=200
FLUSH = 0.1
# What a host shows that nothing happened to: every one of these is as it was at the first scrape after a restart.
LASTING = ("rdp_probe_success", "rdp_target_state", "rdp_target_state_since_timestamp_seconds", "rdp_target_info",
           "rdp_probe_failure_reason", "rdp_cert_not_after_timestamp_seconds", "rdp_cert_info", "rdp_cert_problem",
           "rdp_host_info", "rdp_target_cause")
TIMES = ("rdp_probe_last_run_timestamp_seconds", "rdp_probe_last_success_timestamp_seconds", "rdp_cert_last_seen_timestamp_seconds")


def series(scrape, names):
    return {(sample.name, *sorted(sample.labels.items())): sample.value for sample in scrape.samples if sample.name in names}


class State(Case):
    def setUp(self):
        super().setUp()
        self.addresses = [fresh_address() for _ in range(HOSTS)]
        faults = {address: "reset_after_client_hello" for address in self.addresses[:5]}
        self.simulator = self.keep(Simulator(self.folder, {address: "healthy" for address in self.addresses} | faults))
        self.file = self.folder / "state.db"

    def config(self, interval=10):
        targets = ", ".join(f'"{self.simulator.target(address)}"' for address in self.addresses)
        return (f"global: {{probe_interval: {interval}s, confirm: {{attempts: 1}}}}\n"
                f"storage: {{path: {self.file}, flush_interval: {int(1000 * FLUSH)}ms}}\n"
                f"inventory: [{{group: lab, targets: [{targets}]}}]\n")

    def start(self, interval=10):
        return self.keep(Daemon(self.folder, self.config(interval)))

    def wait_all_probed(self, daemon):
        return daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_target_state", state="up")) == HOSTS - 5
                                      and len(scrape.find("rdp_target_state", state="down")) == 5, 60, "every host was probed")

    def rows(self):
        """What the file has: {target: when the last run ended}, read as anybody may who asks SQLite."""
        with contextlib.closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10)) as database:
            return dict(database.execute("SELECT target, json_extract(state, '$.last_run') / 1e9 FROM endpoint"))

    def test_a_restart_is_invisible(self):
        daemon = self.start()
        self.wait_all_probed(daemon)
        before = daemon.scrape()
        self.assertEqual(daemon.stop(20), 0)
        daemon = self.start(interval=60)
        after = daemon.wait_for_scrape(lambda scrape: len(scrape.targets()) == HOSTS, 20, "the targets are known")
        self.assertEqual(series(after, LASTING), series(before, LASTING))
        times = series(before, TIMES)
        later = {key: value for key, value in series(after, TIMES).items() if value != times[key]}
        for key, value in later.items():
            self.assertGreater(value, times[key], "only what was probed again by now is newer")
        self.assertEqual(after.value("rdpwatch_storage_working"), 1)
        events = json.loads(daemon.get("/api/v1/events?after=0&limit=500"))["events"]
        self.assertEqual([event["id"] for event in events], list(range(1, len(events) + 1)), "the journal goes on")
        self.assertEqual([event["type"] for event in events if event["type"] in ("started", "stopped")],
                         ["started", "stopped", "started"])
        self.assertEqual(sorted(event["target"] for event in events if event["type"] == "target_down"),
                         sorted(self.simulator.target(address) for address in self.addresses[:5]))

    def assert_restored(self, daemon, known):
        """Every run that the file knew is there as soon as its target is."""
        scrape = daemon.wait_for_scrape(lambda scrape: len(scrape.targets()) == HOSTS, 20, "the targets are known")
        shown = {sample.labels["target"]: sample.value for sample in scrape.find("rdp_probe_last_run_timestamp_seconds")}
        for target, when in known.items():
            self.assertGreaterEqual(shown[target], when - 0.001, f"{target} went back in time")

    def test_kill_at_any_moment(self):
        chance = random.Random(20261126)
        daemon = self.start()
        self.wait_all_probed(daemon)
        daemon.stop(20)
        known, worst, lost = {}, 0.0, 0
        for kill in range(KILLS):
            daemon = self.start()
            self.assert_restored(daemon, known)
            time_to_die = time.monotonic() + chance.uniform(0, 1)
            wait_until(lambda: time.monotonic() > time_to_die, 5, "its moment")
            shown = {sample.labels["target"]: sample.value
                     for sample in daemon.scrape().find("rdp_probe_last_run_timestamp_seconds")}
            daemon.signal(signal.SIGKILL)
            daemon.process.wait(10)
            with contextlib.closing(sqlite3.connect(self.file)) as database:
                self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)], f"after kill {kill}")
            kept = self.rows()
            for target, when in known.items():
                self.assertGreaterEqual(kept[target], when - 0.001, "what was written stays written")
            missing = [when for target, when in shown.items() if when > 0 and kept.get(target, 0) < when - 0.001]
            lost += len(missing)
            if missing:
                worst = max(worst, time.time() - min(missing))
            known = kept
        self.assertEqual(len(known), HOSTS)
        print(f"{KILLS} times kill -9: the file was whole each time; {lost} results of {KILLS} x {HOSTS} were not in it yet, "
              f"the oldest {worst:.2f} s old", flush=True)
        self.assertLess(worst, 5)

    def test_a_file_that_cannot_grow_stops_nothing(self):
        daemon = self.start()
        self.wait_all_probed(daemon)
        # As on a full disk every write beyond this is refused.
        resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (1 << 16, resource.RLIM_INFINITY))
        failing = daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_storage_working") == 0, 30, "it says that it can't write")
        ran = failing.value("rdpwatch_probes_total", module="tls")
        daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_probes_total", module="tls") > ran + HOSTS, 60, "probing goes on")
        self.assertIn("the state is kept in memory only", daemon.log())
        resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_storage_working") == 1, 90, "it writes again")
        shown = {sample.labels["target"]: sample.value for sample in daemon.scrape().find("rdp_probe_last_run_timestamp_seconds")}
        wait_until(lambda: all(self.rows().get(target, 0) >= when - 0.001 for target, when in shown.items()), 20,
                        "what was missed is written")

    def test_a_locked_file_is_waited_for(self):
        daemon = self.start()
        self.wait_all_probed(daemon)
        with contextlib.closing(sqlite3.connect(self.file, isolation_level=None)) as somebody:
            somebody.execute("BEGIN IMMEDIATE")
            daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_storage_working") == 0, 30, "it says that it can't write")
            self.assertIn("database is locked", daemon.log())
            somebody.execute("ROLLBACK")
        daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_storage_working") == 1, 90, "it writes again")

    def test_a_damaged_file_is_put_aside(self):
        daemon = self.start()
        self.wait_all_probed(daemon)
        daemon.stop(20)
        content = bytearray(self.file.read_bytes())
        content[0:4096] = bytes(4096)
        self.file.write_bytes(content)
        daemon = self.start()
        self.wait_all_probed(daemon)
        daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_storage_working") == 1, 30, "it writes to a new one")
        self.assertEqual(len(list(self.folder.glob("state.db.corrupt-*"))), 1)
        wait_until(lambda: len(self.rows()) == HOSTS, 20, "all are in it")


if __name__ == "__main__":
    main(850)
