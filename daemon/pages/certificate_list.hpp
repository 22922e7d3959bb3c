#pragma once
// The certificates of the fleet: those of a query, the soonest to end first, and how many there are of each
// kind. A pure function: thread-safe.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/api/target_query.hpp"
#include "daemon/pages/list_query.hpp"

namespace rdpwatch::pages {

/// What a certificate may be; most are several of these.
enum class CertificateKind : std::uint8_t {
  expired,
  within_7_days,  ///< each within has those of the shorter ones
  within_21_days,
  within_60_days,
  renewal_overdue,
  self_signed,
  ca_issued,
  weak,     ///< its key or its signature
  changed,  ///< in a way that no usual renewal explains, since the daemon runs
  name_mismatch
};
inline constexpr std::size_t kCertificateKinds = 10;
std::string_view name(CertificateKind kind);
/// For people: "expired", "ends within 7 days".
std::string_view words(CertificateKind kind);

struct CertificateQuery {
  std::vector<CertificateKind> kinds;  ///< any of them; none: all certificates
  api::TargetQuery targets;            ///< of which only group, labels, text, page and format are used
};

/// The parameters kind, group, site (each may be repeated), q, page, per_page and format.
std::variant<CertificateQuery, api::Fault> parse_certificate_query(const Parameters& parameters);

/// A certificate as one endpoint shows it.
struct CertificateRow {
  fleet::StatePtr state;     ///< with a certificate
  std::size_t on_hosts = 1;  ///< endpoints of the fleet that have the same one
};

struct CertificateList {
  std::size_t total = 0;  ///< that the query lets through
  std::vector<CertificateRow> rows;
  std::array<std::size_t, kCertificateKinds> kinds{};  ///< that the query without its kinds lets through
  std::size_t without = 0;  ///< endpoints without a certificate that group, labels and text let through
};

/// One pass over the fleet and a partial sort. For CSV without a page all rows are in it.
CertificateList list_certificates(const std::vector<fleet::StatePtr>& fleet, const CertificateQuery& query,
                                  fleet::WallTime now);

/// Whether a certificate is of that kind at `now`.
bool is_of_kind(const fleet::TargetState& state, CertificateKind kind, fleet::WallTime now);

}  // namespace rdpwatch::pages
