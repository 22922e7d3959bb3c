#include "probes/handshake/rare.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rdpwatch::handshake {
namespace {

TEST(Rare, CopiesItsValue) {
  Rare<std::string> first = std::string("a");
  Rare<std::string> second = first;
  *second = "b";
  EXPECT_EQ(*first, "a");
  first = second;
  EXPECT_EQ(*first, "b");
  EXPECT_EQ(second->size(), 1u);
}

TEST(Rare, IsEmptyUntilItIsGivenAValue) {
  Rare<std::string> rare;
  EXPECT_FALSE(rare);
  EXPECT_FALSE(rare.has_value());
  rare.emplace() = "a";
  EXPECT_TRUE(rare);
  rare.reset();
  EXPECT_FALSE(rare);
  rare = std::optional<std::string>("c");
  EXPECT_EQ(*rare, "c");
  rare = std::nullopt;
  EXPECT_FALSE(rare);
}

TEST(Rare, IsAsBigAsAPointer) {
  EXPECT_EQ(sizeof(Rare<std::string>), sizeof(void*));
}

}  // namespace
}  // namespace rdpwatch::handshake
