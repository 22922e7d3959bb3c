// RDP / Certificates: what ends when, who renews it, what is wrong with it, and what changed.
import { alerts, certificateChanges, configLoads } from "./lib/annotations";
import { bars, barsByRow } from "./lib/bars";
import { assemble, type Row } from "./lib/build";
import { latestCertificateChanges } from "./lib/expressions";
import { rowToGroup, rowToTarget, runbook } from "./lib/links";
import { bad, good, neutral, notice, range, thresholds, values, warning } from "./lib/mappings";
import { ascending, descending, label, stat, table, timeSeries, value } from "./lib/panels";
import { now, ofGroups, orZero, overTime, rows } from "./lib/queries";
import { groups, job } from "./lib/variables";

const day = 86400;
const week = 7 * day;

// A certificate belongs to an endpoint: a host, or one address of it where its group expands names.
const endpoint = "job, group, target, address";
const same = `on (${endpoint})`;
const perEndpoint = (expr: string) => `max by (${endpoint}) (${expr})`;

const ends = ofGroups("endpoint:rdp_cert_not_after_timestamp_seconds:max");
const left = `${ends} - time()`;
const renewsItself = ofGroups("endpoint:rdp_cert_renews_itself:max");
const late = `${perEndpoint(ofGroups("rdp_cert_renewal_overdue"))} == 1`;
const changed = `${perEndpoint(ofGroups("rdp_cert_unexpected_change_timestamp_seconds"))} > time() - ${week}`;
const problem = (which: string) => perEndpoint(ofGroups("rdp_cert_problem", which));
const weak = 'problem=~"weak_key|weak_signature|no_server_auth_eku"';

const toRenew = (matcher: string) => `sum(${ofGroups("group_week:rdp_cert_not_after_timestamp_seconds:count", matcher)})`;
const renewing = (matcher: string) => `sum(${ofGroups("group_week:rdp_cert_renews_itself:count", matcher)})`;
const zero = (counted: string) => orZero(counted, `sum(${ofGroups("rdp_group_targets")})`);
const expired = `sum(${zero(toRenew('week="0"'))}) + sum(${zero(renewing('week="0"'))})`;
const within7 = zero(toRenew('week="1"'));
const within21 = zero(toRenew('week=~"1|2|3"'));

const counted = (title: string, expr: string, color: string, description: string) =>
  stat({
    title, description, width: 3, queries: [now(expr)],
    mappings: [values({ "0": ["none", good] })],
    thresholds: thresholds(good, [1, color]),
  });
const hostsThat = (expr: string) => zero(`count(${expr})`);

const overview: Row = {
  title: "Overview",
  panels: [
    counted("Expired", expired, bad, "Certificates that have ended. Clients warn or refuse: renew them now."),
    counted("Within 7 days", within7, bad, "Certificates that end within a week and that Windows does not renew by itself. Renew them now."),
    counted("Within 21 days", within21, warning, "Certificates that end within three weeks and that Windows does not renew by itself. Plan their renewal."),
    counted("Renewal late", hostsThat(late), notice, "Self-signed certificates that Windows made for 183 days and that are older than 175. Windows may still renew them: watch them."),
    counted("Renewal overdue", hostsThat(`${left} > 0 < ${3 * day} and ${renewsItself}`), warning, "Certificates that Windows should have renewed by now and that end within three days. Something stops it: follow the table of renewals below to the host."),
    counted("Changed", hostsThat(changed), warning, "Certificates that changed within 7 days in a way that no usual renewal explains. Ask who did it; if nobody did, something may sit between."),
    counted("Weak", hostsThat(problem(weak)), warning, "Certificates with a short key, an old hash, or not made for servers. Replace them; new clients will refuse them."),
    counted("For another name", hostsThat(problem('problem="name_mismatch"')), warning, "Certificates that do not have the name which clients use. Clients warn; or the name leads to another machine."),
  ],
};

// A row for each week: `ended`, `week 01` to `week 12`, `week 13 and later`, so that the order of the words is that of the weeks.
const byWeek = (metric: string) => {
  const renamed = [["0", "ended"], ["([1-9])", "week 0$1"], ["(1[0-2])", "week $1"], ["13", "week 13 and later"]];
  return renamed.reduce(
    (inner, [from, to]) => `label_replace(${inner}, "week", "${to}", "week", "${from}")`, `sum by (week) (${ofGroups(metric)})`,
  );
};

const daysLeft = {
  decimals: 1,
  unit: "none",
  mappings: [range(null, 0, "EXPIRED", bad)],
  thresholds: thresholds(bad, [7, warning], [21, good]),
};

// What the certificate says of itself, one line for each endpoint of `among`.
const info = (among: string) =>
  `topk by (${endpoint}) (1, max by (${endpoint}, subject_cn, issuer_cn, self_signed, key) (${ofGroups("rdp_cert_info")} and ${same} ${among}))`;

const first = `bottomk(50, ${perEndpoint(`${ends} unless ${renewsItself}`)})`;
const renewals = `bottomk(50, ${perEndpoint(`${ends} and ${renewsItself}`)} and ${same} (${late} or ${perEndpoint(left)} < ${week}))`;
const host = [label("target", { links: [rowToTarget] }), label("group", { links: [rowToGroup] }), label("address")];

const whatEnds: Row = {
  title: "What ends when",
  panels: [
    barsByRow("week", {
      title: "To be renewed by somebody, by week",
      description: "How many certificates end in each of the coming weeks (week 01 is the next seven days), without those that Windows renews by itself. A tall bar is a day of work: spread it now.",
      height: 11,
      queries: [rows(byWeek("group_week:rdp_cert_not_after_timestamp_seconds:count"))],
      thresholds: thresholds(neutral),
    }),
    barsByRow("week", {
      title: "Renewed by Windows itself, by week",
      description: "The same for self-signed certificates that Windows made and renews. Nothing is to be done while they leave week 01 in time; the table of renewals has those that do not.",
      height: 11,
      queries: [rows(byWeek("group_week:rdp_cert_renews_itself:count"))],
      thresholds: thresholds(neutral),
    }),
    table({
      title: "What ends next",
      description: "At most 50 certificates that somebody has to renew, those that end first at the top. Follow the host for its history.",
      width: 24,
      height: 10,
      noValue: "no certificate was seen that somebody has to renew",
      queries: [rows(`(${first} - time()) / ${day}`, "A"), rows(`${first} * 1000`, "B"), rows(info(first), "C")],
      columns: [
        ...host, value("A", "Days left", daysLeft), value("B", "Ends", { unit: "dateTimeAsIso" }),
        label("subject_cn"), label("issuer_cn"), label("self_signed"), label("key"),
      ],
      sort: [ascending("Days left")],
    }),
    table({
      title: "What Windows does not renew in time",
      description: "Self-signed certificates that Windows should have renewed: at most 50. `overdue` ends within three days. What stops the renewal often keeps the service from its private key, too: follow the runbook.",
      width: 24,
      noValue: "every renewal is in time",
      queries: [
        rows(`(${renewals} - time()) / ${day}`, "A"), rows(`${renewals} * 1000`, "B"), rows(info(renewals), "C"), rows(`(${renewals} - time()) / ${day}`, "D"),
      ],
      columns: [
        ...host,
        value("D", "Renewal", {
          mappings: [range(null, 0, "EXPIRED", bad), range(0, 3, "overdue", warning), range(3, null, "late", notice)],
          links: [runbook("certificate_renewal_stuck")],
        }),
        value("A", "Days left", { ...daysLeft, thresholds: thresholds(bad, [3, warning]) }), value("B", "Ends", { unit: "dateTimeAsIso" }), label("subject_cn"),
      ],
      sort: [ascending("Days left")],
    }),
  ],
};

const problems: Record<string, [text: string, color: string]> = {
  expired: ["has ended", bad], not_yet_valid: ["is not valid yet", bad], untrusted: ["is of no trusted CA", warning],
  name_mismatch: ["is for another name", warning], weak_key: ["has a short key", warning], weak_signature: ["has an old hash", warning],
  no_server_auth_eku: ["is not for servers", warning], self_signed: ["is self-signed", neutral],
};
const problemRunbooks = [
  { ...runbook("certificate_not_renewed"), title: "Runbook: it has ended" },
  { ...runbook("certificate_not_trusted"), title: "Runbook: it is not trusted" },
  { ...runbook("wrong_machine"), title: "Runbook: it is for another name" },
  { ...runbook("weak_certificate"), title: "Runbook: it is weak" },
];

const latest = `topk(50, ${changed})`;

const whatIsWrong: Row = {
  title: "What is wrong, and what changed",
  panels: [
    bars({
      title: "Problems",
      description: "How many certificates have which problem. Self-signed ones are what Windows makes unless it is told otherwise; a CA lets clients know the host.",
      queries: [now(`count by (problem) (max by (${endpoint}, problem) (${ofGroups("rdp_cert_problem")}))`, "{{problem}}")],
      noValue: "no problem",
      thresholds: thresholds(neutral),
    }),
    table({
      title: "Certificates with a problem",
      description: "At most 50, being self-signed left out. Replace the certificate, or correct the name by which the inventory and the clients call the host.",
      noValue: "no problem",
      queries: [rows(`topk(50, max by (${endpoint}, problem) (${ofGroups("rdp_cert_problem", 'problem!="self_signed"')}))`)],
      columns: [...host, label("problem", { mappings: [values(problems)], links: problemRunbooks })],
    }),
    table({
      title: "Unexpected changes",
      description: "Certificates that changed within 7 days in a way that no usual renewal explains, the latest first; at most 50. Ask who changed them. If nobody did, compare the fingerprint on the host: something may sit between.",
      width: 24,
      noValue: "no unexpected change",
      queries: [rows(`${latest} * 1000`, "A"), rows(info(latest), "B")],
      columns: [
        ...host, value("A", "Changed", { unit: "dateTimeFromNow", links: [runbook("certificate_replaced")] }),
        label("subject_cn"), label("issuer_cn"), label("self_signed"),
      ],
      sort: [descending("Changed")],
    }),
  ],
};

const unseen = `bottomk(50, ${perEndpoint(ofGroups("rdp_cert_last_seen_timestamp_seconds"))} < time() - ${day})`;

const whose: Row = {
  title: "Whose they are",
  panels: [
    bars({
      title: "Issuers",
      description: "The 20 issuers of most certificates, self-signed ones left out. An issuer that you do not know deserves a look.",
      noValue: "no certificate of a CA",
      queries: [now(`topk(20, count by (issuer_cn) (max by (${endpoint}, issuer_cn) (${ofGroups("rdp_cert_info", 'self_signed="false"')})))`, "{{issuer_cn}}")],
      thresholds: thresholds(neutral),
    }),
    bars({
      title: "Keys and signatures",
      description: "The 20 most used kinds of keys and signatures. RSA under 2048 bits and SHA-1 are to go.",
      queries: [now(`topk(20, count by (key, signature_algorithm) (max by (${endpoint}, key, signature_algorithm) (${ofGroups("rdp_cert_info")})))`, "{{key}}, {{signature_algorithm}}")],
      thresholds: thresholds(neutral),
    }),
    timeSeries({
      title: "What was to be done, over time",
      description: "Certificates that have ended, and those that end soon and that Windows does not renew by itself. The lines should stay near 0; a step down is a renewal.",
      colors: { expired: bad, "within 7 days": warning, "within 21 days": notice },
      queries: [
        overTime(expired, "expired", "A"), overTime(within7, "within 7 days", "B"), overTime(within21, "within 21 days", "C"),
      ],
    }),
    timeSeries({
      title: "What was found, over time",
      description: "Hosts with a finding about their certificate. A peak of changes is a rollout; without one, look at the unexpected changes above.",
      queries: [
        overTime(
          `sum by (finding) (${ofGroups("group_finding:rdp_finding:count", 'finding=~"certificate_changed|certificate_renewal_overdue|weak_certificate|name_mismatch"')})`,
          "{{finding}}",
        ),
      ],
      noValue: "no finding",
    }),
    table({
      title: "Not seen for long",
      description: "Certificates that no run has shown for more than a day, the oldest first; at most 50. The host is down, or no longer does TLS: what is said of its certificate is old.",
      width: 24,
      noValue: "all were seen within a day",
      queries: [rows(`${unseen} * 1000`, "A"), rows(`(${perEndpoint(`${ends} and ${same} ${unseen}`)} - time()) / ${day}`, "B")],
      columns: [...host, value("A", "Last seen", { unit: "dateTimeFromNow" }), value("B", "Days left", daysLeft)],
      sort: [ascending("Last seen")],
    }),
  ],
};

export const certificates = assemble({
  uid: "rdp-certificates",
  name: "Certificates",
  description: "The certificates of all hosts: what ends when, what is wrong with them, and what changed.",
  variables: [job(), groups()],
  annotations: [configLoads(), alerts([], 'alertname=~"RdpCertificate.+"'), certificateChanges(latestCertificateChanges(ofGroups))],
  rows: [overview, whatEnds, whatIsWrong, whose],
});
