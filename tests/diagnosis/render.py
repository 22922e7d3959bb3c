"""The report as text: markdown whose tables are also readable in a terminal."""

import corpus
import score


def _table(head, rows):
    widths = [max(len(str(row[column])) for row in (head, *rows)) for column in range(len(head))]

    def line(cells):
        return "| " + " | ".join(str(cell).ljust(width) for cell, width in zip(cells, widths)) + " |"

    return "\n".join([line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)])


def _of(pair):
    """"3 of 4", or a dash where nothing applies."""
    return f"{pair[0]} of {pair[1]}" if pair[1] else "-"


def _percent(pair):
    return f"{pair[0]} of {pair[1]} ({100 * pair[0] / pair[1]:.0f} %)" if pair[1] else "-"


def broken_as_meant(verdicts):
    rows = [(verdict.scenario.name, verdict.scenario.kind, verdict.scenario.cause or "healthy",
             "yes" if verdict.broke_as_meant else "NO", verdict.answer.ended or "error",
             f"{verdict.answer.seconds:.1f}") for verdict in verdicts]
    errors = [f"- {verdict.scenario.name}: {verdict.answer.error}" for verdict in verdicts if verdict.answer.error]
    return "\n\n".join([_table(("scenario", "kind", "cause", "as meant", "probe ended in", "seconds"), rows), *errors])


def _totals(verdicts, seconds):
    broken = [verdict for verdict in verdicts if not verdict.scenario.healthy]
    healthy = [verdict for verdict in verdicts if verdict.scenario.healthy]
    decisive = [verdict for verdict in broken if verdict.scenario.decisive]
    rows = [("top-1, scenarios whose evidence is decisive", _percent(score.share(decisive, "top1")), "all"),
            ("top-1, all broken scenarios", _percent(score.share(broken, "top1")), "-"),
            ("of these the very cause that was played", _percent(score.share(broken, "very_cause_first")), "-"),
            ("top-3, all broken scenarios", _percent(score.share(broken, "top3")), "all"),
            ("names side by side what can't be told apart", _percent(score.share(broken, "names_all_alike")), "all"),
            ("calls decisive what is not true", str(sum(bool(verdict.overstated) for verdict in verdicts)), "0"),
            ("false alarms, healthy scenarios", _of(score.share(healthy, "false_alarm")), "0"),
            ("scenarios that broke as meant", _of(score.share(verdicts, "broke_as_meant")), "all"),
            ("scenarios that had to be played twice", str(sum(verdict.answer.plays > 1 for verdict in verdicts)), "-"),
            ("time", f"{seconds:.0f} s", "-")]
    return _table(("what", "result", "goal"), rows)


def _causes(verdicts):
    rows = []
    for cause, found in score.by_cause(verdicts, corpus.CAUSES).items():
        decisive = [verdict for verdict in found if verdict.scenario.decisive]
        rows.append((cause, len(found), len(decisive), _of(score.share(decisive, "top1")), _of(score.share(found, "top1")),
                     _of(score.share(found, "top3"))))
    return _table(("cause", "scenarios", "decisive", "top-1 of these", "top-1", "top-3"), rows)


def _confusion(verdicts):
    """What was played down, what came first across; only what occurs, numbered so that it fits a terminal."""
    counts = score.confusion(verdicts)
    order = [*corpus.CAUSES, "healthy", score.NONE]
    played = [cause for cause in order if any(row == cause for row, _ in counts)]
    named = [cause for cause in order if any(column == cause for _, column in counts)]
    number = {cause: str(order.index(cause) + 1) for cause in named}
    head = ("no.", "played \\ named first", *(number[cause] for cause in named))
    rows = [(order.index(cause) + 1, cause, *(counts.get((cause, column), 0) or "." for column in named)) for cause in played]
    others = [f"{number[cause]} {cause}" for cause in named if cause not in played]
    return _table(head, rows) + ("\n\nAlso named: " + ", ".join(others) if others else "")


def _words(verdicts):
    said = score.reliability(verdicts)
    return _table(("the first cause is called", "true"),
                  [(word, _of(said[word])) for word in ("decisive", "likely", "possible") if word in said])


def _scenarios(verdicts):
    rows = []
    for verdict in verdicts:
        scenario, answer = verdict.scenario, verdict.answer
        truth = " or ".join(scenario.truth) or "healthy"
        named = ", ".join(f"{cause} ({likelihood})" for cause, likelihood in
                          list(zip(answer.causes, answer.likelihoods))[:score.PLACES]) or score.NONE
        rows.append((scenario.name, scenario.kind, truth, "yes" if scenario.decisive else "", answer.ended, named,
                     f"{answer.seconds:.0f}"))
    return _table(("scenario", "kind", "true", "decisive", "probe ended in", "named", "s"), rows)


def report(verdicts, seconds):
    parts = ["# How right the diagnosis is", _totals(verdicts, seconds), "## By cause", _causes(verdicts)]
    missing = [cause for cause in corpus.CAUSES if cause not in score.by_cause(verdicts, corpus.CAUSES)]
    if missing:
        parts.append("No scenario of this run plays: " + ", ".join(missing) + ".")
    parts += ["## What was taken for what", _confusion(verdicts), "## What the words are worth", _words(verdicts)]
    missed = [f"- {verdict.scenario.name}: {miss}" for verdict in verdicts for miss in verdict.misses()]
    parts += ["## Goals missed", "\n".join(missed) if missed else "None."]
    parts += ["## Each scenario", _scenarios(verdicts)]
    return "\n\n".join(parts)
