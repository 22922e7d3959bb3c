"""Debian's Alertmanager on free ports of 127.0.0.1, alone (no cluster), and its example made ready for a test."""

import json
import re
import urllib.request
from pathlib import Path

from harness.process import Child, free_port, tool

DEPLOY = Path(__file__).parents[4] / "deploy"


class Alertmanager(Child):
    """Runs with the configuration file `config`; templates that it names relatively are looked for beside it. Its data and
    its log are in `folder`."""

    def __init__(self, folder, config, flags=()):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__([tool("prometheus-alertmanager"), f"--config.file={config}",
                          f"--storage.path={folder / 'alertmanager-data'}", f"--web.listen-address=127.0.0.1:{self.port}",
                          "--cluster.listen-address=", *flags], folder / "alertmanager.log")
        try:
            self.wait_listening("127.0.0.1", self.port)
        except BaseException:
            self.kill()
            raise

    def _request(self, path, body=None):
        request = urllib.request.Request(self.url + path, headers={"Content-Type": "application/json"},
                                         data=None if body is None else json.dumps(body).encode("utf-8"))
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.read().decode("utf-8")

    def post(self, alerts):
        """`alerts`: dicts with labels and, as wanted, annotations, startsAt, endsAt, generatorURL."""
        self._request("/api/v2/alerts", alerts)

    def alerts(self):
        """Every alert that is not resolved, with its status: {state, inhibitedBy, silencedBy} and its receivers."""
        return json.loads(self._request("/api/v2/alerts"))


def sections(text):
    """{top-level key: its lines}, in order, of a YAML file in block style; comments before a key belong to it."""
    found, name, waiting = {}, "", []
    for line in text.splitlines(keepends=True):
        key = re.match(r"(\w+):", line)
        if key:
            name = key.group(1)
            found[name] = "".join(waiting) + line
            waiting = []
        elif line.startswith("#"):
            waiting.append(line)
        else:
            found[name] = found.get(name, "") + "".join(waiting) + line
            waiting = []
    return found


def receivers(text):
    """The names of the receivers of a configuration, in order."""
    return re.findall(r"^  - name: (\S+)$", sections(text)["receivers"], re.M)


def with_webhook(text, url, **timing):
    """The same configuration, but each receiver, under its own name, is the webhook `url`, resolved alerts included.
    `timing`: other values for group_wait, group_interval or repeat_interval, everywhere in the tree of routes."""
    parts = sections(text)
    parts["receivers"] = "receivers:\n" + "".join(
        f"  - name: {name}\n    webhook_configs: [{{url: '{url}', send_resolved: true}}]\n" for name in receivers(text))
    for setting, value in timing.items():
        parts["route"], count = re.subn(rf"\b{setting}: \w+", f"{setting}: {value}", parts["route"])
        if count == 0:
            raise ValueError(f"the routes have no {setting}")
    return "".join(parts.values())


def write_example(folder, url, **timing):
    """deploy/alertmanager's example in `folder` with its templates, all its receivers being the webhook `url`; its path."""
    source = DEPLOY / "alertmanager"
    path = folder / "alertmanager.yml"
    path.write_text(with_webhook((source / "alertmanager.yml").read_text(encoding="utf-8"), url, **timing), encoding="utf-8")
    (folder / "templates").mkdir()
    for template in (source / "templates").iterdir():
        (folder / "templates" / template.name).write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def alerts_of_the_rules():
    """{alert: severity} of deploy/prometheus/rules/alerts.yml."""
    rules = (DEPLOY / "prometheus/rules/alerts.yml").read_text(encoding="utf-8")
    found = re.findall(r"^ +- alert: (\w+)$(?:(?!- alert:).)*?severity: (\w+)", rules, re.M | re.S)
    if not found or len(found) != rules.count("- alert:"):
        raise AssertionError(f"{rules.count('- alert:')} alerts, of which {len(found)} have a severity")
    return dict(found)
