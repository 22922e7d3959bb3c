"""PromQL as a tree: as much of the language as Prometheus 2.42 has, with Grafana's intervals in place of durations."""

import re
from dataclasses import dataclass, field

AGGREGATIONS = {"sum", "min", "max", "avg", "group", "stddev", "stdvar", "count", "count_values", "bottomk", "topk", "quantile"}
# From the loosest to the tightest; ^ binds to the right.
PRECEDENCE = [{"or"}, {"and", "unless"}, {"==", "!=", "<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%", "atan2"}, {"^"}]
COMPARISONS = PRECEDENCE[2]

TOKEN = re.compile(r"""
    (?P<space>\s+)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<duration>(?:\d+(?:ms|[smhdwy]))+(?![\w.])|\$__(?:rate_interval|interval|range)\b)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w.])|0x[0-9a-f]+)
  | (?P<name>[A-Za-z_][\w:]*)
  | (?P<operator>=~|!~|==|!=|<=|>=|[-+*/%^<>=(){}\[\],:@])
""", re.X | re.I)


class SyntaxFault(Exception):
    """The text is no PromQL; the message says where."""


@dataclass
class Number:
    value: str


@dataclass
class Text:
    value: str


@dataclass
class Selector:
    metric: str
    matchers: list  # of (label, operator, value)
    window: str = ""  # the duration in brackets
    fixed: bool = False  # @: the same value all along a graph


@dataclass
class Subquery:
    inner: object
    window: str
    fixed: bool = False


@dataclass
class Call:
    function: str
    arguments: list


@dataclass
class Aggregation:
    operation: str
    grouping: str  # by, without or nothing
    labels: list
    arguments: list


@dataclass
class Binary:
    operation: str
    left: object
    right: object
    matching: str = ""  # on, ignoring or nothing
    labels: list = field(default_factory=list)
    many: str = ""  # group_left, group_right or nothing
    included: list = field(default_factory=list)


def tokens_of(text):
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise SyntaxFault(f"unexpected {text[at:at + 12]!r} at {at}")
        if match.lastgroup != "space":
            found.append((match.lastgroup, match.group()))
        at = match.end()
    return [*found, ("end", "")]


class Parser:
    def __init__(self, text):
        self.tokens, self.at = tokens_of(text), 0

    def peek(self):
        return self.tokens[self.at][1]

    def kind(self):
        return self.tokens[self.at][0]

    def take(self, wanted=None, kind=None):
        found_kind, found = self.tokens[self.at]
        if (wanted is not None and found != wanted) or (kind is not None and found_kind != kind):
            raise SyntaxFault(f"expected {wanted or kind}, found {found or 'the end'!r}")
        self.at += 1
        return found

    def accept(self, *wanted):
        if self.kind() != "string" and self.peek().lower() in wanted:
            return self.take().lower()
        return ""

    def whole(self):
        tree = self.binary(0)
        self.take(kind="end")
        return tree

    def binary(self, level):
        if level == len(PRECEDENCE):
            return self.unary()
        left = self.binary(level + 1)
        while self.kind() in ("name", "operator") and self.peek().lower() in PRECEDENCE[level]:
            node = Binary(self.take().lower(), left, None)
            if node.operation in COMPARISONS:
                self.accept("bool")
            node.matching = self.accept("on", "ignoring")
            node.labels = self.names() if node.matching else []
            node.many = self.accept("group_left", "group_right")
            if node.many and self.peek() == "(":
                node.included = self.names()
            node.right = self.binary(level if node.operation == "^" else level + 1)
            left = node
        return left

    def names(self):
        self.take("(")
        found = []
        while self.peek() != ")":
            found.append(self.take(kind="name"))
            if not self.accept(","):
                break
        self.take(")")
        return found

    def unary(self):
        sign = self.accept("-", "+")
        if sign:
            return Binary("*", Number(sign + "1"), self.unary())
        return self.postfix(self.primary())

    def postfix(self, node):
        """Windows, subqueries, offset and @; the last two only where Prometheus takes them."""
        while True:
            if self.accept("["):
                window = self.take(kind="duration")
                if self.accept(":"):
                    if self.kind() == "duration":
                        self.take()
                    node = Subquery(node, window)
                elif isinstance(node, Selector) and not node.window:
                    node.window = window
                else:
                    raise SyntaxFault("a range belongs to a selector")
                self.take("]")
            elif self.peek() in ("offset", "@") and self.kind() in ("name", "operator"):
                if not isinstance(node, (Selector, Subquery)):
                    raise SyntaxFault(f"{self.peek()} belongs to a selector or a subquery")
                node.fixed = node.fixed or self.peek() == "@"
                self.modifier(self.take())
            else:
                return node

    def modifier(self, which):
        if which == "offset":
            self.accept("-", "+")
            self.take(kind="duration")
        elif self.accept("start", "end"):
            self.names()
        else:
            self.take(kind="number")

    def primary(self):
        kind, text = self.tokens[self.at]
        if kind in ("number", "string", "name"):
            self.take()
        if kind == "number" or (kind == "name" and text.lower() in ("inf", "nan")):
            return Number(text)
        if kind == "string":
            return Text(text[1:-1])
        if kind == "name":
            if text.lower() in AGGREGATIONS and self.peek().lower() in ("(", "by", "without"):
                return self.aggregation(text.lower())
            return Call(text, self.arguments()) if self.peek() == "(" else Selector(text, self.matchers())
        if text == "{":
            return Selector("", self.matchers())
        self.take("(")
        inner = self.binary(0)
        self.take(")")
        return inner

    def aggregation(self, operation):
        grouping = self.accept("by", "without")
        labels = self.names() if grouping else []
        arguments = self.arguments()
        if not grouping:
            grouping = self.accept("by", "without")
            labels = self.names() if grouping else []
        return Aggregation(operation, grouping, labels, arguments)

    def arguments(self):
        self.take("(")
        found = []
        while self.peek() != ")":
            found.append(self.binary(0))
            if not self.accept(","):
                break
        self.take(")")
        return found

    def matchers(self):
        found = []
        if not self.accept("{"):
            return found
        while self.peek() != "}":
            label = self.take(kind="name")
            operator = self.take(kind="operator")
            if operator not in ("=", "!=", "=~", "!~"):
                raise SyntaxFault(f"{operator} is no matcher")
            found.append((label, operator, self.take(kind="string")[1:-1]))
            if not self.accept(","):
                break
        self.take("}")
        return found


def parse(text):
    return Parser(text).whole()


def children(node):
    if isinstance(node, Binary):
        return [node.left, node.right]
    if isinstance(node, (Call, Aggregation)):
        return node.arguments
    return [node.inner] if isinstance(node, Subquery) else []


def walk(node, above=()):
    """Every node with those above it, the nearest last."""
    yield node, above
    for child in children(node):
        yield from walk(child, (*above, node))


def selectors(node):
    return [found for found, _ in walk(node) if isinstance(found, Selector)]
