"""--web.config.file: TLS, passwords and client certificates before the daemon's pages, edits without a restart, and a real
Prometheus that comes in with both."""

import base64
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import unittest.mock

from harness.process import Case, free_port, main, tool, wait_until
from harness.prometheus import Prometheus
from harness.rdpwatch import Daemon, binary, run

ALICE = "$2b$05$Q9bVxK2mNtR7sYwZ1cDeFuyFKzCTNAjyZ89nBzYGgO5sBX3r2ugUm"  # alice123
PASSWORD = "alice123"
NOBODY = "inventory: []\n"


def openssl(*arguments):
    subprocess.run([tool("openssl"), *map(str, arguments)], check=True, capture_output=True, timeout=30)


def make_authority(folder, name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            f"/CN={name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")


def make_certificate(folder, name, authority, sans):
    """NAME.pem and NAME.key, signed by the authority, with these subject alternative names."""
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.csr")
    (folder / f"{name}.ext").write_text(f"subjectAltName={sans}\n", encoding="utf-8")
    openssl("x509", "-req", "-in", folder / f"{name}.csr", "-CA", folder / f"{authority}.pem", "-CAkey",
            folder / f"{authority}.key", "-CAcreateserial", "-days", "2", "-extfile", folder / f"{name}.ext", "-out",
            folder / f"{name}.pem")


class WebConfig(Case):
    @classmethod
    def setUpClass(cls):
        cls.made = cls.class_folder()
        make_authority(cls.made, "ca")
        make_authority(cls.made, "other-ca")
        make_certificate(cls.made, "server", "ca", "IP:127.0.0.1")
        make_certificate(cls.made, "prometheus", "ca", "DNS:prometheus.example,URI:spiffe://example/prometheus")
        make_certificate(cls.made, "stranger", "ca", "DNS:stranger.example")
        make_certificate(cls.made, "forged", "other-ca", "DNS:prometheus.example")

    def tls(self, more=""):
        return f"tls_server_config: {{cert_file: {self.made}/server.pem, key_file: {self.made}/server.key{more}}}\n"

    def verified(self, more=""):
        return self.tls(f", client_auth_type: RequireAndVerifyClientCert, client_ca_file: {self.made}/ca.pem{more}")

    users = f"basic_auth_users: {{alice: {ALICE}}}\n"

    def edit(self, text):
        """As tools do it: a new file in the place of the old one."""
        path = self.folder / "web.yml"
        (self.folder / "web.new").write_text(text, encoding="utf-8")
        os.replace(self.folder / "web.new", path)
        return path

    def start(self, text, *flags):
        path = self.edit(text)
        return self.keep(Daemon(self.folder, NOBODY, [f"--web.config.file={path}", *flags]))

    def context(self, client=None):
        context = ssl.create_default_context(cafile=self.made / "ca.pem")
        if client:
            context.load_cert_chain(self.made / f"{client}.pem", self.made / f"{client}.key")
        return context

    def ask(self, daemon, path="/-/healthy", user=None, password=PASSWORD, client=None, tls=True, method="GET"):
        """(status, headers, body) of one request on a connection of its own."""
        where = f"127.0.0.1:{daemon.port}"
        connection = (http.client.HTTPSConnection(where, timeout=20, context=self.context(client)) if tls
                      else http.client.HTTPConnection(where, timeout=20))
        headers = {}
        if user is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        try:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode()
        finally:
            connection.close()

    def status(self, *arguments, **named):
        return self.ask(*arguments, **named)[0]

    def healthcheck(self, daemon, *flags):
        """(exit code, what it says)"""
        done = run("healthcheck", f"--web.listen-address=127.0.0.1:{daemon.port}", *flags)
        return done.returncode, done.stdout + done.stderr

    def test_the_healthcheck_reads_the_same_file(self):
        for text, said in [("{}\n", "ready"), (self.tls(), "ready"), (self.tls() + self.users, "wants a password"),
                           (self.users, "wants a password"), (self.verified(), "wants a client's certificate"),
                           (self.tls(", client_auth_type: RequireAnyClientCert"), "wants a client's certificate"),
                           (self.verified(", max_version: TLS12"), "wants a client's certificate")]:
            daemon = self.start(text)
            scheme = "https" if "tls_server_config" in text else "http"
            self.assertEqual(self.healthcheck(daemon, f"--web.config.file={self.folder}/web.yml"),
                             (0, f"{scheme}://127.0.0.1:{daemon.port}: {said}\n"), text)
            daemon.kill()

    def test_the_healthcheck_fails_where_the_daemon_does_not_answer(self):
        daemon = self.start(self.tls())
        code, said = self.healthcheck(daemon)
        self.assertEqual(code, 1, said)  # plain HTTP where TLS is spoken
        code, said = self.healthcheck(daemon, f"--web.config.file={self.folder}/absent.yml")
        self.assertEqual(code, 1, said)
        self.assertIn("absent.yml", said)
        self.edit(self.tls() + "no_such_key: 1\n")
        code, said = self.healthcheck(daemon, f"--web.config.file={self.folder}/web.yml")
        self.assertEqual(code, 1, said)
        self.assertIn("no_such_key", said)
        daemon.signal(signal.SIGSTOP)
        self.edit(self.tls())
        code, said = self.healthcheck(daemon, f"--web.config.file={self.folder}/web.yml")
        self.assertEqual((code, said), (1, f"rdpwatch healthcheck: https://127.0.0.1:{daemon.port} did not answer in time\n"))
        daemon.kill()
        code, said = self.healthcheck(daemon)
        self.assertEqual(code, 1, said)
        self.assertIn("nothing listens at", said)

    def test_daemon_and_healthcheck_find_the_file_by_one_variable(self):
        self.edit(self.tls())
        variable = {"RDPWATCH_WEB_CONFIG_FILE": str(self.folder / "web.yml")}
        with unittest.mock.patch.dict(os.environ, variable):
            daemon = self.keep(Daemon(self.folder, NOBODY))
            self.assertEqual(self.healthcheck(daemon), (0, f"https://127.0.0.1:{daemon.port}: ready\n"))

    def test_the_healthcheck_asks_each_address(self):
        first, second = self.start("{}\n"), free_port()
        code, said = self.healthcheck(first, f"--web.listen-address=127.0.0.1:{second}")
        self.assertEqual(code, 1, said)
        self.assertIn(f"nothing listens at http://127.0.0.1:{second}", said)

    def test_https_with_the_headers_of_the_file(self):
        daemon = self.start(self.tls() + "http_server_config: {headers: {Strict-Transport-Security: max-age=60, "
                                         "X-Frame-Options: deny}}\n")
        status, headers, body = self.ask(daemon)
        self.assertEqual((status, body), (200, "healthy\n"))
        self.assertEqual(headers["Strict-Transport-Security"], "max-age=60")
        self.assertEqual(self.ask(daemon, "/absent")[1]["X-Frame-Options"], "deny")
        status, _, body = self.ask(daemon, "/metrics")
        self.assertEqual(status, 200)
        self.assertIn("rdpwatch_build_info", body)
        # Two requests on one connection, and by another client.
        done = subprocess.run([tool("curl"), "-sS", "--cacert", self.made / "ca.pem", f"https://127.0.0.1:{daemon.port}/-/healthy",
                               f"https://127.0.0.1:{daemon.port}/-/healthy", "-w", "%{num_connects} "],
                              capture_output=True, text=True, timeout=30, check=True)
        self.assertEqual(done.stdout, "healthy\n1 healthy\n0 ")
        self.assertEqual(daemon.stop(), 0)

    def test_plain_http_on_the_tls_port_is_told_so(self):
        daemon = self.start(self.tls())
        status, _, body = self.ask(daemon, tls=False)
        self.assertEqual((status, body), (400, "this is an HTTPS server and the request came as plain HTTP\n"))
        with socket.create_connection(("127.0.0.1", daemon.port), 20) as garbage:
            garbage.sendall(b"\x16\x03\x01\x00\x05garbage")
            garbage.settimeout(20)
            while garbage.recv(4096):
                pass  # An alert, then the end.
        self.assertEqual(self.status(daemon), 200)

    def handshake(self, daemon, least, most, ciphers=None):
        """The version and suite that come out, or None when the server refuses."""
        context = self.context()
        context.minimum_version, context.maximum_version = least, most
        context.set_ciphers(ciphers or "ALL:@SECLEVEL=0")
        try:
            with socket.create_connection(("127.0.0.1", daemon.port), 20) as raw:
                with context.wrap_socket(raw, server_hostname="127.0.0.1") as wrapped:
                    return wrapped.version(), wrapped.cipher()[0]
        except ssl.SSLError:
            return None

    def test_versions_and_suites(self):
        old, new, newest = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
        daemon = self.start(self.tls())
        self.assertIsNone(self.handshake(daemon, old, old))
        self.assertEqual(self.handshake(daemon, newest, newest)[0], "TLSv1.3")
        self.assertEqual(self.handshake(daemon, new, new)[0], "TLSv1.2")
        self.assertIsNone(self.handshake(daemon, new, new, "AES128-GCM-SHA256"))
        self.edit(self.tls(", min_version: TLS11, max_version: TLS12, "
                           "cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA]"))
        self.assertEqual(self.handshake(daemon, old, old), ("TLSv1.1", "ECDHE-ECDSA-AES128-SHA"))
        self.assertEqual(self.handshake(daemon, old, newest), ("TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384"))
        self.assertIsNone(self.handshake(daemon, new, new, "ECDHE-ECDSA-AES128-GCM-SHA256"))

    def test_passwords_before_every_path(self):
        daemon = self.start(self.users)
        for path in ["/-/healthy", "/-/ready", "/", "/metrics", "/absent"]:
            status, headers, _ = self.ask(daemon, path, tls=False)
            self.assertEqual((path, status, headers.get("WWW-Authenticate")), (path, 401, "Basic"))
        self.assertEqual(self.status(daemon, user="alice", password="alice124", tls=False), 401)
        self.assertEqual(self.status(daemon, user="bob", tls=False), 401)
        for _ in range(2):
            self.assertEqual(self.status(daemon, user="alice", tls=False), 200)
        self.assertEqual(daemon.stop(), 0)

    def refused(self, daemon, client=None):
        try:
            self.status(daemon, client=client)
        except (ssl.SSLError, ConnectionError, http.client.HTTPException):
            return True
        return False

    def test_client_certificates(self):
        daemon = self.start(self.verified())
        self.assertTrue(self.refused(daemon))
        self.assertTrue(self.refused(daemon, "forged"))
        self.assertEqual(self.status(daemon, client="stranger"), 200)
        self.edit(self.verified(', client_allowed_sans: ["spiffe://example/prometheus"]'))
        self.assertTrue(self.refused(daemon, "stranger"))
        self.assertEqual(self.status(daemon, client="prometheus"), 200)

    def test_a_connection_of_yesterday_does_not_outlive_the_rules_of_yesterday(self):
        daemon = self.start(self.tls())
        connection = http.client.HTTPSConnection(f"127.0.0.1:{daemon.port}", timeout=20, context=self.context())
        self.addCleanup(connection.close)
        connection.request("GET", "/-/healthy")
        self.assertEqual(connection.getresponse().read(), b"healthy\n")
        self.edit(self.verified())
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
            connection.request("GET", "/-/healthy")
            connection.getresponse()

    def test_edits_take_effect_on_the_next_request(self):
        daemon = self.start("{}\n")
        self.assertEqual(self.status(daemon, tls=False), 200)
        self.edit(self.users)
        self.assertEqual(self.status(daemon, tls=False), 401)
        self.assertEqual(self.status(daemon, user="alice", tls=False), 200)
        path = self.edit("basic_auth_users: {alice: secret}\n")
        status, _, body = self.ask(daemon, user="alice", tls=False)
        self.assertEqual((status, body), (500, "the web configuration is not valid; the log says why\n"))
        self.assertIn(f"{path}:1:27: basic_auth_users: the value of 'alice' must be a bcrypt hash", daemon.log())
        self.assertNotIn("secret", daemon.log())
        os.remove(path)
        self.assertEqual(self.status(daemon, user="alice", tls=False), 500)
        self.edit(self.users)
        self.assertEqual(self.status(daemon, user="alice", tls=False), 200)
        self.edit("rate_limit: {interval: 1h, burst: 2}\n")
        self.assertEqual([self.status(daemon, tls=False) for _ in range(4)], [200, 200, 429, 429])

    def test_a_renewed_certificate_is_shown_to_the_next_connection(self):
        for name in ["server.pem", "server.key"]:
            (self.folder / name).write_bytes((self.made / name).read_bytes())
        daemon = self.start("tls_server_config: {cert_file: server.pem, key_file: server.key}\n")
        first = ssl.get_server_certificate(("127.0.0.1", daemon.port))
        make_certificate(self.made, "renewed", "ca", "IP:127.0.0.1")
        for kind in ["pem", "key"]:
            os.replace(self.made / f"renewed.{kind}", self.folder / f"server.{kind}")
        self.assertNotEqual(ssl.get_server_certificate(("127.0.0.1", daemon.port)), first)
        self.assertEqual(self.status(daemon), 200)

    def test_a_bad_file_stops_the_start_and_the_check(self):
        config, web = self.folder / "rdpwatch.yml", self.edit("basic_auth_user: {}\n")
        config.write_text(NOBODY, encoding="utf-8")
        expected = (f"{web}:1:1: unknown key 'basic_auth_user' (did you mean 'basic_auth_users'?), allowed: "
                    "tls_server_config, http_server_config, basic_auth_users, rate_limit\n")
        flags = [binary(), "serve", f"--config.file={config}", f"--web.config.file={web}",
                 f"--web.listen-address=127.0.0.1:{free_port()}"]
        for more in [[], ["--config.check"]]:
            done = subprocess.run([*flags, *more], capture_output=True, text=True, timeout=30, check=False)
            self.assertEqual((done.returncode, done.stderr), (1, expected))
        self.edit(self.users)
        done = subprocess.run([*flags, "--config.check"], capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, f"{config} is valid\n{web} is valid\n"))

    def test_reload_over_http(self):
        daemon = self.start(self.users, "--web.enable-lifecycle")
        self.assertEqual(self.status(daemon, "/-/reload", tls=False, method="POST"), 401)
        self.assertEqual(self.status(daemon, "/-/reload", user="alice", tls=False, method="POST"), 200)

    def test_prometheus_comes_in_with_a_password_and_a_certificate(self):
        daemon = self.start(self.verified(", client_allowed_sans: [prometheus.example]") + self.users)
        job = {"scheme": "https", "static_configs": [{"targets": [f"127.0.0.1:{daemon.port}"]}],
               "tls_config": {"ca_file": str(self.made / "ca.pem"), "cert_file": str(self.made / "prometheus.pem"),
                              "key_file": str(self.made / "prometheus.key")}}
        right = {"job_name": "right", "basic_auth": {"username": "alice", "password": PASSWORD}, **job}
        wrong = {"job_name": "wrong", "basic_auth": {"username": "alice", "password": "alice124"}, **job}
        prometheus = self.keep(Prometheus(self.folder, json.dumps(
            {"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": [right, wrong]})))
        wait_until(lambda: prometheus.values("up", "job") == {"right": 1, "wrong": 0}, 60, "both jobs to be scraped")
        self.assertEqual(prometheus.values("count by (job) (rdpwatch_build_info)", "job"), {"right": 1})


if __name__ == "__main__":
    main(240)
