"""The end of the daemon: at once and with exit code 0, also while hosts keep probes waiting; and bad starts."""

import signal

from harness import rdpwatch
from harness.process import Case, fresh_address, main
from harness.rdpwatch import Daemon, lab_config
from harness.simulator import Simulator


class Stop(Case):
    def start(self, behaviour, count):
        addresses = [fresh_address() for _ in range(count)]
        self.simulator = self.keep(Simulator(self.folder, {address: behaviour for address in addresses}))
        return self.keep(Daemon(self.folder, lab_config(map(self.simulator.target, addresses))))

    def test_sigterm_while_probes_wait_for_silent_hosts(self):
        daemon = self.start("silent", 20)
        daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_probes_in_flight") >= 3, 30, "probes in flight")
        self.assertEqual(daemon.stop(5), 0)

    def test_sigint(self):
        daemon = self.start("healthy", 2)
        daemon.signal(signal.SIGINT)
        self.assertEqual(daemon.wait_exit(5), 0)

    def test_bad_configuration_at_start(self):
        path = self.folder / "bad.yml"
        path.write_text("global: {probe_intervall: 60s}\ninventory: []\n", encoding="utf-8")
        done = rdpwatch.run("serve", f"--config.file={path}", "--web.listen-address=127.0.0.1:0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("bad.yml:1:10:", done.stdout + done.stderr)
        self.assertIn("probe_intervall", done.stdout + done.stderr)

    def test_address_in_use(self):
        daemon = self.start("healthy", 1)
        done = rdpwatch.run("serve", f"--config.file={daemon.config_path}", f"--web.listen-address=127.0.0.1:{daemon.port}")
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(daemon.port), done.stdout + done.stderr)


if __name__ == "__main__":
    main(200)
