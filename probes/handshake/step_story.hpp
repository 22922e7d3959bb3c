#pragma once
// StepStory: a probe's Actions and Events as sentences, told while they happen. Made only where somebody
// listens. Not thread-safe; touches no socket and no clock.

#include <functional>
#include <string>

#include "probes/handshake/step.hpp"

namespace rdpwatch::handshake {

class StepStory {
 public:
  using Tell = std::function<void(Duration at, std::string text)>;

  /// `began`: what `at` counts from.
  StepStory(Tell tell, TimePoint began) : tell_(std::move(tell)), began_(began) {}

  /// Before the driver does it. Waiting for bytes is no news: what they answer to was told.
  void doing(const Action& action, TimePoint now);
  /// What came of it. What was sent is no news either.
  void happened(const Event& event, TimePoint when);
  /// The machine has finished.
  void ended(const ProbeResult& result, TimePoint now);

 private:
  void say(TimePoint when, std::string text) { tell_(when - began_, std::move(text)); }
  /// "reset 0.6 ms after ClientHello, 0 bytes received"
  std::string ending(FailureReason reason, const std::string& last_sent, TimePoint last_sent_at,
                     std::uint64_t bytes_received, TimePoint when) const;

  Tell tell_;
  TimePoint began_;
  TimePoint action_at_{};
  std::string last_sent_ = "nothing";  ///< the message, outside TLS
};

}  // namespace rdpwatch::handshake
