#include "daemon/pages/security_page.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <string>
#include <utility>

#include "config/text.hpp"
#include "daemon/pages/security_summary.hpp"
#include "daemon/report/words.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using handshake::Depth;
using handshake::Posture;

enum class Tone { good, bad, open };

struct Answer {
  Posture posture;
  Tone tone;
  std::string_view words;
};

struct Question {
  std::string_view id;
  std::string_view title;
  std::vector<Answer> answers;
};

const std::vector<Question>& questions() {
  static const std::vector<Question> all{
      {"nla",
       "Network Level Authentication",
       {{Posture::nla_required, Tone::good, "required: whoever does not ask for it is refused"},
        {Posture::nla_optional, Tone::bad, "not required: clients are let in without it"},
        {Posture::nla_not_offered, Tone::bad, "not offered, though it was asked for"},
        {Posture::nla_offered, Tone::open, "accepted; whether it is required, only an audit tells"},
        {Posture::nla_not_observed, Tone::open, "not observed"}}},
      {"rdp",
       "Standard RDP security, without TLS",
       {{Posture::rdp_security_accepted, Tone::bad, "accepted"},
        {Posture::rdp_security_refused, Tone::good, "refused in an audit"},
        {Posture::rdp_security_not_observed, Tone::open, "not observed: only an audit asks for it"}}},
      {"tls",
       "TLS 1.0 and 1.1",
       {{Posture::old_tls_selected, Tone::bad, "chosen: the host had nothing newer for the last probe"},
        {Posture::old_tls_accepted, Tone::bad, "accepted in an audit"},
        {Posture::old_tls_refused, Tone::good, "refused in an audit"},
        {Posture::old_tls_not_observed, Tone::open,
         "not observed: a newer version was chosen or none, and no audit asked for the old ones"}}}};
  return all;
}

json::array question_rows(const SecuritySummary& summary) {
  json::array out;
  for (const auto& question : questions()) {
    json::array answers;
    for (const auto& answer : question.answers) {
      const auto hosts = summary.postures[static_cast<std::size_t>(answer.posture)];
      const std::string id(handshake::name(answer.posture));
      answers.push_back({{"answer_words", answer.words},
                         {"answer_hosts", hosts},
                         {"answer_bad", answer.tone == Tone::bad && hosts > 0},
                         {"answer_good", answer.tone == Tone::good && hosts > 0},
                         {"answer_link", link_of("targets", {{"security", id}})}});
    }
    out.push_back(
        {{"question_id", question.id}, {"question_title", question.title}, {"answers", std::move(answers)}});
  }
  return out;
}

json::array certificate_rows(const SecuritySummary& summary) {
  struct Row {
    std::string_view words;
    std::string_view kind;
    std::size_t hosts;
    bool bad;
  };
  const Row rows[] = {
      {"weak key or signature", "weak", summary.weak, true},
      {"does not carry the name that the host was asked by", "name_mismatch", summary.name_mismatch, true},
      {"expired", "expired", summary.expired, true},
      {"self-signed: nobody vouches for it", "self_signed", summary.self_signed, false}};
  json::array out;
  for (const auto& row : rows) {
    out.push_back({{"certificate_words", row.words},
                   {"certificate_hosts", row.hosts},
                   {"certificate_bad", row.bad && row.hosts > 0},
                   {"certificate_link", link_of("certificates", {{"kind", std::string(row.kind)}})}});
  }
  return out;
}

/// Those of the most hosts first; those of none say that nothing was found, and come last.
json::array finding_rows(const SecuritySummary& summary) {
  std::vector<std::pair<std::size_t, const report::FindingWords*>> rows;
  for (const auto& row : report::findings()) {
    const auto found = summary.findings.find(row.id);
    rows.emplace_back(found == summary.findings.end() ? 0 : found->second, &row);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  json::array out;
  for (const auto& [hosts, row] : rows) {
    if (hosts == 0) break;
    out.push_back({{"finding_id", row->id},
                   {"finding_meaning", row->meaning},
                   {"finding_fix", row->fix},
                   {"finding_hosts", hosts},
                   {"finding_link", link_of("targets", {{"finding", std::string(row->id)}})}});
  }
  return out;
}

json::array build_rows(const SecuritySummary& summary) {
  std::vector<std::string_view> builds;
  for (const auto& [build, row] : summary.builds) builds.push_back(build);
  std::stable_sort(builds.begin(), builds.end(), [](std::string_view a, std::string_view b) {
    return build_numbers(a) < build_numbers(b);
  });
  json::array out;
  for (const auto build : builds) {
    if (out.size() == kListedBuilds) break;
    const auto& row = summary.builds.at(build);
    out.push_back({{"build", build},
                   {"build_name", row.os_name.empty() ? "an unknown release" : row.os_name},
                   {"build_hosts", row.hosts},
                   {"build_link", link_of("targets", {{"os_build", std::string(build)}})}});
  }
  return out;
}

std::string_view looks_at(Depth depth) {
  switch (depth) {
    case Depth::resolve:
    case Depth::tcp:
      return "nothing of the security: only whether the port answers";
    case Depth::negotiate:
      return "the protocol that is chosen; no TLS and no certificate";
    case Depth::tls:
      return "the protocol, TLS and the certificate; not the host's build";
    case Depth::nla:
      return "the protocol, TLS, the certificate, and the host's name and build";
    case Depth::mcs:
    case Depth::licensing:
      return "the protocol without NLA where the host allows it, TLS and the certificate; not the host's "
             "build";
  }
  return "";
}

json::array module_rows(const SecuritySummary& summary) {
  json::array out;
  for (const auto& [name, module] : summary.modules) {
    out.push_back({{"module_name", name},
                   {"module_looks", looks_at(module.depth)},
                   {"module_hosts", module.hosts},
                   {"module_negotiated", module.negotiated},
                   {"module_named", module.named},
                   {"module_audited", module.audited},
                   {"module_audits", module.audits},
                   {"module_link", link_of("targets", {{"module", std::string(name)}})}});
  }
  return out;
}

}  // namespace

Page security_page(const std::vector<fleet::StatePtr>& fleet, fleet::WallTime now, Parameters parameters) {
  parameters = filled_in(std::move(parameters));
  if (auto fault = unknown_parameter(parameters, {})) return std::move(*fault);
  const SecuritySummary summary = security_of(fleet, now);
  Page page;
  page.name = "security";
  page.title = "Security";
  page.section = "security";
  page.refreshes = true;
  json::object& model = page.model;
  model["fleet_total"] = fleet.size();
  model["questions"] = question_rows(summary);
  model["certificates"] = certificate_rows(summary);
  model["certificates_seen"] = summary.certificates;
  model["certificates_unseen"] = fleet.size() - summary.certificates;
  json::array findings = finding_rows(summary);
  model["has_findings"] = !findings.empty();
  model["findings"] = std::move(findings);
  model["has_builds"] = !summary.builds.empty();
  model["builds"] = build_rows(summary);
  model["more_builds"] = summary.builds.size() > kListedBuilds;
  model["without_build"] = summary.without_build;
  model["modules"] = module_rows(summary);
  model["audited"] = summary.audited;
  model["not_audited"] = fleet.size() - summary.audited;
  model["has_audits"] = summary.audited > 0;
  if (summary.newest_audit) model["newest_audit"] = moment(*summary.newest_audit, now);
  if (summary.oldest_audit) model["oldest_audit"] = moment(*summary.oldest_audit, now);
  return page;
}

}  // namespace rdpwatch::pages
