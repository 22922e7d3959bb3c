#pragma once
// Which targets a maintenance covers, as the configuration writes it (group, target, label) and as a command
// or a request does ("group=rdsh-emea", "target=ts*", "site=fra1"). Thread-safe: pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "config/yaml_tree.hpp"

namespace rdpwatch::config {

inline constexpr std::size_t kLongestWindowName = 100;
inline constexpr std::size_t kLongestReason = 500;
/// Entries of one maintenance, and bytes of each.
inline constexpr std::size_t kMostMatches = 1000;
inline constexpr std::size_t kLongestMatch = 512;

/// What the texts of a match may be, for messages.
inline constexpr const char* kMatchForms = "group=NAME, target=GLOB (with * and ?) or label=value";

/// `groups` are those of the inventory: another one is a slip.
void decode_match(const Node& node, const std::string& path, const std::vector<std::string>& groups,
                  Diagnostics& diagnostics, MatchSettings& match);

/// Texts of the forms above; at least one, at most kMostMatches. On error nothing, and `why` says what is
/// wrong and what is allowed.
std::optional<MatchSettings> parse_match(const std::vector<std::string>& texts, std::string& why);

/// For people: "group=a, site=fra1", "all".
std::string match_text(const MatchSettings& match);

/// 0 is Sunday. "tue" or "tuesday"; nothing for any other text.
std::optional<unsigned> parse_weekday(std::string_view text);
std::string_view weekday_name(unsigned weekday);  ///< "tue"

}  // namespace rdpwatch::config
