#include "tests/sim/certificate.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include "tests/sim/certificate_builder.hpp"

namespace rdpwatch::sim {

namespace {

constexpr std::array<std::string_view, 7> kKeys{"rsa1024", "rsa2048", "rsa3072", "rsa4096",
                                                "ec256",   "ec384",   "ec521"};
constexpr std::array<std::string_view, 5> kDigests{"md5", "sha1", "sha256", "sha384", "sha512"};
// A scenario for all of 127.0.0.0/8 with a certificate for each address must not eat the machine. A
// certificate takes about 3 KiB; beyond this many all are forgotten and made anew when they are asked for.
constexpr std::size_t kMaxCertificates = 50000;

std::string replace(std::string text, std::string_view what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

CertificateSpec expanded(CertificateSpec spec, const std::string& address) {
  spec.common_name = expand(spec.common_name, address);
  for (std::string& san : spec.sans) san = expand(san, address);
  return spec;
}

template <typename List>
std::string one_of(const List& list) {
  std::string text;
  for (const std::string_view item : list) text += (text.empty() ? "" : ", ") + std::string(item);
  return text;
}

void put(std::ostream& out, const std::string& text) {
  out << text.size() << ':' << text;
}

void put(std::ostream& out, const std::vector<std::string>& list) {
  out << list.size() << '[';
  for (const std::string& item : list) put(out, item);
}

void put(std::ostream& out, const std::optional<std::int64_t>& number) {
  out << '|';
  if (number) out << *number;
}

/// One key of each kind for the whole process: making an RSA key takes longer than most tests.
std::shared_ptr<EVP_PKEY> shared_key(const std::string& kind) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<EVP_PKEY>> keys;
  const std::lock_guard lock(mutex);
  std::shared_ptr<EVP_PKEY>& key = keys[kind];
  if (!key) key = make_key(kind);
  return key;
}

/// All that makes two certificates the same one, as a key.
std::string identity(const CertificateSpec& spec, std::uint64_t issuer_generation) {
  std::ostringstream out;
  for (const std::string& text : {spec.common_name, spec.key, spec.digest, spec.issuer}) put(out, text);
  for (const auto& list : {spec.sans, spec.eku, spec.key_usage}) put(out, list);
  for (const auto& number : {spec.not_before, spec.not_after, spec.serial}) put(out, number);
  out << '|' << spec.days_left << '|' << spec.send_chain << '|' << issuer_generation;
  return out.str();
}

}  // namespace

std::string expand(const std::string& text, const std::string& address) {
  std::string host = address;
  std::replace_if(
      host.begin(), host.end(), [](char c) { return c == '.' || c == ':'; }, '-');
  return replace(replace(text, "{address}", address), "{host}", host);
}

bool is_templated(const CertificateSpec& spec) {
  return expanded(spec, "127.0.0.1") != spec;
}

std::string complaint_about_key(const std::string& key) {
  const std::size_t slash = key.find('/');
  const bool known = std::find(kKeys.begin(), kKeys.end(), key.substr(0, slash)) != kKeys.end();
  if (known && (slash == std::string::npos || (slash + 1 < key.size() && key.size() <= 64))) return "";
  return "'" + key + "' is no kind of key; allowed: " + one_of(kKeys) +
         ", each also with /NAME behind it for a key of its own";
}

std::string complaint_about_digest(const std::string& digest) {
  if (std::find(kDigests.begin(), kDigests.end(), digest) != kDigests.end()) return "";
  return "'" + digest + "' is no digest; allowed: " + one_of(kDigests);
}

const CertificateStore::Authority& CertificateStore::find_authority(const std::string& name,
                                                                    const AuthoritySpec& spec) {
  Authority& authority = authorities_[name];
  if (!authority.certificate || authority.spec != spec) {
    // A key of its own: an authority that shared a host's key would make that host's certificate self-signed.
    const std::shared_ptr<EVP_PKEY> own_key = shared_key(spec.key + "/authority " + name);
    std::shared_ptr<X509> certificate(build_authority(spec, own_key.get()));
    if (!spec.file.empty()) write_pem(certificate.get(), spec.file);
    authority = Authority{spec, own_key, certificate, ++generation_};
  }
  return authority;
}

std::shared_ptr<X509> CertificateStore::authority(const std::string& name, const AuthoritySpec& spec) {
  const std::lock_guard lock(mutex_);
  return find_authority(name, spec).certificate;
}

std::shared_ptr<const Credentials> CertificateStore::get(
    const CertificateSpec& spec, const std::map<std::string, AuthoritySpec>& authorities,
    const std::string& address) {
  const CertificateSpec own = expanded(spec, address);

  const std::lock_guard lock(mutex_);
  const Authority* issuer =
      own.issuer.empty() ? nullptr : &find_authority(own.issuer, authorities.at(own.issuer));
  const std::string id = identity(own, issuer != nullptr ? issuer->generation : 0);
  if (const auto found = certificates_.find(id); found != certificates_.end()) return found->second;
  auto credentials = std::make_shared<Credentials>();
  credentials->key = shared_key(own.key);
  credentials->certificate =
      build_certificate(own, credentials->key.get(), issuer != nullptr ? issuer->certificate.get() : nullptr,
                        issuer != nullptr ? issuer->key.get() : nullptr);
  if (issuer != nullptr && own.send_chain) credentials->chain = issuer->certificate;
  if (certificates_.size() >= kMaxCertificates) certificates_.clear();
  certificates_[id] = credentials;
  return credentials;
}

}  // namespace rdpwatch::sim
