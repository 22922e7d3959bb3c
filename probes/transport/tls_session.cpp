#include "probes/transport/tls_session.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <new>
#include <utility>

#include "probes/transport/tls_alerts.hpp"

namespace rdpwatch::transport {
namespace {

using handshake::TlsVersion;

/// Below this strength (1024-bit RSA or DH) OpenSSL's security level 1 refuses.
constexpr int kModernSecurityBits = 80;

TlsVersion version_of(const SSL* ssl) {
  switch (SSL_version(ssl)) {
    case TLS1_VERSION:
      return TlsVersion::tls10;
    case TLS1_1_VERSION:
      return TlsVersion::tls11;
    case TLS1_2_VERSION:
      return TlsVersion::tls12;
  }
  return TlsVersion::tls13;
}

int number_of(TlsVersion version) {
  switch (version) {
    case TlsVersion::tls10:
      return TLS1_VERSION;
    case TlsVersion::tls11:
      return TLS1_1_VERSION;
    case TlsVersion::tls12:
      return TLS1_2_VERSION;
    case TlsVersion::tls13:
      return TLS1_3_VERSION;
  }
  return TLS1_3_VERSION;
}

/// The reasons in OpenSSL's error queue, the first cause first, without its file names and codes.
std::string queued_reasons() {
  std::string text;
  while (const unsigned long error = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(error);
    const std::string piece =
        reason != nullptr ? reason : "OpenSSL error " + std::to_string(ERR_GET_REASON(error));
    if (text.find(piece) == std::string::npos) text += (text.empty() ? "" : ", ") + piece;
  }
  return text;
}

/// OpenSSL reports a received fatal alert as an error whose reason is the alert's number above an offset.
std::optional<std::uint8_t> queued_alert() {
  const unsigned long error = ERR_peek_error();
  const int number = ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET;
  if (ERR_GET_LIB(error) != ERR_LIB_SSL || number < 0 || number > 255) return std::nullopt;
  return static_cast<std::uint8_t>(number);
}

}  // namespace

TlsSession::TlsSession(const TlsContexts& contexts, TlsOffer offer, int fd)
    : contexts_(contexts), profile_(offer.profile), socket_(fd), ssl_(SSL_new(contexts.get(offer.profile))) {
  if (ssl_ == nullptr) throw std::bad_alloc();
  attach(ssl_.get(), observation_);
  BIO* bio = socket_.make_bio().release();
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_connect_state(ssl_.get());
  if (offer.only_version) {
    const int version = number_of(*offer.only_version);
    SSL_set_min_proto_version(ssl_.get(), version);
    SSL_set_max_proto_version(ssl_.get(), version);
  }
  std::string& sni = offer.sni;
  if (!sni.empty() && sni.back() == '.') sni.pop_back();
  if (!sni.empty() && sni.size() <= TLSEXT_MAXLEN_host_name) {
    if (SSL_set_tlsext_host_name(ssl_.get(), sni.c_str()) != 1) throw std::bad_alloc();
  }
}

Progress TlsSession::handshake() {
  if (failed_) return Progress::failed;
  ERR_clear_error();
  socket_.renew_burst();
  return conclude(SSL_do_handshake(ssl_.get()));
}

Progress TlsSession::read(std::span<std::uint8_t> buffer, std::size_t& received) {
  received = 0;
  if (failed_) return Progress::failed;
  ERR_clear_error();
  socket_.renew_burst();
  return conclude(SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &received));
}

Progress TlsSession::write(std::span<const std::uint8_t> bytes, std::size_t& written) {
  written = 0;
  if (failed_) return Progress::failed;
  ERR_clear_error();
  return conclude(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written));
}

Progress TlsSession::shutdown() {
  if (failed_ || SSL_is_init_finished(ssl_.get()) == 0) return Progress::done;
  ERR_clear_error();
  const int result = SSL_shutdown(ssl_.get());
  // 0: ours is sent, the server's has not come, and nobody waits for it.
  return result >= 0 ? Progress::done : conclude(result);
}

Progress TlsSession::conclude(int result) {
  if (result > 0) return Progress::done;
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ) return Progress::want_read;
  if (error == SSL_ERROR_WANT_WRITE) return Progress::want_write;
  return fail(error);
}

Progress TlsSession::fail(int ssl_error) {
  failed_ = true;
  const bool established = SSL_is_init_finished(ssl_.get()) != 0;
  const std::optional<std::uint8_t> alert = queued_alert();
  if (socket_.not_tls()) {
    end_ = {TlsEndKind::not_spoken, std::nullopt, 0, "the answer begins with " + socket_.first_bytes_text()};
  } else if (alert) {
    end_ = {TlsEndKind::alert, alert, 0, "received alert " + describe_alert(*alert)};
  } else if (ssl_error == SSL_ERROR_ZERO_RETURN && established) {
    end_ = {TlsEndKind::io, std::nullopt, 0, "received alert " + describe_alert(SSL_AD_CLOSE_NOTIFY)};
  } else if (ssl_error == SSL_ERROR_ZERO_RETURN) {
    end_ = {TlsEndKind::alert, SSL_AD_CLOSE_NOTIFY, 0,
            "received alert " + describe_alert(SSL_AD_CLOSE_NOTIFY)};
  } else if (ssl_error == SSL_ERROR_SSL) {
    // What the server sent is the cause; that our alert about it met a reset (socket_.error()) is not.
    end_ = {TlsEndKind::protocol_error, std::nullopt, 0, queued_reasons()};
  } else if (socket_.error() != 0) {
    char buffer[128];
    end_ = {TlsEndKind::io, std::nullopt, socket_.error(),
            strerror_r(socket_.error(), buffer, sizeof buffer)};
  } else if (socket_.peer_closed()) {
    end_ = {TlsEndKind::io, std::nullopt, 0, "connection closed by the peer"};
  } else {
    end_ = {TlsEndKind::protocol_error, std::nullopt, 0, queued_reasons()};
  }
  ERR_clear_error();
  return Progress::failed;
}

std::optional<handshake::TlsFacts> TlsSession::facts() const {
  if (SSL_is_init_finished(ssl_.get()) == 0) return std::nullopt;
  handshake::TlsFacts facts;
  facts.version = version_of(ssl_.get());
  facts.cipher = SSL_get_cipher_name(ssl_.get());
  facts.group = group();
  facts.profile = profile_;
  facts.needs_legacy = needs_legacy(facts.version);
  facts.hello_time = hello_time(facts.version);
  return facts;
}

// RFC 5246 section 7.4.1.2: gmt_unix_time, which TLS 1.3 has no more.
std::optional<std::uint32_t> TlsSession::hello_time(TlsVersion version) const {
  std::array<unsigned char, SSL3_RANDOM_SIZE> random{};
  if (version == TlsVersion::tls13) return std::nullopt;
  if (SSL_get_server_random(ssl_.get(), random.data(), random.size()) != random.size()) return std::nullopt;
  return std::uint32_t{random[0]} << 24 | std::uint32_t{random[1]} << 16 | std::uint32_t{random[2]} << 8 |
         std::uint32_t{random[3]};
}

std::string TlsSession::group() const {
  const auto id = static_cast<int>(SSL_get_negotiated_group(ssl_.get()));
  const char* known = id == NID_undef ? nullptr : SSL_group_to_name(ssl_.get(), id);
  std::string text = known == nullptr ? "" : known;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  if (!text.empty()) return text;
  // Before TLS 1.3 a server makes Diffie-Hellman parameters of its own; they have a size but no name.
  EVP_PKEY* key = nullptr;
  if (SSL_get_peer_tmp_key(ssl_.get(), &key) != 1) return {};
  const PkeyPtr owned(key);
  return "dh" + std::to_string(EVP_PKEY_get_bits(key));
}

bool TlsSession::needs_legacy(TlsVersion version) const {
  if (version < TlsVersion::tls12) return true;
  if (!contexts_.modern_offers(*SSL_get_current_cipher(ssl_.get()))) return true;
  if (version == TlsVersion::tls13) return false;
  if (SSL_get_secure_renegotiation_support(ssl_.get()) == 0) return true;
  // Security level 1 takes neither SHA-1 under the key exchange nor short Diffie-Hellman parameters.
  int digest = NID_undef;
  if (SSL_get_peer_signature_nid(ssl_.get(), &digest) == 1 && digest == NID_sha1) return true;
  EVP_PKEY* key = nullptr;
  if (SSL_get_peer_tmp_key(ssl_.get(), &key) != 1) return false;
  const PkeyPtr owned(key);
  return EVP_PKEY_get_security_bits(key) < kModernSecurityBits;
}

}  // namespace rdpwatch::transport
