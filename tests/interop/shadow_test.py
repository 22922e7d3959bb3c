"""The FreeRDP shadow server: Network Level Authentication, TLS, and standard RDP security."""

from harness import certificates, rdpwatch
from harness.process import Case, main
from harness.servers import Shadow, Xvfb


class FreeRdpShadow(Case):
    @classmethod
    def setUpClass(cls):
        folder = cls.class_folder()
        cls.certificate = certificates.make(folder, "shadow", subject="/CN=SHADOW01", sans=["DNS:shadow01.lab.test"])
        cls.xvfb = Xvfb(folder / "xvfb")
        cls.keep_for_class(cls.xvfb)

    def shadow(self, *options):
        return self.keep(Shadow(self.folder / "shadow", self.xvfb, options, self.certificate))

    def assert_reaches_the_certificate(self, outcome, selected):
        self.assertEqual(outcome.exit_code, 0, outcome.stdout + outcome.stderr)
        self.assertIs(outcome.result["success"], True)
        self.assertEqual(outcome.result["negotiation"]["selected"], selected)
        self.assertEqual(outcome.result["tls"]["version"], "TLSv1.3")
        expected = certificates.facts(self.certificate)
        self.assertEqual({key: outcome.result["certificate"][key] for key in expected}, expected)

    def test_nla_server(self):
        outcome = rdpwatch.probe(self.shadow("/sec:nla").target)
        self.assert_reaches_the_certificate(outcome, "hybrid")
        self.assertEqual(outcome.result["negotiation"]["flags"], ["extended_client_data", "dynvc_gfx"])

    def test_tls_server(self):
        self.assert_reaches_the_certificate(rdpwatch.probe(self.shadow("/sec:tls").target), "ssl")

    def test_server_that_accepts_all(self):
        self.assert_reaches_the_certificate(rdpwatch.probe(self.shadow("+sec-nla").target), "hybrid")

    def test_server_that_refuses_tls_is_asked_again_without(self):
        server = self.shadow("/sec:rdp")
        outcome = rdpwatch.probe(server.target)
        self.assertEqual((outcome.reason(), outcome.exit_code), (("negotiate", "protocol_not_allowed"), 2))
        self.assertEqual(outcome.result["negotiation"]["selected"], "rdp")
        self.assertEqual([attempt["reason"] for attempt in outcome.result["negotiation"]["attempts"]],
                         ["ssl_not_allowed_by_server"])
        self.assertGreater(outcome.result["duration_seconds"], 1)

        accepted = rdpwatch.probe(server.target, "--module=negotiate")
        self.assertEqual((accepted.exit_code, accepted.result["negotiation"]["selected"]), (0, "rdp"))

    def test_only_the_port(self):
        outcome = rdpwatch.probe(self.shadow("/sec:nla").target, "--module=tcp")
        self.assertEqual(outcome.exit_code, 0)
        self.assertNotIn("negotiation", outcome.result)


if __name__ == "__main__":
    main(240)
