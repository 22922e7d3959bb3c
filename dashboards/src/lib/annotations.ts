// What happened, over every graph: changes of state, loads of the configuration, alerts.
import { AnnotationQueryBuilder, type AnnotationQuery } from "@grafana/grafana-foundation-sdk/dashboard";
import { datasource, ofJob, type Of } from "./queries";

const annotation = (name: string, color: string, expr: string, title: string, text: string) =>
  new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .hide(false)
    .iconColor(color)
    .expr(expr)
    .step("60s")
    .titleFormat(title)
    .textFormat(text);

// `expr` gives the moment itself, in milliseconds.
export const moments = (name: string, color: string, expr: string, title: string, text: string) =>
  annotation(name, color, expr, title, text).useValueForTime(true);

// `expr` as above, with the labels target and group.
export const certificateChanges = (expr: string) =>
  moments("Latest certificates that changed unexpectedly", "orange", expr, "{{target}}: certificate changed unexpectedly", "{{group}}");

export const configLoads = (of: Of = ofJob) =>
  moments(
    "Configuration loaded", "blue",
    `${of("rdpwatch_config_last_reload_success_timestamp_seconds")} * 1000`,
    "Configuration loaded", "{{instance}}",
  );

// `labels`: what else the alert is told apart by; `extra`: which alerts belong to what the dashboard shows.
export const alerts = (labels: string[] = [], extra = "") =>
  annotation(
    "Alerts firing", "red",
    `count by (${["alertname", "severity", ...labels].join(", ")}) (${ofJob("ALERTS", ['alertname=~"Rdp.+"', 'alertstate="firing"', extra].filter((matcher) => matcher !== "").join(", "))})`,
    "{{alertname}}", ["{{severity}}", ...labels.map((label) => `{{${label}}}`)].join(" "),
  );

export type { AnnotationQuery };
