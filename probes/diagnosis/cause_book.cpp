#include "probes/diagnosis/cause_book.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace rdpwatch::diagnosis {

// In the source that CMake generates from causes.yml.
extern const std::string_view kCausesYml;

namespace {

// Only a faulty build gets here: the tests load the same text.
[[noreturn]] void refuse(const std::vector<std::string>& errors) {
  std::string message = "the book of causes is at fault";
  for (const std::string& error : errors) message += "\n" + error;
  throw std::logic_error(message);
}

std::vector<Cause> load() {
  ParsedCauses parsed = parse_causes(kCausesYml);
  if (!parsed.errors.empty()) refuse(parsed.errors);
  return std::move(parsed.causes);
}

std::string_view describe_place(Place place, bool on_linux) {
  switch (place) {
    case Place::host:
      return on_linux ? "on the host, if it runs Linux" : "on the host, in an elevated PowerShell";
    case Place::prober:
      return "where rdpwatch runs";
    case Place::client:
      return "at the user's machine";
    case Place::network:
      return "in the network: firewall, gateway, cloud console";
    case Place::directory:
      return "in DNS or Active Directory";
  }
  return "";
}

/// Where the code stands in the cause's list; nothing when it does not.
std::optional<std::size_t> rank_of_code(const Cause& cause, std::string_view label, bool any_extended) {
  for (std::size_t i = 0; i < cause.client_codes.size(); ++i) {
    const std::string_view code = cause.client_codes[i];
    if (code == label) return i;
    if (any_extended && code.starts_with(label) && code.substr(label.size()).starts_with('/')) return i;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(Blame blame) {
  switch (blame) {
    case Blame::host:
      return "host";
    case Blame::path:
      return "path";
    case Blame::name:
      return "name";
    case Blame::client:
      return "client";
    case Blame::prober:
      return "prober";
  }
  return "";
}

std::string_view describe(Blame blame) {
  switch (blame) {
    case Blame::host:
      return "the host";
    case Blame::path:
      return "the network between the prober and the host";
    case Blame::name:
      return "the name: DNS, or what the inventory calls the host";
    case Blame::client:
      return "the user's machine or its network";
    case Blame::prober:
      return "the machine that rdpwatch runs on";
  }
  return "";
}

std::string_view name(Place place) {
  switch (place) {
    case Place::host:
      return "host";
    case Place::prober:
      return "prober";
    case Place::client:
      return "client";
    case Place::network:
      return "network";
    case Place::directory:
      return "directory";
  }
  return "";
}

std::string_view name(Platform platform) {
  switch (platform) {
    case Platform::azure:
      return "azure";
    case Platform::aws:
      return "aws";
    case Platform::hyperv:
      return "hyperv";
    case Platform::physical:
      return "physical";
  }
  return "";
}

std::string_view describe(Platform platform) {
  switch (platform) {
    case Platform::azure:
      return "Azure";
    case Platform::aws:
      return "AWS";
    case Platform::hyperv:
      return "Hyper-V";
    case Platform::physical:
      return "physical machines";
  }
  return "";
}

std::optional<Platform> platform_by_name(std::string_view text) {
  for (const Platform platform : {Platform::azure, Platform::aws, Platform::hyperv, Platform::physical}) {
    if (name(platform) == text) return platform;
  }
  return std::nullopt;
}

std::string_view describe_place(const Check& check) {
  return describe_place(check.where, check.on_linux);
}
std::string_view describe_place(const Fix& fix) {
  return describe_place(fix.where, fix.on_linux);
}

std::string to_label(const Symptom& symptom) {
  return std::string(handshake::name(symptom.phase)) + "/" + std::string(handshake::name(symptom.reason));
}

std::span<const Cause> causes() {
  static const std::vector<Cause> kBook = load();
  return kBook;
}

const Cause* find_cause(std::string_view id) {
  const auto book = causes();
  const auto found = std::ranges::find(book, id, &Cause::id);
  return found == book.end() ? nullptr : &*found;
}

std::vector<const Fix*> fixes_for(const Cause& cause, std::optional<Platform> platform) {
  std::vector<const Fix*> out;
  std::vector<const Fix*> special;
  for (const Fix& fix : cause.fixes) {
    if (fix.platforms.empty()) {
      out.push_back(&fix);
    } else if (!platform) {
      special.push_back(&fix);
    } else if (std::ranges::find(fix.platforms, *platform) != fix.platforms.end()) {
      out.push_back(&fix);
    }
  }
  out.insert(out.end(), special.begin(), special.end());
  return out;
}

std::vector<const Cause*> causes_of_code(std::uint32_t code, std::optional<std::uint32_t> extended) {
  const std::string label = hex_label(code) + (extended ? "/" + hex_label(*extended) : "");
  std::vector<std::pair<std::size_t, const Cause*>> ranked;
  for (const Cause& cause : causes()) {
    const auto rank = rank_of_code(cause, label, !extended);
    if (rank) ranked.emplace_back(*rank, &cause);
  }
  std::ranges::stable_sort(ranked, {}, [](const auto& entry) { return entry.first; });
  std::vector<const Cause*> out;
  for (const auto& [rank, cause] : ranked) out.push_back(cause);
  return out;
}

std::vector<const Cause*> causes_of(Symptom symptom) {
  std::vector<const Cause*> out;
  for (const Cause& cause : causes()) {
    if (std::ranges::find(cause.reasons, symptom) != cause.reasons.end()) out.push_back(&cause);
  }
  return out;
}

}  // namespace rdpwatch::diagnosis
