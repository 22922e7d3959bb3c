"""Which series there are: metrics.def, what the recording rules make of it, and what Prometheus adds, with their labels."""

import re
from dataclasses import dataclass

from dashboard import promql, series

# On every series of a target: what it is, the inventory's labels (typically these), and the labels of all series.
EVERYWHERE = ["job", "instance", "vantage"]
TARGET = [*EVERYWHERE, "target", "group", "address", "site", "team", "platform"]
SCRAPE = ["job", "instance", "part"]
PROMETHEUS = {
    "up": SCRAPE,
    "scrape_duration_seconds": SCRAPE,
    "scrape_samples_scraped": SCRAPE,
    "scrape_samples_post_metric_relabeling": SCRAPE,
    "scrape_series_added": SCRAPE,
    "ALERTS": [*TARGET, "alertname", "alertstate", "severity"],
}
ROW = re.compile(r'^RDPWATCH_(TARGET|GROUP|SELF)_METRIC\((\w+), (\w+), "([^"]*)"', re.M)
RULE = re.compile(r"^      - record: (\S+)\n(?:        #.*\n)*        expr: (?:>-\n((?:          .*\n?)+)|(.*))", re.M)


@dataclass
class Metric:
    name: str
    labels: list
    counter: bool = False


def from_definitions(text):
    """The metrics of metrics.def; of a histogram the three that Prometheus stores."""
    found = {}
    for kind, name, sort, own in ROW.findall(text):
        labels = [*(TARGET if kind == "TARGET" else EVERYWHERE), *own.split()]
        if sort == "histogram":
            for suffix, more in (("_bucket", ["le"]), ("_sum", []), ("_count", [])):
                found[name + suffix] = Metric(name + suffix, [*labels, *more], True)
        else:
            found[name] = Metric(name, labels, sort == "counter")
    return found


def rules_of(text):
    """(name, expression) of every recording rule, in order."""
    return [(name, " ".join((block or line).split())) for name, block, line in RULE.findall(text)]


def add_rules(metrics, text):
    """Adds the recording rules; the labels follow from their expressions."""
    for name, expression in rules_of(text):
        metrics[name] = Metric(name, list(series.of(promql.parse(expression), metrics).labels))


def load(definitions, rules):
    metrics = from_definitions(definitions)
    metrics.update({name: Metric(name, labels) for name, labels in PROMETHEUS.items()})
    add_rules(metrics, rules)
    return metrics
