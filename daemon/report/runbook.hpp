#pragma once
// The book of causes as pages for people on call, in GitHub's Markdown. The pages in deploy/runbooks are made
// of this and alerts link to them.

#include <string>

#include "probes/diagnosis/cause_book.hpp"

namespace rdpwatch::report {

/// The page of one cause; its file is <id>.md.
std::string runbook_page(const diagnosis::Cause& cause);

/// The index of all pages: by whose cause it is, and by the code that a client shows.
std::string runbook_index();

}  // namespace rdpwatch::report
