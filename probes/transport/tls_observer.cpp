#include "probes/transport/tls_observer.hpp"

#include <algorithm>
#include <cstdint>
#include <new>

namespace rdpwatch::transport {
namespace {

/// An index of our own: Asio and others use the application data.
int observation_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

TlsObservation* observation_of(const SSL* ssl) {
  return static_cast<TlsObservation*>(SSL_get_ex_data(ssl, observation_index()));
}

/// The names of RFC 8446 section 4 and RFC 5246 section 7.4 for what a client can send.
std::string_view message_name(std::uint8_t type) {
  switch (type) {
    case SSL3_MT_CLIENT_HELLO:
      return "ClientHello";
    case SSL3_MT_CERTIFICATE:
      return "Certificate";
    case SSL3_MT_CLIENT_KEY_EXCHANGE:
      return "ClientKeyExchange";
    case SSL3_MT_CERTIFICATE_VERIFY:
      return "CertificateVerify";
    case SSL3_MT_FINISHED:
      return "Finished";
    case SSL3_MT_KEY_UPDATE:
      return "KeyUpdate";
  }
  return "handshake message";
}

void on_message(int written, int /*version*/, int content_type, const void* data, std::size_t size, SSL* ssl,
                void* /*argument*/) {
  TlsObservation* observation = observation_of(ssl);
  if (observation == nullptr || content_type != SSL3_RT_HANDSHAKE || size == 0) return;
  const std::uint8_t type = *static_cast<const std::uint8_t*>(data);
  if (written != 0) {
    observation->last_sent = message_name(type);
    observation->last_sent_at = handshake::Clock::now();
  } else if (type == SSL3_MT_SERVER_HELLO) {
    observation->saw_server_hello = true;
  }
}

/// Called when the server's Certificate message came, before any of it is used.
int on_certificate(X509_STORE_CTX* store_context, void* /*argument*/) {
  const auto* ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsObservation* observation = ssl == nullptr ? nullptr : observation_of(ssl);
  STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(store_context);
  if (observation == nullptr || sent == nullptr) return 1;
  try {
    std::vector<X509Ptr> chain;
    const int count = std::min(sk_X509_num(sent), kMaxChainLength);
    chain.reserve(static_cast<std::size_t>(std::max(count, 0)));
    for (int i = 0; i < count; ++i) {
      X509* certificate = sk_X509_value(sent, i);
      X509_up_ref(certificate);
      chain.emplace_back(certificate);
    }
    observation->chain = std::move(chain);
  } catch (const std::bad_alloc&) {
    return 0;  // an exception must not pass through C; the handshake ends
  }
  return 1;
}

}  // namespace

void observe_handshakes(SSL_CTX* context) {
  SSL_CTX_set_msg_callback(context, on_message);
  SSL_CTX_set_cert_verify_callback(context, on_certificate, nullptr);
}

void attach(SSL* ssl, TlsObservation& observation) {
  if (SSL_set_ex_data(ssl, observation_index(), &observation) != 1) throw std::bad_alloc();
}

}  // namespace rdpwatch::transport
