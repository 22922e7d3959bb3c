#pragma once
// AddressRange: the addresses that one entry of a scenario stands for. RangeTable finds the entry of an
// address.

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rdpwatch::sim {

class AddressRange {
 public:
  /// "127.0.0.1", "127.1.0.0/16", "127.0.0.1-127.0.0.20" or an IPv6 literal, prefix or range. Nothing for
  /// anything else, for a range that ends before it starts, and for a prefix with bits set behind its length.
  static std::optional<AddressRange> parse(std::string_view text);

  bool contains(const boost::asio::ip::address& address) const;
  bool single() const { return first_ == last_; }
  const boost::asio::ip::address& first() const { return first_; }
  /// Whether this range is smaller than the other. Only IPv4 or only IPv6 ranges compare meaningfully.
  bool smaller_than(const AddressRange& other) const;
  bool operator==(const AddressRange&) const = default;

 private:
  AddressRange(boost::asio::ip::address first, boost::asio::ip::address last) : first_(first), last_(last) {}
  boost::asio::ip::address first_;
  boost::asio::ip::address last_;
};

/// Maps an address to the index of the smallest range that holds it.
class RangeTable {
 public:
  RangeTable() = default;
  explicit RangeTable(const std::vector<AddressRange>& ranges);
  std::optional<std::size_t> find(const boost::asio::ip::address& address) const;

 private:
  std::unordered_map<std::string, std::size_t> single_;
  std::vector<std::pair<AddressRange, std::size_t>> ranges_;  ///< smallest first
};

}  // namespace rdpwatch::sim
