#include "daemon/api/target_id.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::api {
namespace {

TEST(TargetId, SaysWhoseItIsAndNeedsNoEncodingInAUrl) {
  EXPECT_EQ(id_of({"ts01.corp.example.com:3389", ""}), "ts01.corp.example.com~3a3389");
  EXPECT_EQ(id_of({"gw:3389", "10.0.0.9"}), "gw~3a3389~~10.0.0.9");
  EXPECT_EQ(id_of({"[2001:db8::9]:3390", "2001:db8::9"}),
            "~5b2001~3adb8~3a~3a9~5d~3a3390~~2001~3adb8~3a~3a9");
  EXPECT_EQ(id_of({"a/b?c#d%~ \xff", ""}), "a~2fb~3fc~23d~25~7e~20~ff");
}

TEST(TargetId, LeadsBackToItsEndpoint) {
  for (const fleet::EndpointKey& key :
       {fleet::EndpointKey{"ts01:3389", ""}, fleet::EndpointKey{"gw:3389", "10.0.0.9"},
        fleet::EndpointKey{"[2001:db8::9]:3390", "2001:db8::9"}, fleet::EndpointKey{"~~", "~3a"},
        fleet::EndpointKey{"a\xff\n\"", ""}}) {
    const auto found = key_of(id_of(key));
    ASSERT_TRUE(found.has_value()) << key.target;
    EXPECT_EQ(*found, key);
  }
}

TEST(TargetId, ATextThatIsNoneHasNoEndpoint) {
  for (const auto* const text : {"", "~~10.0.0.9", "ts01:3389", "ts01~3A3389", "ts01~3", "ts01~zz", "ts01~61",
                                 "ts01~3a3389~~", "ts01%3a3389", "a b"})
    EXPECT_FALSE(key_of(text).has_value()) << text;
}

}  // namespace
}  // namespace rdpwatch::api
