// RDP / Target: everything that is known of one host.
import { alerts, configLoads, moments } from "./lib/annotations";
import { assemble, type Row } from "./lib/build";
import { stateChanges, stateCode } from "./lib/expressions";
import { rowToRunbook, runbook, toDashboard } from "./lib/links";
import { bad, good, likelihoods, neutral, notice, range, states, thresholds, values, warning, yesIsBad, yesIsGood } from "./lib/mappings";
import { ascending, descending, label, labelStat, stat, table, timeSeries, timeline, value } from "./lib/panels";
import { everShown, now, ofTarget, overTime, rows } from "./lib/queries";
import { groups, job, oneTarget, phases } from "./lib/variables";

// Who sees what: a series for each address and instance, because an address or a vantage that differs is the finding. At most 25.
const seen = "address, instance";
const everSeen = `topk(25, max by (${seen}) (${everShown(ofTarget)("rdp_probe_success")}))`;
const bySight = (expr: string) => `(max by (${seen}) (${expr}) and on (${seen}) ${everSeen})`;

const overview: Row = {
  title: "Overview",
  panels: [
    stat({
      title: "State",
      description: "The state now: the best that any instance sees at any address. The table below has them apart.",
      queries: [now(`max(${stateCode(ofTarget)})`)],
      mappings: [states],
      thresholds: thresholds(neutral),
    }),
    stat({
      title: "Since",
      description: "When a state last changed for anybody. Compare with the changes that were made then: deployments, updates, network.",
      unit: "dateTimeFromNow",
      queries: [now(`max(${ofTarget("rdp_target_state_since_timestamp_seconds")}) * 1000`)],
    }),
    stat({
      title: "Last success",
      description: "When the host last answered as it should. `never` is: not since rdpwatch was started.",
      unit: "dateTimeFromNow",
      queries: [now(`max(${ofTarget("rdp_probe_last_success_timestamp_seconds")}) * 1000`)],
      mappings: [range(0, 0, "never", warning)],
    }),
    labelStat({
      title: "Likeliest cause",
      description: "The likeliest cause of the failure. Follow it to its runbook: how to make sure, and how to repair it.",
      noValue: "nothing to explain",
      label: "cause",
      queries: [rows(`topk(1, max by (cause) (${ofTarget("target:rdp_diagnosis_rank:max")}))`)],
      thresholds: thresholds(warning),
      links: [rowToRunbook],
    }),
    labelStat({
      title: "Failure",
      description: "The phase that failed, and the reason. What comes before that phase works.",
      noValue: "does not fail",
      label: "failure",
      queries: [rows(`topk(1, max by (failure) (label_join(${ofTarget("rdp_probe_failure_reason")}, "failure", ": ", "phase", "reason")))`)],
      thresholds: thresholds(bad),
    }),
    labelStat({
      title: "What the user sees",
      description: "The code that a Remote Desktop client shows for this failure; `rdpwatch explain` says what it means.",
      noValue: "no error code",
      label: "client_error",
      queries: [rows(`topk(1, max by (client_error) (${ofTarget("rdp_probe_failure_reason", 'client_error!=""')}))`)],
      thresholds: thresholds(bad),
    }),
    table({
      title: "Who sees what",
      description: "A line for each instance of rdpwatch, and for each address where the group expands names. Instances that differ: look at the network between. Addresses that differ: look at that member of the farm. At most 25.",
      width: 24,
      height: 6,
      queries: [
        rows(bySight(stateCode(ofTarget)), "A"),
        rows(`${bySight(ofTarget("rdp_target_state_since_timestamp_seconds"))} * 1000`, "B"),
        rows(`${bySight(ofTarget("rdp_probe_last_run_timestamp_seconds"))} * 1000`, "C"),
        rows(bySight(ofTarget("rdp_probe_consecutive_failures")), "D"),
        rows(bySight(ofTarget("rdp_probe_duration_seconds")), "E"),
        rows(`topk by (${seen}) (1, max by (${seen}, phase, reason, client_error) (${ofTarget("rdp_probe_failure_reason")})) and on (${seen}) ${everSeen}`, "F"),
      ],
      columns: [
        label("instance"), label("address"), value("A", "State", { mappings: [states] }), value("B", "Since", { unit: "dateTimeFromNow" }),
        value("C", "Last run", { unit: "dateTimeFromNow" }), value("D", "Failures in a row", { thresholds: thresholds(neutral, [1, warning]) }),
        value("E", "Duration", { unit: "s", decimals: 1 }), label("phase"), label("reason"), label("client_error"),
      ],
    }),
  ],
};

// The phases in their order, each a query of its own: that is the order in which they are stacked.
const waterfall = phases.map((phase, index) =>
  overTime(`max(${ofTarget("rdp_probe_phase_duration_seconds", `phase="${phase}"`)})`, phase, String.fromCharCode(65 + index)),
);

const history: Row = {
  title: "History",
  panels: [
    timeline({
      title: "States",
      description: "The state over time, for each instance and address. Gaps are times when rdpwatch was not scraped. At most 25.",
      height: 6,
      queries: [overTime(bySight(stateCode(ofTarget)), "{{instance}} {{address}}")],
      mappings: [states],
    }),
    timeSeries({
      title: "Phases, one upon the other",
      description: "Where the time goes, phase upon phase in their order, each as slow as anybody sees it. A phase that is missing did not run; the last one is where it failed. `connect` grows with the network, `tls` and `nla` with the host and its domain controller.",
      unit: "s",
      stacked: true,
      queries: waterfall,
    }),
    timeSeries({
      title: "Round trip and retransmits",
      description: "The round trip time of TCP by address (left), and segments that were sent again (right). Retransmits at a usual round trip time are packet loss. At most 20 addresses.",
      unit: "s",
      queries: [
        overTime(`max by (address) (${ofTarget("rdp_tcp_rtt_seconds")}) and on (address) topk(20, max by (address) (${everShown(ofTarget)("rdp_tcp_rtt_seconds")}))`, "round trip {{address}}", "A"),
        overTime(`max by (address) (${ofTarget("rdp_tcp_retransmits")}) and on (address) topk(20, max by (address) (${everShown(ofTarget)("rdp_tcp_rtt_seconds")}))`, "retransmits {{address}}", "B"),
      ],
    }).overrideByQuery("B", [
      { id: "unit", value: "short" }, { id: "custom.axisPlacement", value: "right" }, { id: "custom.drawStyle", value: "bars" },
      { id: "custom.axisSoftMax", value: 5 },
    ]),
    timeSeries({
      title: "Runs and failures",
      description: "Runs a minute of all instances and addresses, and those that failed. No runs at all: look at the scheduler on RDP / Exporter.",
      unit: "cpm",
      colors: { failures: bad, "failed attempts, confirmations included": warning },
      queries: [
        overTime(`60 * sum(rate(${ofTarget("rdp_probes_total")}[$__rate_interval]))`, "runs", "A"),
        overTime(`60 * sum(rate(${ofTarget("rdp_probe_failures_total")}[$__rate_interval]))`, "failures", "B"),
        overTime(`60 * sum(rate(${ofTarget("rdp_probe_attempt_failures_total")}[$__rate_interval]))`, "failed attempts, confirmations included", "C"),
      ],
    }),
    timeSeries({
      title: "Failures in a row",
      description: "Failed runs since the last success, for each instance and address. A saw of small teeth is a host that flaps. At most 25.",
      queries: [overTime(bySight(ofTarget("rdp_probe_consecutive_failures")), "{{instance}} {{address}}")],
    }),
  ],
};

const diagnosis: Row = {
  title: "Diagnosis",
  panels: [
    table({
      title: "Causes",
      description: "The likeliest causes of the failure, at most three for each instance and address. Follow a cause to its runbook.",
      height: 6,
      noValue: "nothing to explain",
      queries: [
        rows(`topk(25, max by (address, cause) (${ofTarget("rdp_diagnosis", 'likelihood="decisive"')} * 3 or ${ofTarget("rdp_diagnosis", 'likelihood="likely"')} * 2 or ${ofTarget("rdp_diagnosis", 'likelihood="possible"')}))`),
      ],
      columns: [label("cause", { links: [rowToRunbook] }), value("A", "Likelihood", { mappings: [likelihoods] }), label("address")],
      sort: [descending("Likelihood")],
    }),
    table({
      title: "Findings",
      description: "What is wrong without failing the host: findings of the last attempt and audit, problems of the certificate, and what it differs in from its group. Repair what the audit calls legacy or weak; RDP / Security and RDP / Certificates have the rest of the fleet. At most 40.",
      height: 6,
      noValue: "nothing found",
      queries: [
        rows(
          `topk(40, max by (kind, finding, address) (label_replace(${ofTarget("rdp_finding")}, "kind", "finding", "", "")` +
          ` or label_replace(label_replace(${ofTarget("rdp_cert_problem")}, "kind", "certificate", "", ""), "finding", "$1", "problem", "(.+)")` +
          ` or label_replace(label_replace(${ofTarget("rdp_target_outlier")}, "kind", "unlike its group", "", ""), "finding", "$1", "dimension", "(.+)")))`,
        ),
      ],
      columns: [label("kind"), label("finding"), label("address")],
      sort: [ascending("kind")],
    }),
  ],
};

const told = (metric: string, labels: string) => rows(`topk(25, max by (address, ${labels}) (${ofTarget(metric)}))`);
const certificate = "address, subject_cn, issuer_cn, fingerprint_sha256, key, signature_algorithm, self_signed";

const whatItIs: Row = {
  title: "Certificate, identity and security",
  panels: [
    table({
      title: "Certificate",
      description: "The certificate last seen, at each address, also while the host is down. Renew what is under 21 days, unless it is self-signed and Windows renews it; a change that nobody made is somebody between. At most 25.",
      width: 24,
      height: 6,
      queries: [
        rows(`topk(25, max by (${certificate}) (${ofTarget("rdp_cert_info")}))`, "A"),
        rows(`topk(25, max by (address) (${ofTarget("endpoint:rdp_cert_not_after_timestamp_seconds:max")})) * 1000`, "B"),
        rows(`(topk(25, max by (address) (${ofTarget("endpoint:rdp_cert_not_after_timestamp_seconds:max")})) - time()) / 86400`, "C"),
        rows(`topk(25, max by (address) (increase(${ofTarget("rdp_cert_changes_total")}[$__range])))`, "D"),
      ],
      columns: [
        label("subject_cn"), label("issuer_cn"), label("self_signed"), value("B", "Expires", { unit: "dateTimeAsIso" }),
        value("C", "Days left", { decimals: 1, thresholds: thresholds(bad, [7, warning], [21, good]) }),
        value("D", "Changes", { decimals: 0 }), label("key"), label("signature_algorithm"), label("fingerprint_sha256"), label("address"),
      ],
    }),
    table({
      title: "Identity",
      description: "What the host says of itself in NLA: its name, domain and Windows build. Another name than the inventory's is another machine, or a stale record in DNS. At most 25 addresses.",
      height: 5,
      noValue: "the host has not said who it is",
      queries: [told("rdp_host_info", "computer, domain, os_name, os_build")],
      columns: [label("computer"), label("domain"), label("os_name"), label("os_build"), label("address")],
    }),
    stat({
      title: "Name",
      description: "Whether the host calls itself something that the inventory does not, at any address. If so: DNS, a load balancer, or a machine that was cloned.",
      width: 4,
      height: 5,
      queries: [now(`max(${ofTarget("rdp_host_name_mismatch")})`)],
      noValue: "not known",
      mappings: [yesIsBad("ANOTHER MACHINE'S", "as expected")],
      thresholds: thresholds(good, [1, bad]),
      links: [runbook("wrong_machine")],
    }),
    stat({
      title: "Clock skew",
      description: "How far the host's clock is from the prober's, either way. Beyond five minutes Kerberos refuses logons: repair the host's time source.",
      unit: "s",
      decimals: 1,
      width: 4,
      height: 5,
      noValue: "not known",
      queries: [now(`max(abs(${ofTarget("rdp_host_clock_skew_seconds")}))`)],
      thresholds: thresholds(good, [60, warning], [300, bad]),
      links: [runbook("clock_wrong")],
    }),
    stat({
      title: "NLA",
      description: "Whether the host demands Network Level Authentication, from the last audit. Where it does not, anybody reaches its logon screen: require NLA by policy.",
      width: 4,
      height: 5,
      noValue: "not audited",
      queries: [now(`min(${ofTarget("rdp_nla_required")})`)],
      mappings: [yesIsGood("required", "NOT REQUIRED")],
      thresholds: thresholds(bad, [1, good]),
      links: [toDashboard("RDP / Security", "rdp-security")],
    }),
    table({
      title: "Security of the last connection",
      description: "Protocol, TLS version and cipher of the last attempt; empty where it did not get so far. At most 25 addresses.",
      height: 11,
      noValue: "no connection got so far",
      queries: [told("rdp_security_info", "selected, tls_version, cipher")],
      columns: [label("selected"), label("tls_version"), label("cipher"), label("address")],
    }),
    table({
      title: "What it accepts",
      description: "Security protocols and TLS versions that the host accepts when it is asked for them alone, from the last audit. Turn off `rdp` and what is below TLS 1.2. At most 40.",
      height: 11,
      noValue: "not audited",
      queries: [
        rows(
          `topk(40, max by (kind, asked, address) (label_replace(label_replace(${ofTarget("rdp_security_accepts")}, "kind", "protocol", "", ""), "asked", "$1", "protocol", "(.+)")` +
          ` or label_replace(label_replace(${ofTarget("rdp_tls_accepts")}, "kind", "TLS version", "", ""), "asked", "$1", "version", "(.+)")))`,
        ),
      ],
      columns: [
        label("kind"), label("asked"), value("A", "Accepted", { mappings: [values({ "0": ["no", neutral], "1": ["yes", notice] })] }), label("address"),
      ],
      sort: [ascending("kind")],
    }),
  ],
};

export const target = assemble({
  uid: "rdp-target",
  name: "Target",
  description: "Everything that is known of one host: state, history, diagnosis, certificate, identity and security.",
  variables: [job(), groups(), oneTarget()],
  annotations: [
    configLoads(),
    alerts(["address"], 'target="$target"'),
    moments("Changes of state", "purple", `max by (address, state) (${stateChanges(ofTarget)})`, "{{state}}", "{{address}}"),
    moments(
      "Certificate changed unexpectedly", "orange",
      `max by (address) (${ofTarget("rdp_cert_unexpected_change_timestamp_seconds")} > 0) * 1000`,
      "Certificate changed unexpectedly", "{{address}}",
    ),
  ],
  rows: [overview, history, diagnosis, whatItIs],
});
