#include <algorithm>
#include <array>

#include "config/address.hpp"
#include "config/decode.hpp"
#include "config/decode_web_config.hpp"
#include "config/map_reader.hpp"
#include "config/pem.hpp"
#include "config/read_file.hpp"
#include "config/text.hpp"
#include "config/tls_names.hpp"

namespace rdpwatch::config {

namespace {

constexpr std::size_t kLargestPem = 1u << 20;
constexpr std::size_t kMostNames = 1000;

struct ClientAuthName {
  std::string_view name;
  ClientAuth value;
};
constexpr std::array<ClientAuthName, 6> kClientAuth = {
    {{"NoClientCert", ClientAuth::none},
     {"RequestClientCert", ClientAuth::request},
     {"RequireAnyClientCert", ClientAuth::require_any},
     {"RequireClientCert", ClientAuth::require_any},
     {"VerifyClientCertIfGiven", ClientAuth::verify_if_given},
     {"RequireAndVerifyClientCert", ClientAuth::require_verified}}};

struct VersionName {
  std::string_view name;
  TlsVersion value;
};
constexpr std::array<VersionName, 4> kVersions = {{{"TLS10", TlsVersion::tls10},
                                                   {"TLS11", TlsVersion::tls11},
                                                   {"TLS12", TlsVersion::tls12},
                                                   {"TLS13", TlsVersion::tls13}}};

/// A word out of a table of names and values.
template <class Table, class Value>
void read_word(MapReader& reader, const std::string& key, const Table& table, Value& out) {
  if (!reader.has(key)) return;
  std::string word;
  reader.read_text(key, word);
  if (reader.find(key)->kind != Node::Kind::scalar) return;
  std::vector<std::string> names;
  for (const auto& row : table) {
    names.emplace_back(row.name);
    if (row.name != word) continue;
    out = row.value;
    return;
  }
  reader.wrong(key, "one of " + joined(names));
}

class TlsDecoder {
 public:
  TlsDecoder(const Node& node, const std::string& directory, Diagnostics& diagnostics,
             std::vector<FileStamp>& sources)
      : reader_(node, "tls_server_config",
                {"cert", "cert_file", "key", "key_file", "client_ca", "client_ca_file", "client_auth_type",
                 "client_allowed_sans", "min_version", "max_version", "cipher_suites",
                 "prefer_server_cipher_suites", "curve_preferences"},
                diagnostics),
        directory_(directory),
        diagnostics_(diagnostics),
        sources_(sources) {}

  void decode(WebTlsSettings& tls) {
    if (!reader_.is_mapping()) return;
    read_pair(tls);
    read_pem("client_ca", fault_of_certificates, tls.policy.client_ca);
    read_word(reader_, "client_auth_type", kClientAuth, tls.policy.client_auth);
    read_sans(tls.policy.client_allowed_sans);
    check_clients(tls.policy);
    read_word(reader_, "min_version", kVersions, tls.policy.min_version);
    read_word(reader_, "max_version", kVersions, tls.policy.max_version);
    reader_.read_bool("prefer_server_cipher_suites", tls.policy.prefer_server_cipher_suites);
    read_suites(tls.policy);
    for (const TlsName* curve : read_names("curve_preferences", "curves", curve_names()))
      tls.policy.curves.emplace_back(curve->openssl);
    if (tls.policy.min_version > tls.policy.max_version) {
      fault_at(
          reader_.has("min_version") ? "min_version" : "max_version",
          "min_version is above max_version, allowed: at most as high (without the keys: TLS12 and TLS13)");
    }
  }

 private:
  void fault_at(std::string_view key, const std::string& message) {
    diagnostics_.add(reader_.place(key), "tls_server_config: " + message);
  }

  void read_pair(WebTlsSettings& tls) {
    const bool has_certificate = read_pem("cert", fault_of_certificates, tls.certificate);
    const bool has_key = read_pem("key", fault_of_key, tls.key);
    if (!reader_.has("cert") && !reader_.has("cert_file"))
      fault_at("", "the certificate is missing, allowed: cert or cert_file");
    if (!reader_.has("key") && !reader_.has("key_file"))
      fault_at("", "the private key is missing, allowed: key or key_file");
    if (has_certificate && has_key && !belong_together(tls.certificate, tls.key)) {
      fault_at(
          reader_.has("key") ? "key" : "key_file",
          "the key does not belong to the certificate, allowed: the key of the file's first certificate");
    }
  }

  /// A PEM text under `key`, or in the file under `key`_file. Whether there is one without fault.
  bool read_pem(const std::string& key, std::string (*fault_of)(const std::string&), std::string& out) {
    const std::string file_key = key + "_file";
    if (reader_.has(key) && reader_.has(file_key)) {
      fault_at(file_key, "both " + key + " and " + file_key + " are there, allowed: one of them");
      return false;
    }
    const bool is_inline = reader_.has(key);
    if (!is_inline && !reader_.has(file_key)) return false;
    std::string fault;
    if (is_inline) {
      const Node& value = *reader_.find(key);
      if (value.kind == Node::Kind::refused) return false;
      if (value.kind == Node::Kind::scalar) out = value.text;
      fault = fault_of(out);
    } else {
      fault = read_pem_file(file_key, fault_of, out);
    }
    if (fault.empty()) return !out.empty();
    // The text itself is not shown: it may be a key.
    const std::string& where = is_inline ? key : file_key;
    diagnostics_.add(reader_.place(where), reader_.path(where) + ": " + fault);
    return false;
  }

  /// What is wrong with the file; empty, with nothing read, when that was reported already.
  std::string read_pem_file(const std::string& key, std::string (*fault_of)(const std::string&),
                            std::string& out) {
    std::string name, why;
    reader_.read_text(key, name);
    if (name.empty()) {
      if (reader_.find(key)->kind == Node::Kind::scalar) reader_.wrong(key, "the path of a file in PEM form");
      return "";
    }
    const std::string path = absolute_path(directory_, name);
    sources_.push_back(stamp_of(path));
    if (!read_file(path, out, why)) return quoted(path) + " " + why;
    if (out.size() > kLargestPem) return quoted(path) + " is larger than 1 MiB, allowed: at most 1 MiB";
    const std::string fault = fault_of(out);
    return fault.empty() ? "" : quoted(path) + " " + fault;
  }

  void read_sans(std::vector<std::string>& sans) {
    for (const PlacedText& san : reader_.read_text_list("client_allowed_sans", "names")) {
      std::string canonical;
      if (san.text.empty()) {
        diagnostics_.add(san.place,
                         "tls_server_config.client_allowed_sans: must be a DNS name, an e-mail address, "
                         "an IP address or a URI, not ''");
      }
      sans.push_back(canonical_address(san.text, canonical) ? canonical : san.text);
    }
    if (sans.size() > kMostNames) reader_.wrong("client_allowed_sans", "a list of at most 1000 names");
  }

  void check_clients(const WebTlsPolicy& policy) {
    const bool has_ca = reader_.has("client_ca") || reader_.has("client_ca_file");
    const bool verifies = policy.client_auth == ClientAuth::verify_if_given ||
                          policy.client_auth == ClientAuth::require_verified;
    const std::string ca_key = reader_.has("client_ca") ? "client_ca" : "client_ca_file";
    if (has_ca && policy.client_auth == ClientAuth::none) {
      fault_at(ca_key, ca_key +
                           " has no effect without client_auth_type, allowed with it: "
                           "VerifyClientCertIfGiven, RequireAndVerifyClientCert");
    } else if (has_ca && !verifies) {
      fault_at(ca_key, ca_key +
                           " has no effect with a client_auth_type that verifies nothing, allowed with it: "
                           "VerifyClientCertIfGiven, RequireAndVerifyClientCert");
    }
    if (verifies && !has_ca) {
      fault_at("client_auth_type",
               "client_auth_type verifies certificates and needs their CA, allowed: client_ca "
               "or client_ca_file");
    }
    if (reader_.has("client_allowed_sans") && !verifies) {
      fault_at("client_allowed_sans",
               "client_allowed_sans needs certificates that are verified, allowed with it: client_auth_type "
               "VerifyClientCertIfGiven, RequireAndVerifyClientCert");
    }
  }

  std::vector<const TlsName*> read_names(const std::string& key, const std::string& what,
                                         const std::vector<TlsName>& table) {
    std::vector<const TlsName*> rows;
    for (const PlacedText& word : reader_.read_text_list(key, what)) {
      const TlsName* row = find_tls_name(table, word.text);
      if (row == nullptr) {
        diagnostics_.add(word.place, reader_.path(key) + ": unknown name " + quoted(word.text) +
                                         did_you_mean(word.text, go_names(table)) +
                                         ", allowed: " + joined(go_names(table)));
      } else if (std::find(rows.begin(), rows.end(), row) == rows.end()) {
        rows.push_back(row);
      }
    }
    return rows;
  }

  void read_suites(WebTlsPolicy& policy) {
    const std::vector<const TlsName*> rows =
        read_names("cipher_suites", "cipher suites", cipher_suite_names());
    for (const TlsName* row : rows) {
      if (!row->tls13) policy.cipher_suites.emplace_back(row->openssl);
    }
    // TLS 1.3 chooses among its own suites; without one for the older versions there are no older versions.
    if (rows.empty() || !policy.cipher_suites.empty()) return;
    if (policy.max_version < TlsVersion::tls13) {
      fault_at("cipher_suites",
               "every suite is of TLS 1.3 and max_version is below it, allowed: a suite of TLS 1.2");
    } else {
      policy.min_version = TlsVersion::tls13;
    }
  }

  MapReader reader_;
  const std::string& directory_;
  Diagnostics& diagnostics_;
  std::vector<FileStamp>& sources_;
};

}  // namespace

void decode_web_tls(const Node& node, const std::string& directory, Diagnostics& diagnostics,
                    WebTlsSettings& tls, std::vector<FileStamp>& sources) {
  TlsDecoder(node, directory, diagnostics, sources).decode(tls);
}

}  // namespace rdpwatch::config
