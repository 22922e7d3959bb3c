#include "probes/handshake/certificate_renewal.hpp"

namespace rdpwatch::handshake {

bool is_renewal_overdue(const CertificateFacts& certificate, std::chrono::system_clock::time_point now) {
  if (!certificate.self_signed || now > certificate.not_after) return false;
  const auto life = certificate.not_after - certificate.not_before;
  if (life < kShortestOwnLife || life > kLongestOwnLife) return false;
  return now - certificate.not_before > kRenewedBy;
}

}  // namespace rdpwatch::handshake
