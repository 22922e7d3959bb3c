"""xrdp with all sorts of certificates: what rdpwatch reports equals what openssl says of the same file."""

from harness import certificates, rdpwatch
from harness.process import Case, main
from harness.servers import Xrdp


class XrdpCertificates(Case):
    @classmethod
    def setUpClass(cls):
        cls.shared = cls.class_folder()
        cls.authority = certificates.make(cls.shared, "ca", subject="/O=Example Söhne/CN=Lab CA", ca=True, to_days=900)

    def probe(self, certificate, module=None, ciphers=None):
        """Probes an xrdp that presents this certificate; `module` is the YAML of a module's settings."""
        server = self.keep(Xrdp(self.folder / "xrdp", certificate, ciphers=ciphers))
        flags = []
        if module is not None:
            path = self.folder / "rdpwatch.yml"
            path.write_text(f"modules:\n  strict: {module}\ninventory: []\n", encoding="utf-8")
            flags = [f"--config.file={path}", "--module=strict"]
        return rdpwatch.probe(server.target, *flags)

    def assert_same_certificate(self, outcome, certificate):
        reported = outcome.result["certificate"]
        expected = certificates.facts(certificate)
        self.assertEqual({key: reported[key] for key in expected}, expected)

    def assert_observed(self, outcome, certificate, problems, exit_code):
        """The probe succeeded, the facts are right, and these are the problems."""
        self.assertIs(outcome.result["success"], True, outcome.stdout)
        self.assert_same_certificate(outcome, certificate)
        self.assertEqual(outcome.result["certificate"]["problems"], problems)
        self.assertEqual(outcome.exit_code, exit_code, outcome.stdout)

    def test_self_signed_rsa(self):
        certificate = certificates.make(self.folder, "rsa", subject="/O=Ex, ample/OU=RDS/CN=ts09.corp.example.com",
                                        sans=["DNS:ts09.corp.example.com", "DNS:ts09", "IP:10.0.0.9"])
        outcome = self.probe(certificate)
        self.assert_observed(outcome, certificate, ["self_signed"], 0)
        self.assertAlmostEqual(outcome.result["certificate"]["days_to_expiry"], 90, delta=0.1)

    def test_elliptic_curve(self):
        certificate = certificates.make(self.folder, "ec", key="ec:P-256")
        self.assert_observed(self.probe(certificate), certificate, ["self_signed"], 0)

    def test_leaf_of_a_chain(self):
        leaf = certificates.make(self.folder, "leaf", issuer=self.authority, subject="/CN=ts01.corp.example.com")
        chain = self.folder / "chain.pem"
        chain.write_bytes(leaf.path.read_bytes() + self.authority.path.read_bytes())
        outcome = self.probe(certificates.Certificate(chain, leaf.key))
        self.assert_observed(outcome, leaf, [], 0)
        self.assertEqual(outcome.result["certificate"]["issuer"], "CN=Lab CA,O=Example Söhne")

    def test_expired_is_reported_and_fails_nothing_by_itself(self):
        certificate = certificates.make(self.folder, "old", from_days=-40, to_days=-3)
        outcome = self.probe(certificate)
        self.assert_observed(outcome, certificate, ["expired", "self_signed"], 2)
        self.assertAlmostEqual(outcome.result["certificate"]["days_to_expiry"], -3, delta=0.1)

    def test_expired_fails_where_the_module_says_so(self):
        certificate = certificates.make(self.folder, "old", from_days=-40, to_days=-3)
        outcome = self.probe(certificate, "{depth: tls, fail_on: [expired]}")
        self.assertEqual((outcome.reason(), outcome.exit_code), (("tls", "certificate_expired"), 2))
        self.assertEqual(outcome.result["failure"]["category"], "certificate")
        self.assert_same_certificate(outcome, certificate)

    def test_not_yet_valid(self):
        certificate = certificates.make(self.folder, "new", from_days=5, to_days=90)
        self.assert_observed(self.probe(certificate), certificate, ["not_yet_valid", "self_signed"], 1)

    def test_expiry_thresholds_set_the_exit_code(self):
        soon = certificates.make(self.folder, "soon", to_days=14)
        server = self.keep(Xrdp(self.folder / "xrdp", soon))
        for flags, expected in (((), 1), (("--warning-days=10",), 0), (("--critical-days=15",), 2)):
            outcome = rdpwatch.probe(server.target, *flags)
            self.assertEqual((flags, outcome.exit_code), (flags, expected))
            self.assertIs(outcome.result["success"], True)

    def test_weak_key_and_signature(self):
        certificate = certificates.make(self.folder, "weak", key="rsa:1024", digest="sha1")
        outcome = self.probe(certificate, ciphers="ALL:@SECLEVEL=0")
        self.assert_observed(outcome, certificate, ["self_signed", "weak_key", "weak_signature"], 1)

    def test_trust_is_judged_against_the_modules_authority(self):
        leaf = certificates.make(self.folder, "leaf", issuer=self.authority, subject="/CN=ts01",
                                 sans=["DNS:ts01.corp.example.com"])
        module = f"{{depth: tls, ca_file: {self.authority.path}, server_name: ts01.corp.example.com}}"
        self.assert_observed(self.probe(leaf, module), leaf, [], 0)

    def test_certificate_of_a_foreign_authority(self):
        foreign = certificates.make(self.folder, "foreign", subject="/CN=Other CA", ca=True)
        leaf = certificates.make(self.folder, "leaf", issuer=foreign, subject="/CN=ts01")
        outcome = self.probe(leaf, f"{{depth: tls, ca_file: {self.authority.path}, fail_on: [untrusted]}}")
        self.assertEqual((outcome.reason(), outcome.exit_code), (("tls", "certificate_untrusted"), 2))
        self.assert_same_certificate(outcome, leaf)

    def test_certificate_for_another_name(self):
        leaf = certificates.make(self.folder, "leaf", issuer=self.authority, subject="/CN=ts01",
                                 sans=["DNS:ts01.corp.example.com"])
        outcome = self.probe(leaf, "{depth: tls, server_name: ts02.corp.example.com}")
        self.assert_observed(outcome, leaf, ["name_mismatch"], 1)


if __name__ == "__main__":
    main(240)
