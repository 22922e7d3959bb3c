#pragma once
// What the resolver's tests share: an event loop, a fake server, the system's files as temporary ones.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "probes/transport/resolver.hpp"
#include "tests/unit/transport/fake_dns_server.hpp"

namespace rdpwatch::test {

using handshake::Clock;
using handshake::DeadlineReached;
using handshake::FailureReason;
using handshake::Resolved;
using handshake::ResolveFailed;
using transport::Resolver;
using transport::ResolverOptions;
using Outcome = Resolver::Outcome;
using namespace std::chrono_literals;

/// A running resolve(): its outcome, or the exception that ended it.
struct Pending {
  std::optional<Outcome> outcome{};
  std::exception_ptr thrown{};
  bool done() const { return outcome || thrown; }
  bool aborted() const {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
      return error.code() == boost::asio::error::operation_aborted;
    }
    return false;
  }
};

class ResolverTest : public testing::Test {
 protected:
  ResolverTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rdpwatch-resolver-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    write("hosts", "");
    write("resolv.conf", "search .\n");
  }
  ~ResolverTest() override { std::filesystem::remove_all(folder_); }

  /// Replaces the file as a whole, as the system's tools do.
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / "new", std::ios::binary) << text;
    std::filesystem::rename(folder_ / "new", folder_ / name);
  }

  ResolverOptions options(std::vector<std::string> nameservers) const {
    return {.nameservers = std::move(nameservers),
            .resolv_conf = folder_ / "resolv.conf",
            .check_resolv_conf_every = 0s,
            .hosts_file = folder_ / "hosts",
            .check_hosts_file_every = 0s};
  }

  std::shared_ptr<Pending> start(Resolver& resolver, const std::string& name,
                                 handshake::Duration within = 10s, boost::asio::cancellation_slot slot = {}) {
    auto pending = std::make_shared<Pending>();
    auto keep = [pending](std::exception_ptr thrown, Outcome outcome) {
      if (thrown) {
        pending->thrown = std::move(thrown);
      } else {
        pending->outcome = std::move(outcome);
      }
    };
    boost::asio::co_spawn(io_, resolver.resolve(name, Clock::now() + within),
                          boost::asio::bind_cancellation_slot(slot, keep));
    return pending;
  }

  /// Runs the event loop until `condition` holds; fails the test when that takes longer than 20 s.
  template <typename Condition>
  void run_until(Condition condition) {
    const auto end = Clock::now() + 20s;
    io_.restart();
    while (!condition() && Clock::now() < end) io_.run_one_for(100ms);
    ASSERT_TRUE(condition()) << "did not happen within 20 s";
  }

  Outcome finish(const std::shared_ptr<Pending>& pending) {
    run_until([&] { return pending->done(); });
    if (pending->thrown) std::rethrow_exception(pending->thrown);
    return pending->outcome.value_or(DeadlineReached{});
  }

  Outcome resolve(Resolver& resolver, const std::string& name, handshake::Duration within = 10s) {
    return finish(start(resolver, name, within));
  }

  boost::asio::io_context io_;
  std::filesystem::path folder_;
};

inline std::vector<std::string> addresses(const Outcome& outcome) {
  if (const auto* failed = std::get_if<ResolveFailed>(&outcome)) return {"failed: " + failed->detail};
  if (std::holds_alternative<DeadlineReached>(outcome)) return {"deadline"};
  return std::get<Resolved>(outcome).addresses;
}

/// Whether addresses were found, and all there are.
inline bool complete(const Outcome& outcome) {
  const auto* resolved = std::get_if<Resolved>(&outcome);
  return resolved != nullptr && resolved->complete;
}

/// "reason: detail" of a failure.
inline std::string failure(const Outcome& outcome) {
  if (const auto* failed = std::get_if<ResolveFailed>(&outcome))
    return std::string(handshake::name(failed->reason)) + " | " + failed->detail;
  return std::holds_alternative<DeadlineReached>(outcome) ? "deadline" : "resolved";
}

}  // namespace rdpwatch::test
