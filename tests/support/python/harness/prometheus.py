"""Debian's Prometheus on a free port of 127.0.0.1, with an empty database of its own."""

import json
import urllib.error
import urllib.parse
import urllib.request

from harness.process import Child, free_port, tool

INTERVAL = "1s"


class QueryError(AssertionError):
    """What Prometheus says of an expression that it can't parse or run."""


def configuration(jobs, rules=(), alertmanager=None):
    """A prometheus.yml that scrapes `jobs`, {job: [host:port]}, evaluates the files `rules` and tells the `alertmanager`
    (host:port). Every interval is a second, so that a test waits for hosts and not for Prometheus."""
    made = {
        "global": {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL, "evaluation_interval": INTERVAL},
        "rule_files": [str(path) for path in rules],
        "scrape_configs": [{"job_name": name, "static_configs": [{"targets": targets}]} for name, targets in jobs.items()]}
    if alertmanager is not None:
        made["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]}
    return json.dumps(made, indent=1)  # JSON is YAML


class Prometheus(Child):
    """Runs with the text of a configuration file."""

    def __init__(self, folder, config):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config_path = folder / "prometheus.yml"
        config_path.write_text(config, encoding="utf-8")
        super().__init__([tool("prometheus"), f"--config.file={config_path}", f"--storage.tsdb.path={folder / 'tsdb'}",
                          f"--web.listen-address=127.0.0.1:{self.port}"], folder / "prometheus.log")
        try:
            self.wait_listening("127.0.0.1", self.port)
            self.wait_for(self._ready, 60, "Prometheus to be ready")
        except BaseException:
            self.kill()
            raise

    def _ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=10):
                return True
        except urllib.error.HTTPError:
            return False

    def _api(self, path, **parameters):
        """The `data` of an answer. Parameters go as a form, as long queries fit into no address."""
        form = urllib.parse.urlencode(parameters, doseq=True).encode("ascii") if parameters else None
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}", data=form, timeout=30) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as error:
            raise QueryError(f"{parameters}: {error.read().decode('utf-8', 'replace')}") from None

    def query(self, expression):
        """The series of an instant query, each with its metric and its value."""
        return self._api("query", query=expression)["result"]

    def query_range(self, expression, start, end, step):
        """The series of a range query, each with its metric and its values; Unix seconds."""
        return self._api("query_range", query=expression, start=start, end=end, step=step)["result"]

    def label_values(self, label, selector=None):
        """The values of a label, of the series that fit the selector."""
        match = {"match[]": selector} if selector else {}
        query = "?" + urllib.parse.urlencode(match) if match else ""
        return self._api(f"label/{label}/values{query}")

    def rules(self):
        """Every rule with its state, its health and the error of its last evaluation."""
        return [rule for group in self._api("rules")["groups"] for rule in group["rules"]]

    def alerts(self):
        """Every alert that is pending or firing."""
        return self._api("alerts")["alerts"]

    def values(self, expression, label="target"):
        """{the label's value: value} of an instant query; empty for a series without that label."""
        return {one["metric"].get(label, ""): float(one["value"][1]) for one in self.query(expression)}

    def wait_for_query(self, expression, expected, seconds):
        """Until values(expression) is `expected`."""
        self.wait_for(lambda: self.values(expression) == expected, seconds,
                      lambda: f"{expression} = {expected}, last {self.values(expression)}", every=0.1)

    def wait_for_series(self, expression, seconds):
        """The series of the first instant query that has any."""
        return self.wait_for(lambda: self.query(expression), seconds, f"series of {expression}", every=0.1)
