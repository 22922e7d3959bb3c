"""Names that attack: labels and groups of the inventory, and what hostile hosts call themselves, reach every output escaped."""

import csv
import io
import json
import re
import subprocess

from harness.process import Case, fresh_address, main, tool
from harness.raw_http import ask, get
from harness.rdpwatch import Daemon, run
from harness.simulator import Simulator

EVIL = '=1+"\'<script>alert(1)</script>{{evil}}\\\u202e\u00e4'
HOST_EVIL = "=2+\"'<script>alert(2)</script>{{evil}}\\\u202e\n\x1b[31m\u0001"
SHOW_NAMES = ["/", "/targets", "/groups", "/certificates", "/config"]
PAGES = [*SHOW_NAMES, "/security", "/causes"]  # tests/browser has those of one target or group
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Hostile(Case):
    @classmethod
    def setUpClass(cls):
        folder = cls.class_folder()
        names, text = fresh_address(), fresh_address()
        hosts = {names: {"base": "nla_required", "certificate": {"common_name": HOST_EVIL[:50]},
                         "nla": {"netbios_computer": HOST_EVIL[:12], "dns_computer": HOST_EVIL, "dns_domain": HOST_EVIL}},
                 text: {"fault": {"at": "request", "send_text": "SSH-2.0-" + HOST_EVIL + "\r\n"}}}
        simulator = cls.keep_for_class(Simulator(folder, hosts))
        cls.names, cls.text = simulator.target(names), simulator.target(text)
        config = {"global": {"probe_interval": "10s", "confirm": {"attempts": 1}},
                  "inventory": [{"group": EVIL, "module": "nla", "labels": {"note": EVIL}, "targets": [cls.names, cls.text]}]}
        cls.daemon = cls.keep_for_class(Daemon(folder, json.dumps(config), ["--log.format=json"]))
        cls.daemon.wait_for_scrape(lambda page: len(page.find("rdp_target_state", state="up")) == 1
                                   and len(page.find("rdp_target_state", state="down")) == 1, 40, "both results")

    def page(self, path):
        return ask(self.daemon.port, get(path))[0]

    def test_metrics(self):
        text = self.page("/metrics").text
        done = subprocess.run([tool("promtool"), "check", "metrics"], input=text, capture_output=True, text=True, timeout=30, check=False)
        self.assertNotIn("error while linting", done.stdout + done.stderr)
        self.assertIn("<script>alert(1)", text)
        self.assertIn("<script>alert(2)", text)
        for line in text.split("\n"):
            self.assertRegex(line, r"^$|^# |^[a-z_]+(\{.*\})? \S+$")

    def test_api(self):
        answer = self.page("/api/v1/targets")
        rows = json.loads(answer.text)["targets"]
        self.assertEqual({row["labels"]["note"] for row in rows}, {EVIL})
        self.assertIn("<script>alert(2)", answer.text)
        self.assertIsNone(CONTROL.search(answer.text))
        for row in rows:
            self.assertIsNone(CONTROL.search(self.page(f"/api/v1/targets/{row['id']}").text))
        table = list(csv.reader(io.StringIO(self.page("/api/v1/targets?format=csv").text, newline="")))
        self.assertEqual(len(table), 3)
        for cells in table:
            self.assertEqual([cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))], [])

    def test_html(self):
        for path in PAGES:
            answer = self.page(path)
            self.assertEqual(answer.status, 200, path)
            self.assertNotIn("<script>alert", answer.text, path)
            self.assertEqual("&lt;script&gt;alert(1)" in answer.text, path in SHOW_NAMES, path)
            self.assertIn("default-src 'none'", answer.headers["content-security-policy"], path)
            self.assertEqual((answer.headers["x-content-type-options"], answer.headers["referrer-policy"]), ("nosniff", "same-origin"), path)

    def test_log(self):
        self.assertIn("<script>alert", self.daemon.log())
        for line in self.daemon.log().splitlines():
            json.loads(line)
            self.assertIsNone(CONTROL.search(line), line)

    def test_commands(self):
        for arguments in (["status", f"--url={self.daemon.url}"], ["probe", self.names, "--module=nla"], ["probe", self.text],
                          ["diagnose", self.text, "--quick"]):
            done = run(*arguments)
            self.assertIsNone(CONTROL.search(done.stdout + done.stderr), arguments)

    def test_reload_needs_its_flag(self):
        for method, status in (("GET", 405), ("POST", 403), ("PUT", 403)):
            data = f"{method} /-/reload HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()
            self.assertEqual((method, ask(self.daemon.port, data)[0].status), (method, status))


if __name__ == "__main__":
    main(200)
