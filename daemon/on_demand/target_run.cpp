#include "daemon/on_demand/target_run.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "daemon/report/result_json.hpp"

namespace rdpwatch::on_demand {

namespace asio = boost::asio;
using fleet::TargetStatus;
using handshake::Verdict;

std::string_view path_end(RunKind kind) {
  switch (kind) {
    case RunKind::probe:
      return "/probe";
    case RunKind::diagnosis:
      return "/diagnose";
  }
  return "";
}

std::string_view in_words(RunKind kind) {
  switch (kind) {
    case RunKind::probe:
      return "a probe";
    case RunKind::diagnosis:
      return "a diagnosis";
  }
  return "";
}

std::optional<bool> agrees_with_state(const RunResult& result) {
  const Verdict verdict = result.report.result.verdict;
  if (verdict != Verdict::success && verdict != Verdict::failure) return std::nullopt;
  switch (result.status) {
    case TargetStatus::up:
      return verdict == Verdict::success;
    case TargetStatus::down:
      return verdict == Verdict::failure;
    case TargetStatus::flapping:
    case TargetStatus::unknown:
    case TargetStatus::maintenance:
      break;
  }
  return std::nullopt;
}

boost::json::object to_json(const RunResult& result) {
  boost::json::object out;
  switch (result.kind) {
    case RunKind::probe: {
      out = report::to_json(result.report.result);
      const auto& causes = result.report.diagnosis.causes;
      if (!causes.empty()) out["causes"] = report::causes_json(causes, result.report.platform);
      break;
    }
    case RunKind::diagnosis:
      out = report::to_json(result.report);
      break;
  }
  out["state"] = name(result.status);
  if (const auto agrees = agrees_with_state(result)) out["agrees_with_state"] = *agrees;
  return out;
}

std::optional<Refusal> no_verdict(const RunResult& result) {
  const auto& probe = result.report.result;
  if (probe.verdict == Verdict::success || probe.verdict == Verdict::failure) return std::nullopt;
  return no_verdict(probe);
}

asio::awaitable<std::optional<LogLine>> TargetRun::next() {
  auto [closed, line] = co_await state_->lines.async_receive(asio::as_tuple(asio::use_awaitable));
  if (closed) co_return std::nullopt;
  co_return std::move(line);
}

asio::awaitable<void> TargetRun::end() {
  while (true) {
    const std::optional<LogLine> line = co_await next();
    if (!line) co_return;
  }
}

}  // namespace rdpwatch::on_demand
