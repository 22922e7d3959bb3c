#include <charconv>

#include "tests/sim/behaviour_yaml.hpp"

namespace rdpwatch::sim {

namespace {

constexpr std::pair<std::string_view, std::uint32_t> kProtocols[] = {{"rdp", kProtocolRdp},
                                                                     {"ssl", kProtocolSsl},
                                                                     {"hybrid", kProtocolHybrid},
                                                                     {"rdstls", kProtocolRdstls},
                                                                     {"hybrid_ex", kProtocolHybridEx}};

std::optional<std::uint32_t> protocol_in(const std::string& text) {
  for (const auto& [name, protocol] : kProtocols) {
    if (name == text) return protocol;
  }
  const bool hex = text.starts_with("0x");
  std::uint32_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data() + (hex ? 2 : 0), text.data() + text.size(), number, hex ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

constexpr std::string_view kAllowed = "rdp, ssl, hybrid, rdstls, hybrid_ex or a 32-bit number";

void read_protocols(YamlMap& map, std::string_view key, std::vector<std::uint32_t>& protocols) {
  const YAML::Node node = map.take(key);
  if (!node.IsDefined()) return;
  std::vector<std::string> texts;
  map.read_list(key, texts);
  protocols.clear();
  for (const std::string& text : texts) {
    const std::optional<std::uint32_t> protocol = protocol_in(text);
    if (!protocol) map.error(node, std::string(key) + ": '" + text + "' is not " + std::string(kAllowed));
    protocols.push_back(protocol.value_or(0));
  }
}

void read_failures(YamlMap& parent, std::vector<NegotiationFailure>& failures) {
  const YAML::Node list = parent.take("failures");
  if (!list.IsDefined()) return;
  failures.clear();
  if (!list.IsSequence()) {
    parent.error(list, "failures: expected a list such as [{code: 5, unless: [hybrid]}]");
    return;
  }
  for (const YAML::Node& item : list) {
    YamlMap map(item, parent.what() + ": failures", parent.errors());
    NegotiationFailure failure;
    map.read_integer("code", failure.code, 0, 0xFFFFFFFF);
    read_protocols(map, "unless", failure.unless);
    map.finish();
    failures.push_back(std::move(failure));
  }
}

}  // namespace

void read_negotiation(YamlMap& parent, Negotiation& negotiation) {
  YamlMap map(parent.take("negotiation"), parent.what() + ": negotiation", parent.errors());
  const YAML::Node select = map.take("select");
  std::string text;
  map.read("select", text);
  if (text == "strongest") {
    negotiation.select.reset();
  } else if (!text.empty()) {
    const std::optional<std::uint32_t> protocol = protocol_in(text);
    if (!protocol) map.error(select, "select: '" + text + "' is not strongest, " + std::string(kAllowed));
    negotiation.select = protocol;
  }
  map.read_integer("flags", negotiation.flags, 0, 255);
  map.read("omit_data", negotiation.omit_data);
  read_failures(map, negotiation.failures);
  map.read_integer("source_reference", negotiation.source_reference, 0, 65535);
  map.read_integer("chunk", negotiation.chunk, 0, 65535);
  map.read("chunk_delay", negotiation.chunk_delay);
  read_protocols(map, "drop", negotiation.drop);
  if (map.take("drop_above").IsDefined()) {
    std::uint32_t most = 0;
    map.read_integer("drop_above", most, 0, 0xFFFFFFFF);
    negotiation.drop_above = most;
  }
  map.finish();
}

}  // namespace rdpwatch::sim
