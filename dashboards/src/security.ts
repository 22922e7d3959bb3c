// RDP / Security: what hosts demand, what they would accept, what was chosen, and what is wrong without failing a probe.
import { alerts, configLoads } from "./lib/annotations";
import { bars } from "./lib/bars";
import { assemble, type Row } from "./lib/build";
import { rowToGroup, rowToTarget, runbook } from "./lib/links";
import { bad, good, neutral, notice, thresholds, values, warning, yesIsGood } from "./lib/mappings";
import { ascending, descending, label, stat, table, timeSeries, value } from "./lib/panels";
import { now, ofGroups, orZero, overTime, rows } from "./lib/queries";
import { groups, job } from "./lib/variables";

const day = 86400;

// Of a host with several addresses the worst counts.
const host = "job, group, target";
const same = `on (${host})`;

const hosts = ofGroups("target:rdp_probe_success:max");
const nla = `min by (${host}) (${ofGroups("rdp_nla_required")})`;
const accepts = (matcher: string) => `max by (${host}) (${ofGroups("rdp_security_accepts", matcher)}) == 1`;
const acceptsTls = (matcher: string) => `max by (${host}) (${ofGroups("rdp_tls_accepts", matcher)}) == 1`;
const finding = (id: string) => `max by (${host}) (${ofGroups("rdp_finding", `finding="${id}"`)})`;
const audited = `max by (${host}) (${ofGroups("rdp_audit_last_success_timestamp_seconds")})`;
const neverAudited = `max by (${host}) (${hosts}) unless ${same} ${audited}`;

// By the last audit, or by what a probe saw, as the alerts judge.
const withoutNla = `(${nla} == 0 or ${finding("nla_not_required")})`;
const legacy = `(${accepts('protocol="rdp"')} or ${finding("legacy_rdp_security")})`;
const oldTls = `(${acceptsTls('version=~"TLSv1|TLSv1[.]1"')} or ${finding("legacy_tls")})`;

const count = (expr: string) => orZero(`count(${expr})`, `sum(${ofGroups("rdp_group_targets")})`);

const counted = (title: string, expr: string, color: string, description: string) =>
  stat({
    title, description, width: 3, queries: [now(count(expr))],
    mappings: [values({ "0": ["none", color === good ? neutral : good] })],
    thresholds: color === good ? thresholds(neutral, [1, good]) : thresholds(good, [1, color]),
  });

const overview: Row = {
  title: "Overview",
  panels: [
    counted("NLA demanded", `${nla} == 1`, good, "Hosts that demand Network Level Authentication, by their last audit. This is how it should be everywhere."),
    counted("NLA not demanded", withoutNla, warning, "Hosts that let clients in without Network Level Authentication: anybody who reaches the port gets a logon screen. The table below has them."),
    counted("NLA not known", `max by (${host}) (${hosts}) unless ${same} ${nla}`, notice, "Hosts of which no audit has said whether they demand NLA. Give their module an `audit`, and look at the audits below."),
    counted("Without TLS", legacy, bad, "Hosts that take standard RDP security: no proof of identity, weak encryption. Set their SecurityLayer to TLS."),
    counted("TLS below 1.2", oldTls, warning, "Hosts that take TLS 1.0 or 1.1, or need an old cipher. Switch the old versions off when the clients allow it."),
    counted("Never audited", neverAudited, notice, "Hosts that no audit has succeeded at since rdpwatch was started. Their module may have no `audit`."),
    stat({
      title: "Oldest audit",
      description: "When the audit began whose answers are the oldest. Longer ago than a few intervals: look at the table of audits below.",
      width: 3,
      unit: "dateTimeFromNow",
      noValue: "no audit",
      queries: [now(`min(${ofGroups("rdp_audit_last_success_timestamp_seconds")}) * 1000`)],
    }),
    stat({
      title: "Hosts",
      description: "Hosts that the other numbers are to be compared with. None: look at RDP / Exporter.",
      width: 3,
      queries: [now(`count(${hosts})`)],
    }),
  ],
};

const each = (metric: string, name: string, extra = "") => `max by (${host}, ${name}) (${ofGroups(metric, extra)})`;
const byLabel = (metric: string, name: string) => now(`count by (${name}) (${each(metric, name)} == 1)`, `{{${name}}}`);
const chosen = (name: string, most: number) =>
  now(`topk(${most}, count by (${name}) (${each("rdp_security_info", name, `${name}!=""`)}))`, `{{${name}}}`);

const whatHostsDo: Row = {
  title: "What they accept, and what they choose",
  panels: [
    bars({
      title: "Protocols accepted",
      description: "Hosts that accept the protocol when it is asked for alone, by their last audit. `rdp` is without TLS and should be on no host; `hybrid` and `hybrid_ex` are NLA.",
      width: 8,
      noValue: "no audit",
      queries: [byLabel("rdp_security_accepts", "protocol")],
    }),
    bars({
      title: "TLS versions accepted",
      description: "Hosts that accept the TLS version when it is offered alone, by their last audit. TLSv1 and TLSv1.1 are to go.",
      width: 8,
      noValue: "no audit",
      queries: [byLabel("rdp_tls_accepts", "version")],
    }),
    timeSeries({
      title: "What is to be mended, over time",
      description: "Hosts without NLA, without TLS and with old TLS. The lines should fall; a step up is a new image, or a policy that no longer applies.",
      width: 8,
      queries: [
        overTime(`sum by (finding) (${ofGroups("group_finding:rdp_finding:count", 'finding=~"nla_not_required|legacy_rdp_security|legacy_tls"')})`, "{{finding}}"),
      ],
    }),
    bars({
      title: "Protocols chosen",
      description: "Hosts by the security protocol that they chose in the last attempt. A host that chooses `ssl` or `rdp` does no NLA.",
      width: 8,
      queries: [chosen("selected", 10)],
    }),
    bars({
      title: "TLS versions chosen",
      description: "Hosts by the TLS version of the last attempt. What is below TLSv1.2 offers nothing better.",
      width: 8,
      queries: [chosen("tls_version", 10)],
    }),
    bars({
      title: "Ciphers chosen",
      description: "The 15 ciphers that most hosts chose in the last attempt. Ciphers without ECDHE or DHE keep no forward secrecy: order them last.",
      width: 8,
      queries: [chosen("cipher", 15)],
    }),
  ],
};

const findingTexts = values({
  several_addresses: ["several addresses, one of them probed", neutral],
  legacy_rdp_security: ["standard RDP security, without TLS", bad],
  weak_rdp_key: ["standard RDP security with a short key", bad],
  weak_rdp_encryption: ["standard RDP security with weak encryption", bad],
  weak_certificate: ["certificate with a short key or an old hash", warning],
  certificate_renewal_overdue: ["certificate that Windows has not renewed", warning],
  certificate_changed: ["certificate changed unexpectedly", warning],
  nla_not_required: ["NLA is not demanded", warning],
  legacy_tls: ["TLS below 1.2, or an old cipher", warning],
  no_certificate: ["TLS without a certificate", bad],
  tls_retried: ["the first TLS handshake failed", notice],
  name_mismatch: ["certificate is for another name", warning],
  nla_ntlm_refused: ["NLA without NTLM: the host says no name", neutral],
  nla_closed_on_negotiate: ["closes at the first message of NLA", notice],
  clock_skew: ["clock differs by more than 5 minutes", warning],
  host_name_mismatch: ["calls itself something else", warning],
  negotiation_tampered: ["something changed the negotiation on its way", bad],
});
const countOfFindings = `sum by (finding) (${ofGroups("group_finding:rdp_finding:count")})`;

const findings: Row = {
  title: "Findings",
  panels: [
    table({
      title: "Findings",
      description: "What is wrong without failing a probe, and on how many hosts. `rdpwatch explain` with the finding's id says what to do about it.",
      noValue: "no finding",
      queries: [rows(countOfFindings)],
      columns: [label("finding", { mappings: [findingTexts] }), value("A", "Hosts", { thresholds: thresholds(neutral) })],
      sort: [descending("Hosts")],
    }),
    timeSeries({
      title: "Findings over time",
      description: "Hosts by finding. A step is a rollout or a policy: compare it with what was changed then.",
      queries: [overTime(countOfFindings, "{{finding}}")],
    }),
  ],
};

const listed = [label("target", { links: [rowToTarget] }), label("group", { links: [rowToGroup] })];

// At most 50 of `expr`, with what they demand, choose and run.
const hostTable = (title: string, expr: string, cause: string, description: string) => {
  const some = `topk(50, ${expr})`;
  const of = (metric: string, names: string) =>
    `topk by (${host}) (1, max by (${host}, ${names}) (${ofGroups(metric)} and ${same} ${some}))`;
  return table({
    title, description, width: 24, noValue: "no host",
    queries: [
      rows(some, "A"), rows(`min by (${host}) (${ofGroups("rdp_nla_required")} and ${same} ${some})`, "B"), rows(of("rdp_security_info", "selected, tls_version, cipher"), "C"),
      rows(of("rdp_host_info", "os_name"), "D"), rows(`max by (${host}) (${ofGroups("rdp_audit_last_success_timestamp_seconds")} and ${same} ${some}) * 1000`, "E"),
    ],
    columns: [
      ...listed, value("B", "NLA", { mappings: [yesIsGood("demanded", "NOT DEMANDED")], links: [runbook(cause)] }),
      label("selected"), label("tls_version"), label("cipher"), label("os_name"), value("E", "Audited", { unit: "dateTimeFromNow" }),
    ],
    sort: [ascending("group")],
  });
};

const whichHosts: Row = {
  title: "Which hosts",
  panels: [
    hostTable("Hosts that take standard RDP security", legacy, "standard_rdp_only", "At most 50 hosts that take it. Set SecurityLayer to TLS (2); follow the host for what it accepts."),
    hostTable("Hosts that take TLS below 1.2", oldTls, "old_tls_only", "At most 50 hosts that take old TLS. Switch TLS 1.0 and 1.1 off in Schannel when no client needs them."),
    hostTable("Hosts that do not demand NLA", withoutNla, "nla_not_offered", "At most 50 hosts. Demand NLA by policy: UserAuthentication is to be 1."),
  ],
};

const oldest = `bottomk(50, ${audited})`;

const audits: Row = {
  title: "Audits and builds",
  panels: [
    table({
      title: "Oldest audits",
      description: "At most 50 hosts whose last audit that succeeded is the longest ago. Far longer than the interval of their module: they may not answer, or the audits are refused.",
      width: 8,
      noValue: "no host was audited",
      queries: [rows(`${oldest} * 1000`, "A"), rows(`time() - ${oldest}`, "B")],
      columns: [
        ...listed, value("A", "Audited", { unit: "dateTimeFromNow" }),
        value("B", "Age", { unit: "s", decimals: 0, thresholds: thresholds(good, [2 * day, notice], [7 * day, warning]) }),
      ],
      sort: [descending("Age")],
    }),
    table({
      title: "Hosts never audited",
      description: "At most 50 hosts that no audit has succeeded at since rdpwatch was started. Give their module `audit: {interval: 24h}`; where it has one, look whether they are up.",
      width: 8,
      noValue: "all hosts were audited",
      queries: [rows(`bottomk(50, ${neverAudited})`)],
      columns: [...listed, value("A", "Answers", { mappings: [yesIsGood("yes", "NO")] })],
    }),
    table({
      title: "Windows builds",
      description: "The 50 most frequent builds, as hosts say themselves in NLA. A build that few have is a host that missed its updates, or got them first.",
      width: 8,
      noValue: "no host has said its build",
      queries: [rows(`topk(50, count by (os_name, os_build) (max by (${host}, os_name, os_build) (${ofGroups("rdp_host_info")})))`)],
      columns: [label("os_name"), label("os_build"), value("A", "Hosts")],
      sort: [descending("Hosts")],
    }),
  ],
};

export const security = assemble({
  uid: "rdp-security",
  name: "Security",
  description: "What hosts demand, accept and choose: NLA, TLS, protocols; and what is wrong without failing a probe.",
  variables: [job(), groups()],
  annotations: [configLoads(), alerts([], 'alertname=~"Rdp(NlaNotRequired|LegacySecurity|TlsBelow12|CertificateWeak)"')],
  rows: [overview, whatHostsDo, findings, whichHosts, audits],
});
