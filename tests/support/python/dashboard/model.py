"""A dashboard as the rules see it, and what they hold it against."""

import json
import re
from dataclasses import dataclass

from dashboard import catalogue

VARIABLE = re.compile(r"\$\{(\w+(?:\.\w+)*)(?::\w+)?\}|\$([A-Za-z_]\w*)")  # $1 is a group of a regular expression
QUERYPARAM = re.compile(r"\$\{(\w+):queryparam\}")


@dataclass
class Known:
    """The project's own tables."""
    metrics: dict  # name -> catalogue.Metric
    units: set
    runbooks: set  # file names
    dashboards: dict  # uid -> names of its variables

    @classmethod
    def of_tree(cls, tree):
        dashboards = {board.get("uid"): {variable["name"] for variable in variables(board)} for _, board in committed(tree)}
        return cls(
            catalogue.load(tree.read("daemon/metrics/metrics.def"), tree.read("deploy/prometheus/rules/recording.yml")),
            set(json.loads(tree.read("dashboards/checks/units.json"))["ids"]),
            {path.name for path in tree.files(".md", under="deploy/runbooks")}, dashboards)


def committed(tree):
    """(file name, dashboard) of all that the repository has."""
    paths = [path for path in tree.files(".json", under="dashboards") if path.name.startswith("rdp-") and len(path.parts) == 2]
    return [(path.name, json.loads(tree.read(path))) for path in paths]


def variables(board):
    return board.get("templating", {}).get("list", [])


def annotations(board):
    return board.get("annotations", {}).get("list", [])


def panels(board):
    """All panels but rows, also those in closed rows."""
    for panel in board.get("panels", []):
        if panel.get("type") == "row":
            yield from panel.get("panels", [])
        else:
            yield panel


def name_of(panel):
    return f'panel {panel.get("id")} "{panel.get("title")}"'


def field_settings(panel):
    """(field's name, its settings) of the defaults, whose name is empty, and of every override by name."""
    config = panel.get("fieldConfig", {})
    yield "", config.get("defaults", {})
    for override in config.get("overrides", []):
        yield str(override["matcher"].get("options")), {entry["id"]: entry.get("value") for entry in override["properties"]}


def links(panel):
    """The links of the panel and of its fields."""
    found = list(panel.get("links", []))
    for _, settings in field_settings(panel):
        found += settings.get("links", [])
    return found


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def variables_used(value):
    """The names behind every $name and ${name} in any text of it."""
    return {braced or bare for text in strings(value) for braced, bare in VARIABLE.findall(text)}
