"""Debian's Prometheus on a free port of 127.0.0.1, with an empty database of its own."""

import json
import urllib.error
import urllib.parse
import urllib.request

from harness.process import Child, free_port, tool

INTERVAL = "1s"


class QueryError(AssertionError):
    """What Prometheus says of an expression that it can't parse or run."""


def configuration(jobs, rules, alertmanager):
    """prometheus.yml; JSON is YAML. Every interval is a second, so that a test waits for hosts and not for Prometheus."""
    made = {
        "global": {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL, "evaluation_interval": INTERVAL},
        "rule_files": [str(path) for path in rules],
        "scrape_configs": [{"job_name": name, "static_configs": [{"targets": targets}]} for name, targets in jobs.items()]}
    if alertmanager is not None:
        made["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]}
    return made


class Prometheus(Child):
    """Scrapes `jobs`, {job: [host:port]}, evaluates the files `rules` and tells the `alertmanager` (host:port)."""

    def __init__(self, folder, jobs, rules=(), alertmanager=None):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = folder / "prometheus.yml"
        config.write_text(json.dumps(configuration(jobs, rules, alertmanager), indent=1), encoding="utf-8")
        super().__init__([tool("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}",
                          f"--web.listen-address=127.0.0.1:{self.port}"], folder / "prometheus.log")
        try:
            self.wait_listening("127.0.0.1", self.port)
            self.wait_for(self._ready, 20, "Prometheus to be ready")
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

    def by_target(self, expression):
        """{target: value} of an instant query; the target of a series without that label is empty."""
        return {one["metric"].get("target", ""): float(one["value"][1]) for one in self.query(expression)}

    def wait_for_query(self, expression, expected, seconds):
        """Until by_target(expression) is `expected`."""
        self.wait_for(lambda: self.by_target(expression) == expected, seconds,
                      lambda: f"{expression} = {expected}, last {self.by_target(expression)}", every=0.1)

    def wait_for_series(self, expression, seconds):
        """The series of the first instant query that has any."""
        return self.wait_for(lambda: self.query(expression), seconds, f"series of {expression}", every=0.1)
