#include "tests/sim/line.hpp"

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace rdpwatch::sim {

namespace asio = boost::asio;

namespace {

constexpr auto kAfterOurFin = std::chrono::seconds(5);

}  // namespace

Line::Line(asio::ip::tcp::socket socket, asio::ip::address address, std::shared_ptr<HostBook> book)
    : socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      pause_(socket_.get_executor()),
      address_(std::move(address)),
      book_(std::move(book)) {}

const Fault* Line::fault_at(Step step) const {
  const std::optional<Fault>& fault = behaviour_->fault;
  if (!fault || fault->at != step) return nullptr;
  bool met = true;
  switch (fault->when) {
    case Sign::always:
      break;
    case Sign::cookie:
      met = heard_.cookie;
      break;
    case Sign::hybrid:
      met = heard_.hybrid;
      break;
    case Sign::server_name:
      met = heard_.server_name;
      break;
  }
  return met ? &*fault : nullptr;
}

asio::awaitable<bool> Line::pass(Step step) {
  const Behaviour& behaviour = *behaviour_;
  if (const auto latency = behaviour.latency.find(step); latency != behaviour.latency.end()) {
    co_await wait(latency->second);
  }
  const Fault* const met = fault_at(step);
  if (met == nullptr) co_return true;
  const Fault& fault = *met;
  co_await wait(fault.after);
  note([](HostStats& stats) { ++stats.faults; });
  co_await send(fault.payload);
  if (fault.then == Ending::proceed) co_return true;
  co_await break_off(fault.then);
  co_return false;
}

asio::awaitable<void> Line::send(Bytes bytes) {
  if (tls_ != nullptr && !bytes.empty()) {
    tls_->write(bytes);
    bytes = tls_->take_output();
  }
  co_await write_raw(bytes);
}

asio::awaitable<Bytes> Line::read() {
  std::array<std::uint8_t, 2048> buffer;
  for (;;) {
    // What the client sent right behind its Finished is in the session already.
    if (tls_ != nullptr && !tls_failed_ && !close_notify_received_) {
      Bytes data;
      const TlsInput input = tls_->read(data);
      if (input == TlsInput::data) co_return data;
      if (input == TlsInput::close_notify) co_await answer_close_notify();
      if (input == TlsInput::failed) {
        tls_failed_ = true;
        note_tls_failure(*tls_);
        end_half(Ending::close);
      }
    }
    const std::size_t size = co_await read_raw(buffer);
    const std::span<const std::uint8_t> bytes = std::span<const std::uint8_t>(buffer).first(size);
    if (tls_ == nullptr) co_return Bytes(bytes.begin(), bytes.end());
    if (!tls_failed_ && !close_notify_received_) tls_->feed(bytes);
  }
}

asio::awaitable<void> Line::answer_close_notify() {
  close_notify_received_ = true;
  if (mute_) co_return;
  tls_->send_close_notify();
  const Bytes output = tls_->take_output();
  // A client that closed its socket at once has no use for this; that it closed in order counts all the same.
  boost::system::error_code ignored;
  const asio::const_buffer buffer(output.data(), output.size());
  co_await asio::async_write(socket_, buffer, asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<void> Line::drain() {
  for (;;) {
    co_await read();
  }
}

asio::awaitable<void> Line::break_off(Ending ending) {
  end_half(ending);
  if (ending != Ending::reset) co_await drain();
}

void Line::end_half(Ending ending) {
  boost::system::error_code ignored;
  switch (ending) {
    case Ending::reset:
      socket_.set_option(asio::socket_base::linger(true, 0), ignored);
      leave(End::host_reset);
      break;
    case Ending::close:
      // Only our half: closing over bytes that the client is still sending would make a reset of it.
      socket_.shutdown(asio::socket_base::shutdown_send, ignored);
      start_deadline(kAfterOurFin);
      mute_ = true;
      break;
    case Ending::stall:
      mute_ = true;
      break;
    case Ending::proceed:
      break;
  }
}

asio::awaitable<void> Line::end_in_order() {
  if (tls_ != nullptr) {
    tls_->send_close_notify();
    const Bytes output = tls_->take_output();
    co_await write_raw(output);
  }
  end_half(Ending::close);
}

asio::awaitable<void> Line::wait(Milliseconds time) {
  if (time.count() == 0) co_return;
  // Given up between the last operation's end and now: there is nobody left to wait for.
  if (left_) throw boost::system::system_error(asio::error::operation_aborted);
  pause_.expires_after(time);
  co_await pause_.async_wait(asio::use_awaitable);
}

asio::awaitable<void> Line::write_raw(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) co_return;
  const asio::const_buffer buffer(bytes.data(), bytes.size());
  co_await asio::async_write(socket_, buffer, asio::use_awaitable);
}

asio::awaitable<std::size_t> Line::read_raw(std::span<std::uint8_t> buffer) {
  const asio::mutable_buffer target(buffer.data(), buffer.size());
  const std::size_t size = co_await socket_.async_read_some(target, asio::use_awaitable);
  co_return size;
}

void Line::note_tls_failure(const TlsSession& session) {
  note([&session](HostStats& stats) {
    ++stats.tls_failures;
    stats.last_tls_error = session.error();
  });
}

void Line::note_session_error(const std::string& what) {
  note([&what](HostStats& stats) {
    ++stats.session_errors;
    stats.last_session_error = what;
  });
}

void Line::start_deadline(Milliseconds time) {
  if (left_) return;
  deadline_.expires_after(time);
  deadline_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->give_up(End::timeout);
  });
}

void Line::abort() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->give_up(End::stopped); });
}

void Line::give_up(End end) {
  leave(end);
  pause_.cancel();
}

void Line::leave(End end) {
  if (std::exchange(left_, true)) return;
  book_->close(address_, socket_.native_handle(), end);
  deadline_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace rdpwatch::sim
