"""Rules about queries: names that exist, the variables that the reader chose, rates that are rates, and a bound on series."""

import re

from dashboard import model, promql, series
from dashboard.panel_rules import each

MOST_SERIES = 50
LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# A counter means something only as a difference.
OF_COUNTERS = {"rate", "irate", "increase", "resets", "changes"}
# Panels that are not to follow a variable, and why.
NOT_FOLLOWING = {
    ("rdp-exporter.json", "Shards missing", "instance"): "shards are missing from all instances together, never from some",
}
FIELDS_OF_A_TABLE = re.compile(r"Time|Value|Value #[A-Z]")


def parsed(text):
    """The query as a tree; None where it is none, which is the business of one rule only."""
    try:
        return promql.parse(text)
    except promql.SyntaxFault:
        return None


def answer(text, known):
    """The series that a query answers with; None where that can't be known, which again is the business of one rule only."""
    tree = parsed(text)
    try:
        return series.of(tree, known.metrics) if tree is not None else None
    except series.Fault:
        return None


def texts(board):
    """(where, query) of all panels and annotations."""
    for where, text, _ in texts_with_titles(board):
        yield where, text


def texts_with_titles(board):
    for panel in model.panels(board):
        for target in panel.get("targets", []):
            yield f'{model.name_of(panel)}: target {target.get("refId")}', target.get("expr", ""), panel.get("title")
    for entry in model.annotations(board):
        yield f'annotation "{entry.get("name")}"', entry.get("expr", ""), ""


def every_name_is_known(_file, board, known):
    """PromQL that can be parsed, metrics and labels of the catalogue."""
    for where, text in texts(board):
        try:
            series.of(promql.parse(text), known.metrics)
        except (promql.SyntaxFault, series.Fault) as fault:
            yield f"{where}: {fault}"


def every_selector_has_the_variables(file, board, known):
    """job always; the others where the dashboard has the variable and the metric the label."""
    for where, text, title in texts_with_titles(board):
        for selector in promql.selectors(parsed(text)):
            for name in missing_variables(selector, [variable["name"] for variable in model.variables(board)], known):
                if (file, title, name) not in NOT_FOLLOWING:
                    yield f"{where}: {selector.metric} without the variable ${name}"


def missing_variables(selector, chosen, known):
    labels = known.metrics[selector.metric].labels if selector.metric in known.metrics else []
    # ALERTS have the others only where the alert is about such a thing.
    wanted = ["job"] if selector.metric == "ALERTS" else ["job", "group", "target", "instance"]
    matched = {name for name in wanted for label, _, value in selector.matchers if label == name and f"${name}" in value}
    return [name for name in wanted if name in chosen and name in labels and name not in matched]


def one_target_is_matched_as_it_is(_file, board, _known):
    """Grafana does not escape a single choice for a regular expression."""
    for where, text in texts(board):
        for selector in promql.selectors(parsed(text)):
            for label, operator, value in selector.matchers:
                if value == "$target" and operator != "=":
                    yield f'{where}: {selector.metric}: {label}{operator}"$target"; it is to be ='


def rates_have_the_rate_interval(_file, board, _known):
    for where, text in texts(board):
        for node, _ in promql.walk(parsed(text)):
            if isinstance(node, promql.Call) and node.function in ("rate", "irate"):
                window = getattr(node.arguments[0], "window", "")
                if window != "$__rate_interval":
                    yield f"{where}: {node.function} over {window}; it is to be $__rate_interval"


def counters_are_not_shown_as_they_are(_file, board, known):
    for where, text in texts(board):
        for node, above in promql.walk(parsed(text)):
            metric = known.metrics.get(node.metric) if isinstance(node, promql.Selector) else None
            if metric and metric.counter and not any(isinstance(up, promql.Call) and up.function in OF_COUNTERS for up in above):
                yield f"{where}: {node.metric} is a counter: rate() or increase() belongs around it"


@each
def draws_few_series(panel, known):
    """Fifty thousand hosts must never reach a legend or a table. Queries of a graph add up, those of a table are merged."""
    found = [answer(target.get("expr", ""), known) for target in panel.get("targets", [])]
    counts = [entry.count for entry in found if entry is not None]
    if panel.get("type") == "heatmap":
        counts = [entry.count / entry.labels.get("le", 1) for entry in found if entry is not None]
    total = max(counts, default=0) if panel.get("type") == "table" else sum(counts)
    if total > MOST_SERIES:
        yield f"up to {total:g} series; {MOST_SERIES} at most: aggregate, or take topk"


@each
def choices_in_graphs_stay(panel, _known):
    """topk in a graph chooses anew at every step, and more and more series come together; with @ it chooses once."""
    for target in panel.get("targets", []):
        for node, _ in promql.walk(parsed(target.get("expr", ""))) if target.get("range") else []:
            if isinstance(node, promql.Aggregation) and node.operation in ("topk", "bottomk") and not is_fixed(node):
                yield f'target {target.get("refId")}: {node.operation} in a graph chooses anew at every step; fix its series by @ end()'


@each
def graphs_read_few_series(panel, known):
    """A graph of every host at every step is more than Prometheus loads: that is what recording rules are for."""
    for target in panel.get("targets", []):
        for selector in promql.selectors(parsed(target.get("expr", ""))) if target.get("range") else []:
            one = {label for label, operator, _ in selector.matchers if operator == "="} & {"group", "target"}
            if selector.metric in known.metrics and "target" in known.metrics[selector.metric].labels and not one:
                yield f'target {target.get("refId")}: {selector.metric} of every host in a graph; read a recording rule'


def is_fixed(node):
    if isinstance(node, (promql.Selector, promql.Subquery)) and node.fixed:
        return True
    return not isinstance(node, promql.Selector) and all(is_fixed(child) for child in promql.children(node))


@each
def labels_of_legends_exist(panel, known):
    for target in panel.get("targets", []):
        found = answer(target.get("expr", ""), known)
        for label in LEGEND.findall(target.get("legendFormat") or ""):
            if found is not None and label not in found.labels:
                yield f'target {target.get("refId")}: legend with {label}, which its series do not have'


def labels_of_annotations_exist(_file, board, known):
    for entry in model.annotations(board):
        found = answer(entry.get("expr", ""), known)
        for label in LEGEND.findall(f'{entry.get("titleFormat", "")} {entry.get("textFormat", "")}'):
            if found is not None and label not in found.labels:
                yield f'annotation "{entry.get("name")}": {label}, which its series do not have'


@each
def columns_of_tables_exist(panel, known):
    labels = set().union(*(getattr(answer(target.get("expr", ""), known), "labels", {}) for target in panel.get("targets", [])))
    references = {target.get("refId") for target in panel.get("targets", [])}
    titles = set()
    for step in panel.get("transformations", []):
        names = step["options"].get("include", {}).get("names", []) if step["id"] == "filterFieldsByName" else []
        titles |= {*step["options"].get("renameByName", {}).values()} if step["id"] == "organize" else set()
        for name in names:
            reference = name.partition("#")[2]
            if name not in labels and not FIELDS_OF_A_TABLE.fullmatch(name) or reference and reference not in references:
                yield f"column {name}: no query answers with it"
    if panel.get("type") == "table":
        for field, _ in model.field_settings(panel):
            if field and field not in labels | titles:
                yield f"override of {field}: no column has this name"


RULES = [every_name_is_known, every_selector_has_the_variables, one_target_is_matched_as_it_is, rates_have_the_rate_interval,
         counters_are_not_shown_as_they_are, draws_few_series, choices_in_graphs_stay, graphs_read_few_series,
         labels_of_legends_exist, labels_of_annotations_exist, columns_of_tables_exist]
