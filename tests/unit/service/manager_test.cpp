#include "daemon/service/manager.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/service/datagrams.hpp"

namespace rdpwatch::service {
namespace {

using testing::MatchesRegex;

TEST(Manager, each_message_is_one_datagram) {
  const test::TempDir folder;
  test::Datagrams systemd(folder.path("notify"));
  const Manager manager(folder.path("notify"));
  EXPECT_TRUE(manager.ready("12 targets: 12 up"));
  EXPECT_EQ(systemd.next(), "READY=1\nSTATUS=12 targets: 12 up");
  EXPECT_TRUE(manager.reloading());
  EXPECT_THAT(systemd.next(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
  EXPECT_TRUE(manager.status("12 targets: 11 up, 1 down"));
  EXPECT_EQ(systemd.next(), "STATUS=12 targets: 11 up, 1 down");
  EXPECT_TRUE(manager.alive());
  EXPECT_EQ(systemd.next(), "WATCHDOG=1");
  EXPECT_TRUE(manager.stopping());
  EXPECT_EQ(systemd.next(), "STOPPING=1\nSTATUS=stopping");
  EXPECT_TRUE(systemd.empty());
}

TEST(Manager, a_socket_without_a_file) {
  const std::string name = "@rdpwatch-test-" + std::to_string(getpid());
  test::Datagrams systemd(name);
  EXPECT_TRUE(Manager(name).alive());
  EXPECT_EQ(systemd.next(), "WATCHDOG=1");
}

TEST(Manager, a_status_can_not_begin_another_line) {
  const test::TempDir folder;
  test::Datagrams systemd(folder.path("notify"));
  EXPECT_TRUE(Manager(folder.path("notify")).status("bad\nMAINPID=1\tx"));
  EXPECT_EQ(systemd.next(), "STATUS=bad MAINPID=1 x");
}

TEST(Manager, a_long_status_is_cut_off) {
  const test::TempDir folder;
  test::Datagrams systemd(folder.path("notify"));
  EXPECT_TRUE(Manager(folder.path("notify")).status(std::string(201, 'x')));
  EXPECT_EQ(systemd.next(), "STATUS=" + std::string(200, 'x'));
}

TEST(Manager, nobody_wants_to_be_told) {
  EXPECT_TRUE(Manager("").ready("x"));
}

TEST(Manager, nobody_is_there) {
  const test::TempDir folder;
  EXPECT_FALSE(Manager(folder.path("absent")).ready("x"));
}

TEST(Manager, an_address_that_is_none) {
  EXPECT_FALSE(Manager("vsock:2:1234").ready("x"));
  EXPECT_FALSE(Manager("/" + std::string(108, 'x')).ready("x"));
}

TEST(Manager, a_full_queue_is_waited_for_a_second_at_most) {
  const test::TempDir folder;
  test::Datagrams systemd(folder.path("notify"));
  const Manager manager(folder.path("notify"));
  const auto begin = std::chrono::steady_clock::now();
  int taken = 0;
  while (taken < 100000 && manager.alive()) ++taken;
  EXPECT_GT(taken, 0);
  EXPECT_LT(taken, 100000);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_EQ(systemd.next(), "WATCHDOG=1");
}

class EnvironmentOfAService : public testing::Test {
 protected:
  void TearDown() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
  }
};

TEST_F(EnvironmentOfAService, without_a_manager) {
  EXPECT_EQ(environment().notify_socket, "");
  EXPECT_EQ(environment().watchdog.count(), 0);
}

TEST_F(EnvironmentOfAService, with_a_watchdog) {
  setenv("NOTIFY_SOCKET", "/run/systemd/notify", 1);
  setenv("WATCHDOG_USEC", "60000000", 1);
  EXPECT_EQ(environment().notify_socket, "/run/systemd/notify");
  EXPECT_EQ(environment().watchdog, std::chrono::seconds(60));
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(environment().watchdog, std::chrono::seconds(60));
}

TEST_F(EnvironmentOfAService, a_watchdog_of_another_process) {
  setenv("WATCHDOG_USEC", "60000000", 1);
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(environment().watchdog.count(), 0);
}

TEST_F(EnvironmentOfAService, a_period_that_is_none) {
  for (const char* text : {"", "0", "-5", "60s", "99999999999999999999"}) {
    setenv("WATCHDOG_USEC", text, 1);
    EXPECT_EQ(environment().watchdog.count(), 0) << text;
  }
}

}  // namespace
}  // namespace rdpwatch::service
