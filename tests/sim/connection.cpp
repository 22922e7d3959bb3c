#include "tests/sim/connection.hpp"

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "tests/sim/nla_conversation.hpp"
#include "tests/sim/payloads.hpp"
#include "tests/sim/session_conversation.hpp"

namespace rdpwatch::sim {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kRemembered = 16;
// RFC 8446 section 5.1: content type `handshake`, and what an alert about anything else says.
constexpr std::uint8_t kHandshakeRecord = 22;
constexpr std::uint8_t kUnexpectedMessage = 10;

Ending ending_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::alert:
    case Refusal::close:
      return Ending::close;
    case Refusal::reset:
      return Ending::reset;
    case Refusal::stall:
      return Ending::stall;
  }
  return Ending::close;
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, asio::ip::address address,
                       std::shared_ptr<HostBook> book, std::shared_ptr<const Fleet> fleet,
                       PreparedHostPtr host)
    : line_(std::make_shared<Line>(std::move(socket), std::move(address), book)),
      book_(std::move(book)),
      fleet_(std::move(fleet)),
      host_(std::move(host)) {}

asio::awaitable<void> Connection::run() {
  const std::optional<std::size_t> index = book_->open(line_->address(), host_, line_->descriptor());
  line_->start_deadline(fleet_->scenarios().connection_timeout);
  End end = End::fin;
  try {
    if (index) {
      behaviour_ = &host_->behaviours[*index];
      line_->play(*behaviour_->spec);
      co_await converse();
    } else {
      co_await line_->break_off(host_->scenario.beyond_limit);
    }
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::eof) {
      end = End::client_reset;
    } else if (line_->close_notify_received()) {
      end = End::close_notify;
    }
  } catch (const std::runtime_error& error) {
    // Only a certificate of an address's own can still fail here; all others were made at start.
    line_->note([&error](HostStats& stats) {
      ++stats.tls_failures;
      stats.last_tls_error = error.what();
    });
    end = End::host_reset;
  }
  line_->leave(end);
}

asio::awaitable<void> Connection::converse() {
  const bool accepted = co_await line_->pass(Step::accept);
  if (!accepted) co_return;
  bool direct = behaviour_->spec->direct_tls == DirectTls::only;
  if (behaviour_->spec->direct_tls == DirectTls::also) direct = co_await begins_with_tls();
  if (!direct) {
    co_await serve_x224();
    co_return;
  }
  const bool established = co_await tls_handshake();
  if (!established) co_return;
  co_await line_->drain();
}

asio::awaitable<void> Connection::serve_x224() {
  const std::optional<ConnectionRequest> request = co_await read_request();
  if (!request) {
    line_->note([](HostStats& stats) { ++stats.bad_requests; });
    co_await line_->break_off(Ending::close);
    co_return;
  }
  note_request(*request);
  const bool go_on = co_await line_->pass(Step::request);
  if (!go_on) co_return;
  if (drops(behaviour_->spec->negotiation, *request)) {
    co_await line_->break_off(Ending::close);
    co_return;
  }
  const Answer reply = answer(behaviour_->spec->negotiation, *request);
  co_await send_answer(reply);
  const bool confirmed = co_await line_->pass(Step::confirm);
  if (!confirmed) co_return;
  if (reply.failure) {
    // MS-RDPBCGR 2.2.1.2.2: the server must close the connection.
    co_await line_->break_off(Ending::close);
    co_return;
  }
  if (reply.selected != kProtocolRdp) {
    const bool established = co_await tls_handshake();
    if (!established) co_return;
  }
  co_await serve_selected(request->requested_protocols.value_or(0), reply.selected);
}

asio::awaitable<bool> Connection::begins_with_tls() {
  std::array<std::uint8_t, 1> first{};
  const asio::mutable_buffer buffer(first.data(), first.size());
  co_await line_->socket().async_receive(buffer, asio::socket_base::message_peek, asio::use_awaitable);
  co_return first[0] == kHandshakeRecord;
}

void Connection::note_request(const ConnectionRequest& request) {
  line_->heard().cookie = !request.cookie.empty();
  line_->heard().hybrid =
      (request.requested_protocols.value_or(0) & (kProtocolHybrid | kProtocolHybridEx)) != 0;
  line_->note([&request](HostStats& stats) {
    ++stats.requests;
    stats.last_cookie = request.cookie;
    if (!request.requested_protocols) return;
    if (stats.requested_protocols.size() == kRemembered)
      stats.requested_protocols.erase(stats.requested_protocols.begin());
    stats.requested_protocols.push_back(*request.requested_protocols);
  });
}

asio::awaitable<void> Connection::serve_selected(std::uint32_t requested, std::uint32_t selected) {
  const Behaviour& behaviour = *behaviour_->spec;
  if (selected == kProtocolHybrid || selected == kProtocolHybridEx) {
    NlaConversation conversation(*line_, behaviour.nla);
    co_await conversation.run();
  } else if (selected == kProtocolSsl || selected == kProtocolRdp) {
    SessionConversation conversation(*line_, behaviour.session, requested, selected);
    co_await conversation.run();
  } else {
    co_await line_->drain();
  }
}

asio::awaitable<std::optional<ConnectionRequest>> Connection::read_request() {
  std::array<std::uint8_t, kMaxRequestSize> buffer{};
  const asio::mutable_buffer header(buffer.data(), kTpktHeaderSize);
  co_await asio::async_read(line_->socket(), header, asio::use_awaitable);
  const std::span<const std::uint8_t> bytes(buffer);
  const std::optional<std::size_t> size = request_size(bytes.first(kTpktHeaderSize));
  if (!size) co_return std::nullopt;
  const asio::mutable_buffer body(buffer.data() + kTpktHeaderSize, *size - kTpktHeaderSize);
  co_await asio::async_read(line_->socket(), body, asio::use_awaitable);
  co_return decode_request(bytes.first(*size));
}

asio::awaitable<void> Connection::send_answer(const Answer& answer) {
  const Negotiation& negotiation = behaviour_->spec->negotiation;
  const std::size_t chunk = negotiation.chunk == 0 ? answer.bytes.size() : negotiation.chunk;
  std::span<const std::uint8_t> rest(answer.bytes);
  while (rest.size() > chunk) {
    co_await line_->write_raw(rest.first(chunk));
    rest = rest.subspan(chunk);
    co_await line_->wait(negotiation.chunk_delay);
  }
  co_await line_->write_raw(rest);
}

asio::awaitable<bool> Connection::tls_handshake() {
  const std::shared_ptr<const Credentials> credentials = fleet_->credentials(*behaviour_, line_->address());
  session_.emplace(behaviour_->context.get(), credentials.get());
  bool first_bytes = true;
  bool first_flight = true;
  std::array<std::uint8_t, 2048> buffer;
  for (;;) {
    const TlsProgress progress = session_->handshake();
    if (progress == TlsProgress::client_hello) {
      const bool go_on = co_await greet_client_hello();
      if (!go_on) co_return false;
      continue;
    }
    const Bytes output = session_->take_output();
    if (progress == TlsProgress::failed) {
      line_->note_tls_failure(*session_);
      co_await line_->write_raw(output);
      co_await line_->break_off(Ending::close);
      co_return false;
    }
    if (first_flight && !output.empty()) {
      first_flight = false;
      const bool go_on = co_await send_first_flight(output);
      if (!go_on) co_return false;
    } else {
      co_await line_->write_raw(output);
    }
    if (progress == TlsProgress::established) break;
    const std::size_t size = co_await line_->read_raw(buffer);
    const std::span<const std::uint8_t> bytes = std::span<const std::uint8_t>(buffer).first(size);
    if (std::exchange(first_bytes, false)) {
      const bool go_on = co_await greet_first_bytes(bytes);
      if (!go_on) co_return false;
    }
    session_->feed(bytes);
  }
  line_->note([](HostStats& stats) { ++stats.handshakes; });
  line_->enter_tls(&*session_);
  const bool go_on = co_await line_->pass(Step::established);
  co_return go_on;
}

asio::awaitable<bool> Connection::greet_first_bytes(std::span<const std::uint8_t> bytes) {
  const bool is_tls = bytes.front() == kHandshakeRecord;
  if (!is_tls) line_->note([](HostStats& stats) { ++stats.not_tls; });
  const bool go_on = co_await line_->pass(Step::first_bytes);
  const Refusal refusal = behaviour_->spec->tls.not_tls;
  // What OpenSSL does with it is a FIN.
  if (!go_on || is_tls || refusal == Refusal::close) co_return go_on;
  Bytes alert;
  if (refusal == Refusal::alert) alert = alert_record(kUnexpectedMessage);
  co_await line_->write_raw(alert);
  co_await line_->break_off(ending_of(refusal));
  co_return false;
}

asio::awaitable<bool> Connection::greet_client_hello() {
  line_->note([this](HostStats& stats) {
    ++stats.client_hellos;
    stats.last_server_name = session_->client_hello().server_name;
    stats.last_tls_offer = session_->client_hello().max_version;
  });
  line_->heard().server_name = !session_->client_hello().server_name.empty();
  const bool go_on = co_await line_->pass(Step::client_hello);
  const TlsSpec& tls = behaviour_->spec->tls;
  const bool common = session_->client_hello().offers(tls.min_version, tls.max_version);
  // The alert is OpenSSL's.
  if (!go_on || common || tls.no_common_version == Refusal::alert) co_return go_on;
  co_await line_->break_off(ending_of(tls.no_common_version));
  co_return false;
}

asio::awaitable<bool> Connection::send_first_flight(const Bytes& flight) {
  const Fault* const fault = line_->fault_at(Step::server_hello);
  std::size_t size = flight.size();
  if (fault != nullptr) size = std::min(size, fault->flight_bytes.value_or(size));
  co_await line_->write_raw(std::span<const std::uint8_t>(flight).first(size));
  const bool go_on = co_await line_->pass(Step::server_hello);
  co_return go_on;
}

}  // namespace rdpwatch::sim
