#include "probes/transport/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

#include "probes/transport/io_classifier.hpp"
#include "probes/transport/tcp_info.hpp"

namespace rdpwatch::transport {

namespace asio = boost::asio;
using asio::ip::tcp;
using handshake::Clock;
using handshake::FailureReason;
using handshake::Phase;
using handshake::TimePoint;
using Kind = IoOutcome::Kind;

namespace {

constexpr auto kDrainTime = std::chrono::milliseconds(500);
constexpr int kDrainReads = 64;  // of 4 KiB each; a host that sends more is closed on anyway

IoOutcome ended(int error, Phase phase) {
  if (error == 0) return {Kind::failed, FailureReason::connection_closed, 0, {}};
  IoVerdict verdict = classify_late(error, phase);
  return {Kind::failed, verdict.reason, error, std::move(verdict.detail)};
}

IoOutcome refused_at_once(int error) {
  IoVerdict verdict = classify_immediate(error);
  return {Kind::failed, verdict.reason, error, std::move(verdict.detail)};
}

tcp::socket::wait_type awaited(Progress progress) {
  return progress == Progress::want_read ? tcp::socket::wait_read : tcp::socket::wait_write;
}

}  // namespace

Connection::Connection(asio::io_context& io)
    : socket_(io), watch_(std::make_shared<DeadlineWatch>(socket_)) {}

Connection::~Connection() {
  watch_->detach();
}

IoOutcome Connection::open(const tcp::endpoint& endpoint, const SocketSettings& settings) {
  const int fd =
      ::socket(endpoint.data()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) return refused_at_once(errno);
  boost::system::error_code error;
  socket_.assign(endpoint.protocol(), fd, error);
  if (error) {
    ::close(fd);
    return refused_at_once(error.value());
  }
  // Before connect(): the SYN tells the peer.
  if (settings.max_segment != 0) {
    const int size = settings.max_segment;
    if (::setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &size, sizeof(size)) != 0) return refused_at_once(errno);
  }
  if (!settings.source_address.empty()) {
    const auto source = asio::ip::make_address(settings.source_address, error);
    if (!error && source.is_v4() == endpoint.address().is_v4()) {
      const int on =
          1;  // The port is chosen by connect(), where its uniqueness depends on the peer's address too.
      ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
      const tcp::endpoint bound(source, 0);
      if (::bind(fd, bound.data(), static_cast<socklen_t>(bound.size())) != 0) return refused_at_once(errno);
    }
  }
  return {};
}

asio::awaitable<IoOutcome> Connection::connect(tcp::endpoint endpoint, SocketSettings settings,
                                               TimePoint deadline) {
  const IoOutcome opened = open(endpoint, settings);
  if (opened.kind != Kind::ok) co_return opened;
  if (::connect(socket_.native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) {
    established_ = worth_draining_ = true;
    co_return IoOutcome{};
  }
  if (!connect_is_pending(errno)) co_return refused_at_once(errno);
  const IoOutcome waited = co_await wait(tcp::socket::wait_write, deadline);
  if (waited.kind != Kind::ok) co_return waited;
  int error = 0;
  socklen_t length = sizeof(error);
  if (::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  // A refused SYN is ECONNREFUSED. A reset of a connection that stood, if only for a moment, is an answer to
  // the phase that follows, whose first write fails with EPIPE; which of the two saw it first is chance.
  const bool reset_at_once = error == ECONNRESET || error == EPIPE;
  if (error != 0 && !reset_at_once) co_return ended(error, Phase::connect);
  established_ = worth_draining_ = true;
  co_return IoOutcome{};
}

asio::awaitable<IoOutcome> Connection::send(const handshake::Bytes& bytes, TimePoint deadline) {
  if (in_tls_) {
    const IoOutcome sent = co_await send_in_tls(bytes, deadline);
    co_return sent;
  }
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto count =
        ::send(socket_.native_handle(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) {
      worth_draining_ = false;
      co_return ended(errno, Phase::negotiate);
    }
    const IoOutcome waited = co_await wait(tcp::socket::wait_write, deadline);
    if (waited.kind != Kind::ok) co_return waited;
  }
  co_return IoOutcome{};
}

asio::awaitable<IoOutcome> Connection::receive(std::size_t max, handshake::Bytes& bytes, TimePoint deadline) {
  bytes.resize(max);
  if (in_tls_) {
    const IoOutcome received = co_await receive_in_tls(bytes, deadline);
    co_return received;
  }
  for (;;) {
    // The answer is a round trip away: waiting first saves a read that finds nothing.
    const IoOutcome waited = co_await wait(tcp::socket::wait_read, deadline);
    if (waited.kind != Kind::ok) co_return waited;
    const auto count = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), 0);
    if (count > 0) {
      bytes.resize(static_cast<std::size_t>(count));
      consumed_ += static_cast<std::uint64_t>(count);
      co_return IoOutcome{};
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    worth_draining_ = false;
    co_return ended(count == 0 ? 0 : errno, Phase::negotiate);
  }
}

asio::awaitable<IoOutcome> Connection::start_tls(const TlsContexts& contexts, TlsOffer offer,
                                                 TimePoint deadline) {
  tls_.emplace(contexts, std::move(offer), socket_.native_handle());
  for (;;) {
    const Progress progress = tls_->handshake();
    if (const auto outcome = tls_outcome(progress, deadline)) {
      in_tls_ = outcome->kind == Kind::ok;
      co_return *outcome;
    }
    const IoOutcome waited = co_await wait(awaited(progress), deadline);
    if (waited.kind != Kind::ok) co_return waited;
  }
}

asio::awaitable<IoOutcome> Connection::send_in_tls(std::span<const std::uint8_t> bytes, TimePoint deadline) {
  while (!bytes.empty()) {
    std::size_t written = 0;
    const Progress progress = tls_->write(bytes, written);
    bytes = bytes.subspan(written);
    if (const auto outcome = tls_outcome(progress, deadline)) {
      if (outcome->kind != Kind::ok) co_return *outcome;
      continue;
    }
    const IoOutcome waited = co_await wait(awaited(progress), deadline);
    if (waited.kind != Kind::ok) co_return waited;
  }
  co_return IoOutcome{};
}

asio::awaitable<IoOutcome> Connection::receive_in_tls(handshake::Bytes& bytes, TimePoint deadline) {
  for (;;) {
    std::size_t received = 0;
    const Progress progress = tls_->read(bytes, received);
    if (const auto outcome = tls_outcome(progress, deadline)) {
      bytes.resize(received);
      consumed_ += received;
      co_return *outcome;
    }
    const IoOutcome waited = co_await wait(awaited(progress), deadline);
    if (waited.kind != Kind::ok) co_return waited;
  }
}

std::optional<IoOutcome> Connection::tls_outcome(Progress progress, TimePoint deadline) {
  if (progress == Progress::done) return IoOutcome{};
  if (progress == Progress::failed) {
    // After a TLS failure the host is still there to be told goodbye; after the socket's own end it is not.
    worth_draining_ = tls_ended();
    return ended(tls_->end().error, Phase::tls);
  }
  // A host that never lets the socket run dry would make the wait return at once, again and again.
  if (Clock::now() < deadline) return std::nullopt;
  worth_draining_ = false;
  return IoOutcome{Kind::deadline, {}, 0, {}};
}

bool Connection::tls_ended() const {
  return tls_ && tls_->failed() && tls_->end().kind != TlsEndKind::io;
}

asio::awaitable<IoOutcome> Connection::wait(tcp::socket::wait_type what, TimePoint deadline) {
  watch_->arm(deadline);
  boost::system::error_code error;
  co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
  if (!error) co_return IoOutcome{};
  if (watch_->expired()) {
    worth_draining_ = false;
    co_return IoOutcome{Kind::deadline, {}, 0, {}};
  }
  if (error == asio::error::operation_aborted) co_return IoOutcome{Kind::cancelled, {}, 0, {}};
  co_return ended(error.value(), Phase::connect);
}

std::uint64_t Connection::bytes_received(bool peer_closed) {
  if (in_tls_) return consumed_ - answer_base_;
  if (!socket_.is_open()) return 0;
  const auto info = read_tcp_info(socket_.native_handle());
  if (!info) return 0;
  const std::uint64_t before = answer_base_ + (peer_closed || info->peer_closed ? 1 : 0);
  return info->bytes_received > before ? info->bytes_received - before : 0;
}

asio::awaitable<std::optional<handshake::TransportFacts>> Connection::close(handshake::Bytes farewell) {
  // Without a connection nothing was measured, and there is nobody to say goodbye to.
  if (!socket_.is_open() || !established_) co_return std::nullopt;
  std::optional<handshake::TransportFacts> facts;
  if (const auto info = read_tcp_info(socket_.native_handle())) {
    facts = handshake::TransportFacts{info->rtt, info->retransmits};
  }
  if (!farewell.empty() && worth_draining_) {
    const IoOutcome ignored = co_await send(farewell, Clock::now() + kDrainTime);
    static_cast<void>(ignored);
  }
  if (tls_) tls_->shutdown();
  ::shutdown(socket_.native_handle(), SHUT_WR);
  if (worth_draining_) co_await drain();
  tls_.reset();
  in_tls_ = false;
  watch_->disarm();
  boost::system::error_code ignored;
  socket_.close(ignored);
  co_return facts;
}

asio::awaitable<void> Connection::drain() {
  const TimePoint deadline = Clock::now() + kDrainTime;
  std::array<std::uint8_t, 4096> unread;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (int reads = 0; reads < kDrainReads; ++reads) {
    const IoOutcome waited = co_await wait(tcp::socket::wait_read, deadline);
    if (waited.kind != Kind::ok) co_return;
    const auto count = ::recv(socket_.native_handle(), unread.data(), unread.size(), 0);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) co_return;
  }
}

}  // namespace rdpwatch::transport
