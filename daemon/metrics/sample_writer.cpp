#include "daemon/metrics/sample_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "daemon/fleet/series_labels.hpp"

namespace rdpwatch::metrics {
namespace {

/// A sign, twenty digits, and a point among them.
constexpr std::size_t kLongestNumber = 32;
/// Around the number: the closing brace, the space, the end of the line.
constexpr std::size_t kAroundNumber = 3;
constexpr std::array<std::uint64_t, 10> kPowersOfTen{1,      10,      100,      1000,      10000,
                                                     100000, 1000000, 10000000, 100000000, 1000000000};

bool needs_no_care(std::string_view value) {
  if (value.size() > fleet::kMaxLabelValue) return false;
  // To the end in any case: without a way out the loop takes sixteen bytes and more at a time.
  bool plain = true;
  for (const char c : value) plain &= (c >= 0x20) & (c < 0x7F) & (c != '"') & (c != '\\');
  return plain;
}

char* put(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

char* put(char* at, std::uint64_t number) {
  return std::to_chars(at, at + kLongestNumber, number).ptr;
}

}  // namespace

void SampleWriter::grow(std::size_t bytes) {
  buffer_.resize(std::max(2 * buffer_.size(), size_ + bytes));
}

void SampleWriter::family(const MetricRow& row) {
  for (const std::string_view part :
       {std::string_view("# HELP "), row.name, std::string_view(" "), row.help, std::string_view("\n# TYPE "),
        row.name, std::string_view(" "), name(row.type), std::string_view("\n")}) {
    filled_up_to(put(room_for(part.size()), part));
  }
}

void SampleWriter::open(std::string_view name, std::string_view labels) {
  char* at = put(room_for(name.size() + labels.size() + 1), name);
  labelled_ = !labels.empty();
  if (labelled_) {
    *at++ = '{';
    at = put(at, labels);
  }
  filled_up_to(at);
}

void SampleWriter::plain_label(std::string_view name, std::string_view value) {
  constexpr std::size_t kAroundLabel = 4;  // the separator, =, two quotes
  char* at = room_for(name.size() + value.size() + kAroundLabel);
  *at++ = labelled_ ? ',' : '{';
  labelled_ = true;
  at = put(at, name);
  *at++ = '=';
  *at++ = '"';
  at = put(at, value);
  *at++ = '"';
  filled_up_to(at);
}

void SampleWriter::label(std::string_view name, std::string_view value) {
  if (needs_no_care(value)) {
    plain_label(name, value);
    return;
  }
  std::string careful(1, labelled_ ? ',' : '{');
  labelled_ = true;
  fleet::append_label(careful, name, value);
  filled_up_to(put(room_for(careful.size()), careful));
}

char* SampleWriter::begin_value() {
  char* at = room_for(kLongestNumber + kAroundNumber);
  if (labelled_) *at++ = '}';
  *at++ = ' ';
  return at;
}

void SampleWriter::end_value(char* at) {
  *at++ = '\n';
  filled_up_to(at);
}

void SampleWriter::integer(std::uint64_t value) {
  end_value(put(begin_value(), value));
}

void SampleWriter::decimal(std::int64_t value, int digits) {
  std::uint64_t magnitude =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  while (digits > 0 && magnitude % 10 == 0) {
    magnitude /= 10;
    --digits;
  }
  char* at = begin_value();
  if (value < 0) *at++ = '-';
  const std::uint64_t one = kPowersOfTen[static_cast<std::size_t>(digits)];
  at = put(at, magnitude / one);
  if (digits > 0) {
    *at++ = '.';
    std::uint64_t fraction = magnitude % one;
    for (char* digit = at + digits; digit != at; fraction /= 10) {
      *--digit = static_cast<char>('0' + fraction % 10);
    }
    at += digits;
  }
  end_value(at);
}

void SampleWriter::duration(std::chrono::nanoseconds value) {
  decimal(std::chrono::round<std::chrono::microseconds>(value).count(), 6);
}

void SampleWriter::timestamp(fleet::WallTime value) {
  decimal(std::chrono::floor<std::chrono::milliseconds>(value.time_since_epoch()).count(), 3);
}

}  // namespace rdpwatch::metrics
