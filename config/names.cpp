#include "config/names.hpp"

#include <algorithm>

#include "config/settings.hpp"
#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::config {

bool is_not_yet(std::string_view name) {
  return std::find(kNotYet.begin(), kNotYet.end(), name) != kNotYet.end();
}

std::vector<std::string> depth_names() {
  std::vector<std::string> names;
  for (const handshake::Depth depth :
       {handshake::Depth::tcp, handshake::Depth::negotiate, handshake::Depth::tls, handshake::Depth::nla,
        handshake::Depth::licensing}) {
    names.emplace_back(handshake::name(depth));
  }
  return names;
}

bool reaches(std::string_view depth, std::string_view needed) {
  const std::vector<std::string> depths = depth_names();
  const auto rank = [&depths](std::string_view name) {
    return std::find(depths.begin(), depths.end(), name) - depths.begin();
  };
  return rank(depth) >= rank(needed);
}

std::vector<std::string> certificate_problem_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < handshake::kCertificateProblems; ++i) {
    names.emplace_back(handshake::name(static_cast<handshake::CertificateProblem>(i)));
  }
  return names;
}

std::vector<std::string> tls_version_names() {
  return {"TLS10", "TLS11", "TLS12", "TLS13"};
}

std::map<std::string, ModuleSettings> built_in_modules() {
  std::map<std::string, ModuleSettings> modules;
  for (const std::string& depth : depth_names()) {
    ModuleSettings module;
    module.name = depth;
    module.depth = depth;
    module.require_tls = reaches(depth, "tls");
    modules.emplace(depth, std::move(module));
  }
  return modules;
}

}  // namespace rdpwatch::config
