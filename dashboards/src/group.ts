// RDP / Group: hosts that should be alike, side by side, so that the one that is not stands out.
import { alerts, certificateChanges, configLoads, moments } from "./lib/annotations";
import { assemble, type Row } from "./lib/build";
import { hostsByReason, latestCertificateChanges, latestStateChanges, outlierBits, slowest, stateCode } from "./lib/expressions";
import { rowToTarget, seriesToTarget, toDashboard } from "./lib/links";
import { bad, dimensionSets, good, neutral, states, thresholds, warning } from "./lib/mappings";
import { ascending, descending, heatmap, label, stat, table, timeSeries, timeline, value } from "./lib/panels";
import { atEnd, buckets, now, ofGroup, orZero, overTime, rows, type Of } from "./lib/queries";
import { job, oneGroup, onePhase } from "./lib/variables";

const host = "job, group, target";

// At most 50 hosts: those that fail first, then those that stand out, then the slowest.
const first = (of: Of) =>
  `topk(50, sum by (${host}) ((${of("target:rdp_probe_success:max")} == bool 0) * 1000 or ${of("rdp_target_outlier")} or ${of("rdp_tcp_rtt_seconds")} or ${of("rdp_probe_success")} * 0))`;

// The hosts are chosen before anything is aggregated: a group may have thousands.
const ofFirst = (aggregate: string, expr: string) => `${aggregate} by (${host}) ((${expr}) and on (${host}) ${first(ofGroup)})`;

// One series a host of a metric that tells by its labels; of several addresses' or vantages', one.
const told = (metric: string, labels: string) =>
  `topk by (${host}) (1, max by (${host}, ${labels}) (${ofGroup(metric)} and on (${host}) ${first(ofGroup)}))`;

const stateCount = (state: string) => {
  const count = "group_state:rdp_target_state:count";
  return orZero(`sum(${ofGroup(count, `state="${state}"`)})`, `sum(${ofGroup(count)})`);
};

const overview: Row = {
  title: "Overview",
  panels: [
    stat({
      title: "Answer",
      description: "Hosts of the group that somebody can reach, of those that are not in maintenance and not to be cleaned up. Below 100 % the table below names the others, first of all.",
      unit: "percentunit",
      decimals: 1,
      queries: [now(`sum(${ofGroup("group:rdp_probe_success:sum")}) / sum(${ofGroup("group:rdp_probe_success:count")})`)],
      thresholds: thresholds(bad, [0.8, warning], [0.995, good]),
    }),
    stat({
      title: "Hosts",
      description: "Hosts of the group that are not in maintenance and not to be cleaned up. A number that falls by itself points at the inventory or its discovery.",
      queries: [now(`sum(${ofGroup("group:rdp_probe_success:count")})`)],
    }),
    stat({
      title: "Down",
      description: "Hosts that failed their last run, confirmations included; one that two vantages see differently counts here as well. The table below says which and why.",
      queries: [now(stateCount("down"))],
      thresholds: thresholds(good, [1, bad]),
    }),
    stat({
      title: "Flapping",
      description: "Hosts that keep changing between up and down. Look at packet loss, load, and farm members that differ.",
      queries: [now(stateCount("flapping"))],
      thresholds: thresholds(good, [1, warning]),
    }),
    stat({
      title: "Stand out",
      description: "Hosts that differ from the rest of the group in failure, latency, certificate, security or Windows build. The table of those that stand out says in what.",
      queries: [now(orZero(`count(count by (${host}) (${ofGroup("rdp_target_outlier")}))`, `count(${ofGroup("group:rdp_probe_success:count")})`))],
      thresholds: thresholds(good, [1, warning]),
    }),
    stat({
      title: "First certificate to expire",
      description: "When the first certificate of the group expires. Under 21 days renew it, unless Windows does; RDP / Certificates tells them apart.",
      unit: "s",
      decimals: 0,
      queries: [now(`min(${ofGroup("endpoint:rdp_cert_not_after_timestamp_seconds:max")}) - time()`)],
      thresholds: thresholds(bad, [7 * 86400, warning], [21 * 86400, good]),
      links: [toDashboard("RDP / Certificates", "rdp-certificates")],
    }),
  ],
};

const siblings: Row = {
  title: "Siblings",
  panels: [
    table({
      title: "Siblings side by side",
      description: "At most 50 hosts: those that fail first, then those that stand out, then the slowest. Read down a column: what one host has and its siblings have not is where to look. Of several addresses or vantages the best state, the worst time and the first expiry.",
      width: 24,
      height: 12,
      queries: [
        rows(ofFirst("max", stateCode(ofGroup)), "A"),
        rows(ofFirst("max", ofGroup("rdp_probe_duration_seconds")), "B"),
        rows(ofFirst("max", ofGroup("rdp_tcp_rtt_seconds")), "C"),
        rows(told("target:rdp_probe_failure_reason:max", "phase, reason"), "D"),
        rows(told("rdp_security_info", "selected, tls_version"), "E"),
        rows(`(${ofFirst("min", ofGroup("endpoint:rdp_cert_not_after_timestamp_seconds:max"))} - time()) / 86400`, "F"),
        rows(told("rdp_host_info", "os_build"), "G"),
        rows(ofFirst("sum", outlierBits(ofGroup, host)), "H"),
      ],
      columns: [
        label("target", { links: [rowToTarget] }), value("A", "State", { mappings: [states] }), label("phase"), label("reason"),
        value("H", "Stands out in", { mappings: [dimensionSets], width: 200 }), value("B", "Duration", { unit: "s", decimals: 1 }),
        value("C", "Round trip", { unit: "s", decimals: 1 }), label("selected"), label("tls_version"),
        value("F", "Days left", { decimals: 1, thresholds: thresholds(bad, [7, warning], [21, neutral]) }), label("os_build"),
      ],
      sort: [ascending("State"), descending("Stands out in"), descending("Round trip")],
    }),
    timeline({
      title: "States of these siblings",
      description: "The same at most 50 hosts over the time shown, each as the best that anybody sees of it. Hosts that go down together share a cause; one that goes down alone is its own.",
      height: 12,
      width: 16,
      queries: [overTime(`max by (${host}) ((${stateCode(ofGroup)}) and on (${host}) ${first(atEnd(ofGroup))})`, "{{target}}")],
      mappings: [states],
      links: [seriesToTarget],
    }),
    table({
      title: "Stand out from the group",
      description: "Hosts and what they differ in from the rest of the group. `failure`: it fails, they do not; `latency`: it is slower; `certificate`, `security`, `build`: it was set up differently, or a rollout has missed it. At most 50.",
      width: 8,
      height: 12,
      noValue: "no host stands out",
      queries: [rows(`topk(50, max by (${host}, dimension) (${ofGroup("rdp_target_outlier")}))`)],
      columns: [label("target", { links: [rowToTarget] }), label("dimension")],
      sort: [ascending("target")],
    }),
  ],
};

// How many hosts have each of these, to see what is usual in the group.
const variety = (title: string, metric: string, labels: string, columns: string[], description: string) =>
  table({
    title,
    description,
    height: 8,
    noValue: "no host has said so yet",
    queries: [rows(`topk(50, count by (${labels}) (max by (${host}, ${labels}) (${ofGroup(metric)})))`)],
    columns: [...columns.map((name) => label(name)), value("A", "Hosts")],
    sort: [descending("Hosts")],
  });

const alike: Row = {
  title: "Are they alike?",
  panels: [
    variety(
      "Security protocols", "rdp_security_info", "selected, tls_version, cipher", ["selected", "tls_version", "cipher"],
      "Hosts by what their last connection spoke; empty where it did not get so far. One line is a group that is alike; a line of few hosts is a rollout that missed them, or a weaker setting.",
    ),
    variety(
      "Windows builds", "rdp_host_info", "os_build, os_name", ["os_name", "os_build"],
      "Hosts by the build that they name in NLA. A line of few hosts is one that updates have missed, or got first.",
    ),
  ],
};

const latencyAndFailures: Row = {
  title: "Latency and failures",
  panels: [
    heatmap({
      title: "How long $phase takes",
      description: "Attempts by the duration of the phase that is chosen above, of those that ended well. Two bands are two kinds of hosts or paths; a band that climbs is load.",
      unit: "s",
      queries: [buckets(`sum by (le) (rate(${ofGroup("rdp_group_phase_duration_seconds_bucket", 'phase="$phase"')}[$__rate_interval]))`)],
    }),
    timeSeries({
      title: "Why hosts fail",
      description: "Hosts that fail, by the phase and the reason of their last run: the ten reasons of most hosts. One reason for all of them is one cause for all of them.",
      stacked: true,
      noValue: "no host fails",
      queries: [overTime(hostsByReason(ofGroup), "{{phase}}: {{reason}}")],
    }),
    timeSeries({
      title: "p50 by phase",
      description: "How long a phase takes for every second attempt. If it climbs, all hosts are slower: look at what they share.",
      unit: "s",
      queries: [overTime(slowest(ofGroup, "p50"), "{{phase}}")],
    }),
    timeSeries({
      title: "p95 by phase",
      description: "How long a phase takes at most for 19 of 20 attempts. If it climbs and the p50 does not, few hosts are slower: those that stand out in latency.",
      unit: "s",
      queries: [overTime(slowest(ofGroup, "p95"), "{{phase}}")],
    }),
  ],
};

export const group = assemble({
  uid: "rdp-group",
  name: "Group",
  description: "The hosts of one group side by side: which differ, in what, and since when.",
  variables: [job(), oneGroup(), onePhase()],
  annotations: [
    configLoads(),
    alerts([], 'group="$group"'),
    moments(
      "Latest changes of state", "purple", latestStateChanges(ofGroup),
      "{{target}}: {{state}}", "{{group}}",
    ),
    certificateChanges(latestCertificateChanges(ofGroup)),
  ],
  rows: [overview, siblings, alike, latencyAndFailures],
});
