#pragma once
// TargetExposition: the per-target series of one scrape as a stream of bounded pieces. Families follow each
// other in the catalogue's order, endpoints in the snapshot's order in each. Nothing of the body is kept: the
// extra memory of a scrape is the snapshot (two words an endpoint) and one piece. One instance a scrape; not
// thread-safe.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/metrics/sample_writer.hpp"
#include "daemon/metrics/target_samples.hpp"

namespace rdpwatch::metrics {

struct TargetExpositionOptions {
  /// At more series than this, whole families are left out in the order of the catalogue's `drop` column
  /// until the rest fits; rdp_probe_success, rdp_target_state and rdp_cert_not_after_timestamp_seconds stay
  /// in any case.
  std::uint64_t max_series = 3000000;
  fleet::WallTime now = std::chrono::system_clock::now();  ///< what days to expiry are counted from
  ClientErrorText client_error;                            ///< empty: the label client_error is empty
  fleet::JudgementPtr judgement;                           ///< of the same fleet; null: none
};

struct DroppedFamily {
  std::string_view family;
  std::uint64_t series = 0;
};

class TargetExposition {
 public:
  /// A part of the fleet is exposed by handing over a part of a snapshot.
  TargetExposition(std::vector<fleet::StatePtr> states, TargetExpositionOptions options);

  /// The next piece, about 64 KiB, valid until the next call; empty at the end.
  std::string_view next();

  /// Families that this scrape leaves out, known from the start.
  const std::vector<DroppedFamily>& dropped() const { return dropped_; }
  /// Series written so far.
  std::uint64_t series() const { return series_; }

 private:
  void drop_families(std::uint64_t max_series);

  std::vector<fleet::StatePtr> states_;
  SampleContext context_;
  std::vector<DroppedFamily> dropped_;
  std::array<bool, kTargetMetrics> leave_out_{};
  SampleWriter writer_;
  std::uint64_t series_ = 0;
  std::size_t family_ = 0;       ///< the one being written
  std::size_t state_ = 0;        ///< the next endpoint in it
  bool family_is_open_ = false;  ///< its HELP and TYPE are written
};

}  // namespace rdpwatch::metrics
