#include "daemon/report/version.hpp"

#include <boost/version.hpp>

#define RDPWATCH_TEXT_OF(x) #x
#define RDPWATCH_TEXT(x) RDPWATCH_TEXT_OF(x)

namespace rdpwatch::report {
namespace {

constexpr int kBoostMajor = BOOST_VERSION / 100000;
constexpr int kBoostMinor = BOOST_VERSION / 100 % 1000;
constexpr int kBoostPatch = BOOST_VERSION % 100;

#if defined(__clang__)
constexpr std::string_view kCompiler = "Clang " RDPWATCH_TEXT(__clang_major__) "." RDPWATCH_TEXT(
    __clang_minor__) "." RDPWATCH_TEXT(__clang_patchlevel__);
#else
constexpr std::string_view kCompiler =
    "GCC " RDPWATCH_TEXT(__GNUC__) "." RDPWATCH_TEXT(__GNUC_MINOR__) "." RDPWATCH_TEXT(__GNUC_PATCHLEVEL__);
#endif

const std::string& boost_version() {
  static const std::string text =
      std::to_string(kBoostMajor) + "." + std::to_string(kBoostMinor) + "." + std::to_string(kBoostPatch);
  return text;
}

}  // namespace

const Version& version() {
  static const Version facts{RDPWATCH_VERSION, RDPWATCH_REVISION, kCompiler, boost_version()};
  return facts;
}

std::string version_text(std::string_view openssl) {
  const Version& facts = version();
  std::string out = "rdpwatch " + std::string(facts.version) + "\n";
  out.append("  revision  ").append(facts.revision).append("\n");
  out.append("  compiler  ").append(facts.compiler).append("\n");
  out.append("  openssl   ").append(openssl).append("\n");
  out.append("  boost     ").append(facts.boost).append("\n");
  return out;
}

}  // namespace rdpwatch::report
