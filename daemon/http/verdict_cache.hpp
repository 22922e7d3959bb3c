#pragma once
// VerdictCache: what the last checks of passwords found, so that a scraper costs one bcrypt and not one a
// scrape. Keys can't be turned back into passwords. One thread.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace rdpwatch::http {

class VerdictCache {
 public:
  static constexpr std::size_t kMostEntries = 100;  ///< of each verdict

  /// `seed` decides which entries go when there is no room.
  explicit VerdictCache(std::uint64_t seed);

  /// The key of a check: HMAC-SHA256 with a key of this object's own over the three, 32 bytes.
  std::string key(const std::string& user, const std::string& hash, const std::string& password) const;

  std::optional<bool> find(const std::string& key) const;
  /// When a hundred of that verdict are there, ten go, chosen at random. Wrong passwords push out no right
  /// ones.
  void add(const std::string& key, bool right);
  std::size_t size() const { return right_.size() + wrong_.size(); }

 private:
  void make_room(std::vector<std::string>& keys);

  std::array<unsigned char, 32> secret_;
  std::uint64_t random_;
  std::vector<std::string> right_;
  std::vector<std::string> wrong_;
  std::unordered_map<std::string, bool> verdicts_;
};

}  // namespace rdpwatch::http
