#include "probes/transport/tls_socket.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "probes/transport/safe_text.hpp"

namespace rdpwatch::transport {
namespace {

constexpr std::size_t kRecordHeaderPrefix = 2;  // content type and major version

}  // namespace

bool looks_like_tls(std::span<const std::uint8_t> first_bytes) {
  if (!first_bytes.empty() && (first_bytes[0] < 20 || first_bytes[0] > 23)) return false;
  return first_bytes.size() < kRecordHeaderPrefix || first_bytes[1] == 3;
}

BIO_METHOD* TlsSocket::method() {
  static BIO_METHOD* const made = [] {
    BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "rdpwatch socket");
    if (fresh == nullptr) throw std::bad_alloc();
    BIO_meth_set_read(fresh, &TlsSocket::read);
    BIO_meth_set_write(fresh, &TlsSocket::write);
    BIO_meth_set_ctrl(fresh, &TlsSocket::control);
    return fresh;
  }();
  return made;
}

BioPtr TlsSocket::make_bio() {
  BioPtr bio(BIO_new(method()));
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio.get(), this);
  BIO_set_init(bio.get(), 1);
  return bio;
}

int TlsSocket::read(BIO* bio, char* buffer, int size) {
  TlsSocket& self = *static_cast<TlsSocket*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (self.error_ != 0 || self.not_tls_) return -1;
  if (self.unread_.empty()) {
    const Refill refill = self.refill();
    if (refill == Refill::nothing_yet) BIO_set_retry_read(bio);
    if (refill != Refill::bytes) return refill == Refill::closed ? 0 : -1;
  }
  const std::size_t given = std::min(static_cast<std::size_t>(size), self.unread_.size());
  std::copy_n(self.unread_.begin(), given, reinterpret_cast<std::uint8_t*>(buffer));
  self.unread_ = self.unread_.subspan(given);
  return static_cast<int>(given);
}

TlsSocket::Refill TlsSocket::refill() {
  if (burst_left_ == 0) return Refill::nothing_yet;
  ssize_t received = 0;
  do {
    received = ::recv(fd_, input_.data(), std::min(input_.size(), burst_left_), 0);
  } while (received < 0 && errno == EINTR);
  if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Refill::nothing_yet;
  if (received < 0) {
    failed(errno);
    return Refill::failed;
  }
  if (received == 0) {
    peer_closed_ = true;
    return Refill::closed;
  }
  unread_ = std::span(input_).first(static_cast<std::size_t>(received));
  burst_left_ -= unread_.size();
  return check_first_bytes(unread_) ? Refill::bytes : Refill::failed;
}

int TlsSocket::write(BIO* bio, const char* bytes, int size) {
  TlsSocket& self = *static_cast<TlsSocket*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (self.error_ != 0 || self.not_tls_) return -1;
  ssize_t sent = 0;
  do {
    sent = ::send(self.fd_, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) return static_cast<int>(sent);
  if (errno == EAGAIN || errno == EWOULDBLOCK) {
    BIO_set_retry_write(bio);
    return -1;
  }
  return self.failed(errno);
}

/// End of file is told by peer_closed(), not to OpenSSL, which would answer it with an alert.
long TlsSocket::control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int TlsSocket::failed(int error) {
  error_ = error;
  return -1;
}

bool TlsSocket::check_first_bytes(std::span<const std::uint8_t> received) {
  if (first_count_ >= kRecordHeaderPrefix) return true;
  const std::size_t kept = std::min(received.size(), first_bytes_.size() - first_count_);
  std::copy_n(received.begin(), kept, first_bytes_.begin() + static_cast<std::ptrdiff_t>(first_count_));
  first_count_ += kept;
  if (looks_like_tls({first_bytes_.data(), first_count_})) return true;
  not_tls_ = true;
  // The report is more use with what came behind the first few bytes.
  const ssize_t more = ::recv(fd_, first_bytes_.data() + first_count_, first_bytes_.size() - first_count_,
                              MSG_PEEK | MSG_DONTWAIT);
  if (more > 0) first_count_ += static_cast<std::size_t>(more);
  return false;
}

std::string TlsSocket::first_bytes_text() const {
  const std::span<const std::uint8_t> bytes(first_bytes_.data(), first_count_);
  return lower_hex(bytes) + " \"" + printable_ascii(bytes) + "\"";
}

}  // namespace rdpwatch::transport
