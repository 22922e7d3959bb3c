// What a lookup can say before it is decided: what a waiter takes away whose time is up.

#include "probes/transport/dns_lookup.hpp"

#include "tests/unit/transport/resolver_fixture.hpp"

namespace rdpwatch::test {
namespace {

using transport::CaresChannel;
using transport::DnsLookup;
using transport::DnsLookupResult;

class DnsLookupTest : public ResolverTest {
 protected:
  std::shared_ptr<DnsLookup> look_up(std::vector<std::string> names) {
    const boost::asio::ip::udp::endpoint server(
        boost::asio::ip::address_v4::loopback(),
        static_cast<std::uint16_t>(std::stoi(server_.address().substr(10))));
    transport::DnsServers servers{std::make_shared<CaresChannel>(io_.get_executor(), server)};
    auto lookup =
        std::make_shared<DnsLookup>(io_.get_executor(), std::move(servers), "ts09", std::move(names));
    lookup->start([this](DnsLookupResult result) { decided_ = std::move(result); });
    return lookup;
  }

  FakeDnsServer server_{io_};
  std::optional<DnsLookupResult> decided_;
};

TEST_F(DnsLookupTest, NothingButSilence) {
  server_.answer_both("ts09.corp", {.silent = true});
  const auto lookup = look_up({"ts09.corp"});
  run_until([&] { return server_.asked_in_all() == 2; });
  EXPECT_FALSE(lookup->so_far());
}

TEST_F(DnsLookupTest, AddressesInHandAreSoFarTheAnswer) {
  server_.answer("ts09.corp", RecordType::a, {.records = {{"ts09.corp", "127.0.0.9"}}});
  server_.answer("ts09.corp", RecordType::aaaa, {.silent = true});
  const auto lookup = look_up({"ts09.corp"});
  run_until([&] { return lookup->so_far().has_value(); });
  EXPECT_FALSE(decided_);
  const auto so_far = lookup->so_far();
  ASSERT_EQ(so_far->addresses.size(), 1u);
  EXPECT_EQ(so_far->addresses.front().to_string(), "127.0.0.9");
  EXPECT_EQ(so_far->ttl, 0s);
  EXPECT_FALSE(so_far->complete);
}

TEST_F(DnsLookupTest, NoSuchNameInHandIsSoFarTheAnswer) {
  server_.answer("ts09.corp", RecordType::aaaa, {.silent = true});
  const auto lookup = look_up({"ts09.corp"});
  run_until([&] { return lookup->so_far().has_value(); });
  EXPECT_FALSE(decided_);
  EXPECT_EQ(lookup->so_far()->failure.detail,
            "NXDOMAIN: the DNS server says that ts09 does not exist; asked for ts09.corp");
}

TEST_F(DnsLookupTest, FailureOfAnEarlierNameIsSoFarTheAnswer) {
  server_.answer_both("ts09.corp", {.rcode = 2});
  server_.answer_both("ts09", {.silent = true});
  const auto lookup = look_up({"ts09.corp", "ts09"});
  run_until([&] { return server_.asked_in_all() == 4; });
  ASSERT_TRUE(lookup->so_far());
  EXPECT_EQ(lookup->so_far()->failure.detail, "no answer for ts09.corp: SERVFAIL from " + server_.address());
}

TEST_F(DnsLookupTest, TtlIsTheSmallestOfBothAnswers) {
  server_.answer("ts09.corp", RecordType::a, {.records = {{"ts09.corp", "127.0.0.9", 70}}});
  server_.answer("ts09.corp", RecordType::aaaa,
                 {.records = {{"ts09.corp", "::1", 90}, {"ts09.corp", "::2", 60}}});
  const auto lookup = look_up({"ts09.corp"});
  run_until([&] { return decided_.has_value(); });
  EXPECT_EQ(decided_->ttl, 60s);
  EXPECT_EQ(decided_->addresses.size(), 3u);
  EXPECT_TRUE(decided_->complete);
}

TEST_F(DnsLookupTest, AddressesOfALaterNameAreCompleteOnlyIfTheEarlierHasNone) {
  server_.has_v4("ts09", {"127.0.0.9"});
  const auto first = look_up({"ts09.corp", "ts09"});
  run_until([&] { return decided_.has_value(); });
  EXPECT_EQ(decided_->addresses.size(), 1u);
  EXPECT_TRUE(decided_->complete);

  decided_.reset();
  server_.answer_both("ts09.corp", {.rcode = 2});
  const auto second = look_up({"ts09.corp", "ts09"});
  run_until([&] { return decided_.has_value(); });
  EXPECT_EQ(decided_->addresses.size(), 1u);
  EXPECT_FALSE(decided_->complete);
}

TEST_F(DnsLookupTest, StoppedLookupSaysNothing) {
  server_.answer_both("ts09.corp", {.records = {{"ts09.corp", "127.0.0.9"}}});
  const auto lookup = look_up({"ts09.corp"});
  lookup->stop();
  run_until([&] { return server_.asked_in_all() == 2; });
  for (int i = 0; i < 100; ++i) io_.poll_one();
  EXPECT_FALSE(decided_);
}

}  // namespace
}  // namespace rdpwatch::test
