"""Rules about variables: the same names everywhere, so that links carry them on; none unused, none unknown."""

import re

from dashboard import model, promql, series

LABELS = {"datasource": "Data Source", "job": "Job", "group": "Group", "target": "Target", "instance": "Instance",
          "phase": "Phase"}
ON_TIME_RANGE_CHANGED = 2
QUERY = re.compile(r"label_values\((.+), (\w+)\)")
# What Grafana itself provides; fields and labels of a link are judged with the link.
BUILT_IN = re.compile(r"__(rate_interval|interval|range|url_time_range|data\.fields\.\w+|field\.labels\.\w+)")
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def by_name(board, name):
    return [variable for variable in model.variables(board) if variable.get("name") == name]


def names_and_labels(_file, board, _known):
    for variable in model.variables(board):
        name = variable.get("name")
        if name not in LABELS:
            yield f"variable {name}: the names are {', '.join(LABELS)}"
        elif variable.get("label") != LABELS[name]:
            yield f'variable {name}: label {variable.get("label")!r}; it is to be {LABELS[name]!r}'
        if len(by_name(board, name)) > 1:
            yield f"variable {name}: there are several of that name"


def one_data_source(_file, board, _known):
    found = [(variable.get("name"), variable.get("query")) for variable in model.variables(board) if variable.get("type") == "datasource"]
    if found != [("datasource", "prometheus")]:
        yield f"variables of type datasource: {found}; there is to be one, called datasource, for prometheus"


def job_can_be_chosen(_file, board, _known):
    """As the linter asks of job and instance; of ours `target` takes the place of instance, and is one by its nature."""
    for name in ("job", "instance"):
        for variable in by_name(board, name):
            if not (variable.get("multi") and variable.get("includeAll") and variable.get("allValue") == ".+"):
                yield f"variable {name}: it is to take several values, with All as .+"
    if not by_name(board, "job"):
        yield "no variable job"


def all_is_anything(_file, board, _known):
    for variable in model.variables(board):
        if variable.get("includeAll") and variable.get("allValue") != ".+":
            yield f'variable {variable["name"]}: All is to be .+'
        if variable.get("name") == "target" and (variable.get("multi") or variable.get("includeAll")):
            yield "variable target: queries say target=\"$target\", so it is one"


def queries_are_label_values(_file, board, known):
    for variable in model.variables(board):
        if variable.get("type") != "query":
            continue
        name, query = variable["name"], variable.get("query", "")
        if variable.get("datasource") != DATASOURCE:
            yield f"variable {name}: not from ${{datasource}}"
        if variable.get("refresh") != ON_TIME_RANGE_CHANGED:
            yield f"variable {name}: it is to be read again when the time range changes (refresh 2)"
        match = QUERY.fullmatch(query)
        if not match:
            yield f"variable {name}: {query!r} is not label_values(series, label)"
            continue
        try:
            selector = promql.parse(match.group(1))
            labels = series.of(selector, known.metrics).labels
        except (promql.SyntaxFault, series.Fault) as fault:
            yield f"variable {name}: {fault}"
            continue
        if match.group(2) not in labels:
            yield f"variable {name}: its series have no label {match.group(2)}"
        if name != "job" and ("job", "=~", "$job") not in selector.matchers:
            yield f'variable {name}: no job=~"$job"'


def all_are_used(_file, board, _known):
    """In a query, where it filters; the data source in the panels. A variable that filters nothing misleads."""
    for variable in model.variables(board):
        elsewhere = [other for other in model.variables(board) if other is not variable]
        used = model.variables_used([list(model.panels(board)), elsewhere])
        if variable["name"] not in used:
            yield f'variable {variable["name"]}: nothing uses it'


def all_are_defined(_file, board, _known):
    defined = {variable["name"] for variable in model.variables(board)}
    for where, part in [*((model.name_of(panel), panel) for panel in model.panels(board)),
                        *((f'annotation "{entry.get("name")}"', entry) for entry in model.annotations(board)),
                        *((f'variable {variable["name"]}', variable.get("query")) for variable in model.variables(board))]:
        for name in sorted(model.variables_used(part) - defined):
            if not BUILT_IN.fullmatch(name):
                yield f"{where}: ${name} is not defined"


RULES = [names_and_labels, one_data_source, job_can_be_chosen, all_is_anything, queries_are_label_values, all_are_used, all_are_defined]
