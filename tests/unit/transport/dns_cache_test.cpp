#include "probes/transport/dns_cache.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::transport {
namespace {

using namespace std::chrono_literals;
const handshake::TimePoint kStart = handshake::TimePoint(1000h);

KnownAddresses one(const char* text) {
  return {{boost::asio::ip::make_address(text)}};
}

TEST(DnsCache, KeepsAnAnswerForItsTtlAndNoLonger) {
  DnsCache cache(10);
  cache.put("a.corp", one("10.0.0.1"), 1s, kStart);
  EXPECT_EQ(cache.find("a.corp", kStart + 999ms), one("10.0.0.1"));
  EXPECT_EQ(cache.find("a.corp", kStart + 1s), KnownAddresses{});
  EXPECT_EQ(cache.find("b.corp", kStart), KnownAddresses{});
}

TEST(DnsCache, KeepsNothingForLongerThanAnHour) {
  DnsCache cache(10);
  cache.put("a.corp", one("10.0.0.1"), 7 * 24h, kStart);
  EXPECT_EQ(cache.find("a.corp", kStart + 59min), one("10.0.0.1"));
  EXPECT_EQ(cache.find("a.corp", kStart + 1h), KnownAddresses{});
}

TEST(DnsCache, TtlOfTheLargestKindDoesNotOverflow) {
  DnsCache cache(10);
  cache.put("a.corp", one("10.0.0.1"), std::chrono::seconds(0x7fffffff), kStart);
  EXPECT_EQ(cache.find("a.corp", kStart + 30min), one("10.0.0.1"));
}

TEST(DnsCache, TtlOfZeroIsNotKeptAndForgetsWhatWasKnown) {
  DnsCache cache(10);
  cache.put("a.corp", one("10.0.0.1"), 300s, kStart);
  cache.put("a.corp", one("10.0.0.2"), 0s, kStart);
  EXPECT_EQ(cache.find("a.corp", kStart), KnownAddresses{});
  EXPECT_EQ(cache.size(), 0u);
}

TEST(DnsCache, NewAnswerReplacesTheOldOne) {
  DnsCache cache(10);
  cache.put("a.corp", one("10.0.0.1"), 300s, kStart);
  cache.put("a.corp", one("10.0.0.2"), 10s, kStart);
  EXPECT_EQ(cache.find("a.corp", kStart), one("10.0.0.2"));
  EXPECT_EQ(cache.find("a.corp", kStart + 10s), KnownAddresses{});
  EXPECT_EQ(cache.size(), 1u);
}

TEST(DnsCache, WhatIsIncompleteStaysIncomplete) {
  DnsCache cache(10);
  const KnownAddresses half{one("10.0.0.1").addresses, false};
  cache.put("a.corp", half, 300s, kStart);
  EXPECT_FALSE(cache.find("a.corp", kStart).complete);
  EXPECT_EQ(cache.find("a.corp", kStart), half);
  cache.put("a.corp", one("10.0.0.1"), 300s, kStart);
  EXPECT_TRUE(cache.find("a.corp", kStart).complete);
}

TEST(DnsCache, WhenFullTheEntryThatEndsSoonestGoes) {
  DnsCache cache(2);
  cache.put("long.corp", one("10.0.0.1"), 300s, kStart);
  cache.put("short.corp", one("10.0.0.2"), 20s, kStart);
  cache.put("new.corp", one("10.0.0.3"), 30s, kStart);
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(cache.find("short.corp", kStart), KnownAddresses{});
  EXPECT_EQ(cache.find("long.corp", kStart), one("10.0.0.1"));
  EXPECT_EQ(cache.find("new.corp", kStart), one("10.0.0.3"));
}

TEST(DnsCache, EndedEntriesMakeRoom) {
  DnsCache cache(3);
  cache.put("a.corp", one("10.0.0.1"), 1s, kStart);
  cache.put("b.corp", one("10.0.0.2"), 2s, kStart);
  cache.put("c.corp", one("10.0.0.3"), 300s, kStart);
  cache.put("d.corp", one("10.0.0.4"), 300s, kStart + 2s);
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(cache.find("c.corp", kStart + 2s), one("10.0.0.3"));
}

TEST(DnsCache, WithoutRoomKeepsNothing) {
  DnsCache cache(0);
  cache.put("a.corp", one("10.0.0.1"), 300s, kStart);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(DnsCache, ClearForgetsEverything) {
  DnsCache cache(10);
  cache.put("a.corp", one("10.0.0.1"), 300s, kStart);
  cache.clear();
  EXPECT_EQ(cache.find("a.corp", kStart), KnownAddresses{});
  cache.put("a.corp", one("10.0.0.2"), 300s, kStart);
  EXPECT_EQ(cache.find("a.corp", kStart), one("10.0.0.2"));
}

}  // namespace
}  // namespace rdpwatch::transport
