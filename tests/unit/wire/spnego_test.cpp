#include "probes/wire/spnego.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "tests/support/hex.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;

TEST(Spnego, RejectIsRecognised) {
  EXPECT_TRUE(spnego_rejects(from_hex("a107 3005 a003 0a0102")));
  // With a mechanism and an empty token behind it.
  EXPECT_TRUE(spnego_rejects(from_hex("a117 3015 a003 0a0102 a10c 060a 2b060104018237020 20a a200")));
}

TEST(Spnego, OtherStatesAreNone) {
  EXPECT_FALSE(spnego_rejects(from_hex("a107 3005 a003 0a0100"))) << "accept-completed";
  EXPECT_FALSE(spnego_rejects(from_hex("a107 3005 a003 0a0101"))) << "accept-incomplete";
  EXPECT_FALSE(spnego_rejects(from_hex("a107 3005 a003 0a0103"))) << "request-mic";
}

TEST(Spnego, AnythingElseIsNone) {
  EXPECT_FALSE(spnego_rejects({}));
  EXPECT_FALSE(spnego_rejects(from_hex("4e544c4d53535000"))) << "NTLM";
  EXPECT_FALSE(spnego_rejects(from_hex("6007 3005 a003 0a0102"))) << "another tag";
  EXPECT_FALSE(spnego_rejects(from_hex("a106 3004 a002 0a00"))) << "no state";
  EXPECT_FALSE(spnego_rejects(from_hex("a108 3006 a004 0a020002"))) << "two bytes of state";
  EXPECT_FALSE(spnego_rejects(from_hex("a107 3005 a103 0a0102"))) << "another field";
}

TEST(Spnego, NoTruncationIsTakenForTheWhole) {
  const auto whole = from_hex("a1073005a0030a0102");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // Sized exactly, so that a read past the end is seen.
    const auto copy = std::make_unique<std::uint8_t[]>(size);
    std::copy_n(whole.begin(), size, copy.get());
    EXPECT_FALSE(spnego_rejects({copy.get(), size})) << size;
  }
}

}  // namespace
}  // namespace rdpwatch::wire
