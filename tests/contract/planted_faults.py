"""Faults to plant in dashboard.example, each with the complaints that it has to bring. Panels: 0 row, 1 graph, 2 timeline, 3 table."""


def setting(*path, to):
    """Sets board[path...]; a path's part may be a key, an index or, behind an existing dictionary, a new key."""
    def plant(board):
        for part in path[:-1]:
            board = board[part]
        board[path[-1]] = to
    return plant


def removing(*path):
    def plant(board):
        for part in path[:-1]:
            board = board[part]
        del board[path[-1]]
    return plant


def query(panel, text, **more):
    def plant(board):
        board["panels"][panel]["targets"][0].update(expr=text, **more)
    return plant


def variable(index, **changes):
    def plant(board):
        board["templating"]["list"][index].update(changes)
    return plant


def link(url, title="There"):
    return setting("panels", 1, "links", to=[{"title": title, "url": url}])


def more_panels(board):
    board["panels"] += [dict(board["panels"][1], id=10 + index, title=f"More {index}", gridPos={"x": 0, "y": 30 + index, "w": 1, "h": 1}) for index in range(23)]


def with_target(board):
    """As on a dashboard about one host; one query forgets which."""
    last = dict(board["templating"]["list"][2], name="target", label="Target", multi=False, includeAll=False,
                query='label_values(rdp_probe_success{job=~"$job"}, target)')
    board["templating"]["list"].append(last)
    for index in (2, 3):  # timeline and table
        target = board["panels"][index]["targets"][0]
        target["expr"] = target["expr"].replace('group=~"$group"', 'group=~"$group", target="$target"')


def with_targets(board):
    with_target(board)
    board["templating"]["list"][-1].update(multi=True)


def with_phase(board):
    board["templating"]["list"].append({"name": "phase", "label": "Phase", "type": "custom", "query": "tls,nla"})


def column(name):
    return setting("panels", 3, "transformations", 0, "options", "include", "names", to=["target", "group", "Value", name])


DEFAULTS = ("fieldConfig", "defaults")
GRAPH, TIMELINE, TABLE = 'panel 2 "Failures"', 'panel 3 "States"', 'panel 4 "Hosts"'
KEPT = "${__url_time_range}&${datasource:queryparam}&${job:queryparam}"
RATE = 'rate(rdp_probe_failures_total{job=~"$job", group=~"$group"}'

BOARD = [
    (setting("uid", to="rdp-Example"), ["uid_is_stable: uid 'rdp-Example': not lower-case words with hyphens, of 40 characters at most",
                                        "uid_is_stable: uid 'rdp-Example': the file is called rdp-example.json"]),
    (setting("schemaVersion", to=39), ["settings_are_ours: schemaVersion: 39; it is to be 42"]),
    (setting("refresh", to="5s"), ["settings_are_ours: refresh: '5s'; it is to be '1m'"]),
    (removing("editable"), ["settings_are_ours: editable: None; it is to be False"]),
    (setting("title", to="Example"), ["title_and_description: title 'Example': it is to be \"RDP / Name\""]),
    (removing("description"), ["title_and_description: no description"]),
    (setting("panels", 2, "id", to=2), ["ids_are_unique: panel 2 \"States\": the id is missing, not above 0, or another panel's"]),
    (setting("panels", 2, "title", to="Failures"), ['titles_are_unique: "Failures": there are several panels of that title']),
    (setting("panels", 0, "title", to=""), ['rows_have_titles: the first panel is no row "Overview"', "rows_have_titles: row 1: no title"]),
    (more_panels, ["few_panels: 26 panels; 25 at most"]),
    (setting("panels", 2, "gridPos", "x", to=11), [f"panels_do_not_overlap: {TIMELINE}: lies over {GRAPH}"]),
    (setting("panels", 2, "gridPos", "w", to=13), [f"panels_do_not_overlap: {TIMELINE}: no place within 24 columns"]),
    (setting("links", 0, "keepTime", to=False),
     ["links_to_the_others: no link to the other dashboards by tag that keeps the time and the variables"]),
    (removing("annotations", "list", 0), ["annotations_are_there: no annotation of the alerts that fire"]),
    (removing("annotations", "list", 1), ["annotations_are_there: no annotation of loads of the configuration"]),
    (setting("annotations", "list", 1, "name", to="Alerts"), ['annotations_are_there: annotation "Alerts": there are several of that name']),
]

VARIABLES = [
    (variable(2, label="Groups"), ["names_and_labels: variable group: label 'Groups'; it is to be 'Group'"]),
    (variable(0, query="loki"),
     ["one_data_source: variables of type datasource: [('datasource', 'loki')]; there is to be one, called datasource, for prometheus"]),
    (variable(1, multi=False), ["job_can_be_chosen: variable job: it is to take several values, with All as .+"]),
    (variable(2, allValue=""), ["all_is_anything: variable group: All is to be .+"]),
    (variable(2, datasource={"uid": "prometheus"}), ["queries_are_label_values: variable group: not from ${datasource}"]),
    (variable(2, refresh=1), ["queries_are_label_values: variable group: it is to be read again when the time range changes (refresh 2)"]),
    (variable(2, query="group"), ["queries_are_label_values: variable group: 'group' is not label_values(series, label)"]),
    (variable(2, query='label_values(rdp_probes{job=~"$job"}, group)'), ["queries_are_label_values: variable group: no metric rdp_probes"]),
    (variable(2, query='label_values(rdp_probe_success{job=~"$job"}, state)'),
     ["queries_are_label_values: variable group: its series have no label state"]),
    (variable(2, query="label_values(rdp_probe_success, group)"), ['queries_are_label_values: variable group: no job=~"$job"']),
    (with_targets, ['all_is_anything: variable target: queries say target="$target", so it is one',
                    f"every_selector_has_the_variables: {GRAPH}: target A: rdp_probe_failures_total without the variable $target"]),
    (with_phase, ["all_are_used: variable phase: nothing uses it"]),
    (setting("panels", 1, "title", to="Failures of $site"), ['all_are_defined: panel 2 "Failures of $site": $site is not defined']),
    (setting("annotations", "list", 0, "textFormat", to="${user}"), ['all_are_defined: annotation "Alerts": $user is not defined']),
]

PANELS = [
    (setting("panels", 1, "title", to=""), ['has_title_and_description: panel 2 "": no title']),
    (setting("panels", 1, "description", to="Failures"), [f"has_title_and_description: {GRAPH}: no description that is a sentence"]),
    (setting("panels", 1, *DEFAULTS, "unit", to="seconds"), [f"has_known_units: {GRAPH}: defaults: Grafana knows no unit 'seconds'"]),
    (removing("panels", 1, *DEFAULTS, "unit"), [f"has_known_units: {GRAPH}: no unit"]),
    (setting("panels", 3, "fieldConfig", "overrides", 1, "properties", 0, "value", to="ago"),
     [f"has_known_units: {TABLE}: Since: Grafana knows no unit 'ago'"]),
    (removing("panels", 1, *DEFAULTS, "thresholds", "steps", 0),
     [f"has_thresholds_with_a_base: {GRAPH}: defaults: thresholds without a base, the step whose value is null"]),
    (setting("panels", 1, *DEFAULTS, "thresholds", to={"steps": [{"value": None}, {"value": 5}, {"value": 1}]}),
     [f"has_thresholds_with_a_base: {GRAPH}: defaults: thresholds that do not rise: [5, 1]"]),
    (removing("panels", 1, *DEFAULTS, "mappings", 0, "options", "0", "text"),
     [f"colour_is_not_alone: {GRAPH}: defaults: a mapping to a colour without a text"]),
    (setting("panels", 2, *DEFAULTS, "mappings", to=[]), [f"colour_is_not_alone: {TIMELINE}: a timeline without texts for its states"]),
    (setting("panels", 1, "options", "textMode", to="none"),
     [f"colour_is_not_alone: {GRAPH}: thresholds colour a stat that does not show its value"]),
    (setting("panels", 3, "fieldConfig", "overrides", 1, "properties", 0,
             to={"id": "custom.cellOptions", "value": {"type": "gauge", "valueDisplayMode": "hidden"}}),
     [f"colour_is_not_alone: {TABLE}: Since: a gauge that does not show its value"]),
    (setting("panels", 1, "datasource", to={"uid": "x"}), [f"asks_the_chosen_data_source: {GRAPH}: not from ${{datasource}}"]),
    (removing("panels", 1, "targets", 0, "datasource"), [f"asks_the_chosen_data_source: {GRAPH}: target A: not from ${{datasource}}"]),
    (setting("panels", 2, "targets", to=[]), [f"has_targets: {TIMELINE}: no query"]),
    (lambda board: board["panels"][1]["targets"].append(board["panels"][1]["targets"][0]),
     [f"has_targets: {GRAPH}: refIds that are not unique: ['A', 'A']"]),
    (removing("panels", 1, "targets", 0, "legendFormat"), [f"names_its_series: {GRAPH}: target A: no legend"]),
    (removing("panels", 1, *DEFAULTS, "noValue"), [f"empty_answers_have_words: {GRAPH}: no words for an empty answer (noValue)"]),
]

QUERIES = [
    (query(1, "sum(rate("), [f"every_name_is_known: {GRAPH}: target A: expected (, found 'the end'"]),
    (query(1, 'max by (job) (rdp_probe_succes{job=~"$job"})'), [f"every_name_is_known: {GRAPH}: target A: no metric rdp_probe_succes"]),
    (query(1, 'max by (job) (rdp_probe_success{job=~"$job", group=~"$group", state="up"})'),
     [f"every_name_is_known: {GRAPH}: target A: rdp_probe_success has no label state"]),
    (query(1, 'max by (state) (rdp_probe_success{job=~"$job", group=~"$group"})'),
     [f"every_name_is_known: {GRAPH}: target A: max by (state): its series have no label state"]),
    (query(1, 'job:rdp_probe_success:sum{job=~"$job"} * on (site) job:rdp_probe_success:sum{job=~"$job"}'),
     [f"every_name_is_known: {GRAPH}: target A: on (site): one side has no label site"]),
    (query(1, 'max by (job) (rdp_probe_success{group=~"$group"})'),
     [f"every_selector_has_the_variables: {GRAPH}: target A: rdp_probe_success without the variable $job"]),
    (query(1, 'max by (job) (rdp_probe_success{job=~"$job"})'),
     [f"every_selector_has_the_variables: {GRAPH}: target A: rdp_probe_success without the variable $group"]),
    (with_target, [f"every_selector_has_the_variables: {GRAPH}: target A: rdp_probe_failures_total without the variable $target"]),
    (query(1, 'max by (job) (rdp_probe_success{job=~"$job", group=~"$group", target=~"$target"})'),
     [f"all_are_defined: {GRAPH}: $target is not defined",
      f"one_target_is_matched_as_it_is: {GRAPH}: target A: rdp_probe_success: target=~\"$target\"; it is to be ="]),
    (query(1, f"sum by (job) ({RATE}[5m]))"), [f"rates_have_the_rate_interval: {GRAPH}: target A: rate over 5m; it is to be $__rate_interval"]),
    (query(1, 'sum by (job) (rdp_probe_failures_total{job=~"$job", group=~"$group"})'),
     [f"counters_are_not_shown_as_they_are: {GRAPH}: target A: rdp_probe_failures_total is a counter: rate() or increase() belongs around it"]),
    (query(1, f"sum by (job, target) ({RATE}[$__rate_interval]))"),
     [f"draws_few_series: {GRAPH}: up to inf series; 50 at most: aggregate, or take topk"]),
    (query(1, f"topk(51, sum by (job, target) ({RATE}[$__rate_interval])))"),
     [f"draws_few_series: {GRAPH}: up to 51 series; 50 at most: aggregate, or take topk"]),
    (query(1, 'sum by (job) (rdp_target_state{job=~"$job", group=~"$group"})', range=True),
     [f"graphs_read_few_series: {GRAPH}: target A: rdp_target_state of every host in a graph; read a recording rule"]),
    (query(1, 'topk(5, sum by (job) (rdp_probe_success{job=~"$job", group=~"$group", group="$group"}))', range=True),
     [f"choices_in_graphs_stay: {GRAPH}: target A: topk in a graph chooses anew at every step; fix its series by @ end()"]),
    (query(1, 'topk(51, sum by (job, target) (rdp_probe_success{job=~"$job", group=~"$group", group="$group"} @ end()))', range=True),
     [f"draws_few_series: {GRAPH}: up to 51 series; 50 at most: aggregate, or take topk"]),
    (setting("panels", 1, "targets", 0, "legendFormat", to="{{job}} {{ phase }}"),
     [f"labels_of_legends_exist: {GRAPH}: target A: legend with phase, which its series do not have"]),
    (setting("annotations", "list", 0, "textFormat", to="{{site}}"),
     ['labels_of_annotations_exist: annotation "Alerts": site, which its series do not have']),
    (column("phase"), [f"columns_of_tables_exist: {TABLE}: column phase: no query answers with it"]),
    (column("Value #B"), [f"columns_of_tables_exist: {TABLE}: column Value #B: no query answers with it"]),
    (setting("panels", 3, "fieldConfig", "overrides", 1, "matcher", "options", to="Until"),
     [f"columns_of_tables_exist: {TABLE}: override of Until: no column has this name"]),
]

LINKS = [
    (link("https://example.net/"), [f'links_lead_somewhere: {GRAPH}: link "There": https://example.net/ is no dashboard and no runbook']),
    (link(f"/d/rdp-targets?{KEPT}"), [f'links_lead_somewhere: {GRAPH}: link "There": no dashboard rdp-targets']),
    (link("https://github.com/example/rdpwatch/blob/main/deploy/runbooks/hosts_down.md"),
     [f'links_lead_somewhere: {GRAPH}: link "There": no runbook hosts_down.md']),
    (link("/d/rdp-example?${datasource:queryparam}&${job:queryparam}"),
     [f'links_lead_somewhere: {GRAPH}: link "There": ${{__url_time_range}} is missing']),
    (link(f"/d/rdp-example?var-target=x&{KEPT}"),
     [f'links_lead_somewhere: {GRAPH}: link "There": var-target=x: rdp-example has no such variable']),
    (link(f"/d/rdp-example?{KEPT}", title=""), [f"links_lead_somewhere: {GRAPH}: a link without a title"]),
    (link(f"/d/rdp-example?var-group=${{__field.labels.group}}&{KEPT}"),
     [f'links_take_what_is_there: {GRAPH}: link "There": no query of the panel has a label group']),
    (setting("panels", 3, "fieldConfig", "overrides", 0, "properties", to=[]),
     [f"hosts_in_tables_have_a_link: {TABLE}: a table of hosts without a link to rdp-target"]),
]

PLANTED = [*BOARD, *VARIABLES, *PANELS, *QUERIES, *LINKS]
