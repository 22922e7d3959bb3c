#include "daemon/http/fleet_part.hpp"

#include "daemon/http/input_text.hpp"

namespace rdpwatch::http {
namespace {

std::uint64_t fnv1a(std::uint64_t hash, std::string_view text) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

std::uint32_t jump_hash(std::uint64_t key, std::uint32_t buckets) {
  std::int64_t bucket = -1;
  std::int64_t next = 0;
  while (next < static_cast<std::int64_t>(buckets)) {
    bucket = next;
    key = key * 2862933555777941757ULL + 1;
    const double draw = static_cast<double>(1LL << 31) / static_cast<double>((key >> 33) + 1);
    next = static_cast<std::int64_t>(static_cast<double>(bucket + 1) * draw);
  }
  return static_cast<std::uint32_t>(bucket);
}

}  // namespace

std::variant<std::optional<FleetPart>, std::string> fleet_part_of(const std::vector<QueryParameter>& query) {
  const auto part_texts = values_of(query, "part");
  const auto parts_texts = values_of(query, "parts");
  if (part_texts.empty() && parts_texts.empty()) return std::optional<FleetPart>();
  if (part_texts.size() != 1 || parts_texts.size() != 1) {
    return "part and parts go together, each once; allowed: /metrics/targets?part=0&parts=2 and the like, or "
           "neither for all targets";
  }
  const auto parts = whole_number(parts_texts[0], 1, kMostParts);
  if (!parts) {
    return "parts " + quote_input(parts_texts[0]) + " is not allowed; allowed: a whole number from 1 to " +
           std::to_string(kMostParts);
  }
  const auto part = whole_number(part_texts[0], 0, *parts - 1);
  if (!part) {
    return "part " + quote_input(part_texts[0]) + " is not allowed; allowed: a whole number from 0 to " +
           std::to_string(*parts - 1) + ", one less than parts";
  }
  return std::optional(FleetPart{*part, *parts});
}

std::uint32_t part_of(std::string_view target, std::string_view group, std::uint32_t parts) {
  // The byte between them is in neither, so that no two pairs are one text.
  const std::uint64_t hash =
      fnv1a(fnv1a(fnv1a(0xcbf29ce484222325, target), std::string_view("\0", 1)), group);
  return jump_hash(hash, parts);
}

void keep_part(std::vector<fleet::StatePtr>& states, FleetPart part) {
  std::erase_if(states, [part](const fleet::StatePtr& state) {
    return part_of(state->key.target, state->target->group, part.parts) != part.part;
  });
}

std::optional<std::uint64_t> SeriesOfParts::note(FleetPart part, std::uint64_t series) {
  if (part.parts != parts_) series_.clear();
  parts_ = part.parts;
  series_[part.part] = series;
  if (series_.size() < parts_) return std::nullopt;
  std::uint64_t all = 0;
  for (const auto& [number, count] : series_) all += count;
  return all;
}

}  // namespace rdpwatch::http
