#pragma once
// The landing page: name, version, links, endpoints by state, the worst hosts. No script; one small
// stylesheet.

#include <chrono>
#include <string>

#include "daemon/fleet/result_store.hpp"
#include "daemon/http/message.hpp"

namespace rdpwatch::http {

inline constexpr const char* kStylesheetPath = "/assets/landing.css";

/// Hosts that the page lists at most.
inline constexpr std::size_t kWorstHosts = 50;

Response landing_page(const fleet::ResultStore& store, const std::string& version,
                      fleet::WallTime now = std::chrono::system_clock::now());
Response landing_stylesheet();

/// `text` for HTML's text and quoted attributes, as valid UTF-8.
std::string escape_html(std::string_view text);

}  // namespace rdpwatch::http
