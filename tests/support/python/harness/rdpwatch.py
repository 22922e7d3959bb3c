"""The program under test: one probe from the command line, and the daemon."""

import json
import os
import signal
import subprocess
import urllib.request
from dataclasses import dataclass, field

from harness.process import Child, free_port

SANITIZER_MARKS = ("Sanitizer", "runtime error:")


def binary():
    """Set by CMake to the program that this build made."""
    return os.environ["RDPWATCH_BIN"]


@dataclass
class Outcome:
    exit_code: int
    result: dict
    stdout: str
    stderr: str

    def reason(self):
        """(phase, reason) of the failure, or None."""
        failure = self.result.get("failure")
        return (failure["phase"], failure["reason"]) if failure else None


def run(*arguments, timeout=60, environment=None):
    """`environment`: variables besides our own."""
    done = subprocess.run([binary(), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=timeout, check=False, env={**os.environ, **(environment or {})})
    for mark in SANITIZER_MARKS:
        if mark in done.stderr:
            raise AssertionError(f"rdpwatch {' '.join(map(str, arguments))}:\n{done.stderr}")
    return done


def probe(target, *flags):
    """rdpwatch probe TARGET --output=json"""
    return _json_outcome(run("probe", target, "--output=json", *flags))


def audit(target, *flags):
    """rdpwatch audit TARGET --output=json"""
    return _json_outcome(run("audit", target, "--output=json", *flags))


def accepted(audited):
    """The names of the protocols and TLS versions that an audit found accepted."""
    answers = [(row["protocol"], row) for row in audited["protocols"]] + [(row["version"], row) for row in audited["tls"]]
    return {name for name, row in answers if row.get("accepts")}


def _json_outcome(done):
    try:
        result = json.loads(done.stdout)
    except ValueError:
        raise AssertionError(f"no JSON; exit code {done.returncode}, stdout {done.stdout!r}, stderr {done.stderr!r}") from None
    return Outcome(done.returncode, result, done.stdout, done.stderr)


@dataclass
class Sample:
    name: str
    labels: dict
    value: float


@dataclass
class Scrape:
    text: str
    samples: list = field(default_factory=list)

    def find(self, name, **labels):
        """All samples of that name that have at least these labels."""
        return [s for s in self.samples if s.name == name and all(s.labels.get(k) == v for k, v in labels.items())]

    def value(self, name, **labels):
        """The one value that fits, or None; more than one is an error."""
        found = self.find(name, **labels)
        if len(found) > 1:
            raise AssertionError(f"{len(found)} series fit {name}{labels}")
        return found[0].value if found else None

    def targets(self):
        return {s.labels["target"] for s in self.samples if "target" in s.labels}


def _parse_labels(text):
    """Label pairs of one sample. Follows the escapes of the text format: \\\\, \\" and \\n."""
    labels, position = {}, 0
    while position < len(text):
        equals = text.index('="', position)
        name, position, value = text[position:equals].lstrip(","), equals + 2, []
        while text[position] != '"':
            if text[position] == "\\":
                position += 1
                value.append({"n": "\n"}.get(text[position], text[position]))
            else:
                value.append(text[position])
            position += 1
        labels[name] = "".join(value)
        position += 1
    return labels


def parse_exposition(text):
    scrape = Scrape(text)
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        series, _, value = line.rpartition(" ")
        name, _, labels = series.partition("{")
        scrape.samples.append(Sample(name, _parse_labels(labels[:-1]) if labels else {}, float(value)))
    return scrape


def lab_config(targets, settings="probe_interval: 10s"):
    """A configuration with one group, lab, and these settings under global."""
    quoted = ", ".join(f'"{target}"' for target in targets)
    return f"global: {{{settings}}}\ninventory: [{{group: lab, targets: [{quoted}]}}]\n"


class Daemon(Child):
    """rdpwatch serve in the foreground on a free port of 127.0.0.1, or on `port`, as one that takes another's place."""

    def __init__(self, folder, config, flags=(), port=None):
        self.config_path = folder / "rdpwatch.yml"
        self.config_path.write_text(config, encoding="utf-8")
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__([binary(), "serve", f"--config.file={self.config_path}",
                          f"--web.listen-address=127.0.0.1:{self.port}", *flags], folder / "rdpwatch.log")
        self.wait_listening("127.0.0.1", self.port)

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as response:
            return response.read().decode("utf-8")

    def scrape(self, path="/metrics"):
        return parse_exposition(self.get(path))

    def wait_for_scrape(self, condition, seconds, what, path="/metrics"):
        """The first scrape for which condition(scrape) holds."""

        def attempt():
            scrape = self.scrape(path)
            return scrape if condition(scrape) else None

        return self.wait_for(attempt, seconds, what)

    def reload(self, config=None):
        """Writes the configuration, if one is given, and sends SIGHUP."""
        if config is not None:
            self.config_path.write_text(config, encoding="utf-8")
        self.signal(signal.SIGHUP)

    def stop(self, seconds=5):
        """SIGTERM; the exit code. A sanitizer's complaint at the end is an error."""
        self.signal(signal.SIGTERM)
        code = self.wait_exit(seconds)
        for mark in SANITIZER_MARKS:
            if mark in self.log():
                raise AssertionError(self.log())
        return code
