// RDP / Fleet: is anything wrong, where, and since when. Every row leads on to the group or the host.
import { alerts, certificateChanges, configLoads, moments } from "./lib/annotations";
import { assemble, type Row } from "./lib/build";
import { hostsByReason, latestCertificateChanges, latestStateChanges, slowest } from "./lib/expressions";
import { rowToGroup, rowToRunbook, rowToTarget, runbook, toDashboard } from "./lib/links";
import { bad, good, likelihoods, neutral, notice, range, thresholds, warning, yesIsBad } from "./lib/mappings";
import { ascending, descending, label, stat, table, timeSeries, value } from "./lib/panels";
import { now, ofExporters, ofGroups, ofJob, orZero, overTime, rows } from "./lib/queries";
import { groups, job } from "./lib/variables";

const host = "job, group, site, target";
const sameHost = "on (job, group, target)";

const stateCount = (state: string) => {
  const count = "group_state:rdp_target_state:count";
  return orZero(`sum(${ofGroups(count, `state="${state}"`)})`, `sum(${ofGroups(count)})`);
};

const hostsIn = (state: string, title: string, base: string, some: string, description: string) =>
  stat({
    title,
    description: `${description} A host that is seen in two states, by two vantages or at two addresses, counts once: as up where anybody gets through.`,
    queries: [now(stateCount(state))],
    thresholds: thresholds(base, [1, some]),
  });

const overview: Row = {
  title: "Overview",
  panels: [
    hostsIn("up", "Up", bad, good, "Hosts that answered their last run. None at all points at the prober first."),
    hostsIn("down", "Down", good, bad, "Hosts that failed their last run, confirmations included. The tables below say which and why."),
    hostsIn("flapping", "Flapping", good, warning, "Hosts that keep changing between up and down. Look at packet loss, load, and farm members that differ."),
    hostsIn("unknown", "Unknown", good, notice, "Hosts that have not been probed yet. If they stay so, look at the scheduler on RDP / Exporter."),
    hostsIn("maintenance", "Maintenance", neutral, notice, "Hosts in maintenance: probed, but neither counted nor alerted on."),
    stat({
      title: "Success ratio",
      description: "Hosts that somebody can reach, of all that are not in maintenance and not to be cleaned up. Below 100 % the tables below say where it is lost.",
      unit: "percentunit",
      decimals: 2,
      queries: [now(`sum(${ofGroups("group:rdp_probe_success:sum")}) / sum(${ofGroups("group:rdp_probe_success:count")})`)],
      thresholds: thresholds(bad, [0.95, warning], [0.995, good]),
    }),
    stat({
      title: "Prober's sight",
      description: "Whether all probers of the job are blind: so much went down at once that their own network is to be looked at before the hosts.",
      width: 8,
      height: 3,
      queries: [now(`max(${ofJob("job:rdpwatch_prober_blind:min")})`)],
      mappings: [yesIsBad("BLIND: look at the prober's network first", "sees the network")],
      thresholds: thresholds(good, [1, bad]),
      links: [runbook("prober_blind")],
    }),
    stat({
      title: "Prober's clock",
      description: "Whether the hosts' clocks say that a prober's own is more than a minute off. Then clock skew and certificate dates are not to be believed.",
      width: 8,
      height: 3,
      queries: [now(`max(${ofJob("rdpwatch_prober_clock_wrong")})`)],
      mappings: [yesIsBad("WRONG: set the prober's clock", "right")],
      thresholds: thresholds(good, [1, bad]),
      links: [runbook("prober_clock_wrong")],
    }),
    stat({
      title: "Exporters",
      description: "Instances of rdpwatch that Prometheus cannot scrape. While one is missing, what it alone watches is not seen.",
      width: 8,
      height: 3,
      queries: [now(`count(${ofExporters("up")} == 0) or min(${ofExporters("up")}) - 1`)],
      mappings: [range(0, 0, "all answer", good), range(1, null, "SOME DO NOT ANSWER", bad)],
      thresholds: thresholds(good, [1, bad]),
      links: [toDashboard("RDP / Exporter", "rdp-exporter")],
    }),
  ],
};

// At most 50, those that failed last first: what has been down for weeks must not hide what broke just now. Only hosts that nobody
// can reach have a recorded reason. Here and below hosts are chosen before anything is aggregated: there may be 50,000.
const failing =
  `topk(50, max by (${host}) (${ofGroups("rdp_target_state_since_timestamp_seconds")}` +
  ` and ${sameHost} (${ofGroups("target:rdp_probe_failure_reason:max")} unless ${sameHost} ${ofGroups("target:rdp_target_maintenance:max")})))`;

const standOut = `topk(50, max by (${host}) (${ofGroups("rdp_target_outlier", 'dimension="failure"')}))`;

// One reason, and one cause, of each of `hosts`.
const told = (metric: string, labels: string, hosts: string) =>
  `topk by (${host}) (1, max by (${host}, ${labels}) (${ofGroups(metric)} and ${sameHost} ${hosts}))`;
const reasonOf = (hosts: string) => told("target:rdp_probe_failure_reason:max", "phase, reason, client_error", hosts);
const causeOf = (hosts: string) => told("target:rdp_diagnosis_rank:max", "cause", hosts);

const whatFails: Row = {
  title: "What fails",
  panels: [
    table({
      title: "Hosts that fail now",
      description: "At most 50 hosts that nobody can reach, those that failed last first: where and why, and the likeliest cause. Follow the host for its history, the cause for what to do.",
      width: 24,
      height: 10,
      noValue: "no host fails",
      queries: [rows(`${failing} * 1000`, "A"), rows(reasonOf(failing), "B"), rows(causeOf(failing), "C")],
      columns: [
        label("target", { links: [rowToTarget] }), label("group", { links: [rowToGroup] }), label("site"),
        value("A", "Since", { unit: "dateTimeFromNow" }), label("phase"), label("reason"), label("client_error"),
        label("cause", { links: [rowToRunbook] }), value("C", "Likelihood", { mappings: [likelihoods] }),
      ],
      sort: [descending("Since")],
    }),
    table({
      title: "The tenth server: it fails, its siblings do not",
      description: "Hosts that fail while the rest of their group does not: look at the host itself, not at the network or the service. At most 50.",
      width: 16,
      noValue: "no host fails alone",
      queries: [rows(standOut, "A"), rows(reasonOf(standOut), "B"), rows(causeOf(standOut), "C")],
      columns: [
        label("target", { links: [rowToTarget] }), label("group", { links: [rowToGroup] }), label("site"), label("phase"), label("reason"),
        label("cause", { links: [rowToRunbook] }), value("C", "Likelihood", { mappings: [likelihoods] }),
      ],
    }),
    table({
      title: "What fails together",
      description: "Sites, subnets and groups whose hosts went down together: look at what they share (a link, a firewall, a switch, a gateway) before the hosts. At most 50; of all groups.",
      width: 8,
      noValue: "nothing fails together",
      queries: [rows(`topk(50, max by (scope, name) (${ofJob("rdp_path_failure_members")}))`)],
      columns: [label("scope"), label("name"), value("A", "Endpoints", { thresholds: thresholds(bad) })],
      sort: [descending("Endpoints")],
    }),
  ],
};

const ratio = (level: "group" | "site", by: string, of: typeof ofJob) => ({
  up: `sum by (${by}) (${of(`${level}:rdp_probe_success:sum`)})`,
  all: `sum by (${by}) (${of(`${level}:rdp_probe_success:count`)})`,
});
const group = ratio("group", "job, group", ofGroups);
const site = ratio("site", "job, site", ofJob);
const worstGroups = `bottomk(50, ${group.up} / ${group.all})`;
const worstSites = `bottomk(50, ${site.up} / ${site.all})`;

const share = { unit: "percentunit", decimals: 1, thresholds: thresholds(bad, [0.8, warning], [0.995, good]) };

const where: Row = {
  title: "Where",
  panels: [
    table({
      title: "Groups, worst first",
      description: "At most 50 groups with the smallest share of hosts that answer, and the p95 of their slowest phase. Hosts in maintenance and those to be cleaned up do not count. Follow the group to see its hosts side by side.",
      width: 14,
      queries: [
        rows(worstGroups, "A"),
        rows(`${group.up} and on (job, group) ${worstGroups}`, "B"),
        rows(`${group.all} and on (job, group) ${worstGroups}`, "C"),
        rows(`topk by (job, group) (1, max by (job, group, phase) (${ofGroups("group_phase:rdp_group_phase_duration_seconds:p95_rate10m")} > 0)) and on (job, group) ${worstGroups}`, "D"),
      ],
      columns: [
        label("group", { links: [rowToGroup] }), value("A", "Answer", share), value("B", "Up"), value("C", "Hosts"),
        value("D", "Slowest p95", { unit: "s", decimals: 1 }), label("phase"),
      ],
      sort: [ascending("Answer")],
    }),
    table({
      title: "Sites, worst first",
      description: "The same by the inventory's label `site`, of all groups; empty where the inventory has no such label. A site of which most fails has lost its line or its gateway.",
      width: 10,
      noValue: "the inventory has no label `site`",
      queries: [
        rows(worstSites, "A"), rows(`${site.up} and on (job, site) ${worstSites}`, "B"), rows(`${site.all} and on (job, site) ${worstSites}`, "C"),
      ],
      columns: [label("site"), value("A", "Answer", share), value("B", "Up"), value("C", "Hosts")],
      sort: [ascending("Answer")],
    }),
  ],
};

const expireNext = `bottomk(20, ${ofGroups("endpoint:rdp_cert_not_after_timestamp_seconds:max")})`;

const overTheTime: Row = {
  title: "Over time",
  panels: [
    timeSeries({
      title: "Hosts that are not up",
      description: "Hosts by state, the state `up` left out. A step is an outage; a slow climb is something that wears out, or a rollout that goes wrong.",
      stacked: true,
      colors: { down: bad, flapping: warning, maintenance: notice, unknown: "purple" },
      queries: [overTime(`sum by (state) (${ofGroups("group_state:rdp_target_state:count", 'state!="up"')})`, "{{state}}")],
    }),
    timeSeries({
      title: "Why they fail",
      description: "Hosts that fail, by the phase and the reason of their last run: the ten reasons of most hosts. One reason that grows is one cause; look at a host of it above.",
      stacked: true,
      queries: [overTime(hostsByReason(ofGroups), "{{phase}}: {{reason}}")],
    }),
    timeSeries({
      title: "p95 of the slowest group, by phase",
      description: "How long a phase takes at most for 19 of 20 attempts, in the group where that is longest. `connect` is the network, `tls` and `nla` the hosts and their domain controllers. The groups' table says which group.",
      unit: "s",
      queries: [overTime(slowest(ofGroups, "p95"), "{{phase}}")],
    }),
    table({
      title: "Certificates that expire next",
      description: "The 20 endpoints whose certificate expires first. Renew what is under 21 days, except what Windows renews by itself; RDP / Certificates tells them apart.",
      queries: [
        rows(`${expireNext} * 1000`, "A"),
        rows(`(${expireNext} - time()) / 86400`, "B"),
      ],
      height: 8,
      columns: [
        label("target", { links: [rowToTarget, toDashboard("RDP / Certificates", "rdp-certificates")] }), label("group"), label("address"),
        value("A", "Expires", { unit: "dateTimeAsIso" }),
        value("B", "Days left", { decimals: 1, thresholds: thresholds(bad, [7, warning], [21, good]) }),
      ],
      sort: [ascending("Days left")],
    }),
  ],
};

export const fleet = assemble({
  uid: "rdp-fleet",
  name: "Fleet",
  description: "All hosts: what fails now, where, why and since when.",
  variables: [job(), groups()],
  annotations: [
    configLoads(),
    alerts(),
    moments(
      "Latest changes of state", "purple", latestStateChanges(ofGroups),
      "{{target}}: {{state}}", "{{group}}",
    ),
    certificateChanges(latestCertificateChanges(ofGroups)),
  ],
  rows: [overview, whatFails, where, overTheTime],
});
