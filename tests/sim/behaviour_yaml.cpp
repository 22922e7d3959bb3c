#include "tests/sim/behaviour_yaml.hpp"

#include "tests/sim/payloads.hpp"
#include "tests/sim/personalities.hpp"

namespace rdpwatch::sim {

namespace {

template <typename T>
using Table = std::pair<std::string_view, T>;

constexpr Table<Step> kStepNames[] = {{"accept", Step::accept},
                                      {"request", Step::request},
                                      {"confirm", Step::confirm},
                                      {"first_bytes", Step::first_bytes},
                                      {"client_hello", Step::client_hello},
                                      {"server_hello", Step::server_hello},
                                      {"established", Step::established},
                                      {"negotiate_token", Step::negotiate_token},
                                      {"connect_initial", Step::connect_initial},
                                      {"client_info", Step::client_info}};
static_assert(std::size(kStepNames) == kSteps);
constexpr Table<Ending> kEndingNames[] = {{"close", Ending::close},
                                          {"reset", Ending::reset},
                                          {"stall", Ending::stall},
                                          {"proceed", Ending::proceed}};
constexpr Table<TlsVersion> kVersionNames[] = {{"TLS10", TlsVersion::tls10},
                                               {"TLS11", TlsVersion::tls11},
                                               {"TLS12", TlsVersion::tls12},
                                               {"TLS13", TlsVersion::tls13}};

constexpr Table<Refusal> kRefusalNames[] = {{"alert", Refusal::alert},
                                            {"close", Refusal::close},
                                            {"reset", Refusal::reset},
                                            {"stall", Refusal::stall}};
constexpr Table<Sign> kSignNames[] = {
    {"always", Sign::always}, {"cookie", Sign::cookie}, {"hybrid", Sign::hybrid}, {"sni", Sign::server_name}};
constexpr Table<DirectTls> kDirectTlsNames[] = {
    {"false", DirectTls::no}, {"also", DirectTls::also}, {"true", DirectTls::only}};

std::string names_of_payloads() {
  std::string names;
  for (const NamedPayload& one : payloads()) names += (names.empty() ? "" : ", ") + std::string(one.name);
  return names;
}

/// Exactly one of the keys gives the bytes, or none does.
void read_payload(YamlMap& map, Fault& fault) {
  const YAML::Node named = map.take("send");
  const YAML::Node hex = map.take("send_hex");
  const YAML::Node text = map.take("send_text");
  const YAML::Node alert = map.take("alert");
  const auto given = [](const YAML::Node& node) { return node.IsDefined() ? 1 : 0; };
  if (given(named) + given(hex) + given(text) + given(alert) > 1) {
    map.error(named.IsDefined() ? named
              : hex.IsDefined() ? hex
                                : text,
              "only one of send, send_hex, send_text and alert is allowed");
    return;
  }
  std::string value;
  if (named.IsDefined()) {
    map.read("send", value);
    const std::optional<Bytes> bytes = payload(value);
    if (!bytes) map.error(named, "send: '" + value + "' is not one of " + names_of_payloads());
    fault.payload = bytes.value_or(Bytes{});
  } else if (hex.IsDefined()) {
    map.read("send_hex", value);
    const std::optional<Bytes> bytes = from_hex(value);
    if (!bytes || bytes->empty())
      map.error(hex, "send_hex: '" + value + "' is not pairs of hexadecimal digits");
    fault.payload = bytes.value_or(Bytes{});
  } else if (text.IsDefined()) {
    map.read("send_text", value);
    fault.payload.assign(value.begin(), value.end());
  } else if (alert.IsDefined()) {
    std::uint8_t number = 0;
    map.read_integer("alert", number, 0, 255);
    fault.payload = alert_record(number);
    if (fault.at >= Step::established)
      map.error(alert, "alert: it is sent in clear; from established on use then: close");
  }
}

void read_sign(YamlMap& map, Fault& fault) {
  map.read_name<Sign>("when", fault.when, kSignNames);
  const YAML::Node node = map.take("when");
  if (fault.when == Sign::server_name && fault.at < Step::client_hello) {
    map.error(node, "when: sni is known from client_hello on");
  } else if (fault.when != Sign::always && fault.at < Step::request) {
    map.error(node, "when: cookie and hybrid are known from request on");
  }
}

void read_fault(YamlMap& parent, std::optional<Fault>& target) {
  const YAML::Node node = parent.take("fault");
  if (!node.IsDefined()) return;
  if (node.IsScalar() && node.Scalar() == "none") {
    target.reset();
    return;
  }
  YamlMap map(node, parent.what() + ": fault", parent.errors());
  Fault fault;
  map.read_name<Step>("at", fault.at, kStepNames);
  if (node.IsMap() && !map.take("at").IsDefined()) map.error(node, "'at' is missing");
  map.read("after", fault.after);
  read_payload(map, fault);
  map.read_name<Ending>("then", fault.then, kEndingNames);
  const YAML::Node bytes = map.take("flight_bytes");
  if (bytes.IsDefined()) {
    if (fault.at != Step::server_hello) map.error(bytes, "flight_bytes: only at server_hello");
    std::size_t count = 0;
    map.read_integer("flight_bytes", count, 0, 65536);
    fault.flight_bytes = count;
  }
  read_sign(map, fault);
  map.finish();
  target = fault;
}

void read_latency(YamlMap& parent, std::map<Step, Milliseconds>& latency) {
  const YAML::Node node = parent.take("latency");
  if (!node.IsDefined()) return;
  latency.clear();
  if (node.IsScalar()) {
    Milliseconds time{0};
    parent.read("latency", time);
    for (const Step step : kAnsweringSteps) latency[step] = time;
    return;
  }
  YamlMap map(node, parent.what() + ": latency", parent.errors());
  for (const auto& [name, step] : kStepNames) {
    Milliseconds time{0};
    map.read(name, time);
    if (time.count() > 0) latency[step] = time;
  }
  map.finish();
}

void read_certificate_of(YamlMap& parent, TlsSpec& tls, const Definitions& definitions) {
  const YAML::Node node = parent.take("certificate");
  if (!node.IsDefined()) return;
  if (!node.IsScalar()) {
    YamlMap map(node, parent.what() + ": certificate", parent.errors());
    read_certificate(map, tls.certificate, definitions);
    map.finish();
    tls.anonymous = false;
    return;
  }
  tls.anonymous = node.Scalar() == "none";
  if (tls.anonymous) return;
  const auto found = definitions.certificates.find(node.Scalar());
  if (found != definitions.certificates.end()) {
    tls.certificate = found->second;
    return;
  }
  std::string known = "none";
  for (const auto& [name, certificate] : definitions.certificates) known += ", " + name;
  parent.error(node, "certificate: '" + node.Scalar() + "' is not defined; known: " + known);
}

void read_tls(YamlMap& parent, TlsSpec& tls) {
  YamlMap map(parent.take("tls"), parent.what() + ": tls", parent.errors());
  map.read_name<TlsVersion>("min_version", tls.min_version, kVersionNames);
  map.read_name<TlsVersion>("max_version", tls.max_version, kVersionNames);
  if (tls.min_version > tls.max_version)
    map.error(parent.take("tls"), "min_version is higher than max_version");
  map.read("ciphers", tls.ciphers);
  map.read("groups", tls.groups);
  map.read_integer("tickets", tls.tickets, 0, 8);
  map.read_name<Refusal>("no_common_version", tls.no_common_version, kRefusalNames);
  map.read_name<Refusal>("not_tls", tls.not_tls, kRefusalNames);
  map.finish();
}

}  // namespace

void read_behaviour(YamlMap& map, Behaviour& behaviour, const Definitions& definitions) {
  map.read_name<DirectTls>("direct_tls", behaviour.direct_tls, kDirectTlsNames);
  read_negotiation(map, behaviour.negotiation);
  read_tls(map, behaviour.tls);
  read_certificate_of(map, behaviour.tls, definitions);
  read_nla(map, behaviour.nla);
  read_session(map, behaviour.session);
  read_latency(map, behaviour.latency);
  read_fault(map, behaviour.fault);
}

void find_personality(YamlMap& map, const YAML::Node& node, Behaviour& behaviour,
                      const Definitions& definitions) {
  const std::string name = node.IsScalar() ? node.Scalar() : "";
  if (const auto own = definitions.personalities.find(name); own != definitions.personalities.end()) {
    behaviour = own->second;
  } else if (const std::optional<Behaviour> builtin = personality(name)) {
    behaviour = *builtin;
  } else {
    map.error(node, "no personality '" + name +
                        "' is defined above; `rdpsim --personalities` lists the built-in ones");
  }
}

Behaviour read_personality(const YAML::Node& node, const std::string& what, const Definitions& definitions,
                           YamlErrors& errors) {
  Behaviour behaviour;
  YamlMap map(node.IsScalar() ? YAML::Node(YAML::NodeType::Undefined) : node, what, errors);
  if (node.IsScalar()) {
    find_personality(map, node, behaviour, definitions);
    return behaviour;
  }
  const YAML::Node base = map.take("base");
  if (base.IsDefined()) find_personality(map, base, behaviour, definitions);
  read_behaviour(map, behaviour, definitions);
  map.finish();
  return behaviour;
}

}  // namespace rdpwatch::sim
