#include "probes/handshake/failure_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace rdpwatch::handshake {
namespace {

constexpr std::size_t kShownBytes = 24;

std::string format(const char* pattern, double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), pattern, value);
  return text.data();
}

std::string_view ending(FailureReason reason) {
  if (reason == FailureReason::timeout) return "no answer";
  if (reason == FailureReason::connection_refused) return "refused";
  if (reason == FailureReason::connection_reset) return "reset";
  if (reason == FailureReason::connection_closed) return "closed";
  if (reason == FailureReason::host_unreachable) return "host reported unreachable";
  if (reason == FailureReason::network_unreachable) return "network reported unreachable";
  return name(reason);
}

}  // namespace

std::string to_text(Duration duration) {
  const double ms = std::chrono::duration<double, std::milli>(duration).count();
  if (ms < 9.95) return format("%.1f ms", ms);
  if (ms < 999.5) return format("%.0f ms", ms);
  if (ms < 9950) return format("%.1f s", ms / 1000);
  return format("%.0f s", ms / 1000);
}

std::string describe(const Failure& failure) {
  return std::string(name(failure.reason)) + " in " + std::string(name(failure.phase)) +
         (failure.detail.empty() ? "" : ": " + failure.detail);
}

std::string describe_io(FailureReason reason, const IoMoment& moment) {
  std::string text(ending(reason));
  const bool silence = reason == FailureReason::timeout;
  if (!moment.last_sent.empty()) {
    text += (silence ? " within " : " ") + to_text(moment.since_last_send) + (silence ? " of " : " after ");
    text += moment.last_sent;
  }
  if (moment.last_sent == "SYN") return text;
  text += ", " + std::to_string(moment.bytes_received) + (moment.bytes_received == 1 ? " byte" : " bytes") +
          " received";
  return text;
}

std::string describe_bytes(std::span<const std::uint8_t> bytes) {
  const auto shown = bytes.first(std::min(bytes.size(), kShownBytes));
  std::string hex;
  std::string text;
  for (const std::uint8_t byte : shown) {
    std::array<char, 4> digits{};
    std::snprintf(digits.data(), digits.size(), "%02x ", byte);
    hex += digits.data();
    text += byte >= 0x20 && byte < 0x7F && byte != '"' ? static_cast<char>(byte) : '.';
  }
  return hex + '"' + text + '"';
}

}  // namespace rdpwatch::handshake
