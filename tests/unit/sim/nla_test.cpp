// NLA: what a host says behind TLS when hybrid was selected. The client's messages are bytes; what comes back
// is compared with bytes or taken apart here.

#include <gmock/gmock.h>

#include <chrono>
#include <map>

#include "tests/unit/sim/sim_client.hpp"

namespace rdpwatch::sim {
namespace {

using ::testing::HasSubstr;

// TSRequests with an NTLM NEGOTIATE of 40 bytes: version 2 and 6, bare; version 6, in SPNEGO.
constexpr const char* kRequestV2 =
    "3037a003020102a130302e302ca02a04284e544c4d5353500001000000b78208e2000000000000000000000000000000000a"
    "0063450000000f";
constexpr const char* kRequestV6 =
    "3037a003020106a130302e302ca02a04284e544c4d5353500001000000b78208e2000000000000000000000000000000000a"
    "0063450000000f";
constexpr const char* kRequestSpnego =
    "3059a003020106a1523050304ea04c044a604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa22a04"
    "284e544c4d5353500001000000b78208e2000000000000000000000000000000000a0063450000000f";
// The CHALLENGE of ts01.corp.example, build 10.0.20348, no Timestamp: 176 bytes.
constexpr const char* kChallenge =
    "4e544c4d53535000020000000800080038000000358289e20123456789abcdef000000000000000070007000400000000a00"
    "7c4f0000000f43004f00520050000200080043004f00520050000100080054005300300031000400180063006f0072007000"
    "2e006500780061006d0070006c0065000300220074007300300031002e0063006f00720070002e006500780061006d007000"
    "6c00650005000e006500780061006d0070006c00650000000000";

class Nla : public SimulatorTest {
 protected:
  static NlaSpec ts01() {
    NlaSpec nla;
    nla.netbios_computer = "TS01";
    nla.netbios_domain = "CORP";
    nla.dns_computer = "ts01.corp.example";
    nla.dns_domain = "corp.example";
    nla.dns_forest = "example";
    nla.timestamp = false;
    return nla;
  }

  void start_with(const NlaSpec& nla) {
    Behaviour behaviour;
    behaviour.nla = nla;
    start(behaviour);
  }

  /// Goes as far as TLS and sends this.
  void ask(Client& client, std::string_view hex, std::uint32_t protocols = 0x0B) {
    confirm(client, protocols);
    EXPECT_TRUE(client.tls().established);
    client.send_hex_in_tls(hex);
  }

  /// The next TSRequest, whole.
  static std::string receive_ts_request(Client& client) {
    std::string hex = client.receive_hex_in_tls(2);
    const Bytes head = from_hex(hex).value();
    if (head.size() < 2) return hex;
    std::size_t size = head[1];
    if (size >= 0x80) {
      const std::string length = client.receive_hex_in_tls(size - 0x80);
      hex += length;
      size = std::stoul(length, nullptr, 16);
    }
    return hex + client.receive_hex_in_tls(size);
  }

  struct Challenge {
    std::uint32_t flags = 0;
    std::string target;
    std::map<int, Bytes> pairs;
    Bytes version;
  };

  static std::uint32_t number(const Bytes& bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value |= std::uint32_t{bytes.at(at + i)} << (8 * i);
    return value;
  }

  static std::string text(const Bytes& utf16) {
    std::string text;
    for (std::size_t i = 0; i + 1 < utf16.size(); i += 2) text += static_cast<char>(utf16[i]);
    return text;
  }

  /// Finds the CHALLENGE in a TSRequest by its signature.
  static Challenge challenge_in(const std::string& hex) {
    const std::size_t at = hex.find("4e544c4d5353500002000000");
    EXPECT_NE(at, std::string::npos) << hex;
    if (at == std::string::npos) return {};
    const Bytes message = from_hex(hex.substr(at)).value();
    const auto field = [&message](std::size_t offset) {
      const auto begin = message.begin() + number(message, offset + 4, 4);
      return Bytes(begin, begin + number(message, offset, 2));
    };
    Challenge challenge{number(message, 20, 4), text(field(12)), {}, {}};
    challenge.version.assign(message.begin() + 48, message.begin() + 56);
    const Bytes info = field(40);
    for (std::size_t i = 0; number(info, i, 2) != 0; i += 4 + number(info, i + 2, 2)) {
      const auto begin = info.begin() + static_cast<std::ptrdiff_t>(i) + 4;
      challenge.pairs[static_cast<int>(number(info, i, 2))] = Bytes(begin, begin + number(info, i + 2, 2));
    }
    return challenge;
  }
};

TEST_F(Nla, the_challenge_byte_by_byte) {
  start_with(ts01());
  Client client = connect();
  ask(client, kRequestV6);
  EXPECT_EQ(receive_ts_request(client),
            std::string("3081c4a003020106a181bc3081b93081b6a081b30481b0") + kChallenge);
  client.close_in_order();
  wait_for_stats([](const HostStats& seen) { return seen.closed_by_close_notify == 1; }, "an orderly close");
  EXPECT_EQ(stats().nla_negotiates, 1U);
  EXPECT_EQ(stats().nla_authenticates, 0U);
  EXPECT_EQ(stats().session_errors, 0U);
}

TEST_F(Nla, wrapped_in_spnego_for_a_client_that_wraps) {
  start_with(ts01());
  Client client = connect();
  ask(client, kRequestSpnego);
  EXPECT_EQ(
      receive_ts_request(client),
      std::string(
          "3081e3a003020106a181db3081d83081d5a081d20481cfa181cc3081c9a0030a0101a10c060a2b0601040182370202"
          "0aa281b30481b0") +
          kChallenge);
}

TEST_F(Nla, version_2_and_hybrid) {
  NlaSpec nla = ts01();
  nla.version = 2;
  start_with(nla);
  Client client = connect();
  ask(client, kRequestV2, 0x03);
  EXPECT_EQ(receive_ts_request(client),
            std::string("3081c4a003020102a181bc3081b93081b6a081b30481b0") + kChallenge);
}

TEST_F(Nla, default_names_follow_the_address) {
  start("healthy");
  Client client = connect("127.77.100.200");
  ask(client, kRequestV6);
  const Challenge challenge = challenge_in(receive_ts_request(client));
  EXPECT_EQ(challenge.target, "SIM");
  EXPECT_EQ(text(challenge.pairs.at(1)), "SIM-127-77-100-");
  EXPECT_EQ(text(challenge.pairs.at(2)), "SIM");
  EXPECT_EQ(text(challenge.pairs.at(3)), "127-77-100-200.sim");
  EXPECT_EQ(text(challenge.pairs.at(4)), "sim");
  EXPECT_EQ(text(challenge.pairs.at(5)), "sim");
  EXPECT_EQ(challenge.version, from_hex("0a007c4f0000000f"));
}

TEST_F(Nla, workgroup_without_version_and_dns_names) {
  NlaSpec nla = ts01();
  nla.netbios_domain = "TS01";
  nla.dns_domain = nla.dns_forest = nla.build = "";
  start_with(nla);
  Client client = connect();
  ask(client, kRequestV6);
  const Challenge challenge = challenge_in(receive_ts_request(client));
  EXPECT_EQ(challenge.flags, 0xE08A8235U) << "target type server, no version";
  EXPECT_EQ(challenge.target, "TS01");
  EXPECT_EQ(challenge.version, Bytes(8, 0));
  EXPECT_EQ(challenge.pairs.count(4) + challenge.pairs.count(5) + challenge.pairs.count(7), 0U);
}

TEST_F(Nla, the_clock_is_off_either_way) {
  using std::chrono::hours;
  Scenarios scenarios;
  int host = 1;
  for (const int off : {0, 2, -72}) {
    Behaviour behaviour;
    behaviour.nla.clock_offset = hours(off);
    scenarios.hosts.emplace_back(AddressRange::parse("127.77.0." + std::to_string(host++)).value(),
                                 HostScenario(behaviour));
  }
  start(std::move(scenarios));
  host = 1;
  for (const int off : {0, 2, -72}) {
    Client client = connect("127.77.0." + std::to_string(host++));
    ask(client, kRequestV6);
    const Bytes time = challenge_in(receive_ts_request(client)).pairs.at(7);
    ASSERT_EQ(time.size(), 8U);
    const std::int64_t ticks = number(time, 0, 4) | std::int64_t{number(time, 4, 4)} << 32;
    const std::int64_t ahead = ticks / 10000000 - 11644473600 - std::time(nullptr);
    EXPECT_NEAR(static_cast<double>(ahead), off * 3600.0, 20.0);
  }
}

struct Answered {
  const char* name;
  const char* hex;
  const char* end;  ///< of the session
};

class NlaAnswers : public Nla, public ::testing::WithParamInterface<Answered> {};

TEST_P(NlaAnswers, bytes_and_end) {
  Behaviour behaviour = personality(GetParam().name).value();
  behaviour.tls.tickets = 0;
  start(behaviour);
  Client client = connect();
  ask(client, kRequestV6);
  EXPECT_EQ(client.receive_hex_in_tls(std::string(GetParam().hex).size() / 2), GetParam().hex);
  EXPECT_EQ(client.end_of_tls(), GetParam().end);
  EXPECT_EQ(stats().nla_negotiates, 1U);
}
INSTANTIATE_TEST_SUITE_P(
    Nla, NlaAnswers,
    ::testing::Values(Answered{"nla_logon_failure", "300da003020106a4060204c000006d", "close_notify"},
                      Answered{"nla_ntlm_blocked", "300da003020106a4060204c0000418", "close_notify"},
                      Answered{"nla_not_supported", "300da003020106a4060204c00000bb", "close_notify"},
                      Answered{"nla_account_locked", "300da003020106a4060204c0000234", "close_notify"},
                      Answered{"nla_access_denied", "300da003020106a4060204c0000022", "close_notify"},
                      Answered{"nla_no_logon_servers", "300da003020106a4060204c000005e", "close_notify"},
                      Answered{"nla_rejects", "3018a003020106a111300f300da00b0409a1073005a0030a0102",
                               "close_notify"},
                      Answered{"nla_answers_rdp", "0300000902f0802180", "close_notify"},
                      Answered{"nla_early_denied", "05000000", "close_notify"},
                      Answered{"nla_closes", "", "close_notify"}, Answered{"nla_resets", "", "reset"}));

struct Open {
  const char* name;
  const char* hex;
};

class NlaStaysOpen : public Nla, public ::testing::WithParamInterface<Open> {};

TEST_P(NlaStaysOpen, bytes_and_silence) {
  Behaviour behaviour = personality(GetParam().name).value();
  behaviour.tls.tickets = 0;
  start(behaviour);
  Client client = connect();
  ask(client, kRequestV6);
  EXPECT_EQ(client.receive_hex_in_tls(std::string(GetParam().hex).size() / 2), GetParam().hex);
  EXPECT_EQ(client.next(std::chrono::milliseconds(100)), Next::silent);
}
INSTANTIATE_TEST_SUITE_P(
    Nla, NlaStaysOpen,
    ::testing::Values(Open{"nla_no_token", "3005a003020106"}, Open{"nla_malformed", "3007a003020106a17f"},
                      Open{"nla_garbage_token",
                           "302fa003020106a12830263024a0220420a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7"
                           "a7a7a7a7a7a7a7a7a7a7"},
                      Open{"nla_stalls", ""}));

TEST_F(Nla, half_of_the_challenge) {
  NlaSpec nla = ts01();
  nla.answer = NlaAnswer::half;
  start_with(nla);
  Client client = connect();
  ask(client, kRequestV6);
  const std::string half = client.receive_hex_in_tls(99);
  EXPECT_EQ(half.size(), 198U);
  EXPECT_THAT(half, ::testing::StartsWith("3081c4a003020106"));
  EXPECT_EQ(client.end_of_tls(), "close_notify");
}

TEST_F(Nla, a_logon_attempt_is_counted) {
  start("nla_windows_2022");
  Client client = connect();
  ask(client, kRequestV6);
  receive_ts_request(client);
  client.send_hex_in_tls("3017a003020106a110300e300ca00a04084e544c4d");
  client.send_hex_in_tls("5353500003000000");
  wait_for_stats([](const HostStats& seen) { return seen.nla_authenticates == 1; }, "the AUTHENTICATE");
  EXPECT_EQ(stats().session_errors, 0U);
}

TEST_F(Nla, a_request_in_pieces) {
  start_with(ts01());
  Client client = connect();
  confirm(client);
  EXPECT_TRUE(client.tls().established);
  const std::string whole = kRequestV6;
  for (std::size_t i = 0; i < whole.size(); i += 2) client.send_hex_in_tls(whole.substr(i, 2));
  EXPECT_THAT(receive_ts_request(client), HasSubstr(kChallenge));
}

class NotANegotiate : public Nla, public ::testing::WithParamInterface<const char*> {};

TEST_P(NotANegotiate, is_counted_and_closed) {
  start("nla_windows_2022");
  Client client = connect();
  ask(client, GetParam());
  EXPECT_EQ(client.end_of_tls(), "close_notify");
  EXPECT_EQ(stats().session_errors, 1U);
  EXPECT_EQ(stats().nla_negotiates, 0U);
}
INSTANTIATE_TEST_SUITE_P(Nla, NotANegotiate,
                         ::testing::Values("0300000902f0802180",  // RDP
                                           "3005a003020106",      // no token
                                           "30ff",
                                           "3082ffff",  // too long
                                           "300aa003020106a403020100"));

TEST_F(Nla, faults_at_the_token) {
  start(with_fault(Fault{Step::negotiate_token, {}, from_hex("0a0b").value(), Ending::close, {}}));
  Client client = connect();
  ask(client, kRequestV6);
  EXPECT_EQ(client.receive_hex_in_tls(2), "0a0b");
  EXPECT_EQ(client.end_of_tls(), "closed") << "a fault closes without close_notify";
  EXPECT_EQ(stats().faults, 1U);
  EXPECT_EQ(stats().nla_negotiates, 1U);
}

}  // namespace
}  // namespace rdpwatch::sim
