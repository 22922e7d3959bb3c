#pragma once
// Whether a maintenance covers a target. Pure functions.

#include <string_view>

#include "config/settings.hpp"
#include "daemon/inventory/inventory.hpp"

namespace rdpwatch::maintenance {

/// Of every kind that the match names one entry must fit. A glob is held against host:port and against the
/// host alone, so "ts*.corp.example.com" and "ts01.corp.example.com:3389" both do what they say.
bool covers(const config::MatchSettings& match, const inventory::Target& target);

/// * stands for any text, ? for one byte. Takes at most the product of both lengths.
bool fits_glob(std::string_view glob, std::string_view text);

}  // namespace rdpwatch::maintenance
