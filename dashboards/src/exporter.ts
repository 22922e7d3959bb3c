// RDP / Exporter: whether rdpwatch itself does its work. When it does not, nothing that the other dashboards say is current.
import { alerts, configLoads } from "./lib/annotations";
import { assemble, type Row } from "./lib/build";
import { runbook } from "./lib/links";
import { bad, good, neutral, range, thresholds, values, warning, yesIsBad, yesIsGood } from "./lib/mappings";
import { heatmap, label, stat, table, timeSeries, value } from "./lib/panels";
import { buckets, now, ofInstances, ofJob, orZero, overTime, rows } from "./lib/queries";
import { instances, job } from "./lib/variables";

const of = ofInstances;
// A graph's choice of causes or reasons: those that happened most in the time that is shown.
const most = (count: number, by: string, metric: string) =>
  `sum by (${by}) (rate(${of(metric)}[$__rate_interval])) and topk(${count}, sum by (${by}) (increase(${of(metric)}[$__range] @ end())) > 0)`;

const each = (metric: string) => `max by (instance) (${of(metric)})`;
const perSecond = (metric: string, by = "") => `sum ${by} (rate(${of(metric)}[$__rate_interval]))`;

// An instance that is scraped in parts answers when all parts do.
const answers = `min by (instance) (${of("up")})`;

const host = "job, group, target";
const lastRuns = ofJob("target:rdp_probe_last_run_timestamp_seconds:max");
const intervals = `max by (${host}) (${of("rdp_probe_interval_seconds")})`;
const stale = orZero(`count(time() - ${lastRuns} > on (${host}) 3 * ${intervals})`, `count(${lastRuns})`);

const none = [values({ "0": ["none", good] })];

const overview: Row = {
  title: "Overview",
  panels: [
    stat({
      title: "Do not answer",
      description: "Instances that Prometheus cannot scrape, by their last scrape. While one is missing, what it alone watches is not seen: look at its service and its port.",
      width: 3,
      queries: [now(orZero(`count(${answers} == 0)`, `count(${answers})`))],
      mappings: none,
      thresholds: thresholds(good, [1, bad]),
    }),
    stat({
      title: "Shards missing",
      description: "Shards of the inventory that no instance probes, whatever instances are chosen. The hosts of a missing shard are not watched: start its instance.",
      width: 3,
      queries: [now(`max(${ofJob("rdpwatch_shards")}) - count(count_values("shard", ${ofJob("rdpwatch_shard")}))`)],
      mappings: none,
      thresholds: thresholds(good, [1, bad]),
    }),
    stat({
      title: "Sight",
      description: "Whether a prober lost so much of the fleet at once that its own network is to be looked at first.",
      width: 3,
      queries: [now(`max(${of("rdpwatch_prober_blind")})`)],
      mappings: [yesIsBad("BLIND", "sees")],
      thresholds: thresholds(good, [1, bad]),
      links: [runbook("prober_blind")],
    }),
    stat({
      title: "Clock",
      description: "Whether the hosts' clocks say that a prober's own is more than a minute off. Then set it: it judges certificates by it.",
      width: 3,
      queries: [now(`max(${of("rdpwatch_prober_clock_wrong")})`)],
      mappings: [yesIsBad("WRONG", "right")],
      thresholds: thresholds(good, [1, bad]),
      links: [runbook("prober_clock_wrong")],
    }),
    stat({
      title: "Configuration",
      description: "Whether every instance took its last configuration. A refused one leaves the old one in force: `rdpwatch check-config` says what is wrong with it.",
      width: 3,
      queries: [now(`min(${of("rdpwatch_config_last_reload_successful")})`)],
      mappings: [yesIsGood("in force", "REFUSED")],
      thresholds: thresholds(bad, [1, good]),
    }),
    stat({
      title: "Changes held",
      description: "Discovery updates that would remove too many targets and wait for somebody to look. If they are meant, reload; if not, mend what discovery reads.",
      width: 3,
      queries: [now(`sum(${of("rdpwatch_inventory_held_changes")})`)],
      mappings: none,
      thresholds: thresholds(good, [1, warning]),
    }),
    stat({
      title: "Stale results",
      description: "Hosts whose last run is longer ago than three intervals. Look at the lag and the skipped runs below.",
      width: 3,
      queries: [now(stale)],
      mappings: none,
      thresholds: thresholds(good, [1, warning]),
    }),
    stat({
      title: "Series dropped",
      description: "Series of targets that were left out of scrapes in the time that is shown, because of metrics.max_series. Raise it, or scrape in parts.",
      width: 3,
      queries: [now(`sum(increase(${of("rdpwatch_series_dropped_total")}[$__range]))`)],
      mappings: none,
      decimals: 0,
      thresholds: thresholds(good, [1, warning]),
    }),
    table({
      title: "Instances",
      description: "Every rdpwatch: its version, since when it runs, and whether its configuration is in force. Instances of one job should have one version.",
      width: 24,
      height: 6,
      noValue: "there is no rdpwatch",
      queries: [
        rows(answers, "A"),
        rows(`topk by (instance) (1, max by (instance, version, revision, tls_library) (${of("rdpwatch_build_info")}))`, "B"),
        rows(`${each("process_start_time_seconds")} * 1000`, "C"),
        rows(each("rdpwatch_config_last_reload_successful"), "D"),
        rows(`${each("rdpwatch_config_last_reload_success_timestamp_seconds")} * 1000`, "E"),
        rows(`sum by (instance) (${of("rdpwatch_targets")})`, "F"),
        rows(each("rdpwatch_shard"), "G"),
      ],
      columns: [
        label("instance"), value("A", "Scrape", { mappings: [yesIsGood("answers", "DOES NOT ANSWER")] }), label("version"), label("revision"),
        label("tls_library"), value("C", "Started", { unit: "dateTimeFromNow" }), value("D", "Configuration", { mappings: [yesIsGood("in force", "REFUSED")] }),
        value("E", "Loaded", { unit: "dateTimeFromNow" }), value("F", "Targets"), value("G", "Shard", { unit: "none" }),
      ],
    }),
  ],
};

const work: Row = {
  title: "Probing",
  panels: [
    timeSeries({
      title: "Probes",
      description: "Runs a second, by module. The line is flat while the inventory stays as it is; a fall means that runs are skipped or hosts are backed off from.",
      width: 8,
      unit: "cps",
      queries: [overTime(perSecond("rdpwatch_probes_total", "by (module)"), "{{module}}")],
    }),
    timeSeries({
      title: "Failures by reason",
      description: "Failed runs a second, the 20 reasons that most runs ended in. A reason that rises alone is one cause: RDP / Fleet says on which hosts.",
      width: 8,
      unit: "cps",
      queries: [overTime(most(20, "reason", "rdpwatch_probe_failures_total"), "{{reason}}")],
    }),
    timeSeries({
      title: "Local errors",
      description: "Attempts a minute that our own machine could not do, by the system's name of the error. EMFILE: raise the limit of descriptors. EHOSTUNREACH, ENETUNREACH: routes. No host is blamed for these.",
      width: 8,
      unit: "cpm",
      queries: [overTime(`60 * (${most(20, "cause", "rdpwatch_probe_local_errors_total")})`, "{{cause}}")],
      noValue: "no local error",
    }),
    timeSeries({
      title: "In flight",
      description: "Attempts that run at this moment, by instance. At the limit (max_in_flight) runs wait: many hosts that time out at once look like this.",
      width: 8,
      queries: [overTime(each("rdpwatch_probes_in_flight"), "{{instance}}")],
    }),
    timeSeries({
      title: "Skipped runs",
      description: "Runs a minute that were due and did not happen. still_running: an interval too short for slow hosts; rate_cap: too many names for one address; overloaded, deadline: more workers, or shards.",
      width: 8,
      unit: "cpm",
      queries: [overTime(`60 * ${perSecond("rdpwatch_probes_skipped_total", "by (cause)")}`, "{{cause}}")],
    }),
    timeSeries({
      title: "Audits and diagnoses",
      description: "Audits a minute by how they ended, and diagnoses that made experiments. Audits that are abandoned were refused by our own limits: a longer interval helps.",
      width: 8,
      unit: "cpm",
      queries: [
        overTime(`60 * ${perSecond("rdpwatch_audits_total", "by (outcome)")}`, "audits: {{outcome}}", "A"),
        overTime(`60 * ${perSecond("rdpwatch_diagnoses_total")}`, "diagnoses", "B"),
      ],
    }),
    timeSeries({
      title: "How late runs begin",
      description: "The median over all instances, and the p99 of each. Above the probe interval the schedule no longer holds: look at CPU, runs in flight and skipped runs.",
      unit: "s",
      queries: [
        overTime(`histogram_quantile(0.5, ${perSecond("rdpwatch_schedule_lag_seconds_bucket", "by (le)")})`, "median", "A"),
        overTime(`max by (instance) (${ofJob("instance:rdpwatch_schedule_lag_seconds:p99_rate5m", 'instance=~"$instance"')})`, "p99 {{instance}}", "B"),
      ],
      thresholds: thresholds(neutral, [10, warning]),
    }),
    heatmap({
      title: "How late runs begin, all of them",
      description: "Runs by how late they began. A second band far up is a subnet or a host that waits for its own limit; everything moving up is a machine that does not keep pace.",
      unit: "s",
      queries: [buckets(`sum by (le) (increase(${of("rdpwatch_schedule_lag_seconds_bucket")}[$__rate_interval]))`)],
    }),
  ],
};

const refreshed = `max by (instance, mechanism) (${of("rdpwatch_sd_last_refresh_success_timestamp_seconds")})`;

const inventory: Row = {
  title: "Inventory",
  panels: [
    timeSeries({
      title: "Targets by source",
      description: "Targets of the inventory, by where they come from. A step down that nobody made is a discovery that lost something: look at the changes that are held.",
      queries: [overTime(`sum by (source) (${of("rdpwatch_targets")})`, "{{source}}")],
    }),
    table({
      title: "Discovery",
      description: "Each mechanism: when it last succeeded, and how often it failed in the time that is shown. The last good targets stay; the log says which file is bad.",
      noValue: "nothing is discovered",
      queries: [
        rows(`topk(50, ${refreshed}) * 1000`, "A"), rows(`time() - topk(50, ${refreshed})`, "B"),
        rows(`sum by (instance, mechanism) (increase(${of("rdpwatch_sd_refresh_failures_total")}[$__range]))`, "C"),
      ],
      columns: [
        label("instance"), label("mechanism"), value("A", "Succeeded", { unit: "dateTimeFromNow" }),
        value("B", "Age", { unit: "s", decimals: 0, thresholds: thresholds(good, [900, warning]) }),
        value("C", "Failures", { decimals: 0, mappings: [range(0, 0, "none", good)], thresholds: thresholds(good, [1, warning]) }),
      ],
    }),
  ],
};

const scrapes: Row = {
  title: "Scrapes",
  panels: [
    timeSeries({
      title: "Time of a scrape",
      description: "How long rdpwatch renders, and how long Prometheus waits, by instance. Near Prometheus's scrape_timeout: scrape in parts.",
      width: 8,
      unit: "s",
      queries: [
        overTime(each("rdpwatch_exposition_duration_seconds"), "rendered {{instance}}", "A"),
        overTime(each("scrape_duration_seconds"), "scraped {{instance}}", "B"),
      ],
    }),
    timeSeries({
      title: "Size of a scrape",
      description: "Bytes of the last complete scrape before compression, by instance. It grows with the inventory; compression makes much less of it on the wire.",
      width: 8,
      unit: "bytes",
      queries: [overTime(each("rdpwatch_exposition_bytes"), "{{instance}}")],
    }),
    timeSeries({
      title: "Series",
      description: "Series of targets, samples that Prometheus took, and series dropped a minute, of all chosen instances. Dropped ones mean that metrics.max_series is reached.",
      width: 8,
      queries: [
        overTime(`sum(${of("rdpwatch_series")})`, "series of targets", "A"),
        overTime(`sum(${of("scrape_samples_scraped")})`, "samples scraped", "B"),
        overTime(`60 * ${perSecond("rdpwatch_series_dropped_total")}`, "dropped a minute", "C"),
      ],
    }),
  ],
};

const process: Row = {
  title: "Process",
  panels: [
    timeSeries({
      title: "CPU",
      description: "Cores in use, by instance. A probe takes about a millisecond; a worker that fills its core makes runs late.",
      width: 8,
      unit: "none",
      decimals: 2,
      queries: [overTime(`sum by (instance) (rate(${of("process_cpu_seconds_total")}[$__rate_interval]))`, "{{instance}}")],
    }),
    timeSeries({
      title: "Memory",
      description: "Resident memory, by instance. It follows the number of targets; a climb without more targets is a leak: report it with the version.",
      width: 8,
      unit: "bytes",
      queries: [overTime(each("process_resident_memory_bytes"), "{{instance}}")],
    }),
    timeSeries({
      title: "Descriptors and threads",
      description: "Open file descriptors, as a share of the limit, by instance (left), and threads (right). Near 100 % attempts fail with EMFILE: raise the limit of the service.",
      width: 8,
      unit: "percentunit",
      queries: [
        overTime(`${each("process_open_fds")} / ${each("process_max_fds")}`, "descriptors {{instance}}", "A"),
        overTime(each("process_threads"), "threads {{instance}}", "B"),
      ],
      thresholds: thresholds(good, [0.8, warning]),
    }).overrideByQuery("B", [{ id: "unit", value: "short" }, { id: "custom.axisPlacement", value: "right" }]),
  ],
};

export const exporter = assemble({
  uid: "rdp-exporter",
  name: "Exporter",
  description: "Whether rdpwatch itself does its work: instances, configuration, schedule, discovery, scrapes, the process.",
  variables: [job(), instances()],
  annotations: [configLoads(of), alerts([], 'alertname=~"Rdp(FleetUnwatched|Exporter.+|Prober.+|VantageBlind|Scheduler.+|ResultsStale|Discovery.+|Inventory.+|Config.+|Series.+)"')],
  rows: [overview, work, inventory, scrapes, process],
});
