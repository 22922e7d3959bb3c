#pragma once
// The part of `explain` for the causes of the book.

#include <string>
#include <string_view>
#include <vector>

#include "daemon/report/text_style.hpp"
#include "probes/diagnosis/cause_book.hpp"

namespace rdpwatch::report {

/// Everything that is known of a cause.
std::string explain_cause(const TextStyle& style, const diagnosis::Cause& cause);

/// A heading, then of each cause its id, title and how rdpwatch tells it from the others; empty for no
/// causes.
std::string list_causes(const TextStyle& style, std::string_view heading,
                        const std::vector<const diagnosis::Cause*>& causes);

/// The text with a capital at its beginning, and where it is done: "Its key file (on the host)".
std::string with_place(std::string_view text, std::string_view place);

/// "Azure, AWS"; empty for a fix that is for all.
std::string platforms_in_words(const diagnosis::Fix& fix);

}  // namespace rdpwatch::report
