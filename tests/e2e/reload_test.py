"""SIGHUP: a removed target's series vanish, the others go on as if nothing had happened, and a bad file changes nothing."""

from harness.process import Case, fresh_address, main
from harness.rdpwatch import Daemon
from harness.simulator import Simulator

CONFIG = """
global: {{probe_interval: 10s}}
inventory:
  - group: lab
    labels: {{site: {site}}}
    targets: {targets}
"""
PAGE = "/metrics/targets"


class Reload(Case):
    def setUp(self):
        super().setUp()
        self.addresses = [fresh_address() for _ in range(3)]
        simulator = self.keep(Simulator(self.folder, {address: "healthy" for address in self.addresses}))
        self.targets = [simulator.target(address) for address in self.addresses]
        self.daemon = self.keep(Daemon(self.folder, self.config(self.targets)))
        self.before = self.daemon.wait_for_scrape(
            lambda scrape: len(scrape.find("rdp_probe_success")) == 3, 40, "three targets probed", PAGE)

    @staticmethod
    def config(targets, site="fra1"):
        return CONFIG.format(targets="[" + ", ".join(f'"{target}"' for target in targets) + "]", site=site)

    def reloaded(self, scrape):
        key = "rdpwatch_config_last_reload_success_timestamp_seconds"
        return scrape.value(key) > self.loaded_at

    def reload(self, config):
        """Reloads and waits until the daemon says that it succeeded."""
        page = self.daemon.scrape()
        self.loaded_at = page.value("rdpwatch_config_last_reload_success_timestamp_seconds")
        self.daemon.reload(config)
        self.daemon.wait_for_scrape(self.reloaded, 10, "the reload")
        return self.daemon.scrape(PAGE)

    def test_removed_target_is_gone_and_the_others_keep_their_counters(self):
        kept, removed = self.targets[:2], self.targets[2]
        after = self.reload(self.config(kept))
        self.assertEqual(self.before.targets(), set(self.targets))
        self.assertEqual(after.targets(), set(kept))
        self.assertNotIn(removed, after.text)
        for target in kept:
            self.assertGreaterEqual(after.value("rdp_probes_total", target=target),
                                    self.before.value("rdp_probes_total", target=target))
            self.assertEqual(after.value("rdp_target_state_since_timestamp_seconds", target=target),
                             self.before.value("rdp_target_state_since_timestamp_seconds", target=target))
            self.assertEqual(after.value("rdp_cert_not_after_timestamp_seconds", target=target),
                             self.before.value("rdp_cert_not_after_timestamp_seconds", target=target))
        self.assertEqual(self.daemon.scrape().value("rdpwatch_targets", source="static"), 2)

    def test_a_target_that_comes_back_starts_anew(self):
        self.reload(self.config(self.targets[:2]))
        after = self.reload(self.config(self.targets))
        target = self.targets[2]
        self.assertEqual(after.value("rdp_probes_total", target=target) or 0, 0)

    def test_changed_labels_are_on_the_next_scrape(self):
        after = self.reload(self.config(self.targets, site="ams2"))
        self.assertEqual(len(after.find("rdp_probe_success", site="ams2")), 3)
        self.assertEqual(after.find("rdp_probe_success", site="fra1"), [])

    def test_a_bad_file_changes_nothing_and_is_reported(self):
        self.assertEqual(self.daemon.scrape().value("rdpwatch_config_last_reload_successful"), 1)
        self.daemon.reload("global: {probe_interval: 1s}\ninventory: []\n")
        self.daemon.wait_for_scrape(lambda scrape: scrape.value("rdpwatch_config_last_reload_successful") == 0, 10,
                                    "the refused reload")
        self.assertEqual(self.daemon.scrape(PAGE).targets(), set(self.targets))
        self.assertRegex(self.daemon.log(), r"rdpwatch\.yml:1:\d+: .*probe_interval")
        probed = self.daemon.scrape(PAGE).value("rdp_probes_total", target=self.targets[0])
        self.daemon.wait_for_scrape(lambda scrape: scrape.value("rdp_probes_total", target=self.targets[0]) > probed, 25,
                                    "probes that go on", PAGE)
        self.reload(self.config(self.targets))
        self.assertEqual(self.daemon.scrape().value("rdpwatch_config_last_reload_successful"), 1)


if __name__ == "__main__":
    main(240)
