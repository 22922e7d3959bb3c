"""The web server under fire: slow clients, half-open connections, oversized and malformed requests, pipelining, hundreds of
scrapes at once, aborted ones, garbage. After each phase the daemon is healthy, its memory is bounded and its connections are
gone; over all of them the probes went on as if nothing had happened. Prints what was sent and answered, phase by phase."""

import asyncio
import os
import random
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from harness import certificates
from harness.process import Case, fresh_address, main, wait_until
from harness.raw_http import Client, answers_in, ask, exchange, get
from harness.rdpwatch import Daemon, binary, lab_config, parse_exposition
from harness.simulator import Simulator

TARGETS = 40
SEED = 20261126
# AddressSanitizer keeps freed memory for a while (its quarantine, here at most 16 MiB) and pads what is in use.
SANITIZED = b"__asan_init" in Path(binary()).read_bytes()
MOST_GROWTH_MIB = 256 if SANITIZED else 64
# The latest that a run may begin: the tests of a whole gate run beside this one, so the bound is no measure of quality.
LATEST_START_SECONDS = 5


class Memory(threading.Thread):
    """Watches the resident memory of a process, in MiB."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.path, self.peak, self.ended = Path(f"/proc/{pid}/status"), 0.0, threading.Event()
        self.start()

    def now(self):
        line = next(line for line in self.path.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def run(self):
        while not self.ended.wait(0.05):
            try:
                self.peak = max(self.peak, self.now())
            except (OSError, StopIteration):
                return


def connections(daemon):
    """How many sockets of clients the daemon has open."""
    ours = set()
    for entry in Path(f"/proc/{daemon.pid}/fd").iterdir():
        try:
            ours.add(os.readlink(entry))
        except FileNotFoundError:
            continue  # closed meanwhile
    port = f":{daemon.port:04X}"
    with open("/proc/net/tcp", encoding="ascii") as table:
        next(table)
        rows = [line.split() for line in table]
    return sum(row[1].endswith(port) and row[3] != "0A" and f"socket:[{row[9]}]" in ours for row in rows)


def gather(*tasks):
    async def all_of_them():
        return await asyncio.gather(*tasks)

    return asyncio.run(all_of_them())


class Fire(Case):
    @classmethod
    def setUpClass(cls):
        options = os.environ.get("ASAN_OPTIONS", "")
        os.environ["ASAN_OPTIONS"] = f"{options}:quarantine_size_mb=16".lstrip(":")
        cls.addClassCleanup(os.environ.__setitem__, "ASAN_OPTIONS", options)
        folder = cls.class_folder()
        hosts = [fresh_address() for _ in range(TARGETS)]
        simulator = cls.keep_for_class(Simulator(folder, {host: "nla_required" for host in hosts}))
        cls.targets = {simulator.target(host) for host in hosts}
        cls.daemon = cls.keep_for_class(Daemon(folder, lab_config(sorted(cls.targets))))
        cls.port, cls.table = cls.daemon.port, []
        cls.before = cls.daemon.wait_for_scrape(
            lambda page: len(page.find("rdp_target_state", state="up")) == TARGETS, 60, "all targets up")
        cls.memory = Memory(cls.daemon.pid)
        cls.addClassCleanup(cls.memory.ended.set)
        cls.rss_at_first = cls.memory.now()

    @contextmanager
    def phase(self, name, sent):
        """Gives a Counter for the answers by status; afterwards the daemon must be as it was."""
        answers, before = Counter(), self.memory.now()
        began, self.memory.peak = time.monotonic(), before
        yield answers
        took = time.monotonic() - began
        self.assertEqual(self.daemon.get("/-/healthy"), "healthy\n")
        wait_until(lambda: connections(self.daemon) == 0, 15, "the clients' connections to be closed", 0.1)
        after = self.memory.now()
        self.memory.peak = max(self.memory.peak, after)
        said = ", ".join(f"{count} x {status}" for status, count in sorted(answers.items(), key=str))
        self.table.append(f"{name:<22} {sent:<58} {said:<44} {before:6.1f} {self.memory.peak:6.1f} {after:6.1f} MiB {took:5.1f} s")
        self.assertLess(self.memory.peak - self.rss_at_first, MOST_GROWTH_MIB, self.table[-1])

    async def cut_off(self, client, data, seconds_a_byte=None, reads=True):
        """How long a client that sends this, then only a byte now and then, keeps its connection."""
        began = time.monotonic()
        await client.open()
        await client.send(data)
        while time.monotonic() - began < 60:
            if not reads:
                # Whether the server has given up is asked by writing: reading is what this client does not do.
                if not await client.send(b"\r\n"):
                    break
                await asyncio.sleep(0.5)
                continue
            try:
                if seconds_a_byte is not None and not await client.send(b"x"):
                    break
                await client.read(seconds_a_byte or 60)
                break
            except asyncio.TimeoutError:
                continue
        client.close()
        return time.monotonic() - began

    def test_1_slow_and_silent_clients_are_cut_off(self):
        with self.phase("slow clients", "40 silent, 40 with slow headers, 40 that read nothing") as answers:
            page = get("/metrics/targets", close=False) * 400
            healthy = []

            async def look():
                for _ in range(8):
                    healthy.append((await exchange(self.port, get("/-/healthy"), 10))[:15])
                    await asyncio.sleep(1)

            times = gather(look(), *[self.cut_off(Client(self.port), b"") for _ in range(40)],
                           *[self.cut_off(Client(self.port), b"GET / HTTP/1.1\r\nHost: ", 1.5) for _ in range(40)],
                           *[self.cut_off(Client(self.port, small=True), page, reads=False) for _ in range(40)])[1:]
            self.assertEqual(set(healthy), {b"HTTP/1.1 200 OK"})
            for kind, seconds in (("silent", times[:40]), ("slow", times[40:80]), ("unread", times[80:])):
                self.assertGreater(min(seconds), 8, kind)
                self.assertLess(max(seconds), 40, kind)
            answers["cut off"] += len(times)

    def test_2_a_scrape_gets_through_while_slow_clients_hold_every_place(self):
        with self.phase("held places", "400 half requests from two addresses, scrapes meanwhile") as answers:
            held = [Client(self.port, source) for source in ("127.0.0.1", "127.0.0.2") for _ in range(200)]

            async def hold():
                for client in held:
                    await client.open()
                    await client.send(b"GET / HTTP/1.1\r\nHost: ")

            async def scrape(source):
                answer = answers_in(await exchange(self.port, get("/metrics"), source=source))[0]
                answers[answer.status] += 1
                return answer.status == 200 and answer.whole

            async def besieged():
                await hold()
                for source in ("127.0.0.1", "127.0.0.3"):
                    deadline = time.monotonic() + 5
                    while not await scrape(source):
                        self.assertLess(time.monotonic(), deadline, f"no place for {source}")
                        await asyncio.sleep(0.1)
                    for _ in range(10):
                        self.assertTrue(await scrape(source))

            asyncio.run(besieged())
            for client in held:
                client.close()

    def test_3_limits_and_malformed_requests(self):
        line = "GET /-/healthy HTTP/1.1\r\nHost: t\r\n"
        post = "POST /-/reload HTTP/1.1\r\nHost: t\r\n"
        cases = [
            (f"{line}X: {'x' * 17408}\r\n\r\n", 431, "at most 16384 bytes"),
            (line + "".join(f"X-{i}: {'x' * 50}\r\n" for i in range(400)) + "\r\n", 431, "at most 16384 bytes"),
            (f"GET /{'x' * 5120} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", 414, "at most 4096 bytes"),
            (f"GET /{'x' * 200000} HTTP/1.1\r\n", 414, "at most 4096 bytes"),
            (f"GET /api/v1/{'x' * 5120} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", 414, '{"error":"the URL is too long; at most 4096'),
            (f"{post}Content-Length: 71680\r\n\r\n{'x' * 71680}", 413, "at most 65536 bytes"),
            (f"{post}Transfer-Encoding: chunked\r\n\r\n11800\r\n{'x' * 0x11800}\r\n0\r\n\r\n", 413, "at most 65536 bytes"),
            (f"{post}Content-Length: 18446744073709551617\r\n\r\n", 400, "bad Content-Length"),
            (f"{post}Content-Length: -1\r\n\r\n", 400, "bad Content-Length"),
            (f"{post}Content-Length: +1\r\n\r\nx", 400, "bad Content-Length"),
            (f"{post}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, "multiple Content-Length"),
            (f"{post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "bad Transfer-Encoding"),
            (f"{post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400, "bad Content-Length"),
            (f"{post}Transfer-Encoding: xchunked\r\n\r\n{line}\r\n", 400, "allowed: chunked"),
            (f"{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "bad chunk"),
            (f"{post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400, "bad chunk"),
            (f"{post}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 403, "--web.enable-lifecycle"),
            ("BREW /-/healthy HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", 405, "allowed: GET, HEAD"),
            ("G\0T / HTTP/1.1\r\nHost: t\r\n\r\n", 400, "bad method"),
            (f"{'A' * 20000} / HTTP/1.1\r\nHost: t\r\n\r\n", 414, "at most 4096 bytes"),
            ("GET / HTTP/2.0\r\nHost: t\r\n\r\n", 400, "bad version"),
            ("GET / HTTP/1.11\r\nHost: t\r\n\r\n", 400, "HTTP/1.1 request"),
            ("GET / FTP/1.1\r\nHost: t\r\n\r\n", 400, "bad version"),
            ("GET /\r\n\r\n", 400, "bad target"),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad version"),
            ("GET /-/hea\0lthy HTTP/1.1\r\nHost: t\r\n\r\n", 400, "bad target"),
            ("GET /-/healthy\r\nX-Injected: 1 HTTP/1.1\r\nHost: t\r\n\r\n", 400, "HTTP/1.1 request"),
            ("GET /-/healthy%0d%0aX-Injected:%201 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", 404, "nothing here"),
            (f"{line}X: a\0b\r\n\r\n", 400, "bad value"),
            (f"{line}X: a\rb\r\n\r\n", 400, "bad"),
            (f"{line}X y: a\r\n\r\n", 400, "bad field"),
            (f"{line}: a\r\n\r\n", 400, "bad field"),
            ("GET /-/healthy HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 400, "one Host header"),
            ("GET /-/healthy HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "one Host header"),
            ("OPTIONS * HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", 404, "nothing here"),
            ("CONNECT example.org:443 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", 404, "nothing here"),
            ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "bad method"),
        ]
        with self.phase("limits, malformed", f"{len(cases)} requests that no client should send") as answers:
            got = gather(*[exchange(self.port, request.encode("latin-1")) for request, _, _ in cases])
            for (request, status, text), received in zip(cases, got):
                with self.subTest(request=request[:120]):
                    found = answers_in(received)
                    self.assertEqual([answer.status for answer in found], [status])
                    self.assertIn(text, found[0].text)
                    self.assertNotIn("x-injected", found[0].headers)
                    answers[status] += 1

    def test_4_no_path_leads_out(self):
        trees = ["", "/api/v1", "/api/v1/targets", "/api/v1/groups", "/assets", "/metrics", "/sd", "/-", "/targets", "/groups", "/causes",
                 "/config", "/probe"]
        ways = ["/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2f..%2fetc%2fpasswd", "/%252e%252e%252fetc%252fpasswd",
                "/..\\..\\etc\\passwd", "/..%5c..%5cetc%5cpasswd", "/..%c0%af..%c0%afetc/passwd", "//etc/passwd", "/./.././etc/passwd",
                "/etc/passwd%00.svg", "/....//....//etc/passwd", "/;/../etc/passwd"]
        paths = [tree + way for tree in trees for way in ways]
        paths += [f"http://t{path}" for path in paths[:len(ways)]] + [f"/api/v1/targets?q={path}" for path in ways]
        with self.phase("paths that lead out", f"{len(paths)} paths with ../ in every coding") as answers:
            for path, received in zip(paths, gather(*[exchange(self.port, get(path)) for path in paths])):
                answer = answers_in(received)[0]
                answers[answer.status] += 1
                self.assertIn(answer.status, (200, 400) if path.startswith("/api/v1/targets?") else (400, 404), path)
                self.assertNotIn("root:", answer.text)

    def test_5_pipelined_requests_are_answered_in_order(self):
        kinds = {"/-/healthy": "healthy\n", "/-/ready": "ready\n", "/api/v1/explain": None, "/absent": None}
        chosen = random.Random(SEED).choices(sorted(kinds), k=200)
        alone = {path: ask(self.port, get(path))[0] for path in kinds}
        with self.phase("pipelining", "200 requests in one segment, 50 times at once") as answers:
            data = b"".join(get(path, close=False) for path in chosen[:-1]) + get(chosen[-1])
            for received in gather(*[exchange(self.port, data) for _ in range(50)]):
                found = answers_in(received)
                self.assertEqual([(answer.status, answer.body) for answer in found],
                                 [(alone[path].status, alone[path].body) for path in chosen])
                answers.update(answer.status for answer in found)

    async def scrape(self, path, source):
        received = await exchange(self.port, get(path, more="Accept-Encoding: identity\r\n"), 60, source=source)
        return answers_in(received)[0]

    def test_6_five_hundred_scrapes_at_once(self):
        samples = len(self.daemon.scrape("/metrics/targets").samples)
        with self.phase("scrapes at once", "500 scrapes from two addresses, half of them of /metrics") as answers:
            asked = [("/metrics" if number % 2 else "/metrics/targets", f"127.0.0.{1 + number // 2 % 2}") for number in range(500)]
            for (path, _), answer in zip(asked, gather(*[self.scrape(*one) for one in asked])):
                answers[answer.status] += 1
                if answer.status == 503:
                    self.assertIn("at most 256 are served at a time", answer.text)
                    continue
                self.assertEqual((answer.status, answer.whole, answer.text[-1]), (200, True, "\n"))
                page = parse_exposition(answer.text)
                self.assertEqual(page.targets(), self.targets)
                self.assertGreaterEqual(len(page.samples), samples)
            self.assertGreaterEqual(answers[200], 192)

    def test_7_aborted_scrapes(self):
        with self.phase("aborted scrapes", "300 scrapes, reset in the middle") as answers:
            chance = random.Random(SEED)

            async def abort(after):
                client = await Client(self.port, f"127.0.0.{chance.randint(1, 4)}", small=True).open()
                await client.send(get("/metrics/targets"))
                if after:
                    await client.read(at_most=after)
                client.reset()

            for begin in range(0, 300, 100):
                gather(*[abort(chance.choice([0, 1, 500, 5000, 60000])) for _ in range(begin, begin + 100)])
            answers["aborted"] += 300

    def test_8_garbage(self):
        with self.phase("garbage", "200 times up to 20 kB of random bytes, half of them after a good line") as answers:
            chance = random.Random(SEED)
            begins = [b"", b"GET /metrics HTTP/1.1\r\n", b"\x16\x03\x01", b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 9999\r\n\r\n"]
            pieces = [chance.choice(begins) + chance.randbytes(chance.randint(1, 20000)) for _ in range(200)]
            for received in gather(*[exchange(self.port, piece, half_close=True, source=f"127.0.0.{1 + number % 2}") for number, piece in enumerate(pieces)]):
                found = answers_in(received)
                answers[found[0].status if found else "closed"] += 1
                self.assertLessEqual({answer.status for answer in found}, {400, 404, 405, 413, 414, 431}, received[:200])

    def test_9_tls_where_it_does_not_belong_and_garbage_where_it_does(self):
        made = certificates.make(self.folder, "server", sans=("IP:127.0.0.1",))
        web = self.folder / "web.yml"
        web.write_text(f"tls_server_config: {{cert_file: {made.path}, key_file: {made.key}}}\n", encoding="utf-8")
        daemon = self.keep(Daemon(self.folder, "inventory: []\n", [f"--web.config.file={web}"]))
        plain = ask(daemon.port, get("/metrics"))
        self.assertEqual([answer.status for answer in plain], [400])
        self.assertIn("this is an HTTPS server", plain[0].text)
        chance = random.Random(SEED)
        sent = [b"\x16\x03\x01" + chance.randbytes(chance.randint(1, 5000)) for _ in range(100)] + [b"\x80\x2e\x01\x00\x02"] * 10 + [b""] * 10
        gather(*[exchange(daemon.port, data, half_close=True) for data in sent])
        wait_until(lambda: connections(daemon) == 0, 15, "the connections to be closed", 0.1)
        self.assertEqual(daemon.stop(), 0)

    @classmethod
    def tearDownClass(cls):
        print("\n" + "\n".join(cls.table), flush=True)

    def test_zz_the_probes_went_on(self):
        after = self.daemon.scrape()
        for name in ("rdpwatch_probes_skipped_total", "rdpwatch_probe_local_errors_total", "rdp_probe_failures_total"):
            self.assertEqual(sum(s.value for s in after.find(name)), sum(s.value for s in self.before.find(name)), name)
        self.assertEqual(len(after.find("rdp_target_state", state="up")), TARGETS)
        runs = {s.labels["target"]: s.value for s in self.before.find("rdp_probes_total")}
        for sample in after.find("rdp_probes_total"):
            self.assertGreaterEqual(sample.value, runs[sample.labels["target"]] + 1, sample.labels)
        late = {}
        for page in (self.before, after):
            for sample in page.find("rdpwatch_schedule_lag_seconds_bucket"):
                late[sample.labels["le"]] = sample.value - late.get(sample.labels["le"], 0)
        self.table.append("runs begun within: " + ", ".join(f"{le} s: {count:.0f}" for le, count in late.items() if count))
        self.assertEqual(late["+Inf"], late[str(LATEST_START_SECONDS)])
        self.assertEqual(self.daemon.stop(), 0)


if __name__ == "__main__":
    main(280)
