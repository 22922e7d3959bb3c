"""rdpwatch audit of xrdp and FreeRDP in three configurations each, beside nmap's rdp-enum-encryption."""

import json

from harness import certificates, nmap, rdpwatch
from harness.process import Case, fresh_address, main
from harness.servers import Shadow, Xrdp, Xvfb

TLS = {"TLSv1.2", "TLSv1.3"}
NLA, EARLY, RDP, RDSTLS, SSL = ("CredSSP (NLA)", "CredSSP with Early User Auth", "Native RDP", "RDSTLS", "SSL")


class Audits(Case):
    """One command audits all six, because a second passes between two connections to one server."""

    @classmethod
    def setUpClass(cls):
        folder = cls.class_folder()
        cls.certificate = certificates.make(folder, "server", subject="/CN=lab")
        xvfb = Xvfb(folder / "xvfb")
        cls.keep_for_class(xvfb)
        cls.servers = {}
        for name, settings in {"xrdp_tls": {}, "xrdp_negotiate": {"security_layer": "negotiate", "ssl_protocols": "TLSv1.2"},
                               "xrdp_rdp": {"security_layer": "rdp", "crypt_level": "low"}}.items():
            cls.servers[name] = Xrdp(folder / name, cls.certificate, **settings)
        for name, option in {"shadow_nla": "/sec:nla", "shadow_tls": "/sec:tls", "shadow_mixed": "+sec-nla"}.items():
            (folder / name).mkdir()
            cls.servers[name] = Shadow(folder / name, xvfb, [option], cls.certificate)
        for server in cls.servers.values():
            cls.keep_for_class(server)
        cls.done = rdpwatch.run("audit", "--output=json", *(server.target for server in cls.servers.values()), timeout=120)
        targets = {server.target: name for name, server in cls.servers.items()}
        cls.audits = {targets[audit["target"]]: audit for audit in json.loads(cls.done.stdout)}

    def assert_accepted(self, name, accepted, nla_required, findings, connections):
        audit = self.audits[name]
        self.assertEqual(rdpwatch.accepted(audit), accepted, json.dumps(audit, indent=1))
        self.assertIs(audit["success"], True)
        self.assertIs(audit["nla_required"], nla_required)
        self.assertEqual(audit["findings"], findings)
        self.assertEqual(audit["connections"], connections)

    def nmap(self, name):
        return nmap.enum_encryption(self.servers[name].address)

    def test_exit_code_is_the_worst(self):
        self.assertEqual(self.done.returncode, 1, self.done.stderr)

    def test_xrdp_with_tls(self):
        self.assert_accepted("xrdp_tls", {"ssl", *TLS}, False, ["nla_not_required"], 8)
        # The script breaks on an RDP_NEG_FAILURE that is followed by a DisconnectProviderUltimatum.
        self.assertIsNone(self.nmap("xrdp_tls"))

    def test_xrdp_that_negotiates(self):
        self.assert_accepted("xrdp_negotiate", {"rdp", "ssl", "TLSv1.2"}, False,
                             ["legacy_rdp_security", "nla_not_required"], 8)
        rdp = self.audits["xrdp_negotiate"]["rdp_security"]
        self.assertEqual((rdp["encryption_method"], rdp["encryption_level"]), ("128-bit RC4", "high"))
        seen = self.nmap("xrdp_negotiate")
        # It takes every Connection Confirm for a yes; xrdp confirms standard RDP security, whatever was asked.
        self.assertEqual(seen["layers"], {NLA, EARLY, RDP, RDSTLS, SSL})
        self.assertEqual((seen["ciphers"], seen["level"]), ({"128-bit RC4"}, "High"))

    def test_xrdp_with_standard_rdp_security(self):
        self.assert_accepted("xrdp_rdp", {"rdp"}, False,
                             ["legacy_rdp_security", "nla_not_required", "weak_rdp_encryption"], 5)
        rdp = self.audits["xrdp_rdp"]["rdp_security"]
        self.assertEqual((rdp["encryption_method"], rdp["encryption_level"]), ("40-bit RC4", "low"))
        self.assertNotIn("certificate", self.audits["xrdp_rdp"])
        seen = self.nmap("xrdp_rdp")
        self.assertEqual((seen["ciphers"], seen["level"]), ({"40-bit RC4"}, "Low"))

    def test_shadow_with_nla(self):
        self.assert_accepted("shadow_nla", {"hybrid", *TLS}, True, [], 8)
        self.assertEqual(self.audits["shadow_nla"]["certificate"]["sha256"],
                         certificates.facts(self.certificate)["sha256"])
        self.assertEqual(self.nmap("shadow_nla")["layers"], {NLA})

    def test_shadow_with_tls(self):
        self.assert_accepted("shadow_tls", {"ssl", *TLS}, False, ["nla_not_required"], 8)
        # It asks for CredSSP and TLS together, and does not look which of them was selected.
        self.assertEqual(self.nmap("shadow_tls")["layers"], {NLA, SSL})

    def test_shadow_that_takes_all(self):
        self.assert_accepted("shadow_mixed", {"rdp", "ssl", "hybrid", *TLS}, False,
                             ["legacy_rdp_security", "nla_not_required", "weak_rdp_encryption"], 7)
        self.assertEqual(self.audits["shadow_mixed"]["rdp_security"]["encryption_method"], "none")
        self.assertEqual(self.nmap("shadow_mixed")["layers"], {NLA, RDP, SSL})

    def test_what_is_not_accepted_says_why(self):
        answers = {row["protocol"]: row for row in self.audits["shadow_nla"]["protocols"]}
        self.assertEqual(answers["ssl"], {"protocol": "ssl", "accepts": False,
                                          "detail": "RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)"})
        versions = {row["version"]: row for row in self.audits["shadow_nla"]["tls"]}
        self.assertIs(versions["TLSv1"]["accepts"], False)
        self.assertIn("tls_alert", versions["TLSv1"]["detail"])

    def test_nobody_listens(self):
        outcome = rdpwatch.audit(f"{fresh_address()}:3389")
        self.assertEqual(outcome.exit_code, 2)
        self.assertEqual(outcome.reason(), ("connect", "connection_refused"))
        self.assertEqual(outcome.result["connections"], 1)


if __name__ == "__main__":
    main(240)
