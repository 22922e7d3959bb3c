#include "config/reserved_labels.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::config {
namespace {

TEST(ReservedLabels, are_sorted_without_gaps_so_that_each_is_found) {
  EXPECT_TRUE(std::is_sorted(kCatalogueLabels.begin(), kCatalogueLabels.end()));
  for (const std::string_view name : kCatalogueLabels) {
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(is_reserved_label(name)) << name;
  }
  for (const std::string_view name : kPrometheusLabels) EXPECT_TRUE(is_reserved_label(name)) << name;
}

TEST(ReservedLabels, what_a_host_says_of_itself_is_reserved) {
  for (const char* name : {"computer", "domain", "os_build", "os_name"}) {
    EXPECT_TRUE(is_reserved_label(name)) << name;
  }
}

TEST(ReservedLabels, other_names_are_free) {
  for (const char* name : {"", "site", "team", "platform", "vantage", "targets", "Target", "addres"}) {
    EXPECT_FALSE(is_reserved_label(name)) << name;
  }
}

}  // namespace
}  // namespace rdpwatch::config
