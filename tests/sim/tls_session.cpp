#include "tests/sim/tls_session.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>

#include "tests/sim/certificate_builder.hpp"

namespace rdpwatch::sim {

namespace {

/// Where a session is found from its SSL object.
int session_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::string version_name(unsigned version) {
  switch (version) {
    case TLS1_VERSION:
      return "TLSv1";
    case TLS1_1_VERSION:
      return "TLSv1.1";
    case TLS1_2_VERSION:
      return "TLSv1.2";
    case TLS1_3_VERSION:
      return "TLSv1.3";
    default:
      return "";
  }
}

std::span<const unsigned char> extension(SSL* ssl, unsigned type) {
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, type, &data, &size) != 1) return {};
  return {data, size};
}

// RFC 6066 section 3: list length, type 0, name length, name.
std::string server_name(SSL* ssl) {
  const std::span<const unsigned char> data = extension(ssl, TLSEXT_TYPE_server_name);
  if (data.size() < 5 || data[2] != TLSEXT_NAMETYPE_host_name) return "";
  const std::size_t size = std::size_t{data[3]} * 256 + data[4];
  if (size > data.size() - 5) return "";
  return std::string(reinterpret_cast<const char*>(data.data()) + 5, size);
}

// RFC 8446 section 4.2.1: a length of one byte, then the versions.
std::vector<int> listed_versions(SSL* ssl) {
  std::vector<int> versions;
  const std::span<const unsigned char> data = extension(ssl, TLSEXT_TYPE_supported_versions);
  for (std::size_t i = 1; i + 1 < data.size(); i += 2) {
    const unsigned version = unsigned{data[i]} * 256 + data[i + 1];
    if (!version_name(version).empty()) versions.push_back(static_cast<int>(version));
  }
  return versions;
}

}  // namespace

int number(TlsVersion version) {
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
  return 0;
}

bool ClientHello::offers(TlsVersion min, TlsVersion max) const {
  if (listed.empty()) return max_number >= number(min);
  return std::any_of(listed.begin(), listed.end(),
                     [&](int version) { return version >= number(min) && version <= number(max); });
}

SslContextPtr make_tls_context(const TlsSpec& spec) {
  SslContextPtr context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (!context) throw_openssl("no TLS context");
  SSL_CTX* ctx = context.get();
  // Level 0: a simulated host may be as weak as it likes.
  SSL_CTX_set_security_level(ctx, 0);
  SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(ctx, static_cast<std::size_t>(spec.tickets));
  SSL_CTX_set_dh_auto(ctx, 1);
  SSL_CTX_set_client_hello_cb(ctx, &TlsSession::on_client_hello, nullptr);
  if (SSL_CTX_set_min_proto_version(ctx, number(spec.min_version)) != 1 ||
      SSL_CTX_set_max_proto_version(ctx, number(spec.max_version)) != 1) {
    throw_openssl("the TLS versions can't be used");
  }
  if (SSL_CTX_set_cipher_list(ctx, (spec.ciphers + ":@SECLEVEL=0").c_str()) != 1) {
    throw_openssl("the ciphers '" + spec.ciphers + "' can't be used");
  }
  if (!spec.groups.empty() && SSL_CTX_set1_groups_list(ctx, spec.groups.c_str()) != 1) {
    throw_openssl("the groups '" + spec.groups + "' can't be used");
  }
  return context;
}

TlsSession::TlsSession(SSL_CTX* context, const Credentials* credentials) : ssl_(SSL_new(context)) {
  in_ = BIO_new(BIO_s_mem());
  out_ = BIO_new(BIO_s_mem());
  if (!ssl_ || in_ == nullptr || out_ == nullptr) throw_openssl("no TLS session");
  SSL_set_bio(ssl_.get(), in_, out_);
  SSL_set_ex_data(ssl_.get(), session_index(), this);
  SSL_set_accept_state(ssl_.get());
  if (credentials == nullptr) return;
  if (SSL_use_certificate(ssl_.get(), credentials->certificate.get()) != 1 ||
      SSL_use_PrivateKey(ssl_.get(), credentials->key.get()) != 1 ||
      (credentials->chain && SSL_add1_chain_cert(ssl_.get(), credentials->chain.get()) != 1)) {
    throw_openssl("the certificate can't be used");
  }
}

int TlsSession::on_client_hello(SSL* ssl, int* /*alert*/, void* /*arg*/) {
  auto* session = static_cast<TlsSession*>(SSL_get_ex_data(ssl, session_index()));
  if (session->paused_) return SSL_CLIENT_HELLO_SUCCESS;
  session->paused_ = true;
  ClientHello& hello = session->hello_;
  hello.server_name = server_name(ssl);
  hello.listed = listed_versions(ssl);
  // The list, if there is one, overrules the version in the message.
  hello.max_number = static_cast<int>(SSL_client_hello_get0_legacy_version(ssl));
  for (const int version : hello.listed) hello.max_number = std::max(hello.max_number, version);
  hello.max_version = version_name(static_cast<unsigned>(hello.max_number));
  return SSL_CLIENT_HELLO_RETRY;
}

void TlsSession::feed(std::span<const std::uint8_t> bytes) {
  BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
}

TlsProgress TlsSession::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return TlsProgress::established;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return TlsProgress::want_bytes;
    case SSL_ERROR_WANT_CLIENT_HELLO_CB:
      return TlsProgress::client_hello;
    default:
      remember_error();
      return TlsProgress::failed;
  }
}

TlsInput TlsSession::read(Bytes& data) {
  ERR_clear_error();
  std::uint8_t buffer[2048];
  const int result = SSL_read(ssl_.get(), buffer, sizeof(buffer));
  if (result > 0) {
    data.insert(data.end(), buffer, buffer + result);
    return TlsInput::data;
  }
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return TlsInput::want_bytes;
    case SSL_ERROR_ZERO_RETURN:
      return TlsInput::close_notify;
    default:
      remember_error();
      return TlsInput::failed;
  }
}

void TlsSession::write(std::span<const std::uint8_t> bytes) {
  ERR_clear_error();
  if (SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) remember_error();
}

void TlsSession::send_close_notify() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

Bytes TlsSession::take_output() {
  Bytes bytes(BIO_ctrl_pending(out_));
  if (!bytes.empty()) BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

void TlsSession::remember_error() {
  const unsigned long code = ERR_peek_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  error_ = reason != nullptr ? reason : "unknown error";
  ERR_clear_error();
}

}  // namespace rdpwatch::sim
