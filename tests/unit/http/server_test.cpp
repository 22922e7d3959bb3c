#include "daemon/http/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "daemon/http/listen_address.hpp"
#include "tests/unit/http/loopback.hpp"

namespace rdpwatch::http {
namespace {

using test::Answer;
using test::Client;
using test::Running;
using testing::HasSubstr;

/// So many numbered lines of a hundred bytes.
class Lines : public BodyStream {
 public:
  explicit Lines(int count) : count_(count) {}
  std::string_view next() override {
    line_.clear();
    for (int i = 0; i < 500 && at_ < count_; ++i) {
      std::string number = std::to_string(at_++);
      line_ += std::string(99 - number.size(), '.') + number + "\n";
    }
    return line_;
  }

 private:
  int count_;
  int at_ = 0;
  std::string line_;
};

std::string lines(int count) {
  Lines stream(count);
  std::string all;
  for (auto piece = stream.next(); !piece.empty(); piece = stream.next()) all.append(piece);
  return all;
}

constexpr int kManyLines = 200000;  // 20 MB: more than sockets buffer

boost::asio::awaitable<Response> hello(Request request) {
  co_return text_response(200,
                          request.method + " " + request.path + " " + request.query + " " + request.body);
}

boost::asio::awaitable<Response> stream(Request request) {
  Response response;
  response.stream = std::make_unique<Lines>(request.query.empty() ? kManyLines : std::stoi(request.query));
  co_return response;
}

boost::asio::awaitable<Response> fails(Request) {
  throw std::runtime_error("broken");
  co_return Response();
}

Router routes() {
  Router router;
  router.add({"GET"}, "/hello", hello);
  router.add({"POST", "PUT"}, "/post", hello);
  router.add({"GET"}, "/stream", stream);
  router.add({"GET"}, "/fails", fails);
  return router;
}

class ServerTest : public testing::Test {
 protected:
  Running server_{routes()};
  Client client_{server_.endpoint};
};

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  const Answer first = client_.get("/hello?a=1");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "GET /hello a=1 \n");
  EXPECT_TRUE(first.has("Content-Type: text/plain; charset=utf-8"));
  EXPECT_TRUE(first.has("X-Content-Type-Options: nosniff"));
  EXPECT_THAT(first.header,
              testing::ContainsRegex("Date: [A-Z][a-z][a-z], [0-9][0-9] [A-Z][a-z][a-z] 20[0-9]+ "));
  EXPECT_EQ(client_.get("/hello").body, "GET /hello  \n");
}

TEST_F(ServerTest, ClosesWhenTheClientAsksForIt) {
  const Answer answer = client_.get("/hello", "Connection: close\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Connection: close"));
  EXPECT_EQ(client_.rest(), "");
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  client_.send(
      "GET /hello?1 HTTP/1.1\r\nHost: t\r\n\r\n"
      "POST /post HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc"
      "GET /stream?2 HTTP/1.1\r\nHost: t\r\n\r\n"
      "GET /hello?3 HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(client_.read().body, "GET /hello 1 \n");
  EXPECT_EQ(client_.read().body, "POST /post  abc\n");
  EXPECT_EQ(client_.read().body, lines(2));
  EXPECT_EQ(client_.read().body, "GET /hello 3 \n");
}

TEST_F(ServerTest, ARequestMayComeByteByByte) {
  for (const char c : std::string("GET /hello HTTP/1.1\r\nHost: t\r\n\r\n")) client_.send(std::string(1, c));
  EXPECT_EQ(client_.read().status, 200);
}

TEST_F(ServerTest, HeadHasTheHeaderAlone) {
  client_.send("HEAD /hello HTTP/1.1\r\nHost: t\r\n\r\nHEAD /stream HTTP/1.1\r\nHost: t\r\n\r\n");
  const Answer whole = client_.read(true);
  EXPECT_EQ(whole.status, 200);
  EXPECT_TRUE(whole.has("Content-Length: 14"));
  EXPECT_TRUE(client_.read(true).has("Transfer-Encoding: chunked"));
  EXPECT_EQ(client_.get("/hello").status, 200) << "nothing came behind the headers";
}

TEST_F(ServerTest, AnUnknownPathSaysWhatThereIs) {
  const Answer answer = client_.get("/nothing");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body,
            "there is nothing here; what there is:\nGET, HEAD /hello\nPOST, PUT /post\nGET, HEAD /stream\n"
            "GET, HEAD /fails\n");
}

TEST_F(ServerTest, AWrongMethodSaysWhichAreAllowed) {
  client_.send("DELETE /post HTTP/1.1\r\nHost: t\r\n\r\n");
  const Answer answer = client_.read();
  EXPECT_EQ(answer.status, 405);
  EXPECT_TRUE(answer.has("Allow: POST, PUT"));
  EXPECT_EQ(answer.body, "this method is not allowed for /post; allowed: POST, PUT\n");
}

TEST_F(ServerTest, AHandlersExceptionIsStatus500) {
  EXPECT_EQ(client_.get("/fails").status, 500);
  EXPECT_EQ(client_.get("/hello").status, 200);
}

TEST_F(ServerTest, TheAbsoluteFormOfAUrlIsUnderstood) {
  EXPECT_EQ(client_.get("http://proxy.example:80/hello?x").body, "GET /hello x \n");
}

TEST_F(ServerTest, AStreamIsChunkedAndWhole) {
  const Answer answer = client_.get("/stream");
  EXPECT_TRUE(answer.has("Transfer-Encoding: chunked"));
  EXPECT_TRUE(answer.has("Vary: Accept-Encoding"));
  EXPECT_EQ(answer.header.find("Content-Encoding"), std::string::npos);
  EXPECT_TRUE(answer.body == lines(kManyLines));
  EXPECT_EQ(client_.get("/hello").status, 200);
}

TEST_F(ServerTest, AnEmptyStreamIsAnEmptyBody) {
  EXPECT_EQ(client_.get("/stream?0").body, "");
  EXPECT_EQ(test::gunzip(client_.get("/stream?0", "Accept-Encoding: gzip\r\n").body), "");
}

TEST_F(ServerTest, AStreamIsCompressedForWhoCanReadIt) {
  const Answer answer = client_.get("/stream", "Accept-Encoding: deflate, gzip;q=0.5\r\n");
  EXPECT_TRUE(answer.has("Content-Encoding: gzip"));
  EXPECT_LT(answer.body.size(), lines(kManyLines).size() / 5);
  EXPECT_TRUE(test::gunzip(answer.body) == lines(kManyLines));
}

TEST_F(ServerTest, GzipThatIsRefusedIsNotUsed) {
  const Answer answer = client_.get("/stream?3", "Accept-Encoding: gzip;q=0, *\r\n");
  EXPECT_EQ(answer.header.find("Content-Encoding"), std::string::npos);
  EXPECT_EQ(answer.body, lines(3));
}

TEST_F(ServerTest, AnOldClientGetsAStreamThatEndsWithTheConnection) {
  client_.send("GET /stream?3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const Answer answer = client_.read();
  EXPECT_EQ(answer.header.find("Transfer-Encoding"), std::string::npos);
  EXPECT_EQ(answer.body, lines(3));
}

TEST_F(ServerTest, TwoClientsAreServedAtATime) {
  client_.send("GET /stream HTTP/1.1\r\nHost: t\r\n\r\n");  // not read yet: its stream stands still
  Client other(server_.endpoint);
  EXPECT_EQ(other.get("/hello").status, 200);
  EXPECT_TRUE(client_.read().body == lines(kManyLines));
}

TEST_F(ServerTest, AClientThatGoesAwayInTheMiddleHarmsNobody) {
  {
    Client gone(server_.endpoint);
    gone.send("GET /stream HTTP/1.1\r\nHost: t\r\n\r\n");
  }
  EXPECT_EQ(client_.get("/hello").status, 200);
}

// ---- Bad requests
// --------------------------------------------------------------------------------------------

struct Bad {
  const char* name;
  std::string request;
  int status;
  std::string body;
};

class BadRequestTest : public ServerTest, public testing::WithParamInterface<Bad> {};

TEST_P(BadRequestTest, IsAnsweredAndTheConnectionEnds) {
  client_.send(GetParam().request);
  const Answer answer = client_.read();
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(answer.body, GetParam().body);
  EXPECT_TRUE(answer.has("Connection: close"));
  EXPECT_EQ(client_.rest(), "");
  Client next(server_.endpoint);
  EXPECT_EQ(next.get("/hello").status, 200);
}

const std::string kHost = " HTTP/1.1\r\nHost: t\r\n";

INSTANTIATE_TEST_SUITE_P(
    Http, BadRequestTest,
    testing::Values(
        Bad{"tls", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\r\n\r\n", 15), 400,
            "this is not an HTTP/1.1 request: bad method\n"},
        Bad{"no_version", "GET /hello\r\n\r\n", 400, "this is not an HTTP/1.1 request: bad target\n"},
        Bad{"future_version", "GET /hello HTTP/2.0\r\n\r\n", 400,
            "this is not an HTTP/1.1 request: bad version\n"},
        Bad{"broken_field", "GET /hello" + kHost + "no colon\r\n\r\n", 400,
            "this is not an HTTP/1.1 request: bad field\n"},
        Bad{"smuggling", "POST /post" + kHost + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400,
            "this is not an HTTP/1.1 request: multiple Content-Length\n"},
        Bad{"smuggling_te_cl",
            "POST /post" + kHost + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400,
            "this is not an HTTP/1.1 request: bad Content-Length\n"},
        Bad{"smuggling_cl_te",
            "POST /post" + kHost + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
            "this is not an HTTP/1.1 request: bad Transfer-Encoding\n"},
        Bad{"smuggling_unknown_te",
            "POST /post" + kHost + "Transfer-Encoding: xchunked\r\n\r\nGET /hello" + kHost + "\r\n", 400,
            "Transfer-Encoding is not understood; allowed: chunked, in HTTP/1.1\n"},
        Bad{"smuggling_two_te",
            "POST /post" + kHost +
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            400, "this is not an HTTP/1.1 request: bad Transfer-Encoding\n"},
        Bad{"broken_chunk", "POST /post" + kHost + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400,
            "this is not an HTTP/1.1 request: bad chunk\n"},
        Bad{"long_body", "POST /post" + kHost + "Content-Length: 65537\r\n\r\n", 413,
            "the body is too long; at most 65536 bytes are allowed\n"},
        Bad{"long_chunked_body",
            "POST /post" + kHost + "Transfer-Encoding: chunked\r\n\r\n20000\r\n" + std::string(0x20000, 'x'),
            413, "the body is too long; at most 65536 bytes are allowed\n"},
        Bad{"very_long_url", "GET /" + std::string(100000, 'x') + kHost + "\r\n", 414,
            "the URL is too long; at most 4096 bytes are allowed\n"},
        Bad{"long_header", "GET /hello" + kHost + "X: " + std::string(20000, 'x') + "\r\n\r\n", 431,
            "the header is too long; at most 16384 bytes are allowed\n"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(ServerTest, AUrlThatIsALittleTooLongIsRefused) {
  EXPECT_EQ(client_.get("/" + std::string(4095, 'x')).status, 404);
  EXPECT_EQ(client_.get("/" + std::string(4096, 'x')).status, 414);
}

TEST_F(ServerTest, ChunksInAnOldVersionAreRefused) {
  client_.send(
      "POST /post HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  const Answer answer = client_.read();
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "Transfer-Encoding is not understood; allowed: chunked, in HTTP/1.1\n");
  EXPECT_EQ(client_.rest(), "");
}

TEST_F(ServerTest, ARequestWithoutAHostIsRefused) {
  client_.send("GET /hello HTTP/1.1\r\n\r\n");
  const Answer answer = client_.read();
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "an HTTP/1.1 request needs one Host header\n");
}

// ---- Limits
// ----------------------------------------------------------------------------------------------------

TEST(ServerLimitsTest, OneConnectionTooManyIsToldSo) {
  ServerLimits limits;
  limits.max_connections = 1;
  Running server(routes(), limits);
  Client first(server.endpoint);
  first.send("GET /stream HTTP/1.1\r\nHost: t\r\n\r\n");
  Client second(server.endpoint);
  const Answer answer = second.read();
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.has("Retry-After: 5"));
  EXPECT_EQ(answer.body,
            "too many connections; at most 1 are served at a time, at most 192 of them from one address; try "
            "again later\n");
  EXPECT_TRUE(first.read().body == lines(kManyLines));
  EXPECT_EQ(first.get("/hello").status, 200);
}

TEST(ServerLimitsTest, AConnectionWithoutARequestIsClosed) {
  ServerLimits limits;
  limits.idle_timeout = std::chrono::seconds(1);
  Running server(routes(), limits);
  Client client(server.endpoint);
  EXPECT_EQ(client.rest(), "");
}

TEST(ServerLimitsTest, TheFirstRequestIsNotWaitedForLong) {
  ServerLimits limits;
  limits.request_timeout = std::chrono::seconds(1);
  Running server(routes(), limits);
  Client client(server.endpoint);
  EXPECT_EQ(client.rest(), "");
}

TEST(ServerLimitsTest, AHalfRequestIsNotWaitedForLong) {
  ServerLimits limits;
  limits.request_timeout = std::chrono::seconds(1);
  Running server(routes(), limits);
  Client client(server.endpoint);
  client.send("GET /hello HTTP/1.1\r\nHo");
  EXPECT_EQ(client.rest(), "");
}

TEST(ServerLimitsTest, AClientThatDoesNotReadIsClosed) {
  ServerLimits limits;
  limits.write_timeout = std::chrono::seconds(1);
  limits.max_connections = 1;
  Running server(routes(), limits);
  Client client(server.endpoint);
  client.send("GET /stream HTTP/1.1\r\nHost: t\r\n\r\n");
  // Its place is free as soon as the server has given it up.
  int status = 503;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (status == 503 && std::chrono::steady_clock::now() < patience) {
    Client other(server.endpoint);
    status = other.get("/hello", "Connection: close\r\n").status;
  }
  EXPECT_EQ(status, 200);
}

// ---- Listening
// -------------------------------------------------------------------------------------------------

std::string listen_error(const std::string& address) {
  boost::asio::io_context io;
  Server server(io, Router());
  try {
    server.listen({address});
  } catch (const ListenError& error) {
    return error.what();
  }
  return "";
}

TEST(Listening, AnAddressInUseIsNamed) {
  Running server(routes());
  const auto address = "127.0.0.1:" + std::to_string(server.endpoint.port());
  EXPECT_EQ(listen_error(address), "cannot listen on " + address + ": Address already in use");
}

TEST(Listening, AnAddressThatIsNotOursIsNamed) {
  EXPECT_EQ(listen_error("192.0.2.1:0"), "cannot listen on 192.0.2.1:0: Cannot assign requested address");
}

TEST(Listening, WhatIsNoAddressIsSaidWithWhatIsAllowed) {
  for (const std::string text : {"9839", "localhost:9839", "127.0.0.1", "127.0.0.1:", "::1:9839", "[::1]",
                                 "[]:1", "127.0.0.1:65536", "127.0.0.1:-1", "[127.0.0.1]:1", ":http", ""}) {
    EXPECT_EQ(listen_error(text),
              "\"" + text +
                  "\" is not an address to listen on; allowed are :port (every interface), "
                  "ipv4:port and [ipv6]:port");
  }
}

TEST(Listening, OnSeveralAddressesOfBothFamilies) {
  boost::asio::io_context io;
  Server server(io, routes());
  server.listen({":0", "127.0.0.1:0", "[::1]:0"});
  const auto endpoints = server.endpoints();
  ASSERT_EQ(endpoints.size(), 3u);
  std::thread thread([&io] { io.run(); });
  using boost::asio::ip::make_address;
  for (const auto& [address, port] : {std::pair("127.0.0.1", endpoints[0].port()),
                                      {"::1", endpoints[0].port()},
                                      {"127.0.0.1", endpoints[1].port()},
                                      {"::1", endpoints[2].port()}}) {
    Client client({make_address(address), port});
    EXPECT_EQ(client.get("/hello").status, 200) << address << " " << port;
  }
  server.stop();
  thread.join();
}

}  // namespace
}  // namespace rdpwatch::http
