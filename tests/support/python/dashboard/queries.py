"""Every query of a dashboard, with its variables replaced as Grafana's Prometheus data source replaces them."""

import re
from dataclasses import dataclass

from dashboard import model

# A panel of 700 dots over six hours, of a data source that is scraped every 15 s: what Grafana makes of that.
RANGE_SECONDS = 6 * 3600
STEP_SECONDS = 30
BUILT_IN = {"__rate_interval": "1m", "__interval": f"{STEP_SECONDS}s", "__interval_ms": str(STEP_SECONDS * 1000),
            "__range": f"{RANGE_SECONDS}s", "__range_s": str(RANGE_SECONDS), "__range_ms": str(RANGE_SECONDS * 1000)}
ALL = "$__all"
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)|\$\{([^}]+)\}")  # $1 is a group of a regular expression
_LABEL_VALUES = re.compile(r"label_values\((?:(?P<selector>.+),\s*)?(?P<label>\w+)\)$", re.S)


@dataclass(frozen=True)
class Query:
    panel: str   # its title and, as a title may stand twice, its type; "variable NAME", "annotation NAME"
    ref: str     # refId; empty for variables and annotations
    kind: str    # instant, range, or labels: the values of a label
    expression: str
    step: int = STEP_SECONDS
    drawn: bool = False  # with the panel's other queries in one picture, where a table makes columns of them


@dataclass(frozen=True)
class Variable:
    name: str
    several: bool  # the reader may choose more than one, or all
    all_value: str
    query: str     # that says what is offered; empty: a fixed list
    current: str   # of a fixed list


def _seconds(duration, default):
    """Of a panel's least step; without one, the default."""
    if not duration:
        return default
    number, unit = re.fullmatch(r"(\d+)([smh])", duration).groups()
    return max(default, int(number) * {"s": 1, "m": 60, "h": 3600}[unit])


def panel_queries(dashboard):
    """A query without a word about it is a range query, as in Grafana."""
    for panel in model.panels(dashboard):
        name = f"{panel['title']} ({panel['type']})"
        for target in panel.get("targets", []):
            kinds = [kind for kind in ("instant", "range") if target.get(kind)] or ["range"]
            step = _seconds(target.get("interval") or panel.get("interval"), STEP_SECONDS)
            for kind in kinds:
                yield Query(name, target["refId"], kind, target["expr"], step, panel["type"] != "table")


def annotation_queries(dashboard):
    for one in model.annotations(dashboard):
        if not one.get("builtIn"):
            yield Query(f"annotation {one['name']}", "", "range", one["expr"], _seconds(one.get("step"), STEP_SECONDS))


def variables(dashboard):
    """Those that stand in queries, in their order."""
    for one in model.variables(dashboard):
        several = bool(one.get("multi") or one.get("includeAll"))
        if one["type"] == "query":
            query = one["query"] if isinstance(one["query"], str) else one["query"]["query"]
            yield Variable(one["name"], several, one.get("allValue") or "", query, "")
        elif one["type"] == "custom":
            yield Variable(one["name"], several, one.get("allValue") or "", "", one["current"]["value"])


def variable_queries(dashboard):
    for variable in variables(dashboard):
        if variable.query:
            yield Query(f"variable {variable.name}", "", "labels", variable.query)


def label_values(expression):
    """(selector or None, label) of label_values(selector, label) or label_values(label)."""
    found = _LABEL_VALUES.match(expression)
    if found is None:
        raise ValueError(f"not label_values(...): {expression}")
    return found["selector"], found["label"]


def _escaped(value):
    """A value within a regular expression that is within a string of PromQL."""
    return re.sub(r"[\\^$*+?.()|\[\]{}]", lambda found: "\\\\" + found[0], value)


def written(variable, chosen):
    """What stands in an expression for a variable of which `chosen` (a list) is chosen. One of a variable that allows no
    more is not escaped for a regular expression."""
    if chosen == [ALL]:
        return variable.all_value
    if not variable.several:
        return chosen[0].replace("\\", "\\\\")
    return _escaped(chosen[0]) if len(chosen) == 1 else "(" + "|".join(map(_escaped, chosen)) + ")"


def substitute(expression, values):
    """`values`: {name: text}, besides the built-in ones. A variable that is in neither is an error, and so is ${name:format}:
    Grafana's formats do not escape for a string within PromQL."""
    known = {**BUILT_IN, **values}

    def replace(found):
        name = found[1] or found[2]
        if name not in known:
            raise ValueError(f"nothing to put for {found[0]} in {expression}")
        return known[name]

    return _VARIABLE.sub(replace, expression)
