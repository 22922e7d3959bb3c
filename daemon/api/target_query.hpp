#pragma once
// What a client may ask of the list of targets: filters, order, page. Thread-safe: pure functions.

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "daemon/api/answers.hpp"
#include "daemon/fleet/target_state.hpp"
#include "daemon/http/query_string.hpp"
#include "probes/handshake/security_posture.hpp"

namespace rdpwatch::api {

enum class SortKey : std::uint8_t {
  worst,  ///< down, flapping, unknown, maintenance, up; within a state the longest first
  target,
  group,
  state,  ///< as worst, without the time
  since,
  last_run,
  days_to_expiry,
  duration
};

inline constexpr std::size_t kMostPerPage = 1000;
inline constexpr std::size_t kMostPages = 1000000;
/// Of each parameter's value, in bytes; a label's value may be so long. Of `q`, which every name is searched
/// for.
inline constexpr std::size_t kLongestValue = 1024;
inline constexpr std::size_t kLongestText = 128;
/// Every endpoint is held against every value.
inline constexpr std::size_t kMostFilters = 64;

/// Of each list any entry may hold, and all lists that are not empty must.
struct TargetQuery {
  std::vector<fleet::TargetStatus> states;
  std::vector<handshake::Phase> phases;  ///< of the last run's failure
  std::vector<handshake::FailureReason> reasons;
  std::vector<std::string> causes;    ///< ids; among the causes that are shown
  std::vector<std::string> findings;  ///< ids
  std::vector<handshake::Posture> postures;
  std::vector<std::string> builds;  ///< Windows builds, "10.0.20348"
  std::vector<std::string> groups;
  std::vector<std::string> modules;
  std::map<std::string, std::vector<std::string>> labels;
  std::string text;  ///< in ASCII lower case; part of a target's name, its addresses or the host's names
  SortKey sort = SortKey::worst;
  bool descending = false;
  std::size_t page = 1;        ///< 1..kMostPages
  std::size_t per_page = 100;  ///< 1..kMostPerPage
  bool paged = false;          ///< page or per_page was asked for
  bool csv = false;
};

/// The parameters state, reason, phase, cause, finding, security, os_build, group, module, site, label.NAME
/// (each may be repeated), q, sort, page, per_page and format (once each). `accept` decides about CSV where
/// `format` does not. An unknown parameter is a fault: a slip must not silently widen what is shown.
std::variant<TargetQuery, Fault> parse_target_query(const std::vector<http::QueryParameter>& parameters,
                                                    const std::string& accept);

/// In ASCII lower case.
std::string lower_case(std::string_view text);
/// `wanted` is in ASCII lower case.
bool contains(std::string_view text, std::string_view wanted);

}  // namespace rdpwatch::api
