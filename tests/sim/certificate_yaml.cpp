#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <limits>

#include "tests/sim/behaviour_yaml.hpp"
#include "tests/sim/certificate.hpp"

namespace rdpwatch::sim {

namespace {

constexpr std::size_t kMaxCommonName = 64;  // X.520: ub-common-name
constexpr std::size_t kMaxSan = 255;
constexpr std::array<std::string_view, 7> kEku{"serverAuth",         "clientAuth",   "codeSigning",
                                               "emailProtection",    "timeStamping", "OCSPSigning",
                                               "anyExtendedKeyUsage"};
constexpr std::array<std::string_view, 7> kKeyUsage{"digitalSignature", "nonRepudiation", "keyEncipherment",
                                                    "dataEncipherment", "keyAgreement",   "keyCertSign",
                                                    "cRLSign"};

bool is_oid(const std::string& text) {
  return text.find('.') != std::string::npos && text.find_first_not_of("0123456789.") == std::string::npos &&
         text.find("..") == std::string::npos && text.front() != '.' && text.back() != '.';
}

template <typename List>
bool contains(const List& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

template <typename List>
std::string joined(const List& list) {
  std::string text;
  for (const std::string_view item : list) text += (text.empty() ? "" : ", ") + std::string(item);
  return text;
}

/// "2026-11-30" or "2026-11-30T08:00:00Z"
std::optional<std::int64_t> date_in(const std::string& text) {
  std::tm parts{};
  int used = 0;
  int fields =
      std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &used);
  if (fields != 3) return std::nullopt;
  if (used == 10 && text.size() == 20 && text[10] == 'T' && text[19] == 'Z') {
    fields = std::sscanf(text.c_str() + 11, "%2d:%2d:%2d", &parts.tm_hour, &parts.tm_min, &parts.tm_sec);
    if (fields != 3) return std::nullopt;
  } else if (used != 10 || text.size() != 10) {
    return std::nullopt;
  }
  const std::tm asked = parts;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  const std::time_t time = timegm(&parts);
  // timegm turns the 31st of June into the 1st of July; a date that changes is none.
  if (parts.tm_mday != asked.tm_mday || parts.tm_mon + 1 != asked.tm_mon || parts.tm_hour != asked.tm_hour ||
      parts.tm_min != asked.tm_min || parts.tm_sec != asked.tm_sec) {
    return std::nullopt;
  }
  return time;
}

void read_date(YamlMap& map, std::string_view key, std::optional<std::int64_t>& value) {
  const YAML::Node node = map.take(key);
  if (!node.IsDefined()) return;
  std::string text;
  map.read(key, text);
  value = date_in(text);
  if (!value)
    map.error(node,
              std::string(key) + ": '" + text + "' is not a date such as 2026-11-30 or 2026-11-30T08:00:00Z");
}

void read_usages(YamlMap& map, CertificateSpec& certificate) {
  const YAML::Node eku = map.take("eku");
  map.read_list("eku", certificate.eku);
  for (const std::string& name : certificate.eku) {
    if (!contains(kEku, name) && !is_oid(name))
      map.error(eku, "eku: '" + name + "' is not an OID or one of " + joined(kEku));
  }
  const YAML::Node key_usage = map.take("key_usage");
  map.read_list("key_usage", certificate.key_usage);
  for (const std::string& name : certificate.key_usage) {
    if (!contains(kKeyUsage, name))
      map.error(key_usage, "key_usage: '" + name + "' is not one of " + joined(kKeyUsage));
  }
}

void read_names(YamlMap& map, CertificateSpec& certificate) {
  constexpr const char* kLongAddress = "127.100.100.100";
  const YAML::Node common_name = map.take("common_name");
  map.read("common_name", certificate.common_name);
  if (expand(certificate.common_name, kLongAddress).size() > kMaxCommonName) {
    map.error(common_name, "common_name: longer than 64 bytes, an address filled in");
  }
  const YAML::Node sans = map.take("sans");
  map.read_list("sans", certificate.sans);
  for (const std::string& san : certificate.sans) {
    const bool ascii = std::all_of(san.begin(), san.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (san.empty() || !ascii || expand(san, kLongAddress).size() > kMaxSan) {
      map.error(sans, "sans: '" + san + "' is not a name or address of 1 to 255 ASCII characters");
    }
  }
}

}  // namespace

void read_certificate(YamlMap& map, CertificateSpec& certificate, const Definitions& definitions) {
  read_names(map, certificate);
  const YAML::Node key = map.take("key");
  map.read("key", certificate.key);
  if (const std::string complaint = complaint_about_key(certificate.key); !complaint.empty())
    map.error(key, "key: " + complaint);
  const YAML::Node digest = map.take("digest");
  map.read("digest", certificate.digest);
  if (const std::string complaint = complaint_about_digest(certificate.digest); !complaint.empty()) {
    map.error(digest, "digest: " + complaint);
  }
  map.read_number("days_left", certificate.days_left, -36500, 36500);
  read_date(map, "not_before", certificate.not_before);
  read_date(map, "not_after", certificate.not_after);
  if (map.take("serial").IsDefined()) {
    std::int64_t serial = 0;
    map.read_integer("serial", serial, std::numeric_limits<std::int64_t>::min() + 1,
                     std::numeric_limits<std::int64_t>::max());
    certificate.serial = serial;
  }
  read_usages(map, certificate);
  const YAML::Node issuer = map.take("issuer");
  map.read("issuer", certificate.issuer);
  if (issuer.IsDefined() && !certificate.issuer.empty() &&
      !definitions.authorities.contains(certificate.issuer)) {
    std::string known;
    for (const auto& [name, authority] : definitions.authorities) known += (known.empty() ? "" : ", ") + name;
    map.error(issuer, "issuer: '" + certificate.issuer +
                          "' is not defined; known: " + (known.empty() ? "none" : known));
    certificate.issuer.clear();
  }
  map.read("send_chain", certificate.send_chain);
}

}  // namespace rdpwatch::sim
