#pragma once
// Templates are Mustache (https://mustache.github.io/mustache.5.html), filled from JSON values. Every value
// is escaped for HTML's text and quoted attributes; a test holds that no template asks for an unescaped one.
//
// A name that a row lacks is looked up further out, as Mustache has it: the names of a page's own values must
// not be names of its rows' values. An empty text counts as there: leave out what is not there. {{>part-x}}
// includes templates/part-x.html; no value may have a name that begins with part-, because Mustache would
// take a text of that name for the template.

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

namespace rdpwatch::pages {

/// The page templates/NAME.html within templates/layout.html. Throws std::logic_error for a template that is
/// not there or at fault: an error of ours. Thread-safe.
std::string render_page(std::string_view name, const boost::json::object& model);

/// `text` for HTML's text and quoted attributes, as valid UTF-8 without control characters that HTML forbids.
std::string escape_html(std::string_view text);

}  // namespace rdpwatch::pages
