#pragma once
// Scripts of evidence with the causes that they must lead to. Together they produce every cause of the book.

#include <string>
#include <vector>

#include "probes/diagnosis/evidence.hpp"

namespace rdpwatch::diagnosis {

struct JudgeScript {
  std::string name;
  Evidence evidence;
  std::vector<std::string> expected;  ///< "decisive pmtu_black_hole", in order
};

std::vector<JudgeScript> name_and_network_scripts();
std::vector<JudgeScript> negotiation_scripts();
std::vector<JudgeScript> tls_scripts();
std::vector<JudgeScript> session_and_health_scripts();

}  // namespace rdpwatch::diagnosis
