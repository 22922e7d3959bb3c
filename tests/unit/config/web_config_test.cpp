// web/RULE.good.yml must be accepted; web/RULE.bad.yml breaks a rule, and web/RULE.expected has every message
// that it must give, in order.

#include "config/web_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/config/messages.hpp"

namespace rdpwatch::config {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const fs::path kWebFiles = fs::path(RDPWATCH_SOURCE_DIR) / "tests/unit/config/web";

std::set<std::string> web_stems(const std::string& ending) {
  std::set<std::string> stems;
  for (const fs::directory_entry& entry : fs::directory_iterator(kWebFiles)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) stems.insert(name.substr(0, name.size() - ending.size()));
  }
  return stems;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

TEST(WebConfigFiles, each_bad_one_has_its_expectation_and_the_other_way_round) {
  EXPECT_EQ(web_stems(".bad.yml"), web_stems(".expected"));
  EXPECT_GE(web_stems(".bad.yml").size(), 50u);
  EXPECT_GE(web_stems(".good.yml").size(), 15u);
}

// Messages name files as they were given; relative names keep the expectations free of folders.
class WebConfigFile : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    fs::current_path(kWebFiles);
  }
  void TearDown() override { fs::current_path(before_); }

 private:
  fs::path before_;
};

class BadWebConfig : public WebConfigFile {};
class GoodWebConfig : public WebConfigFile {};

TEST_P(BadWebConfig, gives_exactly_the_expected_messages) {
  const std::vector<std::string> expected = lines_of(GetParam() + ".expected");
  ASSERT_FALSE(expected.empty());
  const WebConfigResult result = load_web_config(GetParam() + ".bad.yml");
  EXPECT_THAT(messages(result.errors), testing::ElementsAreArray(expected));
}

TEST_P(GoodWebConfig, is_accepted) {
  EXPECT_THAT(messages(load_web_config(GetParam() + ".good.yml").errors), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Data, BadWebConfig, testing::ValuesIn(web_stems(".bad.yml")), test_name);
INSTANTIATE_TEST_SUITE_P(Data, GoodWebConfig, testing::ValuesIn(web_stems(".good.yml")), test_name);

WebConfig good_web(const std::string& stem) {
  return load_web_config((kWebFiles / (stem + ".good.yml")).string()).config;
}

std::string content(const std::string& name) {
  std::ifstream file(kWebFiles / name);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(WebConfig, nothing_in_the_file_is_nothing_asked_for) {
  const WebConfig config = good_web("nothing");
  EXPECT_FALSE(config.tls);
  EXPECT_TRUE(config.users.empty());
  EXPECT_TRUE(config.headers.empty());
  EXPECT_EQ(config.rate_limit.interval, 0ms);
  EXPECT_FALSE(config.http2_set);
}

TEST(WebConfig, certificate_and_key_come_from_files_beside_it_or_from_its_own_text) {
  for (const std::string stem : {"tls", "tls-inline", "tls-inline-cert-key-file"}) {
    const WebConfig config = good_web(stem);
    ASSERT_TRUE(config.tls) << stem;
    EXPECT_EQ(config.tls->certificate, content("server.pem")) << stem;
    EXPECT_EQ(config.tls->key, content("server.key")) << stem;
    EXPECT_EQ(config.tls->policy, WebTlsPolicy()) << stem;
  }
}

TEST(WebConfig, each_client_auth_type_has_its_meaning) {
  EXPECT_EQ(good_web("client-auth-none").tls->policy.client_auth, ClientAuth::none);
  EXPECT_EQ(good_web("client-auth-request").tls->policy.client_auth, ClientAuth::request);
  EXPECT_EQ(good_web("client-auth-any").tls->policy.client_auth, ClientAuth::require_any);
  EXPECT_EQ(good_web("client-auth-any-by-its-old-name").tls->policy.client_auth, ClientAuth::require_any);
  EXPECT_EQ(good_web("client-auth-if-given").tls->policy.client_auth, ClientAuth::verify_if_given);
  const WebTlsPolicy verified = good_web("client-ca-inline").tls->policy;
  EXPECT_EQ(verified.client_auth, ClientAuth::require_verified);
  EXPECT_EQ(verified.client_ca, content("ca.pem"));
}

TEST(WebConfig, allowed_sans_are_kept_with_addresses_in_canonical_form) {
  EXPECT_THAT(good_web("client-allowed-sans").tls->policy.client_allowed_sans,
              ElementsAre("prometheus.example", "ops@example.com", "192.0.2.7", "2001:db8::1",
                          "spiffe://example/prometheus"));
}

TEST(WebConfig, versions_suites_and_curves_get_the_names_of_OpenSSL) {
  const WebTlsPolicy versions = good_web("versions").tls->policy;
  EXPECT_EQ(versions.min_version, TlsVersion::tls10);
  EXPECT_EQ(versions.max_version, TlsVersion::tls12);
  const WebTlsPolicy suites = good_web("cipher-suites").tls->policy;
  EXPECT_THAT(suites.cipher_suites, ElementsAre("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA"));
  EXPECT_FALSE(suites.prefer_server_cipher_suites);
  EXPECT_EQ(suites.min_version, TlsVersion::tls12);
  EXPECT_THAT(good_web("curves").tls->policy.curves, ElementsAre("X25519", "P-521", "P-384", "P-256"));
}

TEST(WebConfig, suites_of_TLS13_alone_leave_no_older_version) {
  const WebTlsPolicy policy = good_web("cipher-suites-of-tls13-only").tls->policy;
  EXPECT_THAT(policy.cipher_suites, IsEmpty());
  EXPECT_EQ(policy.min_version, TlsVersion::tls13);
}

TEST(WebConfig, headers_users_and_the_rate_limit_are_kept) {
  const WebConfig headers = good_web("headers");
  EXPECT_TRUE(headers.http2_set);
  EXPECT_THAT(headers.headers, ElementsAre(std::pair("Strict-Transport-Security", "max-age=31536000"),
                                           std::pair("X-Content-Type-Options", "nosniff"),
                                           std::pair("X-Frame-Options", "sameorigin"),
                                           std::pair("X-XSS-Protection", "1; mode=block"),
                                           std::pair("Content-Security-Policy", "default-src 'self'")));
  const WebConfig users = good_web("users");
  EXPECT_EQ(users.users.size(), 3u);
  EXPECT_EQ(users.users.at("alice"), "$2b$10$abcdefghijklmnopqrstuuAuXeCk6cDyT9B/LbcW23Nl3ca8XWmMS");
  const WebRateLimit limit = good_web("rate-limit").rate_limit;
  EXPECT_EQ(limit.interval, 1s);
  EXPECT_EQ(limit.burst, 20);
}

TEST(WebConfig, every_file_it_depends_on_is_known_also_when_one_is_missing) {
  const auto sources = [](const std::string& name) {
    std::vector<std::string> found;
    for (const FileStamp& stamp : load_web_config((kWebFiles / name).string()).sources)
      found.push_back(fs::path(stamp.path).filename().string() + (stamp.exists ? "" : " is missing"));
    return found;
  };
  EXPECT_THAT(sources("client-allowed-sans.good.yml"),
              ElementsAre("client-allowed-sans.good.yml", "server.pem", "server.key", "ca.pem"));
  EXPECT_THAT(sources("cert-missing.bad.yml"),
              ElementsAre("cert-missing.bad.yml", "absent.pem is missing", "server.key"));
}

TEST(WebConfig, a_missing_and_a_large_file_are_errors) {
  const test::TempDir folder;
  EXPECT_THAT(messages(load_web_config(folder.path("absent.yml")).errors),
              ElementsAre(folder.path("absent.yml") + ":0:0: cannot be read: No such file or directory"));
  const std::string large = folder.write("large.yml", std::string(256 * 1024 + 1, '#'));
  EXPECT_THAT(messages(load_web_config(large).errors),
              ElementsAre(large + ":0:0: is larger than 256 KiB, allowed: at most 256 KiB"));
}

TEST(FileStamp, tells_an_edit_a_replacement_and_a_removal) {
  const test::TempDir folder;
  const std::string path = folder.write("a", "one");
  const FileStamp first = stamp_of(path);
  EXPECT_TRUE(first.exists);
  EXPECT_EQ(first, stamp_of(path));
  folder.write("a", "longer");
  const FileStamp second = stamp_of(path);
  EXPECT_NE(first, second);
  fs::rename(folder.write("b", "longer"), path);
  EXPECT_NE(second, stamp_of(path));
  fs::remove(path);
  EXPECT_FALSE(stamp_of(path).exists);
}

TEST(IsBcryptHash, knows_the_form) {
  const std::string rest = "abcdefghijklmnopqrstuuAuXeCk6cDyT9B/LbcW23Nl3ca8XWmMS";
  for (const std::string head : {"$2a$04$", "$2b$10$", "$2y$15$"})
    EXPECT_TRUE(is_bcrypt_hash(head + rest)) << head;
  for (const std::string head :
       {"$2x$10$", "$2$10$", "$2b$16$", "$2b$03$", "$2b$1a$", "$2b$0:$", "$2b$10.", ""})
    EXPECT_FALSE(is_bcrypt_hash(head + rest)) << head;
  EXPECT_FALSE(is_bcrypt_hash("$2b$10$" + rest.substr(1)));
  EXPECT_FALSE(is_bcrypt_hash("$2b$10$" + rest.substr(1) + "="));
}

}  // namespace
}  // namespace rdpwatch::config
