#include "daemon/fleet/certificate_change.hpp"

#include <array>
#include <ctime>

namespace rdpwatch::fleet {
namespace {

using handshake::CertificateFacts;

std::string day(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

std::string days(WallTime::duration time) {
  return std::to_string(std::chrono::floor<std::chrono::days>(time).count());
}

std::string quoted(const std::string& name) {
  return name.empty() ? std::string("nobody by name") : "\"" + name + "\"";
}

std::string issuer(const CertificateFacts& certificate) {
  return certificate.self_signed ? std::string("self-signed") : "issued by " + quoted(certificate.issuer_cn);
}

}  // namespace

std::optional<std::string> why_unexpected(const CertificateFacts& before, const CertificateFacts& after,
                                          WallTime now) {
  if (before.self_signed != after.self_signed ||
      (!before.self_signed && before.issuer_cn != after.issuer_cn)) {
    return "the issuer changed: the certificate was " + issuer(before) + ", now it is " + issuer(after);
  }
  if (before.subject_cn != after.subject_cn) {
    return "the subject changed: the certificate was for " + quoted(before.subject_cn) + ", now it is for " +
           quoted(after.subject_cn);
  }
  if (after.not_before <= before.not_before) {
    return "the new certificate is no newer: it is valid from " + day(after.not_before) +
           ", the one before from " + day(before.not_before);
  }
  const auto life = before.not_after - before.not_before;
  const auto used = now - before.not_before;
  if (before.self_signed && used < life / 3 * 2) {
    return "a self-signed certificate was replaced early: after " + days(used) + " of its " + days(life) +
           " days";
  }
  return std::nullopt;
}

bool has_changed_certificate(const TargetState& state, WallTime now) {
  return state.unexpected_change && now - state.unexpected_change->when < kChangeStaysFor;
}

}  // namespace rdpwatch::fleet
