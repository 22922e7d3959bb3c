#include "daemon/http/change_request.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::http {
namespace {

Request loopback(const std::string& host = "127.0.0.1:9839") {
  Request request;
  request.method = "POST";
  request.host = host;
  request.peer_is_loopback = true;
  return request;
}

Request authenticated(const std::string& host) {
  Request request = loopback(host);
  request.peer_is_loopback = false;
  request.authenticated = true;
  return request;
}

std::string refused(const Request& request, const std::string& external = "") {
  const auto answer = refusal_of_change(request, "a probe", external);
  return answer ? std::to_string(answer->status) + " " + answer->body : "";
}

const std::string kStranger =
    "403 a probe over HTTP is allowed from loopback addresses only, and to those who prove who they are by "
    "--web.config.file\n";
const std::string kForeign = "403 a probe over HTTP is not allowed to web pages of another origin\n";

TEST(ChangeRequest, LoopbackOrAuthenticated) {
  EXPECT_EQ(refused(loopback()), "");
  EXPECT_EQ(refused(loopback("any.name")), "");  // A program, no browser.
  EXPECT_EQ(refused(authenticated("rdp.example.com")), "");
  Request stranger = loopback();
  stranger.peer_is_loopback = false;
  EXPECT_EQ(refused(stranger), kStranger);
}

TEST(ChangeRequest, AFetchOfAnotherSiteIsRefused) {
  for (const std::string site : {"cross-site", "same-site", "anything"}) {
    Request request = loopback();
    request.fetch_site = site;
    EXPECT_EQ(refused(request), kForeign) << site;
  }
  for (const std::string site : {"same-origin", "none"}) {
    Request request = loopback();
    request.fetch_site = site;
    EXPECT_EQ(refused(request), "") << site;
  }
}

TEST(ChangeRequest, AnOriginMustBeOurs) {
  Request request = loopback("localhost:9839");
  request.origin = "http://localhost:9839";
  EXPECT_EQ(refused(request), "");
  for (const std::string origin : {"http://localhost:9840", "http://localhost", "https://evil.example",
                                   "null", "file://", "http://localhost:9839@evil.example"}) {
    request.origin = origin;
    EXPECT_EQ(refused(request), kForeign) << origin;
  }
  Request remote = authenticated("RDP.example.com");
  remote.origin = "https://rdp.example.com";
  EXPECT_EQ(refused(remote), "");
}

TEST(ChangeRequest, BehindAProxyTheExternalAddressIsOurs) {
  Request request = loopback("127.0.0.1:9839");
  request.origin = "https://rdp.example.com";
  EXPECT_EQ(refused(request), kForeign);
  EXPECT_EQ(refused(request, "https://rdp.example.com/rdpwatch"), "");
  request.host = "rdp.example.com";
  EXPECT_EQ(refused(request, "https://rdp.example.com"), "");
}

TEST(ChangeRequest, AForeignNameThatLeadsToThisMachineIsRefused) {
  Request request = loopback("rebound.evil.example:9839");
  request.origin = "http://rebound.evil.example:9839";
  request.fetch_site = "same-origin";
  EXPECT_EQ(refused(request), kForeign);
  request.host = "[::1]:9839";
  request.origin = "http://[::1]:9839";
  EXPECT_EQ(refused(request), "");
}

}  // namespace
}  // namespace rdpwatch::http
