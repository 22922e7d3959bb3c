// What the two profiles offer, and that no configuration file changes it.

#include "probes/transport/tls_contexts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "tests/support/test_certificates.hpp"
#include "tests/unit/transport/tls_test_peer.hpp"

namespace rdpwatch::transport::test {
namespace {

using namespace std::string_literals;
using handshake::TlsProfile;
using testing::ElementsAre;

constexpr std::uint16_t kServerName = 0;
constexpr std::uint16_t kSupportedGroups = 10;
constexpr std::uint16_t kSignatureAlgorithms = 13;
constexpr std::uint16_t kSessionTicket = 35;
constexpr std::uint16_t kPreSharedKey = 41;
constexpr std::uint16_t kSupportedVersions = 43;

const std::vector<std::uint16_t> kModernCiphers = {
    0x1302, 0x1303, 0x1301, 0xc02c, 0xc030, 0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc02b, 0xc02f,
    0x009e, 0xc024, 0xc028, 0x006b, 0xc023, 0xc027, 0x0067, 0xc00a, 0xc014, 0x0039, 0xc009,
    0xc013, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x00ff};
const std::vector<std::uint16_t> kGroups = {0x001d, 0x0017, 0x001e, 0x0019, 0x0018,
                                            0x0100, 0x0101, 0x0102, 0x0103, 0x0104};
const std::vector<std::uint16_t> kModernSignatures = {0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a,
                                                      0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601,
                                                      0x0303, 0x0301, 0x0402, 0x0502, 0x0602, 0x0302};

bool is_modern(const ClientHello& hello) {
  std::vector<std::uint16_t> signatures = numbers(hello.extensions.at(kSignatureAlgorithms));
  std::vector<std::uint16_t> expected = kModernSignatures;
  std::sort(signatures.begin(), signatures.end());
  std::sort(expected.begin(), expected.end());
  return hello.ciphers == kModernCiphers && numbers(hello.extensions.at(kSupportedGroups)) == kGroups &&
         signatures == expected && hello.extensions.at(kSupportedVersions) == "\x04\x03\x04\x03\x03";
}

bool offers(const ClientHello& hello, std::uint16_t cipher) {
  return std::find(hello.ciphers.begin(), hello.ciphers.end(), cipher) != hello.ciphers.end();
}

TEST(TlsContexts, modern_client_hello) {
  const TlsContexts contexts;
  const ClientHello hello = client_hello_of(contexts, TlsProfile::modern, "");
  EXPECT_EQ(hello.ciphers, kModernCiphers);
  EXPECT_EQ(numbers(hello.extensions.at(kSupportedGroups)), kGroups);
  EXPECT_THAT(numbers(hello.extensions.at(kSignatureAlgorithms)),
              testing::UnorderedElementsAreArray(kModernSignatures));
  EXPECT_EQ(hello.extensions.at(kSupportedVersions), "\x04\x03\x04\x03\x03");  // 1.3, 1.2
}

TEST(TlsContexts, legacy_client_hello) {
  const TlsContexts contexts;
  const ClientHello hello = client_hello_of(contexts, TlsProfile::legacy, "");
  EXPECT_FALSE(hello.extensions.contains(kSupportedVersions));  // nothing above 1.2
  EXPECT_TRUE(offers(hello, 0xc030));                           // ECDHE-RSA-AES256-GCM-SHA384
  EXPECT_TRUE(offers(hello, 0x0035));                           // AES256-SHA
  EXPECT_TRUE(offers(hello, 0x003a));                           // ADH-AES256-SHA
  EXPECT_FALSE(offers(hello, 0x1302));
  EXPECT_THAT(numbers(hello.extensions.at(kSignatureAlgorithms)),
              testing::Contains(0x0201));  // RSA with SHA-1
}

TEST(TlsContexts, nothing_is_resumed) {
  const TlsContexts contexts;
  for (const TlsProfile profile : {TlsProfile::modern, TlsProfile::legacy}) {
    const ClientHello hello = client_hello_of(contexts, profile, "ts09.example.com");
    EXPECT_FALSE(hello.extensions.contains(kSessionTicket));
    EXPECT_FALSE(hello.extensions.contains(kPreSharedKey));
    EXPECT_EQ(SSL_CTX_get_session_cache_mode(contexts.get(profile)), SSL_SESS_CACHE_OFF);
  }
}

TEST(TlsContexts, server_name_of_one_session_stays_there) {
  const TlsContexts contexts;
  const auto server_name = [&](const std::string& sni) {
    const ClientHello hello = client_hello_of(contexts, TlsProfile::modern, sni);
    return hello.extensions.contains(kServerName) ? hello.extensions.at(kServerName) : "none";
  };
  EXPECT_EQ(server_name("ts09.example.com"), "\0\x13\0\0\x10ts09.example.com"s);
  EXPECT_EQ(server_name(""), "none");
  EXPECT_EQ(server_name("ts08.example.com."), "\0\x13\0\0\x10ts08.example.com"s);
  EXPECT_EQ(server_name("."), "none");
  EXPECT_EQ(server_name(std::string(256, 'a')), "none");
  EXPECT_EQ(server_name(std::string(255, 'a')).size(), 260u);
}

/// A file that forbids nearly everything and hides OpenSSL's algorithms.
class TlsContextsHostileConfiguration : public testing::Test {
 protected:
  TlsContextsHostileConfiguration() {
    testing::FLAGS_gtest_death_test_style =
        "threadsafe";  // a process of its own that has not used OpenSSL yet
    // That process comes here as well and has the file by its environment.
    if (std::getenv(kMarker) != nullptr) return;
    char path[] = "/tmp/rdpwatch_hostile_openssl_XXXXXX";
    ::close(::mkstemp(path));
    path_ = path;
    std::ofstream(path_) << "openssl_conf = start\n"
                            "[start]\nproviders = providers\nalg_section = algorithms\nssl_conf = tls\n"
                            "[providers]\nnull = null\n[null]\nactivate = 1\n"
                            "[algorithms]\ndefault_properties = fips=yes\n"
                            "[tls]\nsystem_default = limits\n"
                            "[limits]\nMinProtocol = TLSv1.3\nCiphersuites = TLS_AES_128_GCM_SHA256\n"
                            "CipherString = AES128-SHA:@SECLEVEL=5\nGroups = P-521\n"
                            "SignatureAlgorithms = ed448\nOptions = -MiddleboxCompat,ServerPreference\n";
    ::setenv("OPENSSL_CONF", path, 1);
    ::setenv(kMarker, "1", 1);
  }
  ~TlsContextsHostileConfiguration() override {
    ::unsetenv("OPENSSL_CONF");
    ::unsetenv(kMarker);
    ::unlink(path_.c_str());
  }

  /// Exits with 0 when both profiles work as ever.
  [[noreturn]] static void check() {
    const TlsContexts contexts;
    if (!is_modern(client_hello_of(contexts, TlsProfile::modern, ""))) ::_exit(1);
    const X509Ptr certificate = rdpwatch::test::make_certificate({});
    for (const TlsProfile profile : {TlsProfile::modern, TlsProfile::legacy}) {
      ServerSpec spec;
      spec.certificate = certificate.get();
      spec.ciphers = "AES256-SHA:@SECLEVEL=0";
      spec.signatures = "RSA+SHA256:RSA+SHA1";  // the server is not what is tested
      spec.max_version = profile == TlsProfile::modern ? TLS1_2_VERSION : TLS1_VERSION;
      const LoopbackPair pair;
      MemoryTlsServer server(spec);
      TlsSession session(contexts, {profile, "", {}}, pair.client());
      if (handshake(session, pair, server) != Progress::done) ::_exit(2);
      if (session.facts()->cipher != "AES256-SHA" || session.leaf() == nullptr) ::_exit(3);
    }
    ::_exit(0);
  }

  static constexpr const char* kMarker = "RDPWATCH_HOSTILE_OPENSSL_CONF";
  std::string path_;
};

TEST_F(TlsContextsHostileConfiguration, is_not_read) {
  EXPECT_EXIT(check(), testing::ExitedWithCode(0), "");
}

TEST_F(TlsContextsHostileConfiguration, does_not_matter_when_someone_else_read_it_before) {
  EXPECT_EXIT(
      {
        // It holds for the default library context: this is what makes the test one.
        if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr) != 1) ::_exit(4);
        if (EVP_MD* digest = EVP_MD_fetch(nullptr, "SHA256", nullptr); digest != nullptr) ::_exit(5);
        check();
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace rdpwatch::transport::test
