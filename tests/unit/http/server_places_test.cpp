// Who has a place at the server when there are more clients than places.

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "daemon/http/server.hpp"
#include "tests/unit/http/loopback.hpp"

namespace rdpwatch::http {
namespace {

using boost::asio::ip::tcp;
using test::Answer;
using test::Client;
using test::Running;

/// More than sockets buffer, so that whoever does not read it keeps the server waiting.
class Much : public BodyStream {
 public:
  std::string_view next() override { return left_-- > 0 ? std::string_view(piece_) : std::string_view(); }

 private:
  std::string piece_ = std::string(100000, 'x');
  int left_ = 200;
};

boost::asio::awaitable<Response> small(Request) {
  co_return text_response(200, "hello");
}

boost::asio::awaitable<Response> much(Request) {
  Response response;
  response.stream = std::make_unique<Much>();
  co_return response;
}

Router places_routes() {
  Router router;
  router.add({"GET"}, "/hello", small);
  router.add({"GET"}, "/much", much);
  return router;
}

ServerLimits places(std::size_t all, std::size_t of_one_peer) {
  ServerLimits limits;
  limits.max_connections = all;
  limits.max_of_one_peer = of_one_peer;
  return limits;
}

void ask_for_much(Client& client) {
  client.send("GET /much HTTP/1.1\r\nHost: t\r\n\r\n");
}

int status_of_another(const tcp::endpoint& endpoint, const std::string& from = "") {
  Client client(endpoint, from);
  return client.get("/hello", "Connection: close\r\n").status;
}

TEST(ServerPlaces, AnIdleConnectionMakesPlaceAtOnceTheLongestIdleFirst) {
  Running server(places_routes(), places(2, 2));
  Client first(server.endpoint);
  EXPECT_EQ(first.get("/hello").status, 200);
  Client second(server.endpoint);
  EXPECT_EQ(second.get("/hello").status, 200);
  Client third(server.endpoint);
  EXPECT_EQ(third.get("/hello").status, 200);
  EXPECT_EQ(first.rest(), "") << "closed without a word, as an idle connection may be at any time";
  EXPECT_EQ(second.get("/hello").status, 200);
}

TEST(ServerPlaces, WhoIsBeingAnsweredKeepsItsPlace) {
  Running server(places_routes(), places(2, 2));
  Client busy(server.endpoint);
  ask_for_much(busy);
  Client idle(server.endpoint);
  EXPECT_EQ(idle.get("/hello").status, 200);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(status_of_another(server.endpoint), 200);
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(busy.read().body.size(), 20000000u);
}

TEST(ServerPlaces, ARequestThatDoesNotComeMakesPlaceAfterASecond) {
  Running server(places_routes(), places(3, 3));
  Client silent(server.endpoint);
  Client half(server.endpoint);
  half.send("GET /hello HTTP/1.1\r\nX-Slow: 1");
  Client busy(server.endpoint);
  ask_for_much(busy);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(status_of_another(server.endpoint), 503);
  int status = 503;
  while (status == 503 && std::chrono::steady_clock::now() - began < std::chrono::seconds(5)) {
    status = status_of_another(server.endpoint);
  }
  EXPECT_EQ(status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(900));
  EXPECT_EQ(silent.rest(), "");
}

TEST(ServerPlaces, OneAddressCanNotTakeAllPlaces) {
  Running server(places_routes(), places(3, 2));
  Client first(server.endpoint);
  ask_for_much(first);
  Client second(server.endpoint);
  ask_for_much(second);
  EXPECT_EQ(status_of_another(server.endpoint), 503);
  EXPECT_EQ(status_of_another(server.endpoint, "127.0.0.2"), 200);
  EXPECT_EQ(first.read().body.size(), 20000000u);
}

TEST(ServerPlaces, WhoHasItsShareTakesNoPlaceFromOthers) {
  Running server(places_routes(), places(2, 1));
  Client other(server.endpoint, "127.0.0.2");
  EXPECT_EQ(other.get("/hello").status, 200);
  Client first(server.endpoint);
  ask_for_much(first);
  EXPECT_EQ(status_of_another(server.endpoint), 503);
  EXPECT_EQ(other.get("/hello").status, 200) << "idle, and of another address";
}

// ---- What all answers have in common
// --------------------------------------------------------------------------

boost::asio::awaitable<Response> page(Request) {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = "<p>page";
  co_return response;
}

boost::asio::awaitable<Response> asset(Request) {
  Response response = text_response(200, "asset");
  response.headers.emplace_back("Cache-Control", "max-age=3600");
  co_return response;
}

boost::asio::awaitable<Response> refuses(Request) {
  co_return text_response(409, "say \"no\"");
}

class EveryAnswer : public testing::Test {
 protected:
  static Router router() {
    Router router;
    router.add({"GET"}, "/page", page);
    router.add({"GET"}, "/asset", asset);
    router.add({"GET"}, "/api/refuses", refuses);
    router.add({"GET"}, "/refuses", refuses);
    return router;
  }

  Running server_{router()};
  Client client_{server_.endpoint};
};

TEST_F(EveryAnswer, HasTheHeadersOfSafety) {
  for (const std::string path : {"/page", "/refuses", "/absent"}) {
    const Answer answer = client_.get(path);
    EXPECT_TRUE(answer.has("X-Content-Type-Options: nosniff")) << path;
    EXPECT_TRUE(answer.has("Referrer-Policy: same-origin")) << path;
    EXPECT_TRUE(answer.has("Cache-Control: no-store")) << path;
  }
  EXPECT_TRUE(client_.get("/asset").has("Cache-Control: max-age=3600"));
  EXPECT_TRUE(client_.get("/page").has(
      "Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
      "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"));
  EXPECT_EQ(client_.get("/asset").header.find("Content-Security-Policy"), std::string::npos);
}

TEST_F(EveryAnswer, AnErrorUnderTheApiIsJson) {
  const Answer answer = client_.get("/api/refuses");
  EXPECT_EQ(answer.status, 409);
  EXPECT_TRUE(answer.has("Content-Type: application/json"));
  EXPECT_EQ(answer.body, "{\"error\":\"say \\\"no\\\"\"}\n");
  EXPECT_EQ(client_.get("/refuses").body, "say \"no\"\n");
}

TEST_F(EveryAnswer, ManyShortFieldsAreALongHeader) {
  std::string fields;
  while (fields.size() < 17000) fields += "X: " + std::string(50, 'x') + "\r\n";
  const Answer answer = client_.get("/page", fields);
  EXPECT_EQ(answer.status, 431);
  EXPECT_EQ(answer.body, "the header is too long; at most 16384 bytes are allowed\n");
}

TEST_F(EveryAnswer, AnEndlessHeaderIsCutOff) {
  client_.send("GET /page HTTP/1.1\r\nHost: t\r\n");
  const std::string fields = "X: " + std::string(50, 'x') + "\r\n";
  for (int i = 0; i < 3000; ++i) client_.send(fields);
  EXPECT_EQ(client_.read().status, 431);
}

TEST_F(EveryAnswer, SoAreTheServersOwn) {
  EXPECT_EQ(client_.get("/api/" + std::string(4096, 'x')).body,
            "{\"error\":\"the URL is too long; at most 4096 bytes are allowed\"}\n");
  client_.send("GET /api/x HTTP/1.1\r\nHost: t\r\nX: " + std::string(20000, 'x') + "\r\n\r\n");
  const Answer answer = client_.read();
  EXPECT_EQ(answer.status, 431);
  EXPECT_EQ(answer.body, "{\"error\":\"the header is too long; at most 16384 bytes are allowed\"}\n");
}

}  // namespace
}  // namespace rdpwatch::http
