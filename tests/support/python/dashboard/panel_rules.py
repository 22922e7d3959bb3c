"""Rules about panels: nobody should have to guess what a number is, whether it is bad, or what to do then."""

from dashboard import model

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
TIMELINES = {"state-timeline", "status-history"}


def each(rule):
    """Makes a rule about one panel a rule about all; complaints begin with the panel's name."""
    def of_all(_file, board, known):
        for panel in model.panels(board):
            for complaint in rule(panel, known):
                yield f"{model.name_of(panel)}: {complaint}"
    of_all.__name__ = rule.__name__
    return of_all


@each
def has_title_and_description(panel, _known):
    if not panel.get("title"):
        yield "no title"
    description = panel.get("description") or ""
    if len(description.split()) < 3 or not description.endswith("."):
        yield "no description that is a sentence"


@each
def has_known_units(panel, known):
    for field, settings in model.field_settings(panel):
        unit = settings.get("unit")
        if unit is None and not field:
            yield "no unit"
        elif unit is not None and unit not in known.units:
            yield f"{field or 'defaults'}: Grafana knows no unit {unit!r}"


@each
def has_thresholds_with_a_base(panel, _known):
    for field, settings in model.field_settings(panel):
        if "thresholds" not in settings and field:
            continue
        steps = (settings.get("thresholds") or {}).get("steps") or [{"value": "missing"}]
        values = [step.get("value") for step in steps]
        if values[0] is not None or None in values[1:]:
            yield f"{field or 'defaults'}: thresholds without a base, the step whose value is null"
        elif values[1:] != sorted(set(values[1:])):
            yield f"{field or 'defaults'}: thresholds that do not rise: {values[1:]}"


def results(mapping):
    """The results of a mapping, whatever its type."""
    options = mapping.get("options", {})
    return list(options.values()) if mapping.get("type") == "value" else [options.get("result", {})]


@each
def colour_is_not_alone(panel, _known):
    """Some readers see no colours, so whatever has one has a text as well: a number, a name, or a mapping's text."""
    options, mapped = panel.get("options", {}), False
    for field, settings in model.field_settings(panel):
        for mapping in settings.get("mappings") or []:
            mapped = True
            if any(result.get("color") and not result.get("text") for result in results(mapping)):
                yield f"{field or 'defaults'}: a mapping to a colour without a text"
        steps = (settings.get("thresholds") or {}).get("steps") or []
        if len(steps) > 1 and not field and options.get("textMode") in ("none", "name"):
            yield "thresholds colour a stat that does not show its value"
        if (settings.get("custom.cellOptions") or {}).get("valueDisplayMode") == "hidden":
            yield f"{field}: a gauge that does not show its value"
    if panel.get("type") in TIMELINES and (not mapped or options.get("showValue") == "never"):
        yield "a timeline without texts for its states"


@each
def asks_the_chosen_data_source(panel, _known):
    for where, part in [("", panel), *((f'target {target.get("refId")}: ', target) for target in panel.get("targets", []))]:
        if part.get("datasource") != DATASOURCE:
            yield f"{where}not from ${{datasource}}"


@each
def has_targets(panel, _known):
    references = [target.get("refId") for target in panel.get("targets", [])]
    if not references:
        yield "no query"
    if len(set(references)) < len(references) or None in references:
        yield f"refIds that are not unique: {references}"


@each
def names_its_series(panel, _known):
    """A legend for every graph; a table shows labels in columns, and a stat of one series needs none."""
    for target in panel.get("targets", []):
        if target.get("format") != "table" and panel.get("type") != "stat" and not target.get("legendFormat"):
            yield f'target {target.get("refId")}: no legend'


@each
def empty_answers_have_words(panel, _known):
    if not panel.get("fieldConfig", {}).get("defaults", {}).get("noValue"):
        yield "no words for an empty answer (noValue)"


RULES = [has_title_and_description, has_known_units, has_thresholds_with_a_base, colour_is_not_alone, asks_the_chosen_data_source,
         has_targets, names_its_series, empty_answers_have_words]
