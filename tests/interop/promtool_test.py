"""promtool, Prometheus's own checker, reads the daemon's two metrics pages, where it has one piece of advice and no more, and
the example of Prometheus's configuration with everything that can be switched on in it."""

import shutil
import subprocess

import yaml
from harness import certificates, examples
from harness.process import Case, fresh_address, main, tool
from harness.rdpwatch import Daemon
from harness.servers import Xrdp

CONFIG = """
global: {{probe_interval: 10s, confirm: {{attempts: 1}}, labels: {{vantage: lab}}}}
inventory:
  - group: lab
    labels: {{site: 'quoted "site" with a back\\slash'}}
    targets: ["{up}", "{down}"]
"""


# Days are for people; alerts use the timestamp beside it. promtool ends with 3 when it has such advice.
ADVICE_NOT_TAKEN = 'rdp_cert_days_to_expiry use base unit "seconds" instead of "days"\n'


class Promtool(Case):
    def check(self, text):
        done = subprocess.run([tool("promtool"), "check", "metrics"], input=text, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (3, ADVICE_NOT_TAKEN))

    def test_both_pages(self):
        server = self.keep(Xrdp(self.folder / "xrdp", certificates.make(self.folder, "rsa")))
        down = f"{fresh_address()}:3389"
        daemon = self.keep(Daemon(self.folder, CONFIG.format(up=server.target, down=down)))
        targets = daemon.wait_for_scrape(lambda scrape: len(scrape.find("rdp_probe_success")) == 2, 30,
                                         "both targets probed", "/metrics/targets")
        self.assertEqual(targets.value("rdp_probe_success", target=server.target), 1)
        self.assertEqual(targets.value("rdp_probe_success", target=down, vantage="lab",
                                       site='quoted "site" with a back\\slash'), 0)
        self.check(daemon.get("/metrics/targets"))
        self.check(daemon.get("/metrics"))
        self.assertEqual(daemon.stop(), 0)


class Example(Case):
    """deploy/prometheus/prometheus.yml"""

    def check(self, text):
        """The configuration as promtool was shown it; an error of promtool's fails the test."""
        path = self.folder / "prometheus.yml"
        path.write_text(text, encoding="utf-8")
        shutil.copytree(examples.FOLDER / "rules", self.folder / "rules", dirs_exist_ok=True)
        done = subprocess.run([tool("promtool"), "check", "config", path], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        rules = len(list((examples.FOLDER / "rules").glob("*.yml")))
        self.assertIn(f"SUCCESS: {rules} rule files found\n", done.stdout)
        return yaml.safe_load(text)

    def jobs(self, *names):
        config = self.check(examples.choose(examples.prometheus_example(), *names))
        for job in config["scrape_configs"]:
            self.assertTrue(job.keys() & {"static_configs", "http_sd_configs"}, job)
        return [job["job_name"] for job in config["scrape_configs"]]

    def test_as_it_stands(self):
        config = self.check(examples.prometheus_example())
        self.assertEqual(config, self.check(examples.choose(examples.prometheus_example(), "rdpwatch")))
        self.assertEqual([job["job_name"] for job in config["scrape_configs"]], ["rdpwatch", "prometheus"])

    def test_the_alternatives(self):
        self.assertEqual(examples.alternatives(examples.prometheus_example()),
                         ["replica", "rdpwatch", "rdpwatch-split", "rdpwatch-parts", "rdp-probe"])
        self.assertEqual(self.jobs("rdpwatch-split"), ["rdpwatch", "rdpwatch-targets", "prometheus"])
        self.assertEqual(self.jobs("rdpwatch-parts", "rdp-probe"), ["rdpwatch", "rdpwatch-targets", "rdp-probe", "prometheus"])

    def test_two_servers_that_do_the_same(self):
        config = self.check(examples.choose(examples.prometheus_example(), "rdpwatch", "replica"))
        self.assertEqual(config["global"]["external_labels"], {"replica": "a"})
        self.assertEqual(config["alerting"]["alert_relabel_configs"], [{"regex": "replica", "action": "labeldrop"}])

    def test_nothing_is_switched_off_outside_of_an_alternative(self):
        left = examples.choose(examples.prometheus_example())
        self.assertNotRegex(left, r"(?m)^ *#[^ \n]")
        self.assertNotRegex(left, "# (Alternative|End of) ")


if __name__ == "__main__":
    main(120)
