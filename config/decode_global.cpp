#include <filesystem>

#include "config/address.hpp"
#include "config/decode.hpp"
#include "config/labels.hpp"
#include "config/map_reader.hpp"
#include "config/probe_allow.hpp"

namespace rdpwatch::config {

using namespace std::chrono_literals;

namespace {

void decode_confirm(const Node& node, Diagnostics& diagnostics, ConfirmSettings& confirm) {
  MapReader reader(node, "global.confirm", {"attempts", "delay"}, diagnostics);
  reader.read_integer("attempts", 1, 5, confirm.attempts);
  reader.read_duration("delay", 1s, 60s, confirm.delay);
}

void decode_resolver(const Node& node, Diagnostics& diagnostics, ResolverSettings& resolver) {
  MapReader reader(node, "global.resolver", {"nameservers"}, diagnostics);
  for (const PlacedText& server : reader.read_text_list("nameservers", "name servers")) {
    if (is_nameserver(server.text)) {
      resolver.nameservers.push_back(server.text);
    } else {
      Node where;
      where.kind = Node::Kind::scalar;
      where.place = server.place;
      where.text = server.text;
      report_wrong(where, "global.resolver.nameservers", "ip, ip:port or [v6]:port", diagnostics);
    }
  }
}

}  // namespace

std::string absolute_path(const std::string& directory, const std::string& path) {
  return (std::filesystem::path(directory) / path).lexically_normal().string();
}

void read_source_address(MapReader& reader, std::string& out) {
  std::string text;
  reader.read_text("source_address", text);
  if (!text.empty() && !canonical_address(text, out))
    reader.wrong("source_address", "an IP address of this machine or \"\"");
}

void decode_global(const Node& node, Diagnostics& diagnostics, GlobalSettings& global) {
  MapReader reader(
      node, "global",
      {"probe_interval", "probe_timeout", "confirm", "max_in_flight", "max_in_flight_per_subnet",
       "max_connections_per_minute", "max_backoff", "workers", "source_address", "labels", "resolver"},
      diagnostics);
  reader.read_duration("probe_interval", 10s, 24h, global.probe_interval);
  reader.read_duration("probe_timeout", 1s, 50s, global.probe_timeout);
  if (global.probe_interval < global.probe_timeout) {
    diagnostics.add(reader.place(reader.has("probe_interval") ? "probe_interval" : "probe_timeout"),
                    "global: probe_interval is shorter than probe_timeout, allowed: at least as long");
  }
  if (const Node* confirm = reader.find("confirm")) decode_confirm(*confirm, diagnostics, global.confirm);
  reader.read_integer("max_in_flight", 1, 100000, global.max_in_flight);
  reader.read_integer("max_in_flight_per_subnet", 1, 100000, global.max_in_flight_per_subnet);
  reader.read_integer("max_connections_per_minute", 1, 60, global.max_connections_per_minute);
  reader.read_duration_or_zero("max_backoff", 10s, 1h, global.max_backoff);
  reader.read_integer("workers", 1, 64, global.workers);
  read_source_address(reader, global.source_address);
  if (const Node* labels = reader.find("labels")) {
    read_labels(*labels, "global.labels", LabelOrigin::configuration, diagnostics, global.labels);
  }
  if (const Node* resolver = reader.find("resolver"))
    decode_resolver(*resolver, diagnostics, global.resolver);
}

void decode_metrics(const Node& node, Diagnostics& diagnostics, MetricsSettings& metrics) {
  MapReader reader(node, "metrics", {"targets_on_root", "max_series"}, diagnostics);
  reader.read_bool("targets_on_root", metrics.targets_on_root);
  std::int64_t max_series = static_cast<std::int64_t>(metrics.max_series);
  reader.read_integer("max_series", 1000, 1'000'000'000, max_series);
  metrics.max_series = static_cast<std::uint64_t>(max_series);
}

void decode_events(const Node& node, Diagnostics& diagnostics, EventsSettings& events) {
  MapReader reader(node, "events", {"retention", "max"}, diagnostics);
  reader.read_duration("retention", 1h, 3650 * 24h, events.retention);
  reader.read_integer("max", 100, 1'000'000, events.max);
}

void decode_web(const Node& node, Diagnostics& diagnostics, WebSettings& web) {
  MapReader reader(node, "web", {"probe"}, diagnostics);
  const Node* probe = reader.find("probe");
  if (probe == nullptr) return;
  MapReader probe_reader(*probe, "web.probe", {"allow"}, diagnostics);
  std::size_t index = 0;
  for (const PlacedText& entry : probe_reader.read_text_list("allow", "texts")) {
    ProbeAllow allow;
    std::string why;
    if (parse_probe_allow(entry.text, allow, why)) {
      web.probe_allow.push_back(entry.text);
    } else {
      diagnostics.add(entry.place, "web.probe.allow[" + std::to_string(index) + "]: " + why);
    }
    ++index;
  }
}

}  // namespace rdpwatch::config
