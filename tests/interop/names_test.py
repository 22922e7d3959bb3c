"""Names by a real DNS server (dnsmasq): one address, several with dead members, none, refusals and SERVFAIL."""

from harness import certificates, rdpwatch
from harness.process import Case, free_port, fresh_address, main
from harness.servers import Dnsmasq, FailingNameserver, Xrdp


class Names(Case):
    @classmethod
    def setUpClass(cls):
        folder = cls.class_folder()
        certificate = certificates.make(folder, "rsa", sans=["DNS:one.lab.test"])
        cls.server = cls.keep_for_class(Xrdp(folder / "xrdp", certificate))
        cls.dead = [fresh_address() for _ in range(3)]
        records = [f"--host-record=one.lab.test,{cls.server.address}", "--cname=alias.lab.test,one.lab.test",
                   "--txt-record=text.lab.test,no address here", f"--host-record=dead.lab.test,{cls.dead[0]}"]
        records += [f"--host-record=several.lab.test,{address}" for address in [*cls.dead, cls.server.address]]
        records.append(f"--server=/broken.test/127.0.0.1#{FailingNameserver().port}")
        cls.dns = cls.keep_for_class(Dnsmasq(folder / "dnsmasq", records))

    def probe(self, name, nameserver=None):
        path = self.folder / "rdpwatch.yml"
        path.write_text(f'global: {{resolver: {{nameservers: ["{nameserver or self.dns.target}"]}}}}\ninventory: []\n',
                        encoding="utf-8")
        return rdpwatch.probe(name, f"--config.file={path}")

    def assert_not_resolved(self, outcome, reason):
        self.assertEqual((outcome.reason(), outcome.exit_code), (("resolve", reason), 2), outcome.stdout)
        self.assertEqual([phase["phase"] for phase in outcome.result["phases"]], ["resolve"])

    def test_one_address(self):
        outcome = self.probe("one.lab.test")
        self.assertEqual(outcome.exit_code, 0, outcome.stdout + outcome.stderr)
        self.assertEqual((outcome.result["target"], outcome.result["address"]), ("one.lab.test:3389", self.server.target))
        self.assertEqual([phase["phase"] for phase in outcome.result["phases"]], ["resolve", "connect", "negotiate", "tls"])
        self.assertEqual(outcome.result["certificate"]["problems"], ["self_signed"])

    def test_alias_is_held_against_the_certificate_by_its_own_name(self):
        outcome = self.probe("alias.lab.test")
        self.assertIs(outcome.result["success"], True, outcome.stdout)
        self.assertEqual(outcome.result["certificate"]["problems"], ["self_signed", "name_mismatch"])
        self.assertEqual(outcome.exit_code, 1)

    def test_dead_addresses_are_passed_over(self):
        outcome = self.probe("several.lab.test")
        self.assertIs(outcome.result["success"], True, outcome.stdout)
        self.assertEqual(outcome.result["address"], self.server.target)
        self.assertIn("several_addresses", outcome.result["findings"])

    def test_name_with_a_dead_address_only(self):
        outcome = self.probe("dead.lab.test")
        self.assertEqual(outcome.reason(), ("connect", "connection_refused"))
        self.assertEqual(outcome.result["address"], f"{self.dead[0]}:3389")

    def test_name_that_does_not_exist(self):
        self.assert_not_resolved(self.probe("nowhere.lab.test"), "name_not_found")

    def test_name_without_an_address(self):
        self.assert_not_resolved(self.probe("text.lab.test"), "name_not_found")

    def test_name_that_the_server_refuses_to_look_up(self):
        self.assert_not_resolved(self.probe("ts01.elsewhere.test"), "resolver_failed")

    def test_zone_that_fails(self):
        outcome = self.probe("ts01.broken.test")
        self.assert_not_resolved(outcome, "resolver_failed")
        self.assertIn("SERVFAIL", outcome.result["failure"]["detail"])

    def test_no_dns_server_answers(self):
        self.assert_not_resolved(self.probe("one.lab.test", nameserver=f"127.0.0.1:{free_port()}"), "resolver_failed")


if __name__ == "__main__":
    main(240)
