#include "tests/sim/session_conversation.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tests/sim/bytes.hpp"
#include "tests/sim/gcc.hpp"
#include "tests/sim/session_messages.hpp"

namespace rdpwatch::sim {

namespace asio = boost::asio;

namespace {

/// What the client did wrong.
struct ClientError {
  std::string what;
};

}  // namespace

asio::awaitable<void> SessionConversation::run() {
  std::string error;
  try {
    co_await converse();
  } catch (const ClientError& wrong) {
    error = wrong.what;
  }
  if (error.empty()) co_return;
  line_.note_session_error(error);
  // Windows drops such a client without a word.
  if (!finished_) co_await line_.end_in_order();
  co_await line_.drain();
}

asio::awaitable<void> SessionConversation::converse() {
  bool go_on = co_await connect();
  if (go_on) go_on = co_await attach();
  if (go_on) go_on = co_await join();
  if (go_on) go_on = co_await take_client_info();
  if (go_on) co_await license();
  co_await watch();
}

asio::awaitable<bool> SessionConversation::connect() {
  const Bytes pdu = co_await next();
  const ConnectInitialResult result = decode_connect_initial(pdu);
  if (!result.error.empty()) throw ClientError{result.error};
  client_ = result.client;
  // MS-RDPBCGR 2.2.1.3.2: otherwise somebody between the two has changed the negotiation.
  if (client_.selected_protocol != selected_) {
    throw ClientError{"serverSelectedProtocol is " + std::to_string(client_.selected_protocol) +
                      ", selected was " + std::to_string(selected_)};
  }
  const bool standard = selected_ == kProtocolRdp;
  const bool encrypted = standard && spec_.encryption_method != 0;
  if (encrypted && (client_.encryption_methods & spec_.encryption_method) == 0) {
    throw ClientError{"encryptionMethods has not the host's method " +
                      std::to_string(spec_.encryption_method)};
  }
  line_.note([](HostStats& stats) { ++stats.connect_initials; });
  bool go_on = co_await line_.pass(Step::connect_initial);
  if (!go_on) co_return false;
  go_on = co_await spare(SessionPoint::connect);
  if (!go_on) co_return false;
  const Bytes security = standard ? standard_security(spec_) : no_security();
  const Bytes response = connect_response(spec_, requested_, client_.channels, security);
  co_await send(response);
  if (spec_.connect_result != 0) {
    finished_ = true;
    co_await line_.end_in_order();
  }
  // What follows would be encrypted: nobody needs more of such a host than its answer.
  finished_ = finished_ || encrypted;
  co_return !finished_;
}

asio::awaitable<bool> SessionConversation::attach() {
  const Bytes erect = co_await next();
  if (!is_erect_domain(erect)) throw ClientError{"expected an Erect Domain Request"};
  const Bytes attach = co_await next();
  if (!is_attach_user(attach)) throw ClientError{"expected an Attach User Request"};
  const bool go_on = co_await spare(SessionPoint::attach);
  if (!go_on) co_return false;
  // Behind the channels, as Windows counts.
  user_ = static_cast<std::uint16_t>(kIoChannel + 1 + client_.channels);
  const Bytes confirm = attach_user_confirm(spec_.attach_result, user_);
  co_await send(confirm);
  if (spec_.attach_result == 0) co_return true;
  finished_ = true;
  co_await line_.end_in_order();
  co_return false;
}

asio::awaitable<bool> SessionConversation::join() {
  // Its own channel, the I/O channel and the static ones between them, in any order.
  std::set<std::uint16_t> missing;
  for (std::uint16_t channel = kIoChannel; channel <= user_; ++channel) missing.insert(channel);
  while (!missing.empty()) {
    const Bytes pdu = co_await next();
    const std::optional<ChannelJoin> wanted = decode_channel_join(pdu);
    if (!wanted) throw ClientError{"expected a Channel Join Request"};
    if (wanted->user != user_)
      throw ClientError{"a Channel Join Request of user " + std::to_string(wanted->user)};
    if (missing.erase(wanted->channel) == 0) {
      throw ClientError{"a Channel Join Request for channel " + std::to_string(wanted->channel)};
    }
    const bool go_on = co_await spare(SessionPoint::join);
    if (!go_on) co_return false;
    const Bytes confirm = channel_join_confirm(spec_.join_result, user_, wanted->channel);
    co_await send(confirm);
    if (spec_.join_result == 0) continue;
    finished_ = true;
    co_await line_.end_in_order();
    co_return false;
  }
  co_return true;
}

asio::awaitable<bool> SessionConversation::take_client_info() {
  const Bytes pdu = co_await next();
  const std::optional<SendData> sent = decode_send_data(pdu);
  if (!sent || sent->user != user_ || sent->channel != kIoChannel) {
    throw ClientError{"expected a Client Info on the I/O channel"};
  }
  const std::string complaint = complaint_about_client_info(sent->data);
  if (!complaint.empty()) throw ClientError{"Client Info: " + complaint};
  line_.note([](HostStats& stats) { ++stats.client_infos; });
  bool go_on = co_await line_.pass(Step::client_info);
  if (!go_on) {
    finished_ = true;
    co_return false;
  }
  go_on = co_await spare(SessionPoint::info);
  co_return go_on;
}

asio::awaitable<void> SessionConversation::license() {
  Bytes data;
  bool end = false;
  if (spec_.error_info) {
    // MS-RDPBCGR 2.2.1.3.2: only to a client that set RNS_UD_CS_SUPPORT_ERRINFO_PDU.
    const Bytes info = send_data_indication(set_error_info(*spec_.error_info));
    if (client_.takes_error_info) co_await send(info);
    finished_ = true;
    co_await line_.end_in_order();
    co_return;
  }
  switch (spec_.licensing) {
    case Licensing::valid_client:
      data = license_alert(kValidClient);
      break;
    case Licensing::request:
      data = license_request();
      break;
    case Licensing::no_license:
      data = license_alert(kNoLicense);
      end = true;
      break;
    case Licensing::no_license_server:
      data = license_alert(kNoLicenseServer);
      end = true;
      break;
    case Licensing::invalid_client:
      data = license_alert(kInvalidClient);
      end = true;
      break;
    case Licensing::challenge:
      data = platform_challenge();
      break;
    case Licensing::demand_active:
      data = demand_active();
      break;
    case Licensing::autodetect_first:
      data = send_data_indication(rtt_measure_request());
      co_await send(data);
      data = license_alert(kValidClient);
      break;
    case Licensing::stall:
      line_.end_half(Ending::stall);
      co_return;
    case Licensing::close:
      end = true;
      break;
    case Licensing::reset:
      finished_ = true;
      line_.end_half(Ending::reset);
      co_return;
    case Licensing::malformed:
      data = malformed_license_alert();
      end = true;
      break;
  }
  if (!data.empty()) {
    const Bytes indication = send_data_indication(data);
    co_await send(indication);
  }
  if (!end) co_return;
  finished_ = true;
  co_await line_.end_in_order();
}

asio::awaitable<Bytes> SessionConversation::next() {
  for (;;) {
    const std::optional<std::size_t> size = session_tpkt_size(received_);
    if (!size) throw ClientError{"not a TPKT"};
    if (*size != 0 && received_.size() >= *size) {
      const auto end = received_.begin() + static_cast<std::ptrdiff_t>(*size);
      const Bytes whole(received_.begin(), end);
      received_.erase(received_.begin(), end);
      const auto pdu = tpdu_data(whole);
      if (!pdu) throw ClientError{"not an X.224 Data TPDU"};
      if (!is_ultimatum(*pdu)) co_return Bytes(pdu->begin(), pdu->end());
      line_.note([](HostStats& stats) { ++stats.ultimatums; });
      co_await line_.drain();
    }
    const Bytes more = co_await line_.read();
    append(received_, more);
  }
}

asio::awaitable<void> SessionConversation::send(Bytes pdu) {
  const Bytes whole = tpkt(pdu);
  co_await line_.send(whole);
}

asio::awaitable<bool> SessionConversation::spare(SessionPoint point) {
  if (spec_.ultimatum != point) co_return true;
  const Bytes ultimatum = disconnect_ultimatum();
  co_await send(ultimatum);
  finished_ = true;
  co_await line_.end_in_order();
  co_return false;
}

asio::awaitable<void> SessionConversation::watch() {
  for (;;) {
    const Bytes pdu = co_await next();
    // What was already under way when the host said its last word is no fault of the client's.
    if (finished_) continue;
    const std::optional<SendData> sent = decode_send_data(pdu);
    if (sent && is_autodetect_response(sent->data)) continue;
    throw ClientError{"goes on behind licensing"};
  }
}

}  // namespace rdpwatch::sim
