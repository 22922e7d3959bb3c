"""xrdp: the security protocol it chooses, the TLS versions it is limited to, and its misconfigurations."""

import os
import signal

from harness import certificates, rdpwatch
from harness.process import Case, fresh_address, main
from harness.servers import Xrdp

CONFIG = """
modules:
  tls12: {{depth: tls, tls: {{min_version: TLS12}}}}
  nla_only: {{depth: tls, require_nla: true}}
inventory: []
"""


class XrdpSecurity(Case):
    @classmethod
    def setUpClass(cls):
        cls.certificate = certificates.make(cls.class_folder(), "rsa", sans=["DNS:localhost"])

    def xrdp(self, **settings):
        return self.keep(Xrdp(self.folder / "xrdp", settings.pop("certificate", self.certificate), **settings))

    def config(self):
        path = self.folder / "rdpwatch.yml"
        path.write_text(CONFIG.format(), encoding="utf-8")
        return f"--config.file={path}"

    def assert_failed(self, outcome, phase, reason, category):
        self.assertEqual(outcome.reason(), (phase, reason), outcome.stdout)
        self.assertEqual(outcome.result["failure"]["category"], category)
        self.assertIs(outcome.result["success"], False)
        if category != "policy":  # policy is judged after everything was captured
            self.assertEqual(outcome.result["phases"][-1]["phase"], phase)
        self.assertEqual(outcome.exit_code, 2)

    def test_tls_server(self):
        server = self.xrdp()
        outcome = rdpwatch.probe(server.target)
        self.assertEqual(outcome.exit_code, 0, outcome.stdout + outcome.stderr)
        result = outcome.result
        self.assertEqual(result["schema"], "rdpwatch.probe/1")
        self.assertEqual((result["target"], result["address"], result["module"]), (server.target, server.target, "tls"))
        self.assertIs(result["success"], True)
        self.assertEqual(result["negotiation"]["requested"], ["ssl", "hybrid", "hybrid_ex"])
        self.assertEqual(result["negotiation"]["selected"], "ssl")
        self.assertEqual(result["negotiation"]["flags"], ["extended_client_data"])
        self.assertEqual(result["negotiation"]["attempts"], [])
        self.assertEqual(result["tls"]["version"], "TLSv1.3")
        self.assertEqual(result["tls"]["profile"], "modern")
        phases = [phase["phase"] for phase in result["phases"]]
        self.assertEqual([phase for phase in phases if phase != "resolve"], ["connect", "negotiate", "tls"])
        self.assertLess(sum(phase["seconds"] for phase in result["phases"]), result["duration_seconds"] + 0.001)
        self.assertNotIn("failure", result)

    def test_connection_is_closed_in_an_orderly_way(self):
        """xrdp complains of every client that leaves before MCS, but of TLS only when no close_notify came."""
        server = self.xrdp()
        self.assertEqual(rdpwatch.probe(server.target).exit_code, 0)
        server.wait_for(lambda: "Connect-Initial failed" in server.server_log(), 10, "the end of the connection in the log")
        self.assertEqual([line for line in server.server_log().splitlines() if "SSL_read" in line or "error:" in line], [])

    def test_negotiating_server_prefers_tls(self):
        outcome = rdpwatch.probe(self.xrdp(security_layer="negotiate").target)
        self.assertEqual((outcome.exit_code, outcome.result["negotiation"]["selected"]), (0, "ssl"))

    def test_server_with_standard_rdp_security_only(self):
        server = self.xrdp(security_layer="rdp")
        outcome = rdpwatch.probe(server.target)
        self.assert_failed(outcome, "negotiate", "protocol_not_allowed", "policy")
        self.assertEqual(outcome.result["negotiation"]["selected"], "rdp")
        self.assertIn("legacy_rdp_security", outcome.result["findings"])

        accepted = rdpwatch.probe(server.target, "--module=negotiate")
        self.assertEqual((accepted.exit_code, accepted.result["negotiation"]["selected"]), (0, "rdp"))
        self.assertNotIn("tls", accepted.result)

    def test_module_that_requires_nla(self):
        outcome = rdpwatch.probe(self.xrdp().target, self.config(), "--module=nla_only")
        self.assert_failed(outcome, "negotiate", "protocol_not_allowed", "policy")
        self.assertEqual(outcome.result["certificate"]["sha256"], certificates.facts(self.certificate)["sha256"])

    def test_tls12_only(self):
        outcome = rdpwatch.probe(self.xrdp(ssl_protocols="TLSv1.2").target)
        self.assertEqual((outcome.exit_code, outcome.result["tls"]["version"], outcome.result["tls"]["profile"]),
                         (0, "TLSv1.2", "modern"))
        self.assertEqual(outcome.result["negotiation"]["attempts"], [])

    def test_static_rsa_cipher_of_tls12(self):
        outcome = rdpwatch.probe(self.xrdp(ssl_protocols="TLSv1.2", ciphers="AES128-SHA").target)
        self.assertEqual((outcome.exit_code, outcome.result["tls"]["cipher"]), (0, "AES128-SHA"))
        self.assertNotIn("group", outcome.result["tls"])

    def test_tls10_only_needs_the_legacy_profile(self):
        server = self.xrdp(ssl_protocols="TLSv1", ciphers="ALL:@SECLEVEL=0")
        outcome = rdpwatch.probe(server.target)
        self.assertEqual(outcome.exit_code, 0, outcome.stdout + outcome.stderr)
        self.assertEqual((outcome.result["tls"]["version"], outcome.result["tls"]["profile"]), ("TLSv1", "legacy"))
        self.assertIn("legacy_tls", outcome.result["findings"])
        self.assertEqual(len(outcome.result["negotiation"]["attempts"]), 1)
        self.assertEqual(outcome.result["certificate"]["sha256"], certificates.facts(self.certificate)["sha256"])

        strict = rdpwatch.probe(server.target, self.config(), "--module=tls12")
        self.assert_failed(strict, "tls", "protocol_not_allowed", "policy")

    def test_unreadable_key(self):
        outcome = rdpwatch.probe(self.xrdp(key=self.folder / "absent.key").target)
        self.assert_failed(outcome, "negotiate", "ssl_cert_not_on_server", "negotiation")

    def test_unreadable_key_of_a_negotiating_server_falls_to_rdp_security(self):
        outcome = rdpwatch.probe(self.xrdp(security_layer="negotiate", key=self.folder / "absent.key").target)
        self.assert_failed(outcome, "negotiate", "protocol_not_allowed", "policy")

    def test_key_that_is_not_the_certificates(self):
        other = certificates.make(self.folder, "other")
        outcome = rdpwatch.probe(self.xrdp(key=other.key).target)
        self.assert_failed(outcome, "tls", "tls_not_spoken", "tls")
        self.assertNotIn("certificate", outcome.result)

    def test_server_that_accepts_and_says_nothing(self):
        server = self.xrdp()
        server.signal(signal.SIGSTOP)
        self.addCleanup(os.kill, server.pid, signal.SIGCONT)
        outcome = rdpwatch.probe(server.target, "--timeout=2s")
        self.assert_failed(outcome, "negotiate", "timeout", "network")
        self.assertGreater(outcome.result["duration_seconds"], 1.5)
        self.assertLess(outcome.result["duration_seconds"], 4)

    def test_nobody_listens(self):
        outcome = rdpwatch.probe(f"{fresh_address()}:3389")
        self.assert_failed(outcome, "connect", "connection_refused", "network")


if __name__ == "__main__":
    main(240)
