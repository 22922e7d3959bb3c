#include "tests/sim/nla_conversation.hpp"

#include <algorithm>

#include "tests/sim/bytes.hpp"

namespace rdpwatch::sim {

namespace asio = boost::asio;

namespace {

// MCS DisconnectProviderUltimatum, user-requested (MS-RDPBCGR 2.2.2.3), and Early User Authorization Result,
// access denied (MS-RDPBCGR 2.2.10.2).
const Bytes kUltimatum{0x03, 0x00, 0x00, 0x09, 0x02, 0xF0, 0x80, 0x21, 0x80};
const Bytes kEarlyDenied{0x05, 0x00, 0x00, 0x00};

/// A token that begins like no mechanism's.
Bytes garbage_token() {
  return Bytes(32, 0xA7);
}

}  // namespace

asio::awaitable<void> NlaConversation::run() {
  const std::optional<NlaNegotiate> negotiate = co_await read_negotiate();
  if (!negotiate) {
    line_.note_session_error("NLA: not a TSRequest with a NEGOTIATE");
    count_authenticates();
    co_await line_.end_in_order();
    co_await watch();
    co_return;
  }
  line_.note([](HostStats& stats) { ++stats.nla_negotiates; });
  const bool go_on = co_await line_.pass(Step::negotiate_token);
  if (!go_on) co_return;
  co_await answer(negotiate->spnego);
  if (spec_.answer == NlaAnswer::reset) co_return;
  co_await watch();
}

asio::awaitable<std::optional<NlaNegotiate>> NlaConversation::read_negotiate() {
  for (;;) {
    const Bytes more = co_await line_.read();
    append(received_, more);
    const std::optional<std::size_t> size = ts_request_size(received_);
    if (!size) co_return std::nullopt;
    if (*size == 0 || received_.size() < *size) continue;
    const Bytes whole(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(*size));
    const std::optional<NlaNegotiate> negotiate = decode_negotiate(whole);
    if (negotiate) received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(*size));
    co_return negotiate;
  }
}

asio::awaitable<void> NlaConversation::answer(bool spnego) {
  const std::uint8_t version = spec_.version;
  Bytes bytes;
  bool end = false;
  switch (spec_.answer) {
    case NlaAnswer::challenge:
      bytes = challenge(spnego);
      break;
    case NlaAnswer::error_code:
      bytes = ts_request_with_error(version, spec_.error_code);
      end = true;
      break;
    case NlaAnswer::close:
      end = true;
      break;
    case NlaAnswer::reset:
      line_.end_half(Ending::reset);
      co_return;
    case NlaAnswer::stall:
      line_.end_half(Ending::stall);
      co_return;
    case NlaAnswer::reject:
      bytes = ts_request(version, spnego_reject());
      end = true;
      break;
    case NlaAnswer::no_token:
      bytes = ts_request_without_token(version);
      break;
    case NlaAnswer::malformed:
      bytes = malformed_ts_request(version);
      break;
    case NlaAnswer::garbage_token:
      bytes = ts_request(version, garbage_token());
      break;
    case NlaAnswer::dpu:
      bytes = kUltimatum;
      end = true;
      break;
    case NlaAnswer::early_denied:
      bytes = kEarlyDenied;
      end = true;
      break;
    case NlaAnswer::half:
      bytes = challenge(spnego);
      bytes.resize(bytes.size() / 2);
      end = true;
      break;
  }
  co_await line_.send(bytes);
  if (end) co_await line_.end_in_order();
}

Bytes NlaConversation::challenge(bool spnego) const {
  const Bytes message = ntlm_challenge(spec_, line_.address().to_string(), std::chrono::system_clock::now());
  return ts_request(spec_.version, spnego ? spnego_response(message) : message);
}

asio::awaitable<void> NlaConversation::watch() {
  for (;;) {
    count_authenticates();
    const Bytes more = co_await line_.read();
    append(received_, more);
  }
}

void NlaConversation::count_authenticates() {
  const std::size_t count = take_authenticates(received_);
  if (count > 0) line_.note([count](HostStats& stats) { stats.nla_authenticates += count; });
}

}  // namespace rdpwatch::sim
