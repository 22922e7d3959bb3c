#pragma once
// What is wrong with a server's certificate. It is judged after the handshake and never ends one.

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "probes/handshake/probe_result.hpp"
#include "probes/transport/openssl_ptr.hpp"

namespace rdpwatch::transport {

/// What a certificate is held against.
struct Expectation {
  std::chrono::system_clock::time_point now;
  /// Host name (a trailing dot does not count) or address literal without brackets; empty: not judged.
  std::string name;
  X509_STORE* trust_store = nullptr;  ///< null: trust is not judged
  std::span<const X509Ptr> chain;     ///< what the server sent, to build a path from
};

/// The leaf's problems in the enum's order. `facts` are certificate_facts(leaf).
/// `untrusted` is about the path and the authorities' dates; the leaf's own dates are `expired` and
/// `not_yet_valid`. `name_mismatch` follows RFC 6125 on DNS names; the CN counts when there is no DNS name,
/// as in the certificates that Windows signs itself. An address must be among the IP names. `weak_key`: RSA
/// and DSA below 2048 bits, EC below 224. `weak_signature`: MD2, MD4, MD5, SHA-1, self-signed or not.
/// `no_server_auth_eku`: there is an extended key usage without serverAuth, any usage or Remote Desktop
/// Authentication.
std::vector<handshake::CertificateProblem> judge(X509* leaf, const handshake::CertificateFacts& facts,
                                                 const Expectation& expectation);

}  // namespace rdpwatch::transport
