// The user data of a hostile host's Connect-Response, and what follows from it for people. The same bytes are
// also tried as the blocks of a response that is otherwise in order, and as a server certificate.

#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "probes/wire/gcc.hpp"

using namespace rdpwatch::wire;

namespace {

void check_certificate(const ServerCertificate& certificate, std::size_t size) {
  const bool is_chain = certificate.kind == ServerCertificate::Kind::x509_chain;
  if (is_chain == certificate.key_bits.has_value()) std::abort();
  if (is_chain && (certificate.chain_length == 0 || certificate.chain_length > 200)) std::abort();
  if (!is_chain && *certificate.key_bits > size * 8) std::abort();
}

void check(std::span<const std::uint8_t> bytes) {
  const auto result = decode_conference_create_response(bytes);
  if (result.need_more() != nullptr) std::abort();
  if (result.malformed() != nullptr && result.malformed()->what.empty()) std::abort();
  if (!result.ok()) return;
  const ServerData& server = result.value();
  if (server.network && server.network->channels.size() > 31) std::abort();
  if (server.security.certificate) check_certificate(*server.security.certificate, bytes.size());
  if (describe_rdp_version(server.core.version).empty()) std::abort();
  if (describe_encryption_method(server.security.encryption_method).empty()) std::abort();
  if (describe_encryption_level(server.security.encryption_level).empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(data, size);
  check(bytes);
  if (size <= 0x3FFF) {
    std::vector<std::uint8_t> response = {0x00, 0x05, 0x00, 0x14, 0x7C, 0x00, 0x01, 0x2A, 0x14, 0x76, 0x0A,
                                          0x01, 0x01, 0x00, 0x01, 0xC0, 0x00, 'M',  'c',  'D',  'n'};
    response.push_back(static_cast<std::uint8_t>(0x80 | size >> 8));
    response.push_back(static_cast<std::uint8_t>(size));
    response.insert(response.end(), data, data + size);
    check(response);
  }
  const auto certificate = decode_server_certificate(bytes);
  if (certificate.need_more() != nullptr) std::abort();
  if (certificate.ok()) check_certificate(certificate.value(), size);
  return 0;
}
