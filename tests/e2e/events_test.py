"""Events: a host breaks and recovers, the configuration and the inventory change; the API, the file, CSV and the pages tell it."""

import csv
import io
import json
import urllib.error
import urllib.request

from harness.api_document import complaints
from harness.process import Case, fresh_address, main
from harness.rdpwatch import Daemon, lab_config
from harness.simulator import Simulator

API = "/api/v1/events"


class Events(Case):
    def setUp(self):
        super().setUp()
        self.hosts = {fresh_address(): "healthy" for _ in range(2)}
        self.simulator = self.keep(Simulator(self.folder, self.hosts))
        self.steady, self.breaks = map(self.simulator.target, self.hosts)
        self.file = self.folder / "events.jsonl"
        self.daemon = self.keep(Daemon(self.folder, self.config([self.steady, self.breaks]), [f"--events.file={self.file}"]))

    @staticmethod
    def config(targets):
        return lab_config(targets, "probe_interval: 10s, confirm: {attempts: 1}")

    def ask(self, query=""):
        answer = json.loads(self.daemon.get(f"{API}?{query}"))
        self.assertEqual(complaints(answer, API), [])
        return answer

    def types(self, query="after=0"):
        return [event["type"] for event in self.ask(query)["events"]]

    def wait_for_event(self, kind, query="after=0", seconds=40):
        return self.daemon.wait_for(lambda: kind in self.types(query), seconds, f"the event {kind}", every=0.2)

    def break_and_recover(self):
        self.daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_target_state", state="up")) == 2, 40, "both up",
                                    "/metrics/targets")
        broken = dict(self.hosts)
        broken[self.breaks.rsplit(":", 1)[0]] = "reset_after_client_hello"
        self.simulator.reload(broken)
        self.wait_for_event("target_down")
        self.simulator.reload(self.hosts)
        self.wait_for_event("target_up")

    def lines(self, file=None):
        return [json.loads(line) for line in (file or self.file).read_text(encoding="utf-8").splitlines()]

    def test_what_happened_is_told_in_order_everywhere(self):
        self.break_and_recover()
        self.daemon.reload("global: {probe_interval: 1s}\ninventory: []\n")
        self.wait_for_event("reload_failed", seconds=10)
        self.daemon.reload(self.config([self.steady]))
        self.wait_for_event("reload", seconds=10)

        events = self.ask("after=0")["events"]
        told = [event for event in events if event["type"] not in ("diagnosis", "path_down", "path_up", "prober_blind", "prober_sees")]
        self.assertEqual([event["type"] for event in told],
                         ["started", "target_down", "target_up", "reload_failed", "inventory_changed", "reload"])
        self.assertEqual([event["id"] for event in events], list(range(1, len(events) + 1)))
        self.assertEqual(sorted(event["time"] for event in events), [event["time"] for event in events])
        started, down, up, refused, inventory, reload = told
        self.assertIn("targets: 2", started["text"])
        self.assertEqual((down["target"], down["address"], down["group"]), (self.breaks, self.breaks, "lab"))
        self.assertIn(f"{self.breaks} is down: connection_reset in tls", down["text"])
        self.assertEqual({key: down["details"][key] for key in ("was", "phase", "reason", "client_error")},
                         {"was": "up", "phase": "tls", "reason": "connection_reset", "client_error": "0x904/0x7"})
        self.assertEqual((up["target"], up["details"]["was"]), (self.breaks, "down"))
        self.assertRegex(refused["details"]["error"], r"rdpwatch\.yml:1:\d+: .*probe_interval")
        self.assertEqual(inventory["details"], {"targets": "1", "added": "0", "removed": "1", "removed_targets": self.breaks})
        self.assertEqual(reload["details"], {"targets": "1"})
        # The log says the same.
        for message in ("target is down", "target is up", "inventory changed", "configuration reloaded"):
            self.assertIn(f'msg="{message}"', self.daemon.log())

        newest = self.ask("limit=2")
        self.assertEqual([event["id"] for event in newest["events"]], [events[-1]["id"], events[-2]["id"]])
        self.assertTrue(newest["more"])
        self.assertEqual(self.ask(f"before={events[0]['id'] + 1}")["events"], [events[0]])
        self.assertEqual(self.ask(f"target={self.breaks}&type=target_down,target_up&after=0")["events"], [down, up])
        self.assertEqual(self.ask("since=0s")["events"], [])

        rows = list(csv.DictReader(io.StringIO(self.daemon.get(f"{API}?format=csv&type=target_down"))))
        self.assertEqual([(row["id"], row["target"], row["text"]) for row in rows], [(str(down["id"]), self.breaks, down["text"])])
        self.assertIn("reason=connection_reset", rows[0]["details"])

        page = self.daemon.get("/events?type=target_down")
        self.assertIn(f"{self.breaks} is down", page)
        self.assertNotIn("is up again", page)
        scrape = self.daemon.scrape()
        self.assertEqual(scrape.value("rdpwatch_events_total", type="target_down"), 1)
        self.assertEqual(scrape.value("rdpwatch_events_total", type="reload"), 1)
        self.assertEqual(scrape.value("rdpwatch_events_dropped_total"), 0)

        self.assertEqual(self.daemon.stop(), 0)
        written = self.lines()
        self.assertEqual(sorted(written, key=lambda event: event["id"])[:len(events)], events)
        self.assertEqual(written[-1]["type"], "stopped")
        self.assertEqual(written[-1]["details"], {"signal": "SIGTERM"})

    def test_a_slip_is_answered_with_what_is_allowed(self):
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.daemon.get(f"{API}?type=target_dwon")
        answer = json.loads(refused.exception.read())
        self.assertEqual(answer["error"], "type: 'target_dwon' is not known (did you mean 'target_down'?)")
        self.assertEqual(complaints(answer, API, 400), [])

    def test_the_file_that_was_moved_away_is_opened_anew(self):
        moved = self.folder / "events.jsonl.1"
        self.file.rename(moved)
        self.daemon.reload(self.config([self.steady]))
        self.wait_for_event("reload", seconds=10)
        self.daemon.wait_for(self.file.exists, 10, "the new file")
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual([event["type"] for event in self.lines(moved)], ["started"])
        self.assertEqual([event["type"] for event in self.lines()], ["inventory_changed", "reload", "stopped"])

    def test_a_file_that_cant_be_written_stops_nothing(self):
        self.assertEqual(self.daemon.stop(), 0)
        daemon = self.keep(Daemon(self.folder, self.config([self.steady]), ["--events.file=/dev/full"]))
        daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_events_dropped_total") >= 1, 20, "an event that was dropped")
        daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_probes_total", module="tls") >= 1, 40, "a probe all the same")
        self.assertIn("No space left on device", daemon.log())
        self.assertEqual(daemon.log().count("events can't be written"), 1)
        self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    main(200)
