"""Holds what rdpwatch said of the played scenarios against their labels. Knows nothing of how they were played."""

from collections import Counter
from dataclasses import dataclass, field

PLACES = 3
NONE = "(none)"
# Said of every healthy host to a person who asks because a client fails; it blames neither the host nor the path.
HARMLESS = {"client_side_only"}


@dataclass
class Answer:
    """What one run of rdpwatch said."""
    ended: str                                      # "ok" or "phase/reason"; "" when there was no JSON
    causes: list = field(default_factory=list)      # ids, the likeliest first
    likelihoods: list = field(default_factory=list)
    seconds: float = 0.0
    plays: int = 1                                  # more than one: it did not break as it was meant at first
    error: str = ""                                 # why the scenario could not be played, or what rdpwatch printed instead


def read(result, seconds):
    """The Answer in the JSON of `diagnose`, or of `probe`, which names no causes."""
    failure = result.get("failure")
    causes = result.get("causes", [])
    return Answer(ended=f"{failure['phase']}/{failure['reason']}" if failure else "ok",
                  causes=[cause["id"] for cause in causes], likelihoods=[cause["likelihood"] for cause in causes],
                  seconds=seconds)


@dataclass
class Verdict:
    """One scenario, judged. What does not apply to it is None."""
    scenario: object
    answer: Answer

    @property
    def broke_as_meant(self):
        return not self.answer.error and self.answer.ended in self.scenario.probe

    @property
    def first(self):
        return self.answer.causes[0] if self.answer.causes else NONE

    @property
    def top1(self):
        """The first cause is the true one, or one that can't be told from it."""
        return None if self.scenario.healthy else self.first in self.scenario.truth

    @property
    def very_cause_first(self):
        return None if self.scenario.healthy else self.first == self.scenario.cause

    @property
    def top3(self):
        return None if self.scenario.healthy else self.scenario.cause in self.answer.causes[:PLACES]

    @property
    def names_all_alike(self):
        """What can't be told apart from outside is named side by side."""
        if not self.scenario.alike:
            return None
        return set(self.scenario.truth) <= set(self.answer.causes[:PLACES])

    @property
    def overstated(self):
        """Causes called decisive that are not true."""
        true = {*self.scenario.truth, *self.scenario.also}
        return [cause for cause, likelihood in zip(self.answer.causes, self.answer.likelihoods)
                if likelihood == "decisive" and cause not in true]

    @property
    def false_alarm(self):
        return bool(self.blamed()) if self.scenario.healthy else None

    def blamed(self):
        return [cause for cause in self.answer.causes if cause not in HARMLESS]

    def misses(self):
        """Each goal that this scenario missed, in words."""
        if self.answer.error:
            return [f"not played: {self.answer.error}"]
        found = []
        if not self.broke_as_meant:
            found.append(f"ended in {self.answer.ended}, meant was {' or '.join(self.scenario.probe)}")
        if self.false_alarm:
            found.append(f"a healthy host is said to have {', '.join(self.blamed())}")
        if self.scenario.decisive and not self.top1:
            found.append(f"first is {self.first}, true is {' or '.join(self.scenario.truth)}")
        if self.top3 is False:
            found.append(f"{self.scenario.cause} is not among the first three: {', '.join(self.answer.causes[:PLACES]) or NONE}")
        if self.names_all_alike is False:
            missing = [cause for cause in self.scenario.truth if cause not in self.answer.causes[:PLACES]]
            found.append(f"can't tell {' and '.join(self.scenario.truth)} apart and does not name {' and '.join(missing)}")
        if self.overstated:
            found.append(f"calls decisive what is not true: {', '.join(self.overstated)}")
        return found


def share(verdicts, what):
    """(how many of those that it applies to, of how many)."""
    values = [getattr(verdict, what) for verdict in verdicts]
    applying = [value for value in values if value is not None]
    return sum(map(bool, applying)), len(applying)


def by_cause(verdicts, order):
    """{cause: its verdicts}, in the order given, causes without a scenario left out."""
    return {cause: found for cause in order
            if (found := [verdict for verdict in verdicts if verdict.scenario.cause == cause])}


def confusion(verdicts):
    """{(what it was, what came first): how often}. What it was is "healthy" for a healthy host."""
    return Counter((verdict.scenario.cause or "healthy", verdict.first) for verdict in verdicts)


def reliability(verdicts):
    """{likelihood: (how often a first cause so called was true, how often it was said)}, of broken hosts."""
    said = {}
    for verdict in verdicts:
        if verdict.answer.causes and not verdict.scenario.healthy:
            true = verdict.first in {*verdict.scenario.truth, *verdict.scenario.also}
            hits, total = said.get(verdict.answer.likelihoods[0], (0, 0))
            said[verdict.answer.likelihoods[0]] = (hits + true, total + 1)
    return said
