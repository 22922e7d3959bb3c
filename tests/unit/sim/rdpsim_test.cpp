// The program: flags, messages, signals and exit codes.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/sim/sim_client.hpp"

namespace rdpwatch::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class Rdpsim : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "rdpsim-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }

  void TearDown() override {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }

  void write_scenario(const std::string& text) { std::ofstream(scenario_path(), std::ios::binary) << text; }
  std::string scenario_path() const { return (folder_ / "s.yml").string(); }
  std::string out() const { return read(folder_ / "out"); }
  std::string err() const { return read(folder_ / "err"); }

  void start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), RDPSIM_BIN);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, (folder_ / "out").c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    posix_spawn_file_actions_addopen(&actions, 2, (folder_ / "err").c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    ASSERT_EQ(posix_spawn(&pid_, RDPSIM_BIN, &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
  }

  /// The exit code; -1 when a signal ended it.
  int wait_for_exit() {
    int status = 0;
    wait_until([&] { return waitpid(pid_, &status, WNOHANG) == pid_; }, "the end of rdpsim");
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  /// Waits until it serves; the port it says.
  std::uint16_t port() {
    const std::string before = "rdpsim: ready on 127.0.0.0/8, port ";
    wait_until([&] { return out().starts_with(before) && out().ends_with(" host entries\n"); },
               "the ready line");
    return static_cast<std::uint16_t>(std::stoi(out().substr(before.size())));
  }

  static std::string ask(std::uint16_t port) {
    Client client("127.79.0.1", port);
    client.request(1);
    return client.receive_hex(19);
  }

  std::filesystem::path folder_;
  pid_t pid_ = 0;
};

TEST_F(Rdpsim, serves_reloads_counts_and_ends) {
  const std::string stats = (folder_ / "stats.json").string();
  write_scenario("hosts: {127.79.0.1: healthy}\n");
  start({"--config=" + scenario_path(), "--port=0", "--stats-file=" + stats, "--threads=2"});
  const std::uint16_t served = port();
  EXPECT_EQ(out(), "rdpsim: ready on 127.0.0.0/8, port " + std::to_string(served) + ", 1 host entries\n");
  EXPECT_EQ(ask(served), "030000130ed00000123400021f080001000000");

  write_scenario("hosts: {127.79.0.1: failure_3}\n");
  kill(pid_, SIGHUP);
  wait_until([&] { return err() == "rdpsim: scenario file read again, 1 host entries\n"; }, "the reload");
  EXPECT_EQ(ask(served), "030000130ed000001234000300080003000000");

  write_scenario("hosts: {127.79.0.1: sick}\n");
  kill(pid_, SIGHUP);
  wait_until([&] { return err().ends_with("rdpsim: the hosts stay as they were\n"); }, "the refused reload");
  EXPECT_THAT(err(), HasSubstr("s.yml:1:21: host 127.79.0.1: no personality 'sick' is defined above"));
  EXPECT_EQ(ask(served), "030000130ed000001234000300080003000000");

  kill(pid_, SIGUSR1);
  wait_until([&] { return std::filesystem::exists(stats); }, "the counters");
  const boost::json::value json = boost::json::parse(read(stats));
  EXPECT_EQ(json.at("snapshot").as_int64(), 1);
  EXPECT_EQ(json.at("reloads").as_int64(), 1);
  EXPECT_EQ(json.at("reload_failures").as_int64(), 1);
  EXPECT_EQ(json.at("hosts").at("127.79.0.1").at("connections").as_int64(), 3);

  kill(pid_, SIGTERM);
  EXPECT_EQ(wait_for_exit(), 0);
  EXPECT_EQ(boost::json::parse(read(stats)).at("snapshot").as_int64(), 2);
}

TEST_F(Rdpsim, counters_go_to_stdout_without_a_file) {
  write_scenario("hosts: {127.79.0.1: healthy}\n");
  start({"--config=" + scenario_path(), "--port=0"});
  port();
  kill(pid_, SIGUSR1);
  wait_until([&] { return out().ends_with("}\n"); }, "the counters");
  EXPECT_THAT(out(), HasSubstr(R"({"snapshot":1,"reloads":0,"reload_failures":0,"unserved":0,"hosts":{}})"));
  kill(pid_, SIGINT);
  EXPECT_EQ(wait_for_exit(), 0);
}

TEST_F(Rdpsim, bad_scenario_file) {
  write_scenario("hosts: {127.79.0.1: healthy}\nport: yes\n");
  start({"--config=" + scenario_path()});
  EXPECT_EQ(wait_for_exit(), 1);
  EXPECT_EQ(err(), scenario_path() + ":2:7: scenario file: port: 'yes' is not an integer from 0 to 65535\n");
}

TEST_F(Rdpsim, check_only) {
  write_scenario("hosts: {127.79.0.1: healthy}\n");
  start({"--config=" + scenario_path(), "--check"});
  EXPECT_EQ(wait_for_exit(), 0);
  EXPECT_EQ(out() + err(), "");
}

TEST_F(Rdpsim, no_scenario_file) {
  start({});
  EXPECT_EQ(wait_for_exit(), 2);
  EXPECT_EQ(err(), "rdpsim: --config=FILE is missing; see rdpsim --help\n");
}

TEST_F(Rdpsim, lists_personalities) {
  start({"--personalities"});
  EXPECT_EQ(wait_for_exit(), 0);
  EXPECT_THAT(out(), StartsWith("healthy: TLS 1.2-1.3, the strongest protocol that was asked for\n"));
}

TEST_F(Rdpsim, help_names_the_signals) {
  start({"--help"});
  EXPECT_EQ(wait_for_exit(), 0);
  EXPECT_THAT(
      out(),
      HasSubstr(
          "SIGHUP reads the scenario file again, SIGUSR1 writes the counters, SIGTERM and SIGINT stop."));
}

// Every personality and payload that the program knows is in its manual.
TEST(Readme, lists_what_is_built_in) {
  const std::string readme = read(RDPWATCH_SOURCE_DIR "/tests/sim/README.md");
  for (const Personality& one : personalities())
    EXPECT_THAT(readme, HasSubstr("`" + std::string(one.name) + "`"));
  for (const NamedPayload& one : payloads())
    EXPECT_THAT(readme, HasSubstr("`" + std::string(one.name) + "`"));
}

}  // namespace
}  // namespace rdpwatch::sim
