"""promtool, Prometheus's own checker, reads the daemon's two metrics pages; it has one piece of advice and no more."""

import subprocess

from harness import certificates
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


if __name__ == "__main__":
    main(120)
