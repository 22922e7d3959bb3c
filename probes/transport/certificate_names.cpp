#include "probes/transport/certificate_names.hpp"

#include <arpa/inet.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <new>

#include "probes/transport/certificate.hpp"
#include "probes/transport/safe_text.hpp"

namespace rdpwatch::transport {
namespace {

using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, OpensslDeleter<GENERAL_NAMES_free>>;

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// The string as UTF-8 when its type says how to read it, else its bytes.
std::string text_of(const ASN1_STRING* value, std::size_t max_bytes) {
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, value);
  if (size < 0) return safe_utf8(bytes_of(value), max_bytes);
  std::string text = safe_utf8({reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size)}, max_bytes);
  OPENSSL_free(utf8);
  return text;
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  const std::string_view bytes = bytes_of(address);
  char text[INET6_ADDRSTRLEN] = {};
  const bool v4 = bytes.size() == 4;
  if (v4 || bytes.size() == 16) return inet_ntop(v4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof text);
  const std::string_view kept = bytes.substr(0, kMaxSanBytes / 2);
  return lower_hex({reinterpret_cast<const std::uint8_t*>(kept.data()), kept.size()});
}

std::string general_name_text(const GENERAL_NAME* name) {
  switch (name->type) {
    case GEN_DNS:
      return "DNS:" + safe_utf8(bytes_of(name->d.dNSName), kMaxSanBytes);
    case GEN_IPADD:
      return "IP:" + address_text(name->d.iPAddress);
    case GEN_EMAIL:
      return "email:" + safe_utf8(bytes_of(name->d.rfc822Name), kMaxSanBytes);
    case GEN_URI:
      return "URI:" + safe_utf8(bytes_of(name->d.uniformResourceIdentifier), kMaxSanBytes);
    case GEN_DIRNAME:
      return "DirName:" + safe_utf8(distinguished_name(name->d.directoryName), kMaxSanBytes);
    case GEN_RID:
      return "RID:" + dotted_oid(name->d.registeredID);
    case GEN_OTHERNAME:
      return "othername:" + dotted_oid(name->d.otherName->type_id);
    case GEN_X400:
      return "X400Name";
    case GEN_EDIPARTY:
      return "EdiPartyName";
  }
  return "unknown";
}

}  // namespace

std::string distinguished_name(const X509_NAME* name) {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr) throw std::bad_alloc();
  // Letters outside ASCII stay readable: ESC_MSB would turn each of their bytes into an escape. Printing
  // can't fail: strings whose bytes contradict their type end the certificate's decoding already.
  X509_NAME_print_ex(memory.get(), name, 0,
                     XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return safe_utf8({data, static_cast<std::size_t>(size)}, kMaxNameBytes);
}

std::string common_name(const X509_NAME* name) {
  int last = -1;
  for (int i = -1; (i = X509_NAME_get_index_by_NID(name, NID_commonName, i)) >= 0;) last = i;
  if (last < 0) return {};
  return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)), kMaxNameBytes);
}

std::vector<std::string> subject_alternative_names(const X509* certificate) {
  // The first extension of the kind, should there be two: X509_get_ext_d2i would give neither.
  const int index = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
  if (index < 0) return {};
  const GeneralNamesPtr names(static_cast<GENERAL_NAMES*>(X509V3_EXT_d2i(X509_get_ext(certificate, index))));
  if (names == nullptr) return {};
  std::vector<std::string> texts;
  const int count = std::min(sk_GENERAL_NAME_num(names.get()), static_cast<int>(kMaxSans));
  texts.reserve(static_cast<std::size_t>(std::max(count, 0)));
  for (int i = 0; i < count; ++i) texts.push_back(general_name_text(sk_GENERAL_NAME_value(names.get(), i)));
  return texts;
}

std::string dotted_oid(const ASN1_OBJECT* object) {
  char text[81] = {};
  OBJ_obj2txt(text, sizeof text, object, 1);
  return text;
}

}  // namespace rdpwatch::transport
