#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::handshake {

std::string_view name(Depth depth) {
  switch (depth) {
    case Depth::resolve:
      return "resolve";
    case Depth::tcp:
      return "tcp";
    case Depth::negotiate:
      return "negotiate";
    case Depth::tls:
      return "tls";
    case Depth::nla:
      return "nla";
    case Depth::mcs:
      return "mcs";
    case Depth::licensing:
      return "licensing";
  }
  return "";
}

std::string_view name(TlsProfile profile) {
  switch (profile) {
    case TlsProfile::modern:
      return "modern";
    case TlsProfile::legacy:
      return "legacy";
  }
  return "";
}

std::string_view name(TlsVersion version) {
  switch (version) {
    case TlsVersion::tls10:
      return "TLSv1";
    case TlsVersion::tls11:
      return "TLSv1.1";
    case TlsVersion::tls12:
      return "TLSv1.2";
    case TlsVersion::tls13:
      return "TLSv1.3";
  }
  return "";
}

std::string_view name(CertificateProblem problem) {
  switch (problem) {
    case CertificateProblem::expired:
      return "expired";
    case CertificateProblem::not_yet_valid:
      return "not_yet_valid";
    case CertificateProblem::self_signed:
      return "self_signed";
    case CertificateProblem::untrusted:
      return "untrusted";
    case CertificateProblem::name_mismatch:
      return "name_mismatch";
    case CertificateProblem::weak_key:
      return "weak_key";
    case CertificateProblem::weak_signature:
      return "weak_signature";
    case CertificateProblem::no_server_auth_eku:
      return "no_server_auth_eku";
  }
  return "";
}

}  // namespace rdpwatch::handshake
