#pragma once
// What every page has: the model's common part, links, and the answer that carries it.

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/fleet/target_state.hpp"
#include "daemon/http/message.hpp"
#include "daemon/http/query_string.hpp"

namespace rdpwatch::pages {

/// A page before it is rendered. Its model's values have names that no row has (see template.hpp).
struct Page {
  unsigned status = 200;
  std::string name;     ///< of the template
  std::string title;    ///< for people
  std::string section;  ///< which entry of the navigation is current: "overview", "targets" ...; may be empty
  boost::json::object model;
  std::vector<std::string_view> scripts;  ///< more than the one of all pages: "target.js"
  bool refreshes = false;                 ///< in place, every few seconds, where there is JavaScript
};

/// What the layout shows of the daemon.
struct Frame {
  std::string version;
  fleet::WallTime now;
};

/// `path` is the request's: links are relative to it, because a proxy may serve us under a prefix of its own.
http::Response html_answer(Page page, const Frame& frame, std::string_view path);

/// A page that says what is wrong and what is allowed in its place.
Page fault_page(unsigned status, std::string what, const std::vector<std::string>& allowed = {});

/// A fault page when there is a parameter of another name than these: a slip must not silently widen what is
/// shown.
std::optional<Page> unknown_parameter(const std::vector<http::QueryParameter>& parameters,
                                      const std::vector<std::string>& allowed);

/// "name=value&..." percent-encoded, in the order given; "" for no parameters.
std::string encode_query(const std::vector<http::QueryParameter>& parameters);

/// {"iso", "text", "ago"}: for <time>, for people, and how long before `now` ("3 h 12 min").
boost::json::object moment(fleet::WallTime time, fleet::WallTime now);

/// "less than a minute", "12 min", "3 h 12 min", "5 days"; of a time that is not over yet, 0.
std::string for_how_long(fleet::WallTime since, fleet::WallTime now);

}  // namespace rdpwatch::pages
