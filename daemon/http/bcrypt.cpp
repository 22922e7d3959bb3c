#include "daemon/http/bcrypt.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <cstring>
#include <memory>

namespace rdpwatch::http {

bool bcrypt_matches(const std::string& password, const std::string& hash) {
  // 32 KiB; cleared at its end, as it has seen the password.
  const std::unique_ptr<crypt_data, void (*)(crypt_data*)> data(new crypt_data(), [](crypt_data* used) {
    OPENSSL_cleanse(used, sizeof *used);
    delete used;
  });
  const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
  if (made == nullptr || std::strlen(made) != hash.size()) return false;
  const bool same = CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
  return same && password.find('\0') == std::string::npos;
}

std::string bcrypt_hash_of_nobody(const std::string& like) {
  std::string hash = "$2b$10$7rQ0pVbX1mYc9sKd4tLfOeZ8wAqH2uNjG5iT6xRyB3vPoC1nEkSaW";
  hash.replace(4, 2, like, 4, 2);
  return hash;
}

}  // namespace rdpwatch::http
