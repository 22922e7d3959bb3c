"""The API of a live daemon: every answer is held against deploy/openapi.yml, and what it says against the simulated hosts."""

import copy
import csv
import http.client
import io
import json

from harness.api_document import JSON, complaints
from harness.process import Case, free_port, fresh_address, main
from harness.rdpwatch import Daemon, run
from harness.simulator import Simulator


class Api(Case):
    """One fleet for all tests: six healthy hosts, one that resets, one that is expired, one that nobody listens at."""

    @classmethod
    def setUpClass(cls):
        folder = cls.class_folder()
        healthy = [fresh_address() for _ in range(6)]
        resets, expired, nobody = fresh_address(), fresh_address(), fresh_address()
        hosts = {address: "nla_required" for address in healthy}
        hosts.update({resets: "reset_after_client_hello", expired: "expired"})
        simulator = cls.keep_for_class(Simulator(folder, hosts))
        cls.resets, cls.expired = simulator.target(resets), simulator.target(expired)
        cls.refused = f"{nobody}:{free_port(nobody)}"
        cls.healthy = sorted(map(simulator.target, healthy))
        evil = 'say "<b>\\\u202e\u00e4'
        config = {"global": {"probe_interval": "10s", "confirm": {"attempts": 1}},
                  "inventory": [{"group": "rdsh", "module": "nla", "labels": {"site": "fra1", "note": evil}, "targets": [*cls.healthy, cls.resets]},
                                {"group": 'o"dd', "labels": {"site": "ams1"}, "targets": [cls.expired, cls.refused]}]}
        cls.evil = evil
        cls.daemon = cls.keep_for_class(Daemon(folder, json.dumps(config)))
        cls.daemon.wait_for(lambda: len(cls.fetch("/api/v1/targets?state=up")[2]["targets"]) == 7
                            and len(cls.fetch("/api/v1/targets?state=down")[2]["targets"]) == 2
                            and cls.fetch("/api/v1/status")[2].get("judged")
                            and cls.judged_after_the_failures(), 60, "all nine results and a judgement of them", every=0.2)

    @classmethod
    def judged_after_the_failures(cls):
        rows = cls.fetch("/api/v1/targets")[2]["targets"]
        return cls.fetch("/api/v1/status")[2]["judged"] > max(row["since"] for row in rows)

    @classmethod
    def fetch(cls, path, method="GET", headers=None):
        """status, headers, the body as JSON where it is JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", cls.daemon.port, timeout=10)
        try:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            body = response.read().decode("utf-8", errors="strict")
        finally:
            connection.close()
        return response.status, response.headers, json.loads(body) if body and response.headers["Content-Type"] == JSON else body

    def get(self, path, status=200):
        """The answer, which must have this status and be as documented."""
        got, headers, body = self.fetch(path)
        self.assertEqual((path, got, headers["Content-Type"]), (path, status, JSON))
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual((path, complaints(body, path.split("?")[0], status)), (path, []))
        return body

    def names(self, query):
        return [row["target"] for row in self.get(f"/api/v1/targets?{query}")["targets"]]

    def test_every_answer_is_as_documented(self):
        rows = self.get("/api/v1/targets")["targets"]
        self.assertEqual(len(rows), 9)
        details = [self.get(f"/api/v1/targets/{row['id']}") for row in rows]
        self.assertEqual([detail["target"] for detail in details], [row["target"] for row in rows])
        self.get("/api/v1/groups")
        self.get("/api/v1/status")
        self.assertEqual(self.get("/api/v1/clean-up")["targets"], [])
        for subject in ("0x904", "0x904+0x7", "0x7", "2308%2F7", "connection_reset", "tls", "clock_skew", "expired", "private_key_unreadable"):
            self.get(f"/api/v1/explain?q={subject}")

    def change(self, method, path, status, body=None):
        """The answer to one that changes something, which must be as documented."""
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=10)
        try:
            connection.request(method, path, body and json.dumps(body))
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        self.assertEqual((path, response.status), (path, status), answer)
        self.assertEqual(complaints(answer, path.split("?")[0], status, method.lower()), [])
        return answer

    def test_maintenance_is_as_documented(self):
        started = self.change("POST", "/api/v1/maintenance", 201, {"match": "site=ams1", "for": "1h", "reason": "a look", "by": "me"})
        self.assertEqual(started["targets"], 2)
        self.daemon.wait_for(lambda: len(self.get("/api/v1/targets?state=maintenance")["targets"]) == 1, 10, "the refused host to be covered")
        self.assertEqual([one["id"] for one in self.get("/api/v1/maintenance")["active"]], [started["id"]])
        [row] = self.get("/api/v1/targets?state=maintenance")["targets"]
        self.assertEqual(self.get(f"/api/v1/targets/{row['id']}")["maintenance"]["id"], started["id"])
        self.change("POST", "/api/v1/maintenance", 400, {"match": "site=ams2", "for": "1h", "reason": "a slip"})
        self.change("DELETE", f"/api/v1/maintenance/{started['id']}?by=me", 200)
        self.change("DELETE", f"/api/v1/maintenance/{started['id']}", 404)
        self.daemon.wait_for(lambda: self.get("/api/v1/targets?state=maintenance")["targets"] == [], 10, "it to be over")

    def test_the_reset_host_is_told_whole(self):
        worst = self.get("/api/v1/targets?reason=connection_reset")["targets"][0]
        self.assertEqual((worst["target"], worst["state"], worst["group"], worst["failure"]["phase"]), (self.resets, "down", "rdsh", "tls"))
        self.assertEqual(worst["client_error"], {"code": "0x904", "extended_code": "0x7"})
        self.assertEqual(worst["labels"], {"site": "fra1", "note": self.evil})
        whole = self.get(f"/api/v1/targets/{worst['id']}")
        self.assertEqual((whole["siblings"]["others"], whole["siblings"]["fine"]), (6, 6))
        self.assertEqual(whole["result"]["failure"], whole["failure"])
        self.assertEqual(whole["diagnosis"]["causes"][0]["id"], worst["causes"][0]["id"])
        self.assertIn("them: a host of the same group", whole["diagnosis"]["us_or_them"])
        self.assertNotIn("last_success", whole)

    def test_filters_sorts_and_pages(self):
        self.assertEqual(set(self.names("state=down")), {self.resets, self.refused})
        self.assertEqual(self.names("phase=connect&reason=connection_refused"), [self.refused])
        self.assertEqual(set(self.names("site=ams1")), {self.expired, self.refused})
        self.assertEqual(set(self.names("group=o%22dd")), {self.expired, self.refused})
        self.assertEqual(self.names(f"q={self.expired.split(':')[0]}"), [self.expired])
        everything = sorted([*self.healthy, self.resets, self.expired, self.refused])
        self.assertEqual(self.names("sort=target"), everything)
        self.assertEqual(self.names("sort=-target&per_page=4&page=3"), everything[:1])
        self.assertEqual(self.names("sort=days_to_expiry")[0], self.expired)
        self.assertEqual(set(self.names("")[:2]), {self.resets, self.refused})

    def test_csv(self):
        for path, headers in (("/api/v1/targets?format=csv&sort=target", {}), ("/api/v1/targets?sort=target", {"Accept": "text/csv"})):
            status, answered, body = self.fetch(path, headers=headers)
            self.assertEqual((status, answered.get_content_type()), (200, "text/csv"))
            rows = list(csv.DictReader(io.StringIO(body, newline="")))
            self.assertEqual([row["target"] for row in rows], self.names("sort=target"))
            self.assertEqual({row["reason"] for row in rows}, {"", "connection_reset", "connection_refused"})

    def test_groups_and_status_count_alike(self):
        groups = {group["group"]: group for group in self.get("/api/v1/groups")["groups"]}
        self.assertEqual(set(groups), {"rdsh", 'o"dd'})
        self.assertEqual((groups["rdsh"]["total"], groups["rdsh"]["by_state"]["up"]), (7, 6))
        self.assertEqual(groups["rdsh"]["failures"], [{"phase": "tls", "reason": "connection_reset", "targets": 1}])
        status = self.get("/api/v1/status")
        self.assertEqual({state: count for state, count in status["targets"]["by_state"].items() if count}, {"up": 7, "down": 2})
        self.assertEqual(status["targets"]["by_source"], {"static": 9, "file_sd": 0})
        self.assertEqual((status["prober_blind"], status["prober_clock_wrong"], status["held_changes"]), (False, False, 0))
        self.assertTrue(status["configuration"]["last_reload_successful"])

    def post(self, path, status=200, **headers):
        """The answer to a POST, which must be as documented."""
        got, _, body = self.fetch(path, method="POST", headers=headers)
        self.assertEqual((path, got), (path, status), body)
        self.assertEqual(complaints(body, path, status, "post"), [])
        return body

    def test_runs_that_somebody_asks_for(self):
        rows = {row["target"]: row["id"] for row in self.get("/api/v1/targets")["targets"]}
        reset, healthy = f"/api/v1/targets/{rows[self.resets]}", f"/api/v1/targets/{rows[self.healthy[0]]}"
        fine = self.post(healthy + "/probe")
        self.assertEqual((fine["success"], fine["state"], fine["agrees_with_state"]), (True, "up", True))
        broken = self.post(reset + "/probe")
        self.assertEqual((broken["failure"]["phase"], broken["failure"]["reason"], broken["agrees_with_state"]), ("tls", "connection_reset", True))
        status, headers, body = self.fetch(reset + "/probe", method="POST", headers={"Accept": "application/x-ndjson"})
        self.assertEqual((status, headers["Content-Type"]), (200, "application/x-ndjson"))
        lines = [json.loads(line) for line in body.splitlines()]
        self.assertIn(f"connect {self.resets}", [line["log"]["text"] for line in lines[:-1]])
        self.assertEqual(lines[-1]["result"]["failure"]["reason"], "connection_reset")
        self.post(healthy.rsplit("/", 1)[0] + "/nobody~3a3389/probe", 404)
        self.post(healthy + "/probe", 403, Origin="https://evil.example")
        status, headers, _ = self.fetch(healthy + "/probe")
        self.assertEqual((status, headers["Allow"]), (405, "POST"))

    def test_faults_say_what_is_allowed(self):
        self.assertIn("state", self.get("/api/v1/targets?sate=down", 400)["allowed"])
        self.assertEqual(self.get("/api/v1/targets?per_page=1001", 400)["allowed"], ["1 to 1000"])
        self.get("/api/v1/targets/nobody~3a3389", 404)
        self.get("/api/v1/groups?x=1", 400)
        self.get("/api/v1/explain?q=timeot", 404)
        self.get("/api/v1/explain", 400)
        status, _, body = self.fetch("/api/v2/targets")
        self.assertEqual((status, body["allowed"][0]), (404, "/api/v1/targets"))
        status, headers, body = self.fetch("/api/v1/targets", method="DELETE")
        self.assertEqual((status, headers["Allow"], body["allowed"]), (405, "GET, HEAD", ["GET", "HEAD"]))

    def test_head_is_get_without_the_body(self):
        for path in ("/api/v1/targets", "/api/v1/status", "/api/v1/targets/nobody"):
            got = self.fetch(path)
            head = self.fetch(path, method="HEAD")
            self.assertEqual((head[0], head[1]["Content-Type"], head[2]), (got[0], got[1]["Content-Type"], ""))

    def status(self, *flags):
        return run("status", f"--url={self.daemon.url}", *flags)

    def test_the_status_command_shows_the_worst_first(self):
        done = self.status()
        self.assertEqual((done.returncode, done.stderr), (2, ""))
        lines = done.stdout.splitlines()
        self.assertEqual(lines[:2], ["Us or them: nothing points at the prober", "9 targets: 2 down, 7 up"])
        self.assertEqual(len([line for line in lines if line.startswith("down  ")]), 2)
        block = done.stdout.split(f"down  {self.resets}  group rdsh, since ")[1].split("\n\n")[0]
        self.assertIn("connection_reset in tls", block)
        self.assertIn("6 of 6 others of the group fine", block)
        self.assertIn(f"rdpwatch diagnose {self.resets}", block)
        about_hosts = done.stdout.split("\n\n", 1)[1]
        for healthy in self.healthy:
            self.assertNotIn(healthy, about_hosts)
        limited = self.status("--limit=1").stdout
        self.assertEqual(len([line for line in limited.splitlines() if line.startswith("down  ")]), 1)
        self.assertIn("\nand 1 more; --limit shows more of them\n", limited)

    def test_the_status_command_counts_the_groups_it_is_asked_for(self):
        done = self.status("--group=rdsh", "--state=up")
        self.assertEqual(done.returncode, 2)
        self.assertIn("\n7 targets: 1 down, 6 up\n", done.stdout)
        self.assertNotIn(self.resets, done.stdout.split("\n\n", 1)[1])
        wrong = self.status("--group=rdhs")
        self.assertEqual((wrong.returncode, wrong.stdout), (3, ""))
        self.assertIn('the daemon does not have all of these groups, it has: o"dd, rdsh', wrong.stderr)

    def test_the_status_command_as_json(self):
        done = self.status("--output=json")
        answer = json.loads(done.stdout)
        self.assertEqual((done.returncode, set(answer)), (2, {"status", "by_state", "targets"}))
        self.assertEqual({row["target"] for row in answer["targets"]}, {self.resets, self.refused})

    def test_the_status_command_without_a_daemon(self):
        nobody = run("status", f"--url=http://127.0.0.1:{free_port()}")
        self.assertEqual((nobody.returncode, nobody.stdout), (3, ""))
        self.assertIn("nothing listens at http://127.0.0.1:", nobody.stderr)
        self.assertEqual(run("status", "--url=https://127.0.0.1:9839").returncode, 3)
        self.assertEqual(run("status", "--url=ftp://x").returncode, 3)
        elsewhere = run("status", f"--url={self.daemon.url}/elsewhere")
        self.assertEqual(elsewhere.returncode, 3)
        self.assertIn("answers with status 404; it is no daemon of rdpwatch that has this API", elsewhere.stderr)

    def test_an_undocumented_field_would_be_found(self):
        rows = self.get("/api/v1/targets")
        broken = copy.deepcopy(rows)
        broken["targets"][0]["new"] = 1
        self.assertIn("'new' was unexpected", complaints(broken, "/api/v1/targets")[0])
        whole = self.get(f"/api/v1/targets/{rows['targets'][0]['id']}")
        whole["result"]["new"] = 1
        self.assertEqual(len(complaints(whole, "/api/v1/targets/x")), 1)
        del whole["result"]["new"], whole["state"]
        self.assertEqual(complaints(whole, "/api/v1/targets/x"), [": 'state' is a required property"])


if __name__ == "__main__":
    main(200)
