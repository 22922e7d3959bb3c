#include "daemon/http/verdict_cache.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <utility>

namespace rdpwatch::http {

VerdictCache::VerdictCache(std::uint64_t seed) : random_(seed) {
  if (RAND_bytes(secret_.data(), static_cast<int>(secret_.size())) != 1)
    throw std::runtime_error("the system gives no random bytes");
}

std::string VerdictCache::key(const std::string& user, const std::string& hash,
                              const std::string& password) const {
  std::string text;
  // The lengths keep ("ab", "c") from ("a", "bc").
  for (const std::string* part : {&user, &hash, &password})
    text.append(std::to_string(part->size())).append(":").append(*part);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &length);
  OPENSSL_cleanse(text.data(), text.size());
  return {reinterpret_cast<const char*>(digest.data()), length};
}

std::optional<bool> VerdictCache::find(const std::string& key) const {
  const auto found = verdicts_.find(key);
  return found == verdicts_.end() ? std::nullopt : std::optional(found->second);
}

void VerdictCache::add(const std::string& key, bool right) {
  if (verdicts_.count(key) > 0) return;  // The verdict of the same three is always the same.
  std::vector<std::string>& keys = right ? right_ : wrong_;
  if (keys.size() >= kMostEntries) make_room(keys);
  keys.push_back(key);
  verdicts_.emplace(key, right);
}

void VerdictCache::make_room(std::vector<std::string>& keys) {
  for (std::size_t i = 0; i < kMostEntries / 10; ++i) {
    random_ = random_ * 6364136223846793005u + 1442695040888963407u;
    std::swap(keys[(random_ >> 33) % keys.size()], keys.back());
    verdicts_.erase(keys.back());
    keys.pop_back();
  }
}

}  // namespace rdpwatch::http
