"""Maintenance: started and ended by the command, by the page and by the configuration. Probing goes on, what is covered is never
down, what others have is."""

import http.client
import json
import re
import urllib.parse
from datetime import datetime, timedelta, timezone

from harness.process import Case, fresh_address, main
from harness.rdpwatch import Daemon, run
from harness.simulator import Simulator

PAGE = "/metrics/targets"


class Maintenance(Case):
    def setUp(self):
        super().setUp()
        self.ours, self.theirs = fresh_address(), fresh_address()
        self.simulator = self.keep(Simulator(self.folder, {address: "healthy" for address in (self.ours, self.theirs)}))
        self.covered, self.other = self.simulator.target(self.ours), self.simulator.target(self.theirs)
        self.daemon = self.keep(Daemon(self.folder, self.config()))
        self.url = f"--url=http://127.0.0.1:{self.daemon.port}"
        self.wait_for_states("up", "up")

    def config(self, *windows, **more):
        return json.dumps(more | {
            "global": {"probe_interval": "10s", "confirm": {"attempts": 1}},
            "inventory": [{"group": "near", "labels": {"site": "fra1"}, "targets": [self.covered]},
                          {"group": "far", "labels": {"site": "ams1"}, "targets": [self.other]}],
            "maintenance": list(windows)})

    @staticmethod
    def window():
        """One that began yesterday and goes on until the day after tomorrow."""
        yesterday = (datetime.now(timezone.utc) - timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
        return {"name": "move", "match": {"group": "near"}, "once": {"from": yesterday}, "duration": "3d"}

    def rows(self):
        return {row["target"]: row for row in json.loads(self.daemon.get("/api/v1/targets"))["targets"]}

    def wait_for_states(self, covered, other):
        def reached():
            rows = self.rows()
            return [rows[target]["state"] for target in (self.covered, self.other) if target in rows] == [covered, other]
        self.daemon.wait_for(reached, 40, f"the states {covered} and {other}", every=0.2)

    def wait_for_coverage(self, covered):
        scrape = self.daemon.wait_for_scrape(lambda scrape: scrape.value("rdp_target_maintenance", target=self.covered) == covered, 15,
                                             f"rdp_target_maintenance to be {covered}", PAGE)
        self.assertEqual(scrape.value("rdp_target_maintenance", target=self.other), 0)
        return scrape

    def maintenance(self, *arguments, code=0):
        done = run("maintenance", *arguments, self.url)
        self.assertEqual((done.returncode, done.stdout if code else done.stderr), (code, ""), done.stderr)
        return done.stderr if code else done.stdout

    def breaks(self):
        self.simulator.reload({address: "reset_after_client_hello" for address in (self.ours, self.theirs)})

    def lines_about(self, message, target):
        return [line for line in self.daemon.log().splitlines() if f'msg="{message}"' in line and f"target={target}" in line]

    def test_started_by_command_a_host_that_breaks_is_in_maintenance_until_it_is_ended(self):
        said = self.maintenance("start", "--match", "site=fra1", "--for", "2h", "--reason", "new switches", "--by", "me")
        found = re.fullmatch(r"Maintenance (m[0-9a-f]{8}) of 1 target\(s\) goes on until \S+Z\nEnd it early: rdpwatch maintenance end \1\n", said)
        self.assertTrue(found, said)
        name = found.group(1)
        self.wait_for_coverage(1)
        self.assertEqual(self.rows()[self.covered]["state"], "up")
        self.breaks()
        self.wait_for_states("maintenance", "down")
        row = self.rows()[self.covered]
        self.assertEqual({key: row["maintenance"][key] for key in ("id", "name", "reason", "by")},
                         {"id": name, "name": "site=fra1", "reason": "new switches", "by": "me"})
        self.assertEqual(row["failure"]["reason"], "connection_reset")
        scrape = self.daemon.scrape(PAGE)
        self.assertEqual(scrape.value("rdp_probe_success", target=self.covered), 0)
        self.assertEqual(scrape.value("rdp_target_state", target=self.covered, state="maintenance"), 1)
        self.assertEqual(self.lines_about("target is down", self.covered), [])
        self.assertEqual(len(self.lines_about("target is down", self.other)), 1)
        listed = self.maintenance("list")
        self.assertRegex(listed, rf"^Goes on:\n  site=fra1  1 target, until \S+: new switches \(me\)  {name}\nNone is planned")
        self.assertEqual(self.maintenance("end", name), f"Maintenance {name} has ended\n")
        self.wait_for_states("down", "down")
        self.wait_for_coverage(0)
        self.assertEqual(len(self.lines_about("target is down", self.covered)), 1)
        self.assertIn("was=maintenance", self.lines_about("target is down", self.covered)[0])
        self.assertIn(f'no maintenance with the id \'{name}\' goes on', self.maintenance("end", name, code=3))

    def test_what_covers_nothing_is_refused(self):
        said = self.maintenance("start", "--match", "site=fra2", "--for", "2h", "--reason", "slip", code=3)
        self.assertIn("no target of the inventory fits site=fra2", said)
        said = self.maintenance("start", "--match", "fra1", "--for", "2h", "--reason", "slip", code=3)
        self.assertIn("'fra1' says not what to cover, allowed: group=NAME", said)
        self.assertEqual(json.loads(self.daemon.get("/api/v1/maintenance"))["active"], [])

    def test_a_window_of_the_configuration_begins_and_ends_with_a_reload(self):
        self.breaks()
        self.wait_for_states("down", "down")
        self.daemon.reload(self.config(self.window()))
        self.wait_for_states("maintenance", "down")
        self.wait_for_coverage(1)
        active = json.loads(self.daemon.get("/api/v1/maintenance"))["active"]
        self.assertEqual([(one["name"], one["planned"], one["match"], one["targets"]) for one in active],
                         [("move", True, "group=near", 1)])
        self.daemon.reload(self.config())
        self.wait_for_states("down", "down")

    def events(self, types):
        """Those of these types, from the first."""
        return json.loads(self.daemon.get(f"/api/v1/events?after=0&type={types}"))["events"]

    def told(self):
        """The events of maintenances, from the first."""
        return [(event["type"], event["details"]["name"]) for event in self.events("maintenance_started,maintenance_ended")]

    def test_a_restart_ends_no_maintenance_and_says_nothing_twice(self):
        config = self.config(self.window(), storage={"path": str(self.folder / "state.db")})
        self.daemon.stop(20)
        self.daemon = self.keep(Daemon(self.folder, config))
        self.url = f"--url=http://127.0.0.1:{self.daemon.port}"
        self.maintenance("start", "--match", "site=ams1", "--for", "2h", "--reason", "new switches")
        self.daemon.wait_for(lambda: len(self.told()) == 2, 15, "both to have begun")
        before = json.loads(self.daemon.get("/api/v1/maintenance"))["active"]
        self.assertEqual(self.daemon.stop(20), 0)

        self.daemon = self.keep(Daemon(self.folder, config))
        self.url = f"--url=http://127.0.0.1:{self.daemon.port}"
        self.daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_target_maintenance")) == 2, 15, "both targets", PAGE)
        self.assertEqual(json.loads(self.daemon.get("/api/v1/maintenance"))["active"], before)
        ad_hoc = next(one["id"] for one in before if one["name"] == "site=ams1")
        self.maintenance("end", ad_hoc, "--by", "me")
        self.daemon.wait_for(lambda: len(self.told()) > 2, 15, "its end")
        self.assertEqual(self.told(), [("maintenance_started", "move"), ("maintenance_started", "site=ams1"),
                                       ("maintenance_ended", "site=ams1")])
        ended = self.events("maintenance_ended")[0]
        self.assertEqual(ended["text"], "Maintenance site=ams1 was ended by me; targets: 1")

    def test_what_ended_while_the_daemon_was_stopped_is_told(self):
        storage = {"path": str(self.folder / "state.db")}
        self.daemon.stop(20)
        self.daemon = self.keep(Daemon(self.folder, self.config(self.window(), storage=storage)))
        self.daemon.wait_for(lambda: self.told() == [("maintenance_started", "move")], 15, "it to have begun")
        self.assertEqual(self.daemon.stop(20), 0)

        for starts in (2, 3):
            self.daemon = self.keep(Daemon(self.folder, self.config(storage=storage)))
            self.daemon.wait_for(lambda: len(self.events("started")) == starts, 20, "its start")  # by then it was told
            self.assertEqual(self.told(), [("maintenance_started", "move"), ("maintenance_ended", "move")], starts)
            ended = self.events("maintenance_ended")[0]
            self.assertEqual(ended["text"], "Maintenance move ended while rdpwatch was not running")
            self.assertEqual(self.daemon.stop(20), 0)

    def submit(self, path, headers=None, **fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=10)
        try:
            connection.request("POST", path, urllib.parse.urlencode(fields),
                               {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})
            response = connection.getresponse()
            return response.status, response.headers["Location"], response.read().decode()
        finally:
            connection.close()

    def test_the_page_starts_and_ends_one_and_no_other_site_does(self):
        form = {"match": "site=fra1\r\ngroup=near", "for": "30m", "reason": "<b>reboot</b>", "by": "me"}
        status, _, body = self.submit("/maintenance", {"Origin": "http://evil.example"}, **form)
        self.assertEqual(status, 403, body)
        self.assertEqual(self.submit("/maintenance", **form)[:2], (303, "maintenance"))
        self.wait_for_coverage(1)
        page = self.daemon.get("/maintenance")
        self.assertIn("&lt;b&gt;reboot&lt;/b&gt;", page)
        self.assertIn("In maintenance</a> (group=near, site=fra1)", self.daemon.get(f"/targets/{self.rows()[self.covered]['id']}"))
        end = re.search(r'action="\./(maintenance/m[0-9a-f]{8}/end)"', page).group(1)
        self.assertEqual(self.submit(f"/{end}", {"Sec-Fetch-Site": "cross-site"})[0], 403)
        self.assertEqual(self.submit(f"/{end}")[:2], (303, "../../maintenance"))
        self.wait_for_coverage(0)
        self.assertEqual(self.submit(f"/{end}")[0], 404)


if __name__ == "__main__":
    main(200)
