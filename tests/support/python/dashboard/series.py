"""What a query answers with: the labels of its series, and how many series there may be at 50,000 hosts.

A label has a size: how many values it can have at most, infinite where that grows with the fleet. The number of series is
the product of the sizes, or less where topk and the like say so.
"""

import math
from dataclasses import dataclass

from dashboard.promql import Aggregation, Binary, Call, Number, Selector, Subquery, Text

# Labels that do not grow with the fleet; the reader chooses the job.
SIZES = {
    "job": 1, "instance": 8, "vantage": 4,
    "state": 5, "phase": 8, "reason": 40, "category": 9, "problem": 8, "finding": 20, "dimension": 5, "likelihood": 3, "cause": 50,
    "protocol": 6, "version": 4, "selected": 6, "tls_version": 5, "self_signed": 2, "le": 20, "week": 14, "module": 10, "source": 5,
    "mechanism": 3, "outcome": 4, "family": 40, "scope": 3, "alertname": 40, "alertstate": 2, "severity": 3,
    "revision": 2, "compiler": 2, "tls_library": 2,
}
# The label on the left is settled by the one on the right.
SETTLED_BY = {"vantage": "instance", "severity": "alertname", "category": "reason"}
# What is settled once a target is given: its place in the inventory, and what its one certificate and host say.
OF_TARGET = {
    "group", "site", "team", "platform", "address", "module", "subject_cn", "issuer_cn", "fingerprint_sha256", "key",
    "signature_algorithm", "self_signed", "selected", "tls_version", "cipher", "computer", "domain", "os_build", "os_name",
}
# Of one target: two instances may watch it; it fails for a few reasons in the time that is shown, and has at most three causes.
ONE_TARGET = {**dict.fromkeys(OF_TARGET, 1), "instance": 2, "reason": 3, "client_error": 1, "cause": 3, "likelihood": 1}
SCALARS = {"time", "scalar", "pi"}


class Fault(Exception):
    """A name that is not there; the message says which."""


@dataclass
class Series:
    labels: dict  # label -> size
    limit: float = math.inf
    one_by: frozenset = None  # of each combination of these labels there is one series
    distinct: tuple = None  # (labels, number): of these labels there are only so many combinations

    @property
    def count(self):
        return min(product(self.labels), self.limit)


def size_of(label):
    return SIZES.get(label, math.inf)


def of_each(labels, by):
    """The product of the sizes of `labels`, for each combination of the labels `by`."""
    known = ONE_TARGET if "target" in by else {}
    return product({label: min(size, known.get(label, size)) for label, size in labels.items() if label not in by})


def combinations(inner, labels):
    """How many combinations of `labels` there can be."""
    most = min(product(labels), inner.count)
    if inner.distinct is not None:
        by, number = inner.distinct
        most = min(most, number * of_each(labels, by))
    return most


def product(labels):
    return math.prod(size for label, size in labels.items() if SETTLED_BY.get(label) not in labels)


def of_selector(node, metrics):
    if node.metric not in metrics:
        raise Fault(f"no metric {node.metric or 'without a name'}")
    labels = {label: size_of(label) for label in metrics[node.metric].labels}
    for label, operator, value in node.matchers:
        if label not in labels:
            raise Fault(f"{node.metric} has no label {label}")
        if operator == "=" and value:
            labels[label] = 1
        elif operator == "=~" and not set(value) & set(".*+?[]()$^\\"):
            labels[label] = min(labels[label], len(value.split("|")))
    if labels.get("target") == 1:
        labels.update({label: min(size, ONE_TARGET.get(label, size)) for label, size in labels.items()})
    return Series(labels)


def of_aggregation(node, metrics):
    inner = of(node.arguments[-1], metrics)
    for label in node.labels:
        if label not in inner.labels:
            raise Fault(f"{node.operation} {node.grouping} ({label}): its series have no label {label}")
    if node.grouping == "without":
        kept = {label: size for label, size in inner.labels.items() if label not in node.labels}
    else:
        kept = {label: inner.labels[label] for label in node.labels}
    if node.operation in ("topk", "bottomk"):
        first = node.arguments[0]
        each = float(first.value) if isinstance(first, Number) else math.inf
        one_by = frozenset(kept) if each == 1 else None
        return Series(inner.labels, min(inner.count, each * combinations(inner, kept)), one_by, inner.distinct)
    if node.operation == "count_values":
        kept = {**kept, node.arguments[0].value: size_of(node.arguments[0].value)}
        return Series(kept, inner.count)
    distinct = inner.distinct if inner.distinct is not None and inner.distinct[0] <= set(kept) else None
    return Series(kept, combinations(inner, kept), None, distinct)


def matched(node, left, right):
    """The labels that the two sides of an operator are matched by."""
    if node.matching == "on":
        for label in node.labels:
            for side in (left, right):
                if label not in side.labels:
                    raise Fault(f"on ({label}): one side has no label {label}")
        return set(node.labels)
    return {*left.labels, *right.labels} - set(node.labels)


def limited(many, one, by, labels):
    """`many` with other labels, and as far as it finds partners in `one`."""
    settled = by | OF_TARGET if "target" in by else by
    one_each = many.one_by is not None and many.one_by <= settled
    most = min(many.count, one.count * (1 if one_each else of_each(many.labels, by)))
    return Series(labels, most, many.one_by, (frozenset(by), one.count))


def of_binary(node, metrics):
    left, right = of(node.left, metrics), of(node.right, metrics)
    if left is None or right is None:
        return left or right
    if node.operation == "or":
        return Series({**left.labels, **right.labels}, left.count + right.count)
    by = matched(node, left, right)
    if node.operation == "unless":
        return left
    if node.operation == "and":
        return limited(left, right, by, left.labels)
    if node.many:
        many, one = (left, right) if node.many == "group_left" else (right, left)
        for label in node.included:
            if label not in one.labels:
                raise Fault(f"{node.many} ({label}): the other side has no label {label}")
        return limited(many, one, by, {**many.labels, **{label: one.labels[label] for label in node.included}})
    kept = node.labels if node.matching == "on" else [label for label in left.labels if label not in node.labels]
    return Series({label: left.labels[label] for label in kept}, min(left.count, right.count))


def of_call(node, metrics):
    if node.function in SCALARS:
        return None
    inner = next((found for found in (of(argument, metrics) for argument in node.arguments) if found is not None), None)
    if inner is None or node.function in ("vector", "absent", "absent_over_time"):
        return Series({})
    if node.function == "histogram_quantile":
        if "le" not in inner.labels:
            raise Fault("histogram_quantile: its series have no label le")
        return Series({label: size for label, size in inner.labels.items() if label != "le"})
    if node.function in ("label_replace", "label_join"):
        made = node.arguments[1].value
        return Series({**inner.labels, made: size_of(made)}, inner.count)
    return inner


def of(node, metrics):
    """The series of an expression; None for a number."""
    if isinstance(node, (Number, Text)):
        return None
    if isinstance(node, Selector):
        return of_selector(node, metrics)
    if isinstance(node, Subquery):
        return of(node.inner, metrics)
    makers = {Aggregation: of_aggregation, Binary: of_binary, Call: of_call}
    return makers[type(node)](node, metrics)
