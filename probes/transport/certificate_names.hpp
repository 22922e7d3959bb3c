#pragma once
// Names in certificates as text: distinguished names, common names, subject alternative names. Valid UTF-8
// without control characters, within the bounds of certificate.hpp, whatever the certificate holds.

#include <openssl/x509.h>

#include <string>
#include <vector>

namespace rdpwatch::transport {

/// RFC 2253 order and escapes, letters outside ASCII as they are.
std::string distinguished_name(const X509_NAME* name);

/// The last CN; empty when there is none.
std::string common_name(const X509_NAME* name);

/// Empty also when the extension can't be decoded.
std::vector<std::string> subject_alternative_names(const X509* certificate);

/// Dotted digits of an object identifier, of at most 80 characters.
std::string dotted_oid(const ASN1_OBJECT* object);

}  // namespace rdpwatch::transport
