#pragma once
// Passwords against bcrypt hashes, by libxcrypt.

#include <string>

namespace rdpwatch::http {

/// Whether `hash` (see config::is_bcrypt_hash) is one of `password`; of a longer one only the first 72 bytes
/// count, as everywhere with bcrypt. Takes 50 ms at cost 10 and twice as long with each step more. Any
/// thread. A password with a NUL byte matches nothing, after the same time.
bool bcrypt_matches(const std::string& password, const std::string& hash);

/// A valid hash of a password that nobody knows, with the cost of `like`: for users that do not exist.
std::string bcrypt_hash_of_nobody(const std::string& like);

}  // namespace rdpwatch::http
