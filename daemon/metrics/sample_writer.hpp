#pragma once
// SampleWriter: text format 0.0.4 into a buffer that is used again and again. Numbers are written from
// integers, so that nothing depends on the locale or on rounding. Not thread-safe.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/fleet/target_state.hpp"
#include "daemon/metrics/catalogue.hpp"

namespace rdpwatch::metrics {

class SampleWriter {
 public:
  std::string_view text() const { return {buffer_.data(), size_}; }
  std::size_t size() const { return size_; }
  void clear() { size_ = 0; }

  /// The HELP and TYPE lines.
  void family(const MetricRow& row);

  /// A sample is open(), any number of labels, then one value. `labels` is a list that is already escaped, or
  /// empty.
  void open(std::string_view name, std::string_view labels);
  /// A value that is known to need no escaping.
  void plain_label(std::string_view name, std::string_view value);
  /// Any value: cleaned, bounded and escaped.
  void label(std::string_view name, std::string_view value);

  void integer(std::uint64_t value);
  /// value / 10^digits, without trailing zeros. `digits` at most 9.
  void decimal(std::int64_t value, int digits);
  /// In seconds, to the microsecond.
  void duration(std::chrono::nanoseconds value);
  /// In Unix seconds, to the millisecond.
  void timestamp(fleet::WallTime value);

 private:
  /// Where the next bytes go; at least so many may be written there before filled_up_to().
  char* room_for(std::size_t bytes) {
    if (buffer_.size() - size_ < bytes) grow(bytes);
    return buffer_.data() + size_;
  }
  void grow(std::size_t bytes);
  void filled_up_to(const char* end) { size_ = static_cast<std::size_t>(end - buffer_.data()); }
  char* begin_value();
  void end_value(char* at);

  std::string buffer_;
  std::size_t size_ = 0;
  bool labelled_ = false;  ///< the open sample has a brace
};

}  // namespace rdpwatch::metrics
