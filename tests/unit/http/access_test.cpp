#include "daemon/http/access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <filesystem>

#include "tests/support/temp_dir.hpp"
#include "tests/support/test_certificates.hpp"
#include "tests/unit/http/loopback.hpp"

namespace rdpwatch::http {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

// alice123
const std::string kUsers =
    "basic_auth_users: {alice: $2b$04$Q9bVxK2mNtR7sYwZ1cDeFuI0b72SpMtX4iqgmfqXTf1jt.wIHHKaO}\n";
const std::string kAlice = "Basic YWxpY2U6YWxpY2UxMjM=";

class AccessTest : public testing::Test {
 protected:
  void write(const std::string& text) {
    // A new file in the place of the old one.
    std::filesystem::rename(folder_.write("new", text), folder_.path("web.yml"));
  }

  Access& access() {
    if (!access_) {
      const auto told = [this](const AccessSettings&, const std::vector<std::string>& errors) {
        told_.push_back(errors);
      };
      access_ = std::make_unique<Access>(io_, folder_.path("web.yml"), told, [this] { return now_; });
    }
    return *access_;
  }

  /// The status of the refusal, 200 for who may come in, 201 for who is known as well.
  unsigned admit(const std::string& authorization = "", bool verified_certificate = false) {
    unsigned status = 0;
    boost::asio::co_spawn(io_, access().admit(authorization, verified_certificate),
                          [&status](std::exception_ptr error, Admission admission) {
                            ASSERT_EQ(error, nullptr);
                            status = admission.authenticated ? 201 : 200;
                            if (admission.refusal) status = admission.refusal->status;
                          });
    io_.restart();
    io_.run();
    return status;
  }

  rdpwatch::test::TempDir folder_;
  boost::asio::io_context io_;
  std::chrono::steady_clock::time_point now_{1h};
  std::vector<std::vector<std::string>> told_;
  std::unique_ptr<Access> access_;
};

TEST_F(AccessTest, asks_for_nothing_by_default) {
  write("{}\n");
  EXPECT_EQ(admit(), 200u);
  EXPECT_EQ(admit("", true), 201u);
}

TEST_F(AccessTest, users_need_their_password) {
  write(kUsers);
  EXPECT_EQ(admit(), 401u);
  EXPECT_EQ(admit(kAlice), 201u);
  EXPECT_EQ(admit("Basic YWxpY2U6YWxpY2UxMjQ="), 401u);  // alice:alice124
  EXPECT_EQ(admit("Basic Ym9iOmFsaWNlMTIz"), 401u);      // bob:alice123
  EXPECT_EQ(admit("", true), 401u) << "a certificate is no password";
}

TEST_F(AccessTest, the_rate_limit_comes_before_the_password) {
  write(kUsers + "rate_limit: {interval: 1s, burst: 2}\n");
  EXPECT_EQ(admit(), 401u);
  EXPECT_EQ(admit(kAlice), 201u);
  EXPECT_EQ(admit(kAlice), 429u);
  EXPECT_EQ(admit(), 429u);
  now_ += 1s;
  EXPECT_EQ(admit(kAlice), 201u);
  EXPECT_EQ(admit(kAlice), 429u);
}

TEST_F(AccessTest, an_edit_that_leaves_the_limit_gives_no_new_burst) {
  write("rate_limit: {interval: 1s, burst: 1}\n");
  EXPECT_EQ(admit(), 200u);
  write("rate_limit: {interval: 1s, burst: 1} # the same\n");
  EXPECT_EQ(admit(), 429u);
  write("rate_limit: {interval: 1s, burst: 3}\n");
  EXPECT_EQ(admit(), 200u);
}

TEST_F(AccessTest, edits_hold_from_the_next_request_on_and_are_told_once) {
  write("{}\n");
  EXPECT_EQ(admit(), 200u);
  EXPECT_THAT(told_, IsEmpty());
  write(kUsers);
  EXPECT_EQ(admit(), 401u);
  EXPECT_EQ(admit(), 401u);
  EXPECT_THAT(told_, ElementsAre(IsEmpty()));
  write("nonsense: {}\n");
  EXPECT_EQ(admit(kAlice), 500u);
  EXPECT_EQ(admit(), 500u);
  ASSERT_EQ(told_.size(), 2u);
  EXPECT_THAT(told_[1], ElementsAre(StartsWith(folder_.path("web.yml") + ":1:1: unknown key 'nonsense'")));
  write(kUsers);
  EXPECT_EQ(admit(kAlice), 201u);
  EXPECT_EQ(told_.size(), 3u);
}

TEST_F(AccessTest, a_bad_file_at_the_beginning_throws_its_errors) {
  write("- a\n");
  try {
    access();
    FAIL() << "it was accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), folder_.path("web.yml") +
                                ":1:1: the file: must be a mapping with the keys tls_server_config, "
                                "http_server_config, basic_auth_users, rate_limit, not a list");
  }
}

TEST_F(AccessTest, what_only_OpenSSL_refuses_is_an_error_of_the_file) {
  rdpwatch::test::CertificateSpec spec;
  spec.key = "RSA 1024";
  folder_.write("small.pem", rdpwatch::test::pem_of(rdpwatch::test::make_certificate(spec).get()));
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PrivateKey(bio.get(), rdpwatch::test::test_key("RSA 1024"), nullptr, nullptr, 0, nullptr,
                           nullptr);
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &bytes);
  folder_.write("small.key", std::string(bytes, static_cast<std::size_t>(length)));
  write("tls_server_config: {cert_file: small.pem, key_file: small.key}\n");
  EXPECT_THAT(
      load_access(folder_.path("web.yml")).errors,
      ElementsAre(folder_.path("web.yml") + ":0:0: tls_server_config: the certificate: ee key too small"));
}

TEST(HasAllowedSan, compares_names_of_every_kind_exactly) {
  rdpwatch::test::CertificateSpec spec;
  spec.extensions = {
      {"subjectAltName",
       "DNS:a.example,email:ops@example.com,IP:192.0.2.7,IP:2001:db8::1,URI:spiffe://example/a"}};
  const auto certificate = rdpwatch::test::make_certificate(spec);
  for (const char* name : {"a.example", "ops@example.com", "192.0.2.7", "2001:db8::1", "spiffe://example/a"})
    EXPECT_TRUE(has_allowed_san(certificate.get(), {"other", name})) << name;
  for (const char* name : {"A.example", "a.example.", "example", "*.example", "192.0.2.8", "ts09", ""})
    EXPECT_FALSE(has_allowed_san(certificate.get(), {name})) << name;
  EXPECT_FALSE(has_allowed_san(rdpwatch::test::make_certificate({}).get(), {"ts09"}));
}

boost::asio::awaitable<Response> who(Request request) {
  co_return text_response(200, request.authenticated ? "known" : "unknown");
}

TEST(AccessOfServer, headers_are_on_every_response_and_handlers_learn_who_asks) {
  const rdpwatch::test::TempDir folder;
  boost::asio::io_context io;
  Access access(io,
                folder.write("web.yml", kUsers + "http_server_config: {headers: {X-Frame-Options: deny}}\n"),
                [](const AccessSettings&, const std::vector<std::string>&) {});
  Router router;
  router.add({"GET"}, "/who", who);
  Server server(io, std::move(router), {}, &access);
  server.listen({"127.0.0.1:0"});
  test::Client client(server.endpoints().front());
  std::thread thread([&io] { io.run(); });
  const auto refused = client.get("/who");
  const auto known = client.get("/who", "Authorization: " + kAlice + "\r\n");
  client.send("nonsense\r\n\r\n");
  const auto mistake = client.read();
  server.stop();
  thread.join();
  EXPECT_EQ(refused.status, 401);
  EXPECT_TRUE(refused.has("WWW-Authenticate: Basic"));
  EXPECT_TRUE(refused.has("X-Frame-Options: deny"));
  EXPECT_EQ(known.status, 200);
  EXPECT_EQ(known.body, "known\n");
  EXPECT_TRUE(known.has("X-Frame-Options: deny"));
  EXPECT_EQ(mistake.status, 400);
  EXPECT_TRUE(mistake.has("X-Frame-Options: deny"));
}

}  // namespace
}  // namespace rdpwatch::http
