#include "tests/sim/connection.hpp"

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace rdpwatch::sim {

namespace asio = boost::asio;

namespace {

constexpr auto kAfterOurFin = std::chrono::seconds(5);
constexpr std::size_t kRemembered = 16;

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, asio::ip::address address,
                       std::shared_ptr<HostBook> book, std::shared_ptr<const Fleet> fleet,
                       PreparedHostPtr host)
    : socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      pause_(socket_.get_executor()),
      address_(std::move(address)),
      book_(std::move(book)),
      fleet_(std::move(fleet)),
      host_(std::move(host)) {}

asio::awaitable<void> Connection::run() {
  const std::optional<std::size_t> index = book_->open(address_, host_, socket_.native_handle());
  start_deadline(fleet_->scenarios().connection_timeout);
  End end = End::fin;
  try {
    if (index) {
      behaviour_ = &host_->behaviours[*index];
      co_await converse();
    } else {
      co_await break_off(host_->scenario.beyond_limit);
    }
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::eof) {
      end = End::client_reset;
    } else if (close_notify_received_) {
      end = End::close_notify;
    }
  } catch (const std::runtime_error& error) {
    // Only a certificate of an address's own can still fail here; all others were made at start.
    note([&error](HostStats& stats) {
      ++stats.tls_failures;
      stats.last_tls_error = error.what();
    });
    end = End::host_reset;
  }
  leave(end);
}

asio::awaitable<void> Connection::converse() {
  const bool accepted = co_await pass(Step::accept);
  if (!accepted) co_return;
  if (behaviour_->spec->direct_tls) {
    co_await serve_tls();
  } else {
    co_await serve_x224();
  }
}

asio::awaitable<void> Connection::serve_x224() {
  const std::optional<ConnectionRequest> request = co_await read_request();
  if (!request) {
    note([](HostStats& stats) { ++stats.bad_requests; });
    co_await break_off(Ending::close);
    co_return;
  }
  note([&request](HostStats& stats) {
    ++stats.requests;
    stats.last_cookie = request->cookie;
    if (!request->requested_protocols) return;
    if (stats.requested_protocols.size() == kRemembered)
      stats.requested_protocols.erase(stats.requested_protocols.begin());
    stats.requested_protocols.push_back(*request->requested_protocols);
  });
  const bool go_on = co_await pass(Step::request);
  if (!go_on) co_return;
  const Answer reply = answer(behaviour_->spec->negotiation, *request);
  co_await send_answer(reply);
  const bool confirmed = co_await pass(Step::confirm);
  if (!confirmed) co_return;
  if (reply.failure) {
    // MS-RDPBCGR 2.2.1.2.2: the server must close the connection.
    co_await break_off(Ending::close);
  } else if (reply.selected == kProtocolRdp) {
    co_await drain();
  } else {
    co_await serve_tls();
  }
}

asio::awaitable<std::optional<ConnectionRequest>> Connection::read_request() {
  std::array<std::uint8_t, kMaxRequestSize> buffer{};
  const asio::mutable_buffer header(buffer.data(), kTpktHeaderSize);
  co_await asio::async_read(socket_, header, asio::use_awaitable);
  const std::span<const std::uint8_t> bytes(buffer);
  const std::optional<std::size_t> size = request_size(bytes.first(kTpktHeaderSize));
  if (!size) co_return std::nullopt;
  const asio::mutable_buffer body(buffer.data() + kTpktHeaderSize, *size - kTpktHeaderSize);
  co_await asio::async_read(socket_, body, asio::use_awaitable);
  co_return decode_request(bytes.first(*size));
}

asio::awaitable<void> Connection::send_answer(const Answer& answer) {
  const Negotiation& negotiation = behaviour_->spec->negotiation;
  const std::size_t chunk = negotiation.chunk == 0 ? answer.bytes.size() : negotiation.chunk;
  std::span<const std::uint8_t> rest(answer.bytes);
  while (rest.size() > chunk) {
    co_await write(rest.first(chunk));
    rest = rest.subspan(chunk);
    co_await wait(negotiation.chunk_delay);
  }
  co_await write(rest);
}

asio::awaitable<void> Connection::serve_tls() {
  const std::shared_ptr<const Credentials> credentials = fleet_->credentials(*behaviour_, address_);
  TlsSession session(behaviour_->context.get(), credentials.get());
  const bool established = co_await tls_handshake(session);
  if (!established) co_return;
  note([](HostStats& stats) { ++stats.handshakes; });
  const bool go_on = co_await pass(Step::established, &session);
  if (!go_on) co_return;
  co_await serve_until_close(session);
}

asio::awaitable<bool> Connection::tls_handshake(TlsSession& session) {
  bool first_flight = true;
  std::array<std::uint8_t, 2048> buffer;
  for (;;) {
    const TlsProgress progress = session.handshake();
    if (progress == TlsProgress::client_hello) {
      note([&session](HostStats& stats) {
        ++stats.client_hellos;
        stats.last_server_name = session.client_hello().server_name;
        stats.last_tls_offer = session.client_hello().max_version;
      });
      const bool go_on = co_await pass(Step::client_hello);
      if (!go_on) co_return false;
      continue;
    }
    const Bytes output = session.take_output();
    if (progress == TlsProgress::failed) {
      note([&session](HostStats& stats) {
        ++stats.tls_failures;
        stats.last_tls_error = session.error();
      });
      co_await write(output);
      co_await break_off(Ending::close);
      co_return false;
    }
    if (first_flight && !output.empty()) {
      first_flight = false;
      const bool go_on = co_await send_first_flight(output);
      if (!go_on) co_return false;
    } else {
      co_await write(output);
    }
    if (progress == TlsProgress::established) co_return true;
    const std::size_t size = co_await read_some(buffer);
    session.feed(std::span<const std::uint8_t>(buffer).first(size));
  }
}

asio::awaitable<bool> Connection::send_first_flight(const Bytes& flight) {
  const std::optional<Fault>& fault = behaviour_->spec->fault;
  std::size_t size = flight.size();
  if (fault && fault->at == Step::server_hello) size = std::min(size, fault->flight_bytes.value_or(size));
  co_await write(std::span<const std::uint8_t>(flight).first(size));
  const bool go_on = co_await pass(Step::server_hello);
  co_return go_on;
}

asio::awaitable<void> Connection::serve_until_close(TlsSession& session) {
  std::array<std::uint8_t, 2048> buffer;
  for (;;) {
    // What the client sent right behind its Finished is in the session already.
    const TlsInput input = close_notify_received_ ? TlsInput::want_bytes : session.read();
    if (input == TlsInput::failed) {
      note([&session](HostStats& stats) {
        ++stats.tls_failures;
        stats.last_tls_error = session.error();
      });
      co_await break_off(Ending::close);
      co_return;
    }
    if (input == TlsInput::close_notify) {
      close_notify_received_ = true;
      session.send_close_notify();
      const Bytes output = session.take_output();
      // A client that closed its socket at once has no use for this; that it closed in order counts all the
      // same.
      boost::system::error_code ignored;
      co_await asio::async_write(socket_, asio::buffer(output),
                                 asio::redirect_error(asio::use_awaitable, ignored));
    }
    const std::size_t size = co_await read_some(buffer);
    if (!close_notify_received_) session.feed(std::span<const std::uint8_t>(buffer).first(size));
  }
}

asio::awaitable<bool> Connection::pass(Step step, TlsSession* session) {
  const Behaviour& behaviour = *behaviour_->spec;
  if (const auto latency = behaviour.latency.find(step); latency != behaviour.latency.end()) {
    co_await wait(latency->second);
  }
  if (!behaviour.fault || behaviour.fault->at != step) co_return true;
  const Fault& fault = *behaviour.fault;
  co_await wait(fault.after);
  note([](HostStats& stats) { ++stats.faults; });
  if (session != nullptr && !fault.payload.empty()) {
    session->write(fault.payload);
    const Bytes output = session->take_output();
    co_await write(output);
  } else {
    co_await write(fault.payload);
  }
  if (fault.then == Ending::proceed) co_return true;
  co_await break_off(fault.then);
  co_return false;
}

asio::awaitable<void> Connection::break_off(Ending ending) {
  boost::system::error_code ignored;
  switch (ending) {
    case Ending::reset:
      socket_.set_option(asio::socket_base::linger(true, 0), ignored);
      leave(End::host_reset);
      co_return;
    case Ending::close:
      // Only our half: closing over bytes that the client is still sending would make a reset of it.
      socket_.shutdown(asio::socket_base::shutdown_send, ignored);
      start_deadline(kAfterOurFin);
      break;
    case Ending::stall:
    case Ending::proceed:
      break;
  }
  co_await drain();
}

asio::awaitable<void> Connection::drain() {
  std::array<std::uint8_t, 2048> buffer;
  for (;;) {
    co_await read_some(buffer);
  }
}

asio::awaitable<void> Connection::wait(Milliseconds time) {
  if (time.count() == 0) co_return;
  // Given up between the last operation's end and now: there is nobody left to wait for.
  if (left_) throw boost::system::system_error(asio::error::operation_aborted);
  pause_.expires_after(time);
  co_await pause_.async_wait(asio::use_awaitable);
}

asio::awaitable<void> Connection::write(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) co_return;
  const asio::const_buffer buffer(bytes.data(), bytes.size());
  co_await asio::async_write(socket_, buffer, asio::use_awaitable);
}

asio::awaitable<std::size_t> Connection::read_some(std::span<std::uint8_t> buffer) {
  const asio::mutable_buffer target(buffer.data(), buffer.size());
  const std::size_t size = co_await socket_.async_read_some(target, asio::use_awaitable);
  co_return size;
}

void Connection::start_deadline(Milliseconds time) {
  if (left_) return;
  deadline_.expires_after(time);
  deadline_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->give_up(End::timeout);
  });
}

void Connection::abort() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->give_up(End::stopped); });
}

void Connection::give_up(End end) {
  leave(end);
  pause_.cancel();
}

void Connection::leave(End end) {
  if (std::exchange(left_, true)) return;
  book_->close(address_, socket_.native_handle(), end);
  deadline_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace rdpwatch::sim
