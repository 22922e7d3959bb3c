"""Runs the queries of a dashboard against a Prometheus, for one choice of its variables after the other."""

import time
from collections import defaultdict
from dataclasses import dataclass, field

from dashboard.queries import (ALL, RANGE_SECONDS, annotation_queries, label_values, panel_queries, substitute, variable_queries,
                               variables, written)
from harness.prometheus import QueryError


@dataclass
class Answer:
    """Of one query, over all choices."""
    series: int = 0   # of the choice that has the most
    seconds: float = 0.0
    choice: dict = field(default_factory=dict)
    error: str = ""


class Runner:
    def __init__(self, prometheus, dashboard):
        self.prometheus, self.dashboard = prometheus, dashboard

    def values_of(self, variable, values):
        """What the reader is offered."""
        selector, label = label_values(substitute(variable.query, values))
        return self.prometheus.label_values(label, selector)

    def chosen(self, variable, choice, values):
        """Of a variable that allows several values all are chosen. The job's are written out, as the reader who has one
        rdpwatch never sees `All`."""
        if not variable.query:
            return [variable.current]
        offered = self.values_of(variable, values)
        if variable.several:
            return offered if variable.name == "job" else [ALL]
        if choice[variable.name] not in offered:
            raise AssertionError(f"{variable.name}: {choice[variable.name]} is not offered, but {offered}")
        return [choice[variable.name]]

    def texts(self, choice):
        """{variable: what stands for it}. `choice`: {variable: value}, for those that allow one value only."""
        values = {}
        for variable in variables(self.dashboard):
            values[variable.name] = written(variable, self.chosen(variable, choice, values))
        return values

    def ask(self, query, values):
        """The number of series, or of values of a label."""
        expression = substitute(query.expression, values)
        if query.kind == "labels":
            selector, label = label_values(expression)
            return len(self.prometheus.label_values(label, selector))
        if query.kind == "instant":
            return len(self.prometheus.query(expression))
        # From a whole step on, as Grafana aligns what it asks.
        end = time.time() // query.step * query.step + query.step
        return len(self.prometheus.query_range(expression, end - RANGE_SECONDS, end, query.step))

    def run(self, choices):
        """{query: Answer}"""
        answers = defaultdict(Answer)
        for choice in choices:
            values = self.texts(choice)
            for query in (*variable_queries(self.dashboard), *annotation_queries(self.dashboard), *panel_queries(self.dashboard)):
                self._note(answers[query], query, values, choice)
        return answers

    def _note(self, answer, query, values, choice):
        begun = time.monotonic()
        try:
            series = self.ask(query, values)
        except (QueryError, ValueError) as error:
            answer.error = str(error)
            return
        answer.seconds = max(answer.seconds, time.monotonic() - begun)
        if series > answer.series:
            answer.series, answer.choice = series, choice


def needs_choice(dashboard):
    return any(variable.query and not variable.several for variable in variables(dashboard))


def report(uid, answers):
    """One line a panel: dashboard, panel, number of queries, most series of them together, longest of them in milliseconds."""
    panels = defaultdict(list)
    for query, answer in answers.items():
        panels[query.panel].append(answer)
    return [f"{uid:16} {panel:62} {len(found):2} queries {sum(answer.series for answer in found):4} series"
            f" {max(answer.seconds for answer in found) * 1000:6.0f} ms" for panel, found in panels.items()]
