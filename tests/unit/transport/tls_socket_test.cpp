#include "probes/transport/tls_socket.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace rdpwatch::transport {
namespace {

TEST(TlsSocket, LooksLikeTls) {
  const auto looks = [](std::vector<std::uint8_t> bytes) { return looks_like_tls(bytes); };
  EXPECT_TRUE(looks({}));
  for (const std::uint8_t type : {20, 21, 22, 23}) EXPECT_TRUE(looks({type, 3, 1}));
  EXPECT_TRUE(looks({22}));
  EXPECT_FALSE(looks({19}));
  EXPECT_FALSE(looks({24}));
  EXPECT_FALSE(looks({22, 2}));
  EXPECT_FALSE(looks({3, 0, 0, 9}));
  EXPECT_FALSE(looks({0x80, 0x2e}));  // SSL 2
}

}  // namespace
}  // namespace rdpwatch::transport
