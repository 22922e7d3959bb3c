"""The pages in a real browser: tests/browser, run against a fleet some of whose hosts are broken. Each of its tests is a subtest
here."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from harness import npm
from harness.process import Case, end_with_parent, fresh_address, free_port, main, tool
from harness.rdpwatch import SANITIZER_MARKS, Daemon
from harness.simulated_fleet import RESETS, SimulatedFleet
from harness.watched_fleet import WatchedFleet

ROOT = Path(os.environ["RDPWATCH_SOURCE_DIR"])
HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an attribute's end": "\"'><img src=x onerror=alert(2)>",
    "a template": "{{page_title}}{{{root}}}{{>part-host}}",
    "a turned direction": "fra\u202egnp.exe",
    "a long word": "long" * 15,  # a certificate's name has 64 bytes at most
}


class HostileFleet(SimulatedFleet):
    """The usual fleet, and a group for each hostile text: one host that resets, and one that is up and has the text in all that
    it says of itself. And one target that nobody listens at."""

    def __init__(self):
        super().__init__()
        network = ".".join(next(iter(self.hosts.values())).addresses[0].split(".")[:2])
        self.resets = [f"{network}.200.{2 * number + 1}" for number in range(len(HOSTILE))]
        self.talks = [f"{network}.200.{2 * number + 2}" for number in range(len(HOSTILE))]
        self.nobody = f"{network}.201.1"

    def scenario(self):
        made = super().scenario()
        for text, resets, talks in zip(HOSTILE.values(), self.resets, self.talks):
            made["hosts"][resets] = {"base": "nla_required", **RESETS}
            made["hosts"][talks] = {"base": "nla_required", "certificate": {"common_name": text, "sans": [], "days_left": -1},
                                    "nla": {"netbios_computer": text, "netbios_domain": text, "dns_computer": text}}
        return made

    def daemon_config(self, nameserver, port, discovery, without=()):
        made = super().daemon_config(nameserver, port, discovery, without)
        for text, resets, talks in zip(HOSTILE.values(), self.resets, self.talks):
            made["inventory"].append({"group": text, "module": "posture", "labels": {"site": text, "note": text},
                                      "targets": [f"{resets}:{port}", f"{talks}:{port}"]})
        made["inventory"].append({"group": "lost", "targets": [f"{self.nobody}:{free_port(self.nobody)}"]})
        return made


class Browser(Case):
    @classmethod
    def setUpClass(cls):
        folder = cls.class_folder()
        cls.scripts = folder / "browser"
        shutil.copytree(ROOT / "tests/browser", cls.scripts, ignore=shutil.ignore_patterns("node_modules"))
        cls.stack = WatchedFleet(folder, cls.keep_for_class, HostileFleet())
        capped = folder / "capped"
        capped.mkdir()
        config = {"global": {"probe_interval": "1h", "max_connections_per_minute": 3},
                  "inventory": [{"group": "lab", "module": "tls", "targets": [cls.stack.simulator.target(fresh_address())]}]}
        cls.capped = cls.keep_for_class(Daemon(capped, json.dumps(config)))
        npm.install(cls.scripts, "tests/browser/package-lock.json")
        cls.wait_for_rows("every host to be probed", 60, lambda rows: all(row["state"] != "unknown" for row in rows))
        cls.stack.make_trouble()
        broken = {cls.stack.target(name) for name in ("rdsh-lon-10", *cls.stack.fleet.of_site("fra1"))}
        cls.wait_for_rows("the hosts that broke to be down, each with a cause", 60, lambda rows: all(
            row["state"] == "down" and row["causes"] for row in rows if row["target"] in broken))
        cls.stack.daemon.wait_for_scrape(
            lambda scrape: any(sample.labels == {"scope": "site", "name": "fra1"} for sample in scrape.find("rdp_path_failure_members")),
            60, "the daemon to see that a site is down")

    @classmethod
    def wait_for_rows(cls, what, seconds, condition):
        cls.stack.daemon.wait_for(
            lambda: condition(json.loads(cls.stack.daemon.get("/api/v1/targets?per_page=1000"))["targets"]), seconds, what, every=0.2)

    def facts(self):
        fleet, breakable = self.stack.fleet, self.stack.fleet.hosts["servers-par-11"]
        return {"url": self.stack.daemon.url, "cappedUrl": self.capped.url, "chromium": tool("chromium"),
                "reset": {"name": "rdsh-lon-10", "address": fleet.hosts["rdsh-lon-10"].addresses[0]},
                "hostile": [{"name": name, "text": text} for name, text in HOSTILE.items()],
                "breakable": {"name": breakable.name, "address": breakable.addresses[0]},
                "scenario": str(self.stack.scenario_path), "simulator": self.stack.simulator.pid}

    def test_pages(self):
        command = ["node", "--test-reporter=./reporter.mjs", "all.mjs"]
        running = subprocess.Popen(command, cwd=self.scripts, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, preexec_fn=end_with_parent,
                                   env={**os.environ, "RDPWATCH_BROWSER_FACTS": json.dumps(self.facts())})
        self.addCleanup(running.wait)
        self.addCleanup(running.kill)
        seen, other = 0, []
        with running.stdout:
            for line in running.stdout:
                if not line.startswith("{"):
                    other.append(line)
                    continue
                test = json.loads(line)
                with self.subTest(test["name"]):
                    print(f"{'failed' if 'error' in test else 'ok':6} {test['seconds']:5.1f} s  {test['name']}", flush=True)
                    if "error" in test:
                        self.fail(test["error"])
                seen += 1
        code = running.wait()
        self.assertEqual((code, other), (0, []))
        self.assertGreater(seen, 70)
        for daemon in (self.stack.daemon, self.capped):
            for mark in SANITIZER_MARKS:
                self.assertNotIn(mark, daemon.log())


if __name__ == "__main__":
    main(580)
