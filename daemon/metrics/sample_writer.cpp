#include "daemon/metrics/sample_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "daemon/fleet/series_labels.hpp"

namespace rdpwatch::metrics {
namespace {

constexpr std::size_t kLongestNumber = 32;

bool needs_no_care(std::string_view value) {
  if (value.size() > fleet::kMaxLabelValue) return false;
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

}  // namespace

char* SampleWriter::room_for(std::size_t bytes) {
  if (buffer_.size() - size_ < bytes) buffer_.resize(std::max(2 * buffer_.size(), size_ + bytes));
  return buffer_.data() + size_;
}

void SampleWriter::append(std::string_view text) {
  std::memcpy(room_for(text.size()), text.data(), text.size());
  size_ += text.size();
}

void SampleWriter::family(const MetricRow& row) {
  for (const std::string_view part :
       {std::string_view("# HELP "), row.name, std::string_view(" "), row.help, std::string_view("\n# TYPE "),
        row.name, std::string_view(" "), name(row.type), std::string_view("\n")}) {
    append(part);
  }
}

void SampleWriter::open(std::string_view name, std::string_view labels) {
  char* at = room_for(name.size() + labels.size() + 1);
  std::memcpy(at, name.data(), name.size());
  at += name.size();
  labelled_ = !labels.empty();
  if (labelled_) {
    *at++ = '{';
    std::memcpy(at, labels.data(), labels.size());
  }
  size_ += name.size() + (labelled_ ? labels.size() + 1 : 0);
}

void SampleWriter::separate() {
  append(labelled_ ? "," : "{");
  labelled_ = true;
}

void SampleWriter::plain_label(std::string_view name, std::string_view value) {
  separate();
  append(name);
  append("=\"");
  append(value);
  append("\"");
}

void SampleWriter::label(std::string_view name, std::string_view value) {
  if (needs_no_care(value)) {
    plain_label(name, value);
    return;
  }
  separate();
  std::string careful;
  fleet::append_label(careful, name, value);
  append(careful);
}

void SampleWriter::close() {
  append(labelled_ ? "} " : " ");
}

void SampleWriter::integer(std::uint64_t value) {
  close();
  char* const at = room_for(kLongestNumber);
  size_ += static_cast<std::size_t>(std::to_chars(at, at + kLongestNumber, value).ptr - at);
  end_line();
}

void SampleWriter::decimal(std::int64_t value, int digits) {
  close();
  std::uint64_t magnitude =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  while (digits > 0 && magnitude % 10 == 0) {
    magnitude /= 10;
    --digits;
  }
  char* at = room_for(kLongestNumber);
  char* const begin = at;
  if (value < 0) *at++ = '-';
  char number[kLongestNumber];
  const auto length = static_cast<int>(std::to_chars(number, number + sizeof number, magnitude).ptr - number);
  const int whole = length - digits;
  if (whole <= 0) {
    *at++ = '0';
  } else {
    at = std::copy_n(number, whole, at);
  }
  if (digits > 0) {
    *at++ = '.';
    at = std::fill_n(at, std::max(-whole, 0), '0');
    at = std::copy(number + std::max(whole, 0), number + length, at);
  }
  size_ += static_cast<std::size_t>(at - begin);
  end_line();
}

void SampleWriter::duration(std::chrono::nanoseconds value) {
  decimal(std::chrono::round<std::chrono::microseconds>(value).count(), 6);
}

void SampleWriter::timestamp(fleet::WallTime value) {
  decimal(std::chrono::floor<std::chrono::milliseconds>(value.time_since_epoch()).count(), 3);
}

}  // namespace rdpwatch::metrics
