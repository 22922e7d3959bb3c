// Certificates as no authority should make them: all are reported, none ends the program.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "probes/transport/certificate.hpp"
#include "probes/transport/certificate_judgement.hpp"
#include "probes/transport/safe_text.hpp"
#include "tests/support/test_certificates.hpp"

namespace rdpwatch::transport {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using handshake::CertificateFacts;
using std::chrono::sys_days;
using std::chrono::system_clock;
using test::CertificateSpec;
using test::make_certificate;
using testing::ElementsAre;
using testing::IsEmpty;

CertificateSpec small_spec() {
  CertificateSpec spec;
  spec.key = "EC P-256";
  return spec;
}

CertificateFacts facts_of(const CertificateSpec& spec) {
  const X509Ptr certificate = make_certificate(spec);
  return certificate_facts(certificate.get());
}

TEST(CertificateOdd, dates) {
  struct Row {
    const char* text;
    system_clock::time_point time;
  };
  for (const Row& row :
       {Row{"491231235959Z", sys_days(2049y / 12 / 31) + 23h + 59min + 59s},
        Row{"500101000000Z", sys_days(1950y / 1 / 1)}, Row{"20500101000000Z", sys_days(2050y / 1 / 1)},
        Row{"20240229120000Z", sys_days(2024y / 2 / 29) + 12h},
        Row{"22620411234716Z", sys_days(2262y / 4 / 11) + 23h + 47min + 16s},
        Row{"99991231235959Z", sys_days(2262y / 4 / 11) + 23h + 47min + 16s},
        Row{"00010101000000Z", sys_days(1677y / 9 / 21) + 12min + 44s},
        Row{"16010101000000Z", sys_days(1677y / 9 / 21) + 12min + 44s}, Row{"269999000000Z", {}}, Row{"", {}},
        Row{"not a date", {}}, Row{"20260230000000Z", {}}}) {
    CertificateSpec spec = small_spec();
    spec.not_before = row.text;
    spec.not_after = row.text;
    const CertificateFacts facts = facts_of(spec);
    EXPECT_EQ(facts.not_before, row.time) << row.text;
    EXPECT_EQ(facts.not_after, row.time) << row.text;
  }
}

TEST(CertificateOdd, names_of_every_string_type) {
  struct Row {
    std::string bytes;
    int type;
    std::string subject;
    std::string cn;
  };
  for (const Row& row :
       {Row{"a\0b"s, V_ASN1_UTF8STRING, "CN=a\\00b", "a\\00b"},
        Row{"a\nb", V_ASN1_UTF8STRING, "CN=a\\0Ab", "a\\0Ab"},
        Row{"a\xC2\x9Bm", V_ASN1_UTF8STRING, "CN=a\uFFFDm", "a\uFFFDm"},
        Row{"\0t\0s"s, V_ASN1_BMPSTRING, "CN=ts", "ts"}, Row{"\0\xFC"s, V_ASN1_BMPSTRING, "CN=ü", "ü"},
        Row{"\0\1\xF6\0"s, V_ASN1_UNIVERSALSTRING, "CN=\U0001F600", "\U0001F600"},
        Row{"M\xFCller", V_ASN1_T61STRING, "CN=Müller", "Müller"},
        Row{"ts\xFF", V_ASN1_IA5STRING, "CN=tsÿ", "tsÿ"},
        Row{"ts*_09", V_ASN1_PRINTABLESTRING, "CN=ts*_09", "ts*_09"},
        Row{"ts\xFF", V_ASN1_BIT_STRING, "CN=#0304007473FF", "ts\uFFFD"},
        Row{"", V_ASN1_UTF8STRING, "CN=", ""},
        Row{"a,b+c\"d", V_ASN1_UTF8STRING, "CN=a\\,b\\+c\\\"d", "a,b+c\"d"}}) {
    CertificateSpec spec = small_spec();
    spec.subject = {{"CN", row.bytes, row.type}};
    const CertificateFacts facts = facts_of(spec);
    EXPECT_EQ(facts.subject, row.subject);
    EXPECT_EQ(facts.issuer, row.subject);
    EXPECT_EQ(facts.subject_cn, row.cn);
    EXPECT_EQ(facts.issuer_cn, row.cn);
  }
}

TEST(CertificateOdd, no_subject_at_all) {
  CertificateSpec spec = small_spec();
  spec.subject = {};
  const CertificateFacts facts = facts_of(spec);
  EXPECT_EQ(facts.subject, "");
  EXPECT_EQ(facts.subject_cn, "");
  EXPECT_TRUE(facts.self_signed);
}

TEST(CertificateOdd, endless_names_are_cut_between_characters) {
  CertificateSpec spec = small_spec();
  spec.subject = {{"O", std::string(3000, 'o')}};
  EXPECT_EQ(facts_of(spec).subject, "O=" + std::string(1022, 'o'));
  std::string letters;
  for (int i = 0; i < 600; ++i) letters += "ü";
  spec.subject = {{"CN", letters}};
  EXPECT_EQ(facts_of(spec).subject_cn, letters.substr(0, 1024));
  EXPECT_EQ(facts_of(spec).subject, "CN=" + letters.substr(0, 1020));
}

TEST(CertificateOdd, hundreds_of_alternative_names) {
  CertificateSpec spec = small_spec();
  std::string names = "DNS:" + std::string(300, 'a');
  for (int i = 1; i < 500; ++i) names += ",DNS:host" + std::to_string(i) + ".example.com";
  spec.extensions = {{"subjectAltName", names}};
  const CertificateFacts facts = facts_of(spec);
  ASSERT_EQ(facts.sans.size(), 100u);
  EXPECT_EQ(facts.sans.front(), "DNS:" + std::string(255, 'a'));
  EXPECT_EQ(facts.sans.back(), "DNS:host99.example.com");
}

TEST(CertificateOdd, alternative_names_with_strange_bytes) {
  CertificateSpec spec = small_spec();
  // DNS "a\0b", DNS "\xff", IP of 3 bytes, x400Address (empty), directoryName CN=d.
  spec.raw_extensions = {{"2.5.29.17", "\x30\x21\x82\x03"s + "a\0b"s + "\x82\x01\xff"s +
                                           "\x87\x03\x0a\x00\x01"s +
                                           "\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01" +
                                           "d" + "\x86\x02\r\n"}};
  EXPECT_THAT(facts_of(spec).sans,
              ElementsAre("DNS:a\\00b", "DNS:\xEF\xBF\xBD", "IP:0a0001", "DirName:CN=d", "URI:\\0D\\0A"));
}

TEST(CertificateOdd, alternative_names_that_cannot_be_decoded) {
  CertificateSpec spec = small_spec();
  spec.raw_extensions = {{"2.5.29.17", "\x30\x7f nonsense"}};
  EXPECT_THAT(facts_of(spec).sans, IsEmpty());
}

TEST(CertificateOdd, alternative_names_twice) {
  CertificateSpec spec = small_spec();
  spec.raw_extensions = {{"2.5.29.17",
                          "\x30\x03\x82\x01"
                          "a"},
                         {"2.5.29.17",
                          "\x30\x03\x82\x01"
                          "b"}};
  EXPECT_THAT(facts_of(spec).sans, ElementsAre("DNS:a"));
}

TEST(CertificateOdd, key_that_cannot_be_decoded) {
  const X509Ptr whole = make_certificate(small_spec());
  // The uncompressed point's first byte 04 behind BIT STRING 42 00 becomes 09, which no point starts with.
  const X509Ptr certificate = test::patched(whole.get(), "\x03\x42\x00\x04"s, "\x03\x42\x00\x09"s);
  const CertificateFacts facts = certificate_facts(certificate.get());
  EXPECT_EQ(facts.key_type, "EC");
  EXPECT_EQ(facts.key_bits, 0);
  EXPECT_EQ(facts.subject_cn, "ts09");
  EXPECT_TRUE(facts.self_signed);  // by name: nobody can check the signature
}

TEST(CertificateOdd, key_type_that_nobody_knows) {
  const X509Ptr whole = make_certificate(small_spec());
  // id-ecPublicKey 1.2.840.10045.2.1 becomes 1.2.840.10045.2.99.
  const X509Ptr certificate =
      test::patched(whole.get(), "\x2a\x86\x48\xce\x3d\x02\x01"s, "\x2a\x86\x48\xce\x3d\x02\x63"s);
  const CertificateFacts facts = certificate_facts(certificate.get());
  EXPECT_EQ(facts.key_type, "1.2.840.10045.2.99");
  EXPECT_EQ(facts.key_bits, 0);
}

TEST(CertificateOdd, signature_algorithm_that_nobody_knows) {
  const X509Ptr whole = make_certificate(small_spec());
  // ecdsa-with-SHA256 1.2.840.10045.4.3.2 becomes 1.2.840.10045.4.3.99, in both places.
  const std::string known = "\x2a\x86\x48\xce\x3d\x04\x03\x02"s;
  const std::string unknown = "\x2a\x86\x48\xce\x3d\x04\x03\x63"s;
  const X509Ptr half = test::patched(whole.get(), known, unknown);
  const X509Ptr certificate = test::patched(half.get(), known, unknown);
  const CertificateFacts facts = certificate_facts(certificate.get());
  EXPECT_EQ(facts.signature_algorithm, "1.2.840.10045.4.3.99");
  EXPECT_TRUE(facts.self_signed);
}

TEST(CertificateOdd, any_byte_changed) {
  CertificateSpec spec = small_spec();
  spec.extensions = {{"subjectAltName", "DNS:ts09.example.com,IP:10.0.0.9,email:a@b.c,URI:a:b,RID:1.2.3"},
                     {"extendedKeyUsage", "serverAuth,1.3.6.1.4.1.311.54.1.2"},
                     {"keyUsage", "keyEncipherment"}};
  const X509Ptr whole = make_certificate(spec);
  const std::string der = test::der_of(whole.get());
  const X509StorePtr store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), whole.get());
  int decoded = 0;
  for (std::size_t at = 0; at < der.size(); ++at) {
    for (const unsigned flip : {0x01u, 0x20u, 0x80u, 0xFFu}) {
      std::string bytes = der;
      bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ flip);
      const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
      const X509Ptr changed(d2i_X509(nullptr, &from, static_cast<long>(bytes.size())));
      if (changed == nullptr) continue;
      ++decoded;
      CertificateFacts facts = certificate_facts(changed.get());
      judge(changed.get(), facts, Expectation{sys_days(2026y / 4 / 1), "ts09.example.com", store.get(), {}});
      facts.sans.push_back(facts.subject);
      facts.sans.push_back(facts.subject_cn);
      // What passes unchanged once more was valid UTF-8 without control characters.
      for (const std::string& text : facts.sans) EXPECT_EQ(safe_utf8(text, 10000), text) << at;
    }
  }
  EXPECT_GT(decoded, 500);
}

}  // namespace
}  // namespace rdpwatch::transport
