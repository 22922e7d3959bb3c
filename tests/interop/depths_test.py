"""Modules nla and licensing against real servers: who the host is, what time it has, and what it says of licences."""

import datetime
import socket

from harness import certificates, nmap, rdpwatch
from harness.process import Case, main
from harness.servers import Shadow, Xrdp, Xvfb

CONFIG = """
modules:
  licensing_without_tls: {depth: licensing, require_tls: false}
inventory: []
"""


class Depths(Case):
    @classmethod
    def setUpClass(cls):
        folder = cls.class_folder()
        cls.certificate = certificates.make(folder, "server", subject="/CN=lab")
        cls.xvfb = Xvfb(folder / "xvfb")
        cls.keep_for_class(cls.xvfb)

    def shadow(self, *options, clock=None):
        return self.keep(Shadow(self.folder / "shadow", self.xvfb, options, self.certificate, clock))

    def xrdp(self, **settings):
        return self.keep(Xrdp(self.folder / "xrdp", self.certificate, **settings))

    def without_tls(self):
        path = self.folder / "rdpwatch.yml"
        path.write_text(CONFIG, encoding="utf-8")
        return f"--config.file={path}", "--module=licensing_without_tls"

    def assert_ok(self, outcome):
        self.assertEqual(outcome.exit_code, 0, outcome.stdout + outcome.stderr)
        self.assertIs(outcome.result["success"], True)

    def phases(self, outcome):
        return [phase["phase"] for phase in outcome.result["phases"]]

    def not_applicable(self, outcome):
        return [row["phase"] for row in outcome.result["not_applicable"]]

    def test_nla_server_names_itself_as_nmap_sees_it(self):
        server = self.shadow("/sec:nla")
        outcome = rdpwatch.probe(server.target, "--module=nla")
        self.assert_ok(outcome)
        self.assertEqual(self.phases(outcome)[-1], "nla")
        self.assertEqual(outcome.result["nla"], {"outcome": "challenge", "version": 6})

        host, seen = outcome.result["host"], nmap.ntlm_info(server.address)
        self.assertEqual(host["netbios_computer"], seen["NetBIOS_Computer_Name"])
        self.assertEqual(host["netbios_domain"], seen["NetBIOS_Domain_Name"])
        self.assertEqual(host["dns_computer"], seen["DNS_Computer_Name"])
        self.assertEqual(host["dns_domain"], seen["DNS_Domain_Name"])
        self.assertEqual(host["os_build"], seen["Product_Version"])
        self.assertEqual(host["netbios_computer"], socket.gethostname().split(".")[0].upper()[:15])
        # It says 6.1.7601 on every system, and offers what Windows 7 never had.
        self.assertNotIn("os_name", host)
        self.assertLess(abs(host["clock_skew_seconds"]), 5)
        self.assertEqual(outcome.result["findings"], [])

    def test_clock_that_is_ahead(self):
        server = self.shadow("/sec:nla", clock="+2h")
        outcome = rdpwatch.probe(server.target, "--module=nla")
        self.assertIs(outcome.result["success"], True)
        self.assertAlmostEqual(outcome.result["host"]["clock_skew_seconds"], 7200, delta=5)
        self.assertIn("clock_skew", outcome.result["findings"])
        ahead = nmap.system_time(nmap.ntlm_info(server.address)) - datetime.datetime.now(datetime.timezone.utc)
        self.assertAlmostEqual(ahead.total_seconds(), outcome.result["host"]["clock_skew_seconds"], delta=5)

    def test_server_without_nla(self):
        server = self.xrdp()
        outcome = rdpwatch.probe(server.target, "--module=nla")
        self.assert_ok(outcome)
        self.assertEqual(outcome.result["nla"], {"outcome": "no_credssp"})
        self.assertEqual(self.not_applicable(outcome), ["nla"])
        self.assertNotIn("host", outcome.result)
        self.assertEqual(nmap.ntlm_info(server.address), {})

    def test_xrdp_hands_out_licences(self):
        server = self.xrdp()
        outcome = rdpwatch.probe(server.target, "--module=licensing")
        self.assert_ok(outcome)
        self.assertEqual(self.phases(outcome)[-2:], ["mcs", "licensing"])
        self.assertEqual(outcome.result["mcs"],
                         {"version": "5.0 to 8.1", "requested_protocols": ["ssl"], "encryption_method": "none",
                          "encryption_level": "none"})
        self.assertEqual(outcome.result["licensing"], {"outcome": "license_request", "company": "Microsoft Corporation",
                                                       "product_id": "236", "scopes": ["microsoft.com"]})
        self.assertEqual(outcome.result["findings"], ["nla_not_required"])
        # Its way of saying that the client said goodbye in MCS; of TLS it complains only when no close_notify came.
        server.wait_for(lambda: "xrdp_process_loop failed" in server.server_log(), 10, "the end of the connection in the log")
        self.assertIn("Connected client computer name: rdpwatch", server.server_log())
        self.assertEqual([line for line in server.server_log().splitlines() if "SSL_read" in line or "error:" in line], [])

    def test_shadow_needs_no_licence(self):
        outcome = rdpwatch.probe(self.shadow("/sec:tls").target, "--module=licensing")
        self.assert_ok(outcome)
        self.assertEqual(outcome.result["licensing"], {"outcome": "valid_client"})
        self.assertEqual(outcome.result["mcs"]["requested_protocols"], ["ssl"])

    def test_licensing_passes_an_nla_server_by(self):
        outcome = rdpwatch.probe(self.shadow("/sec:nla").target, "--module=licensing")
        self.assert_ok(outcome)
        self.assertEqual(self.phases(outcome)[-1], "tls")
        self.assertEqual(self.not_applicable(outcome), ["mcs", "licensing"])
        self.assertEqual([attempt["reason"] for attempt in outcome.result["negotiation"]["attempts"]],
                         ["hybrid_required_by_server"])

    def test_licensing_where_nla_is_offered_and_not_required(self):
        outcome = rdpwatch.probe(self.shadow("+sec-nla").target, "--module=licensing")
        self.assert_ok(outcome)
        self.assertEqual(outcome.result["negotiation"]["selected"], "ssl")
        self.assertEqual(outcome.result["licensing"], {"outcome": "valid_client"})

    def test_standard_rdp_security_without_encryption_goes_on_to_licensing(self):
        outcome = rdpwatch.probe(self.shadow("/sec:rdp").target, *self.without_tls())
        self.assert_ok(outcome)
        self.assertEqual(self.phases(outcome), ["connect", "negotiate", "mcs", "licensing"])
        self.assertEqual(outcome.result["licensing"], {"outcome": "valid_client"})
        self.assertEqual(outcome.result["findings"], ["legacy_rdp_security", "nla_not_required"])

    def test_standard_rdp_security_with_encryption_is_read_up_to_its_strength(self):
        outcome = rdpwatch.probe(self.xrdp(security_layer="rdp").target, *self.without_tls())
        self.assert_ok(outcome)
        self.assertEqual(self.phases(outcome), ["connect", "negotiate", "mcs"])
        self.assertEqual(outcome.result["mcs"]["encryption_method"], "128-bit RC4")
        self.assertEqual(outcome.result["mcs"]["encryption_level"], "high")
        self.assertEqual(outcome.result["mcs"]["rdp_key_bits"], 2048)
        self.assertEqual(self.not_applicable(outcome), ["tls", "licensing"])


if __name__ == "__main__":
    main(240)
