#pragma once
// TargetRun: one run on a target that somebody asked for and listens to: a probe, or a diagnosis with its
// experiments.
//
// It changes no state and no counter of the target: those are the schedule's.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/fleet/target_state.hpp"
#include "daemon/on_demand/no_verdict.hpp"
#include "daemon/report/diagnosis_report.hpp"

namespace rdpwatch::on_demand {

enum class RunKind : std::uint8_t { probe, diagnosis };

/// "/probe": a run's path is that of its target and this.
std::string_view path_end(RunKind kind);
/// "a probe"
std::string_view in_words(RunKind kind);

/// One step as one plain sentence. Parts of it may come from the host: clean it for a terminal, escape it for
/// HTML.
struct LogLine {
  std::chrono::nanoseconds at;  ///< since the run began
  std::string text;
};

struct RunResult {
  RunKind kind = RunKind::probe;
  /// Of a probe without experiments. Siblings as the fleet knows them; none were asked.
  report::DiagnosisReport report;
  fleet::TargetStatus status = fleet::TargetStatus::unknown;  ///< of the target when the run ended
};

/// Whether the verdict is the one that the target's status has; nothing where one of them says neither up nor
/// down.
std::optional<bool> agrees_with_state(const RunResult& result);

/// What the command of the same name prints with --output=json, and `state` and `agrees_with_state`.
boost::json::object to_json(const RunResult& result);

/// Why the run has no verdict; nothing when it has one.
std::optional<Refusal> no_verdict(const RunResult& result);

/// Of a run; what comes beyond is left out.
inline constexpr std::size_t kMostLines = 1000;

/// What the run and its listener share.
struct RunState {
  explicit RunState(const boost::asio::any_io_executor& listener) : lines(listener, kMostLines + 1) {}

  boost::asio::experimental::concurrent_channel<void(boost::system::error_code, LogLine)> lines;
  RunResult result;      ///< the run's until `lines` has its end (an error), then the listener's
  std::size_t told = 0;  ///< lines; the run's
};

/// All of it on the listener's thread.
class TargetRun {
 public:
  /// `cancel` ends the run; it may have ended.
  TargetRun(std::shared_ptr<RunState> state, std::function<void()> cancel)
      : state_(std::move(state)), cancel_(std::move(cancel)) {}
  /// Who no longer listens ends the run.
  ~TargetRun() { cancel_(); }
  TargetRun(const TargetRun&) = delete;
  TargetRun& operator=(const TargetRun&) = delete;

  /// The next line, when it is there; nothing when the run has ended (result() is there) or the awaiting
  /// coroutine was cancelled.
  boost::asio::awaitable<std::optional<LogLine>> next();
  /// Ends when the run has; for who wants no lines.
  boost::asio::awaitable<void> end();
  const RunResult& result() const { return state_->result; }

 private:
  std::shared_ptr<RunState> state_;
  std::function<void()> cancel_;
};

}  // namespace rdpwatch::on_demand
