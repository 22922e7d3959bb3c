// Healthy hosts, sequences, counters, reload and listeners.

#include "tests/sim/simulator.hpp"

#include <gmock/gmock.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>

#include "tests/sim/listener.hpp"
#include "tests/unit/sim/sim_client.hpp"

namespace rdpwatch::sim {
namespace {

using ::testing::ElementsAre;

Scenarios one_host(HostScenario host, const std::string& range = "127.77.0.0/16") {
  Scenarios scenarios;
  scenarios.hosts.emplace_back(AddressRange::parse(range).value(), std::move(host));
  return scenarios;
}

std::uint16_t free_port(const std::string& address) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor acceptor(io, {boost::asio::ip::make_address(address), 0});
  return acceptor.local_endpoint().port();
}

class Hosts : public SimulatorTest {};

TEST_F(Hosts, healthy_with_tls13) {
  start("healthy");
  Client client = connect();
  EXPECT_EQ(confirm(client), "030000130ed00000123400021f080008000000");
  const TlsOutcome outcome = client.tls(TLS1_2_VERSION, TLS1_3_VERSION, "ts01.sim");
  EXPECT_TRUE(outcome.established) << outcome.error;
  EXPECT_EQ(outcome.version, "TLSv1.3");
  EXPECT_EQ(outcome.chain_length, 1U);
  client.close_in_order();
  wait_for_stats([](const HostStats& seen) { return seen.closed_by_close_notify == 1; }, "an orderly close");
  const HostStats seen = stats();
  EXPECT_EQ(seen.connections, 1U);
  EXPECT_EQ(seen.requests, 1U);
  EXPECT_EQ(seen.client_hellos, 1U);
  EXPECT_EQ(seen.handshakes, 1U);
  EXPECT_EQ(seen.open, 0U);
  EXPECT_EQ(seen.last_cookie, "probe");
  EXPECT_EQ(seen.last_server_name, "ts01.sim");
  EXPECT_EQ(seen.last_tls_offer, "TLSv1.3");
  EXPECT_THAT(seen.requested_protocols, ElementsAre(0x0B));
}

TEST_F(Hosts, tls12_only) {
  start("healthy_tls12");
  Client client = connect();
  confirm(client);
  const TlsOutcome outcome = client.tls();
  EXPECT_EQ(outcome.version, "TLSv1.2");
  EXPECT_EQ(outcome.cipher, "ECDHE-RSA-AES256-GCM-SHA384");
  client.close_in_order();
  wait_for_stats([](const HostStats& seen) { return seen.closed_by_close_notify == 1; }, "an orderly close");
  EXPECT_EQ(stats().last_server_name, "");
}

TEST_F(Hosts, tls10_refuses_a_modern_client_and_serves_an_old_one) {
  start("tls10");
  Client modern = connect();
  confirm(modern);
  EXPECT_EQ(modern.tls(TLS1_2_VERSION).error, "tlsv1 alert protocol version");
  wait_for_stats([](const HostStats& seen) { return seen.tls_failures == 1; }, "the failure");
  EXPECT_EQ(stats().last_tls_error, "unsupported protocol");
  Client old = connect();
  confirm(old);
  const TlsOutcome outcome = old.tls(TLS1_VERSION, TLS1_2_VERSION);
  EXPECT_EQ(outcome.version, "TLSv1") << outcome.error;
  EXPECT_EQ(stats().last_tls_offer, "TLSv1.2");
  EXPECT_EQ(X509_get_signature_nid(outcome.certificate.get()), NID_sha1WithRSAEncryption);
}

TEST_F(Hosts, tls11_and_no_certificate) {
  start("tls11");
  Client client = connect();
  confirm(client);
  EXPECT_EQ(client.tls().version, "TLSv1.1");
  const auto scenarios = [] {
    Scenarios anonymous = one_host(HostScenario(personality("no_certificate").value()));
    anonymous.port = 0;
    return anonymous;
  };
  simulator_->replace(scenarios());
  Client second = connect();
  confirm(second);
  const TlsOutcome outcome = second.tls();
  EXPECT_TRUE(outcome.established) << outcome.error;
  EXPECT_EQ(outcome.certificate, nullptr);
}

TEST_F(Hosts, direct_tls) {
  start("direct_tls");
  Client client = connect();
  EXPECT_TRUE(client.tls().established);
  EXPECT_EQ(stats().requests, 0U);
}

TEST_F(Hosts, issued_certificate_with_its_chain) {
  Behaviour behaviour;
  behaviour.tls.certificate.issuer = "ca";
  behaviour.tls.certificate.send_chain = true;
  behaviour.tls.certificate.common_name = "{host}.sim";
  Scenarios scenarios = one_host(HostScenario(behaviour));
  scenarios.authorities["ca"].key = "ec256";
  start(std::move(scenarios));
  Client client = connect("127.77.8.9");
  confirm(client);
  const TlsOutcome outcome = client.tls();
  EXPECT_EQ(outcome.chain_length, 2U);
  EXPECT_EQ(X509_check_host(outcome.certificate.get(), "127-77-8-9.sim", 0, 0, nullptr), 1);
}

TEST_F(Hosts, latency_at_each_step) {
  Behaviour behaviour;
  behaviour.latency = {{Step::request, Milliseconds(40)}, {Step::client_hello, Milliseconds(50)}};
  start(behaviour);
  Client client = connect();
  const auto begin = std::chrono::steady_clock::now();
  confirm(client);
  const auto confirmed = std::chrono::steady_clock::now();
  EXPECT_GE(confirmed - begin, std::chrono::milliseconds(40));
  EXPECT_TRUE(client.tls().established);
  EXPECT_GE(std::chrono::steady_clock::now() - confirmed, std::chrono::milliseconds(50));
}

TEST_F(Hosts, ladder_of_negotiation_failures) {
  start("nla_required");
  Client first = connect();
  EXPECT_EQ(confirm(first, 1), "030000130ed000001234000300080005000000");
  Client second = connect();
  EXPECT_EQ(confirm(second, 0x0B), "030000130ed00000123400021f080008000000");
  EXPECT_THAT(stats().requested_protocols, ElementsAre(1, 0x0B));
}

TEST_F(Hosts, sequence_for_each_address) {
  HostScenario host;
  host.sequence = {{personality("failure_3").value(), 2}, {personality("healthy").value(), 1}};
  start(one_host(host));
  const auto ask = [this](const char* address) {
    Client client = connect(address);
    return confirm(client);
  };
  const std::string broken = "030000130ed000001234000300080003000000";
  const std::string healthy = "030000130ed00000123400021f080008000000";
  EXPECT_EQ(ask("127.77.0.1"), broken);
  EXPECT_EQ(ask("127.77.0.2"), broken);
  EXPECT_EQ(ask("127.77.0.1"), broken);
  EXPECT_EQ(ask("127.77.0.1"), healthy);
  EXPECT_EQ(ask("127.77.0.2"), broken);
  EXPECT_EQ(ask("127.77.0.1"), healthy);
}

TEST_F(Hosts, connection_limit) {
  HostScenario host;
  host.connection_limit = 1;
  start(one_host(host));
  {
    Client first = connect();
    confirm(first);
    Client second = connect();
    EXPECT_EQ(second.next(), Next::reset);
    EXPECT_EQ(stats().refused, 1U);
  }
  Client third = connect();
  EXPECT_EQ(confirm(third), "030000130ed00000123400021f080008000000");
}

TEST_F(Hosts, how_clients_end_is_told_apart) {
  start("healthy");
  {
    Client client = connect();
    confirm(client);
  }
  wait_for_stats([](const HostStats& seen) { return seen.closed_by_fin == 1; }, "FIN");
  {
    Client client = connect();
    confirm(client);
    client.reset();
  }
  wait_for_stats([](const HostStats& seen) { return seen.reset_by_client == 1; }, "RST");
  {
    // Unread session tickets make the kernel answer the close with a reset.
    Client client = connect();
    confirm(client);
    EXPECT_TRUE(client.tls(TLS1_3_VERSION).established);
    EXPECT_EQ(client.next(), Next::data);
  }
  wait_for_stats([](const HostStats& seen) { return seen.reset_by_client == 2; }, "RST over unread bytes");
  EXPECT_EQ(stats().closed_by_close_notify, 0U);
}

TEST_F(Hosts, most_connections_at_once_and_their_spacing) {
  start("healthy");
  {
    Client first = connect();
    confirm(first);
  }
  wait_for_stats([](const HostStats& seen) { return seen.open == 0; }, "the close");
  Client second = connect();
  confirm(second);
  EXPECT_EQ(stats().max_open, 1U);
  EXPECT_TRUE(stats().min_spacing);
  Client third = connect();
  confirm(third);
  EXPECT_EQ(stats().max_open, 2U);
  EXPECT_LT(stats().min_spacing.value(), std::chrono::seconds(10));
}

TEST_F(Hosts, a_closed_connection_does_not_count_beside_the_next) {
  start("healthy");
  for (int i = 0; i < 200; ++i) {
    Client client = connect();
    confirm(client);
  }
  EXPECT_EQ(stats().max_open, 1U);
}

TEST_F(Hosts, anything_but_a_request_is_counted_and_closed) {
  start("healthy");
  Client client = connect();
  client.send_hex("474554202f20485454502f312e310d0a0d0a");
  EXPECT_EQ(client.next(), Next::closed);
  wait_for_stats([](const HostStats& seen) { return seen.bad_requests == 1; }, "the bad request");
}

TEST_F(Hosts, connection_timeout) {
  Scenarios scenarios = one_host(HostScenario(personality("silent").value()));
  scenarios.connection_timeout = Milliseconds(50);
  start(std::move(scenarios));
  Client client = connect();
  EXPECT_EQ(client.next(), Next::closed);
  wait_for_stats([](const HostStats& seen) { return seen.timed_out == 1; }, "the timeout");
}

TEST_F(Hosts, address_without_scenario_is_reset) {
  start("healthy");
  Client client = connect("127.78.0.1");
  EXPECT_EQ(client.next(), Next::reset);
  EXPECT_EQ(simulator_->unserved(), 1U);
  EXPECT_FALSE(simulator_->stats("127.78.0.1"));
}

TEST_F(Hosts, four_threads_and_many_clients) {
  start(one_host(HostScenario()), 4);
  std::atomic<int> established = 0;
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([this, i, &established] {
        for (int k = 0; k < 25; ++k) {
          Client client = connect("127.77.4." + std::to_string(i * 25 + k));
          confirm(client);
          if (client.tls().established) ++established;
          client.close_in_order();
        }
      });
    }
  }
  EXPECT_EQ(established, 100);
}

TEST_F(Hosts, reload_breaks_and_repairs) {
  const auto fleet = [](const char* name) {
    Scenarios scenarios = one_host(HostScenario(personality(name).value()));
    scenarios.port = 0;
    return scenarios;
  };
  start(fleet("healthy"));
  Client before = connect();
  EXPECT_EQ(confirm(before), "030000130ed00000123400021f080008000000");
  simulator_->replace(fleet("failure_3"));
  Client broken = connect();
  EXPECT_EQ(confirm(broken), "030000130ed000001234000300080003000000");
  EXPECT_TRUE(before.tls().established) << "a connection goes on as it began";

  Scenarios bad = fleet("healthy");
  bad.hosts[0].second.sequence[0].behaviour.tls.ciphers = "NO-SUCH-CIPHER";
  EXPECT_THROW(simulator_->replace(bad), std::runtime_error);
  Scenarios moved = fleet("healthy");
  moved.port = 1;
  EXPECT_THROW(simulator_->replace(moved), std::runtime_error);
  Client still_broken = connect();
  EXPECT_EQ(confirm(still_broken), "030000130ed000001234000300080003000000");

  simulator_->replace(fleet("healthy"));
  Client repaired = connect();
  EXPECT_EQ(confirm(repaired), "030000130ed00000123400021f080008000000");
  const boost::json::value json = boost::json::parse(simulator_->stats_json());
  EXPECT_EQ(json.at("reloads").as_int64(), 2);
  EXPECT_EQ(json.at("reload_failures").as_int64(), 2);
}

TEST_F(Hosts, what_cannot_be_made_is_said_with_its_host) {
  Scenarios scenarios = one_host(HostScenario(), "127.77.0.1");
  scenarios.port = 0;
  scenarios.hosts[0].second.sequence[0].behaviour.tls.ciphers = "NO-SUCH-CIPHER";
  try {
    Simulator simulator(io_, scenarios);
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(),
                 "host 127.77.0.1: the ciphers 'NO-SUCH-CIPHER' can't be used: no cipher match");
  }
}

TEST_F(Hosts, port_in_use) {
  start("healthy");
  Scenarios scenarios = one_host(HostScenario());
  scenarios.port = simulator_->port();
  try {
    Simulator simulator(io_, scenarios);
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(),
              "can't listen on 0.0.0.0:" + std::to_string(scenarios.port) + ": Address already in use");
  }
}

TEST_F(Hosts, further_listener_on_ipv6) {
  Scenarios scenarios = one_host(HostScenario(), "::1");
  scenarios.listen = {{"::1", free_port("::1")}};
  const std::uint16_t port = scenarios.listen[0].port;
  start(std::move(scenarios));
  Client client("::1", port);
  EXPECT_EQ(confirm(client), "030000130ed00000123400021f080008000000");
  EXPECT_EQ(stats("::1").connections, 1U);
}

TEST_F(Hosts, full_backlog_lets_no_connection_through) {
  Scenarios scenarios = one_host(HostScenario());
  scenarios.full_backlog = {{"127.77.0.250", free_port("127.77.0.250")}};
  const std::uint16_t port = scenarios.full_backlog[0].port;
  start(std::move(scenarios));
  const boost::asio::ip::tcp::endpoint where(boost::asio::ip::make_address("127.77.0.250"), port);
  const Descriptor probe(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(probe.get(), where.data(), static_cast<socklen_t>(where.size())), -1);
  EXPECT_EQ(errno, EINPROGRESS);
  pollfd wanted{probe.get(), POLLOUT, 0};
  EXPECT_EQ(poll(&wanted, 1, 200), 0) << "neither connected nor refused";
}

TEST_F(Hosts, counters_as_json) {
  start("healthy");
  Client client = connect();
  confirm(client);
  const boost::json::value json = boost::json::parse(simulator_->stats_json());
  EXPECT_EQ(json.at("snapshot").as_int64(), 1);
  EXPECT_EQ(json.at("unserved").as_int64(), 0);
  const boost::json::value& host = json.at("hosts").at(kHost);
  EXPECT_EQ(
      boost::json::serialize(host),
      R"({"connections":1,"refused":0,"requests":1,"bad_requests":0,"client_hellos":0,"not_tls":0,"handshakes":0,"tls_failures":0,)"
      R"("nla_negotiates":0,"nla_authenticates":0,"connect_initials":0,"client_infos":0,"ultimatums":0,"session_errors":0,)"
      R"("faults":0,"closed_by_close_notify":0,"closed_by_fin":0,"reset_by_client":0,"reset_by_host":0,"timed_out":0,)"
      R"("open":1,"max_open":1,"last_cookie":"probe","requested_protocols":[11]})");
}

}  // namespace
}  // namespace rdpwatch::sim
