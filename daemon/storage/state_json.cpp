#include "daemon/storage/state_json.hpp"

#include <utility>

#include "daemon/storage/json_codec.hpp"
#include "daemon/storage/state_description.hpp"
#include "probes/diagnosis/cause_book.hpp"

namespace rdpwatch::storage {
namespace {

using handshake::CertificateFacts;
using handshake::ProbeResult;

constexpr std::size_t kNumbersOfARun = 3;

/// The last attempt's certificate and host are mostly the last ones seen: then they are kept once.
constexpr const char* kCertificateIsOfResult = "certificate_is_of_result";
constexpr const char* kHostIsOfResult = "host_is_of_result";

template <class Facts>
std::shared_ptr<const Facts> shared(Facts facts) {
  return std::make_shared<const Facts>(std::move(facts));
}

bool flag(const json::object& object, const char* name) {
  const auto* found = object.if_contains(name);
  return found != nullptr && found->as_bool();
}

void put_result(json::object& out, const fleet::TargetState& state) {
  if (!state.last_result) return;
  out["last_result"] = encode(*state.last_result);
  if (state.last_result->certificate) out[kCertificateIsOfResult] = true;
  if (state.last_result->host) out[kHostIsOfResult] = true;
}

/// Fills in what the result shares with the state, which then points into the result.
void take_result(const json::object& from, std::shared_ptr<const CertificateFacts> certificate,
                 fleet::TargetState& state) {
  const auto* stored = from.if_contains("last_result");
  if (stored == nullptr) {
    state.certificate = std::move(certificate);
    return;
  }
  auto result = std::make_shared<ProbeResult>();
  decode(*stored, *result);
  result->target = state.key.target;
  if (certificate && flag(from, kCertificateIsOfResult)) {
    result->certificate = *certificate;
    state.certificate = {result, &*result->certificate};
  } else {
    state.certificate = std::move(certificate);
  }
  if (state.host && flag(from, kHostIsOfResult)) {
    result->host = *state.host;
    state.host = {result, &*result->host};
  }
  state.last_result = std::move(result);
}

}  // namespace

// A run is [seconds before the newer one, milliseconds] or with [..., "phase reason"]; the first has its
// time.
json::value encode(const fleet::RunHistory& runs) {
  json::array out;
  std::int64_t newer = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const fleet::Run run = runs[i];
    const std::int64_t finished =
        std::chrono::duration_cast<std::chrono::seconds>(run.finished.time_since_epoch()).count();
    json::array row{i == 0 ? finished : newer - finished, run.duration.count()};
    if (run.failure) {
      row.emplace_back(std::string(handshake::name(run.failure->phase)) + " " +
                       std::string(handshake::name(run.failure->reason)));
    }
    newer = finished;
    out.emplace_back(std::move(row));
  }
  return out;
}

void decode(const json::value& from, fleet::RunHistory& runs) {
  std::vector<fleet::Run> newest_first;
  std::int64_t newer = 0;
  for (const auto& item : from.as_array()) {
    const auto& row = item.as_array();
    const auto number = row.at(0).to_number<std::int64_t>();
    newer = newest_first.empty() ? number : newer - number;
    fleet::Run run{fleet::WallTime(std::chrono::seconds(newer)),
                   std::chrono::milliseconds(row.at(1).to_number<std::int64_t>()), std::nullopt};
    if (row.size() == kNumbersOfARun) {
      const std::string_view words = row.at(2).as_string();
      const auto phase = handshake::phase_by_name(words.substr(0, words.find(' ')));
      const auto reason = handshake::reason_by_name(words.substr(words.find(' ') + 1));
      if (!phase || !reason) throw unknown_name(words);
      run.failure = fleet::RunFailure{*phase, *reason};
    }
    newest_first.push_back(run);
  }
  runs = {};
  for (auto run = newest_first.rbegin(); run != newest_first.rend(); ++run) runs.add(*run);
}

json::value encode(const diagnosis::RankedCause& cause) {
  json::object out = encode<diagnosis::RankedCause>(cause).as_object();
  out["id"] = cause.id;
  return out;
}

/// A cause that the book does not have any more stays without an id.
void decode(const json::value& from, diagnosis::RankedCause& cause) {
  decode<diagnosis::RankedCause>(from, cause);
  const auto* known = diagnosis::find_cause(from.as_object().at("id").as_string());
  if (known != nullptr) cause.id = known->id;
}

std::string encode_state(const fleet::TargetState& state) {
  json::object out = encode(state).as_object();
  put_result(out, state);
  if (state.host) out["host"] = encode(*state.host);
  if (state.certificate) out["certificate_problems"] = encode(state.certificate->problems);
  return json::serialize(out);
}

std::string encode_certificate(const CertificateFacts& facts) {
  json::object out = encode(facts).as_object();
  out.erase("problems");
  return json::serialize(out);
}

CertificateFacts decode_certificate(std::string_view text) {
  CertificateFacts facts;
  decode(json::parse(text), facts);
  return facts;
}

fleet::TargetState decode_state(const fleet::EndpointKey& key, std::string_view text,
                                const CertificateFacts* certificate) {
  const json::value parsed = json::parse(text);
  const json::object& from = parsed.as_object();
  fleet::TargetState state;
  decode(parsed, state);
  state.key = key;
  if (const auto* host = from.if_contains("host")) {
    handshake::HostFacts facts;
    decode(*host, facts);
    state.host = shared(std::move(facts));
  }
  std::shared_ptr<const CertificateFacts> shown;
  if (certificate != nullptr) {
    CertificateFacts facts = *certificate;
    if (const auto* problems = from.if_contains("certificate_problems")) decode(*problems, facts.problems);
    shown = shared(std::move(facts));
  }
  take_result(from, std::move(shown), state);
  if (state.diagnosis) {
    auto known = std::make_shared<diagnosis::Diagnosis>(*state.diagnosis);
    std::erase_if(known->causes, [](const auto& cause) { return cause.id.empty(); });
    state.diagnosis = std::move(known);
  }
  return state;
}

}  // namespace rdpwatch::storage
