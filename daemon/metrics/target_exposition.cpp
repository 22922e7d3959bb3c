#include "daemon/metrics/target_exposition.hpp"

#include <utility>

#include "daemon/metrics/writing_sink.hpp"

namespace rdpwatch::metrics {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

/// No endpoint can have more series: every family once, and once more for each phase, problem, finding,
/// cause, dimension and answer of an audit.
constexpr std::uint64_t kMostSeriesAnEndpoint = kTargetMetrics + handshake::kPhases.size() +
                                                handshake::kCertificateProblems + kMaxFindings +
                                                kShownCauses + fleet::kOutlierDimensions.size() +
                                                handshake::kAuditedProtocols + handshake::kAuditedVersions;

/// Endpoints ahead whose memory is asked for: the states of a large fleet lie all over the heap, and waiting
/// for each would take longer than writing its samples.
constexpr std::size_t kAheadState = 16;
constexpr std::size_t kAheadParts = 8;
constexpr std::size_t kCacheLine = 64;

/// Counts samples instead of writing them.
struct CountingSink {
  std::uint64_t samples = 0;
  void open(std::string_view, std::string_view) { ++samples; }
  void plain_label(std::string_view, std::string_view) {}
  void label(std::string_view, std::string_view) {}
  void integer(std::uint64_t) {}
  void decimal(std::int64_t, int) {}
  void duration(std::chrono::nanoseconds) {}
  void timestamp(fleet::WallTime) {}
};

// Inlined by order: GCC 12 takes a function that only prefetches for one without effect and leaves out its
// calls.
[[gnu::always_inline]] inline void prefetch(const void* begin, std::size_t bytes) {
  for (std::size_t at = 0; at < bytes; at += kCacheLine)
    __builtin_prefetch(static_cast<const char*>(begin) + at);
}

[[gnu::always_inline]] inline void prefetch_ahead(const std::vector<fleet::StatePtr>& states, std::size_t i) {
  if (i + kAheadState < states.size()) {
    prefetch(states[i + kAheadState].get(), offsetof(fleet::TargetState, target));
  }
  if (i + kAheadParts < states.size()) {
    const fleet::TargetState& state = *states[i + kAheadParts];
    prefetch(state.series_labels.data(), state.series_labels.size());
  }
}

}  // namespace

TargetExposition::TargetExposition(std::vector<fleet::StatePtr> states, TargetExpositionOptions options)
    : states_(std::move(states)),
      context_{options.now, std::move(options.client_error), std::move(options.judgement)} {
  if (states_.size() * kMostSeriesAnEndpoint > options.max_series) drop_families(options.max_series);
}

void TargetExposition::drop_families(std::uint64_t max_series) {
  std::array<std::uint64_t, kTargetMetrics> counts{};
  std::uint64_t total = 0;
  CountingSink sink;
  // Client errors are of no account for counting and may be dear.
  const SampleContext plain{context_.now, {}};
  TargetSamples<CountingSink> samples(sink, plain);
  for (const auto& state : states_) {
    for (std::size_t family = 0; family < kTargetMetrics; ++family) {
      const std::uint64_t before = sink.samples;
      samples.emit(static_cast<TargetMetric>(family), *state);
      counts[family] += sink.samples - before;
    }
  }
  total = sink.samples;
  for (int place = 1; place <= static_cast<int>(kTargetMetrics) && total > max_series; ++place) {
    for (std::size_t family = 0; family < kTargetMetrics; ++family) {
      const MetricRow& candidate = row(static_cast<TargetMetric>(family));
      if (candidate.drop != place || counts[family] == 0) continue;
      leave_out_[family] = true;
      dropped_.push_back({candidate.name, counts[family]});
      total -= counts[family];
    }
  }
}

std::string_view TargetExposition::next() {
  writer_.clear();
  while (family_ < kTargetMetrics) {
    const auto metric = static_cast<TargetMetric>(family_);
    if (!leave_out_[family_]) {
      WritingSink sink{writer_, series_, family_is_open_, row(metric)};
      TargetSamples<WritingSink> samples(sink, context_);
      while (state_ < states_.size()) {
        prefetch_ahead(states_, state_);
        samples.emit(metric, *states_[state_]);
        ++state_;
        if (writer_.size() >= kPieceBytes) return writer_.text();
      }
    }
    ++family_;
    state_ = 0;
    family_is_open_ = false;
  }
  return writer_.text();
}

}  // namespace rdpwatch::metrics
