#include "tests/sim/address_range.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace rdpwatch::sim {

namespace {

namespace ip = boost::asio::ip;
using Raw = std::array<std::uint8_t, 16>;

Raw raw(const ip::address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  Raw bytes{};
  const ip::address_v4::bytes_type v4 = address.to_v4().to_bytes();
  std::copy(v4.begin(), v4.end(), bytes.begin() + 12);
  return bytes;
}

ip::address from_raw(const Raw& bytes, bool v6) {
  if (v6) return ip::address_v6(bytes);
  return ip::address_v4(ip::address_v4::bytes_type{bytes[12], bytes[13], bytes[14], bytes[15]});
}

std::optional<ip::address> parse_address(std::string_view text) {
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return address;
}

Raw distance(const Raw& first, const Raw& last) {
  Raw result{};
  int borrow = 0;
  for (std::size_t i = result.size(); i-- > 0;) {
    const int difference = int{last[i]} - int{first[i]} - borrow;
    borrow = difference < 0 ? 1 : 0;
    result[i] = static_cast<std::uint8_t>(difference & 0xFF);
  }
  return result;
}

}  // namespace

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    const std::optional<ip::address> first = parse_address(text.substr(0, dash));
    const std::optional<ip::address> last = parse_address(text.substr(dash + 1));
    if (!first || !last || first->is_v6() != last->is_v6() || *last < *first) return std::nullopt;
    return AddressRange(*first, *last);
  }
  const std::size_t slash = text.find('/');
  const std::optional<ip::address> address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return AddressRange(*address, *address);

  const std::string_view digits = text.substr(slash + 1);
  unsigned length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const unsigned width = address->is_v6() ? 128 : 32;
  if (error != std::errc() || end != digits.data() + digits.size() || length > width) return std::nullopt;
  const Raw first = raw(*address);
  Raw last = first;
  for (unsigned bit = 128 - width + length; bit < 128; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    if ((first[bit / 8] & mask) != 0) return std::nullopt;
    last[bit / 8] |= mask;
  }
  return AddressRange(*address, from_raw(last, address->is_v6()));
}

bool AddressRange::contains(const ip::address& address) const {
  return address.is_v6() == first_.is_v6() && first_ <= address && address <= last_;
}

bool AddressRange::smaller_than(const AddressRange& other) const {
  return distance(raw(first_), raw(last_)) < distance(raw(other.first_), raw(other.last_));
}

RangeTable::RangeTable(const std::vector<AddressRange>& ranges) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].single()) {
      single_.try_emplace(ranges[i].first().to_string(), i);
    } else {
      ranges_.emplace_back(ranges[i], i);
    }
  }
  std::stable_sort(ranges_.begin(), ranges_.end(),
                   [](const auto& a, const auto& b) { return a.first.smaller_than(b.first); });
}

std::optional<std::size_t> RangeTable::find(const ip::address& address) const {
  const auto exact = single_.find(address.to_string());
  if (exact != single_.end()) return exact->second;
  for (const auto& [range, index] : ranges_) {
    if (range.contains(address)) return index;
  }
  return std::nullopt;
}

}  // namespace rdpwatch::sim
