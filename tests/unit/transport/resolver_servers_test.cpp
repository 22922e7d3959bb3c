// Several servers, servers that can't be reached, and the system's own files.

#include <sys/resource.h>

#include "tests/unit/transport/resolver_fixture.hpp"

namespace rdpwatch::test {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

/// A port of 127.0.0.1 that nobody listens on, kept from being given to anybody else.
class ClosedPort {
 public:
  explicit ClosedPort(boost::asio::io_context& io)
      : socket_(io, {boost::asio::ip::address_v4::loopback(), 0}) {
    // A connected UDP socket takes only its own peer's packets; everybody else is refused.
    socket_.connect({boost::asio::ip::address_v4::loopback(), 1});
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port()); }

 private:
  boost::asio::ip::udp::socket socket_;
};

TEST_F(ResolverTest, ServerThatFailsIsLeftForTheNext) {
  FakeDnsServer first(io_);
  FakeDnsServer second(io_);
  Resolver resolver(io_.get_executor(), options({first.address(), second.address()}));
  first.answer_both("ts09.corp", {.rcode = 2});
  second.has_v4("ts09.corp", {"127.0.0.9"});
  EXPECT_THAT(addresses(resolve(resolver, "ts09.corp")), ElementsAre("127.0.0.9"));
}

TEST_F(ResolverTest, ServerThatKnowsIsBelieved) {
  FakeDnsServer first(io_);
  FakeDnsServer second(io_);
  Resolver resolver(io_.get_executor(), options({first.address(), second.address()}));
  second.has_v4("ts09.corp", {"127.0.0.9"});
  EXPECT_EQ(failure(resolve(resolver, "ts09.corp")),
            "name_not_found | NXDOMAIN: the DNS server says that ts09.corp does not exist");
  EXPECT_EQ(second.asked_in_all(), 0u);
}

TEST_F(ResolverTest, AnswerAfterAFailureOfTheFirstServerIsNoFailure) {
  FakeDnsServer first(io_);
  FakeDnsServer second(io_);
  Resolver resolver(io_.get_executor(), options({first.address(), second.address()}));
  first.answer_both("ts09.corp", {.rcode = 2});
  second.answer_both("ts09.corp", {});
  EXPECT_EQ(failure(resolve(resolver, "ts09.corp")),
            "name_not_found | NODATA: ts09.corp exists but has no A or AAAA record");
}

TEST_F(ResolverTest, SilentServerLeavesTimeForTheNextWithinThreeSeconds) {
  FakeDnsServer first(io_);
  FakeDnsServer second(io_);
  Resolver resolver(io_.get_executor(), options({first.address(), second.address()}));
  first.answer_both("ts09.corp", {.silent = true});
  second.has_v4("ts09.corp", {"127.0.0.9"});
  EXPECT_THAT(addresses(resolve(resolver, "ts09.corp", 3s)), ElementsAre("127.0.0.9"));
}

TEST_F(ResolverTest, EveryFailingServerIsNamed) {
  FakeDnsServer first(io_);
  FakeDnsServer second(io_);
  Resolver resolver(io_.get_executor(), options({first.address(), second.address()}));
  first.answer_both("ts09.corp", {.rcode = 2});
  second.answer_both("ts09.corp", {.rcode = 5});
  EXPECT_EQ(failure(resolve(resolver, "ts09.corp")),
            "resolver_failed | no answer for ts09.corp: SERVFAIL from " + first.address() +
                "; REFUSED from " + second.address());
}

TEST_F(ResolverTest, FailureAndSilenceUntilTheDeadlineIsAFailure) {
  FakeDnsServer first(io_);
  FakeDnsServer second(io_);
  Resolver resolver(io_.get_executor(), options({first.address(), second.address()}));
  first.answer_both("ts09.corp", {.rcode = 2});
  second.answer_both("ts09.corp", {.silent = true});
  EXPECT_EQ(failure(resolve(resolver, "ts09.corp", 300ms)),
            "resolver_failed | no answer for ts09.corp: SERVFAIL from " + first.address());
}

TEST_F(ResolverTest, NoServerListens) {
  const ClosedPort closed(io_);
  Resolver resolver(io_.get_executor(), options({closed.address()}));
  EXPECT_EQ(failure(resolve(resolver, "ts09.corp")),
            "resolver_failed | no answer for ts09.corp: " + closed.address() +
                " can't be reached (ECONNREFUSED: Connection refused)");
}

TEST_F(ResolverTest, ServerThatThisMachineMayNotSendToIsALocalFault) {
  // The broadcast address: refused by the kernel at once, with or without a route.
  Resolver resolver(io_.get_executor(), options({"255.255.255.255"}));
  EXPECT_THAT(
      failure(resolve(resolver, "ts09.corp")),
      StartsWith("local_resources | no answer for ts09.corp: this machine can't send to 255.255.255.255 (E"));
}

TEST_F(ResolverTest, NoDescriptorLeftIsALocalFaultAndPasses) {
  FakeDnsServer server(io_);
  server.has_v4("ts09.corp", {"127.0.0.9"}, 0);
  Resolver resolver(io_.get_executor(), options({server.address()}));
  EXPECT_THAT(addresses(resolve(resolver, "ts09.corp")), ElementsAre("127.0.0.9"));
  const auto pending = start(resolver, "ts09.corp");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const int lowest_free = ::dup(0);
  ASSERT_GE(lowest_free, 0);
  ::close(lowest_free);
  const rlimit none{static_cast<rlim_t>(lowest_free), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  // Nothing but the event loop meanwhile: a sanitizer needs a descriptor for what it has not checked before.
  while (!pending->done()) io_.run_one();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(failure(finish(pending)),
            "local_resources | no answer for ts09.corp: this machine can't send to " + server.address() +
                " (EMFILE: Too many open files)");
  EXPECT_THAT(addresses(resolve(resolver, "ts09.corp")), ElementsAre("127.0.0.9"));
}

TEST_F(ResolverTest, NameserverThatIsNone) {
  try {
    const Resolver resolver(io_.get_executor(), options({"dns.corp"}));
    FAIL() << "accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "not a nameserver: \"dns.corp\"; allowed are ip, ip:port and [v6]:port");
  }
}

TEST_F(ResolverTest, ShortNamesAreSearchedFor) {
  FakeDnsServer server(io_);
  write("resolv.conf", "search emea.corp corp\n");
  Resolver resolver(io_.get_executor(), options({server.address()}));
  server.has_v4("ts09.corp", {"127.0.0.9"});
  EXPECT_THAT(addresses(resolve(resolver, "ts09")), ElementsAre("127.0.0.9"));
  EXPECT_EQ(server.asked("ts09.emea.corp", RecordType::a), 1u);
  EXPECT_EQ(server.asked("ts09", RecordType::a), 0u);
}

TEST_F(ResolverTest, ShortNameThatIsNowhere) {
  FakeDnsServer server(io_);
  write("resolv.conf", "search emea.corp corp\n");
  Resolver resolver(io_.get_executor(), options({server.address()}));
  EXPECT_EQ(
      failure(resolve(resolver, "ts09")),
      "name_not_found | NXDOMAIN: the DNS server says that ts09 does not exist; asked for ts09.emea.corp, "
      "ts09.corp");
}

TEST_F(ResolverTest, FailureForOneSearchedNameIsNotHiddenByTheNext) {
  FakeDnsServer server(io_);
  write("resolv.conf", "search emea.corp corp\n");
  Resolver resolver(io_.get_executor(), options({server.address()}));
  server.answer_both("ts09.emea.corp", {.rcode = 2});
  EXPECT_EQ(failure(resolve(resolver, "ts09")),
            "resolver_failed | no answer for ts09.emea.corp: SERVFAIL from " + server.address());
  server.has_v4("ts09.corp", {"127.0.0.9"});
  EXPECT_THAT(addresses(resolve(resolver, "ts09")), ElementsAre("127.0.0.9"));
}

TEST_F(ResolverTest, FullNamesAreNotSearchedFor) {
  FakeDnsServer server(io_);
  write("resolv.conf", "search corp\n");
  Resolver resolver(io_.get_executor(), options({server.address()}));
  for (const char* name : {"ts09.emea", "ts09."})
    EXPECT_THAT(failure(resolve(resolver, name)), StartsWith("name_not_found | NXDOMAIN"));
  EXPECT_EQ(server.asked("ts09.emea", RecordType::a), 1u);
  EXPECT_EQ(server.asked("ts09", RecordType::a), 1u);
  EXPECT_EQ(server.asked_in_all(), 4u);
}

TEST_F(ResolverTest, HostsFileWinsOverDnsAndIsReadAgain) {
  FakeDnsServer server(io_);
  server.has_v4("ts09.corp", {"127.0.0.9"});
  write("hosts", "127.0.0.2 TS09.corp ts09 # the old one\n::1 ts09.corp.\n");
  Resolver resolver(io_.get_executor(), options({server.address()}));
  EXPECT_THAT(addresses(resolve(resolver, "Ts09.Corp")), testing::UnorderedElementsAre("127.0.0.2", "::1"));
  EXPECT_EQ(server.asked_in_all(), 0u);
  write("hosts", "127.0.0.3 ts09.corp\n");
  EXPECT_THAT(addresses(resolve(resolver, "ts09.corp.")), ElementsAre("127.0.0.3"));
  write("hosts", "0.0.0.0 ts09.corp\n");
  EXPECT_EQ(failure(resolve(resolver, "ts09.corp")),
            "name_not_found | NODATA: " + (folder_ / "hosts").string() +
                " gives 0.0.0.0 for ts09.corp, which is no host's address");
  std::filesystem::remove(folder_ / "hosts");
  EXPECT_THAT(addresses(resolve(resolver, "ts09.corp")), ElementsAre("127.0.0.9"));
}

TEST_F(ResolverTest, ChangedResolvConfCountsAtOnceAndBreaksNothing) {
  FakeDnsServer before(io_);
  FakeDnsServer after(io_);
  write("resolv.conf", "nameserver " + before.address() + "\n");
  Resolver resolver(io_.get_executor(), options({}));
  before.answer("slow.corp", RecordType::a, {.records = {{"slow.corp", "127.0.0.4"}}, .delay = 200ms});
  before.answer("slow.corp", RecordType::aaaa, {});
  before.has_v4("ts09.corp", {"127.0.0.2"});
  after.has_v4("ts09.corp", {"127.0.0.9"});
  after.has_v4("slow.corp", {"127.0.0.5"});
  EXPECT_THAT(addresses(resolve(resolver, "ts09.corp")), ElementsAre("127.0.0.2"));
  const auto outstanding = start(resolver, "slow.corp");
  run_until([&] { return before.asked("slow.corp", RecordType::a) == 1; });

  write("resolv.conf", "nameserver " + after.address() + "\n");
  EXPECT_THAT(addresses(resolve(resolver, "ts09.corp")), ElementsAre("127.0.0.9"));
  EXPECT_THAT(addresses(resolve(resolver, "slow.corp")), ElementsAre("127.0.0.5"));
  EXPECT_THAT(addresses(finish(outstanding)), ElementsAre("127.0.0.4"));
  EXPECT_THAT(addresses(resolve(resolver, "slow.corp")), ElementsAre("127.0.0.5"));
}

}  // namespace
}  // namespace rdpwatch::test
