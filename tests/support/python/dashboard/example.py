"""A small dashboard without fault, and what it is held against: the tests of the rules plant their faults here."""

from dashboard import catalogue, model

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
DEFINITIONS = """
RDPWATCH_TARGET_METRIC(rdp_probe_success, gauge, "", 0, "Verdict.")
RDPWATCH_TARGET_METRIC(rdp_probe_failures_total, counter, "", 0, "Failures.")
RDPWATCH_TARGET_METRIC(rdp_target_state, gauge, "state", 0, "State.")
RDPWATCH_SELF_METRIC(rdpwatch_config_last_reload_success_timestamp_seconds, gauge, "", "Load.")
RDPWATCH_SELF_METRIC(rdpwatch_schedule_lag_seconds, histogram, "", "Lag.")
"""
RECORDING = """
      - record: target:rdp_probe_success:max
        # A comment.
        expr: max without (instance, vantage, address) (rdp_probe_success)
      - record: job:rdp_probe_success:sum
        expr: >-
          sum by (job) (
            target:rdp_probe_success:max
          )
"""


def known():
    return model.Known(catalogue.load(DEFINITIONS, RECORDING), {"short", "s", "dateTimeFromNow"}, {"host_down.md"},
                       {"rdp-example": {"datasource", "job", "group"}, "rdp-target": {"datasource", "job", "group", "target"}})


def variable(name, label, query, **more):
    return {"name": name, "label": label, "type": "query", "datasource": DATASOURCE, "refresh": 2, "query": query,
            "multi": True, "includeAll": True, "allValue": ".+", **more}


def panel(number, kind, title, place, targets, **more):
    defaults = {"unit": "short", "noValue": "no data", "thresholds": {"steps": [{"value": None, "color": "green"}, {"value": 1, "color": "red"}]},
                "mappings": [{"type": "value", "options": {"0": {"text": "DOWN", "color": "red"}}}]}
    targets = [{"refId": chr(65 + index), "datasource": DATASOURCE, **target} for index, target in enumerate(targets)]
    x, y, w, h = place
    return {"id": number, "type": kind, "title": title, "description": "What is seen here.", "datasource": DATASOURCE,
            "gridPos": {"x": x, "y": y, "w": w, "h": h}, "fieldConfig": {"defaults": defaults, "overrides": []}, "targets": targets, "options": {}, **more}


def table():
    link = ("/d/rdp-target?var-group=${__data.fields.group}&var-target=${__data.fields.target}"
            "&${__url_time_range}&${datasource:queryparam}&${job:queryparam}")
    made = panel(4, "table", "Hosts", (0, 9, 24, 8), [
        {"expr": 'topk(50, max by (job, group, target) (target:rdp_probe_success:max{job=~"$job", group=~"$group"}))', "format": "table"}])
    made["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byName", "options": "target"}, "properties": [{"id": "links", "value": [{"title": "This host", "url": link}]}]},
        {"matcher": {"id": "byName", "options": "Since"}, "properties": [{"id": "unit", "value": "dateTimeFromNow"}]}]
    made["transformations"] = [
        {"id": "filterFieldsByName", "options": {"include": {"names": ["target", "group", "Value"]}}},
        {"id": "organize", "options": {"renameByName": {"Value": "Since"}}}]
    return made


def dashboard():
    failures = 'sum by (job) (rate(rdp_probe_failures_total{job=~"$job", group=~"$group"}[$__rate_interval]))'
    alerts = 'count by (alertname) (ALERTS{job=~"$job", alertname=~"Rdp.+", alertstate="firing"})'
    states = 'max by (state) (rdp_target_state{job=~"$job", group=~"$group"})'
    loads = 'rdpwatch_config_last_reload_success_timestamp_seconds{job=~"$job"} * 1000'
    return {
        "uid": "rdp-example", "title": "RDP / Example", "description": "An example.", "schemaVersion": 42, "editable": False,
        "tags": ["rdpwatch", "rdpwatch-mixin"], "graphTooltip": 1, "timezone": "browser", "refresh": "1m",
        "links": [{"type": "dashboards", "tags": ["rdpwatch"], "keepTime": True, "includeVars": True}],
        "annotations": {"list": [
            {"name": "Alerts", "expr": alerts, "titleFormat": "{{alertname}}", "textFormat": ""},
            {"name": "Loads", "expr": loads, "titleFormat": "loaded", "textFormat": "{{instance}}"}]},
        "templating": {"list": [
            {"name": "datasource", "label": "Data Source", "type": "datasource", "query": "prometheus"},
            variable("job", "Job", "label_values(rdp_probe_success, job)"),
            variable("group", "Group", 'label_values(rdp_probe_success{job=~"$job"}, group)')]},
        "panels": [
            {"id": 1, "type": "row", "title": "Overview", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}, "panels": []},
            panel(2, "timeseries", "Failures", (0, 1, 12, 8), [{"expr": failures, "legendFormat": "{{job}}"}]),
            panel(3, "state-timeline", "States", (12, 1, 12, 8), [{"expr": states, "legendFormat": "{{state}}"}]),
            table()],
    }
