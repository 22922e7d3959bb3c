#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

std::string_view name(Step step) {
  switch (step) {
    case Step::accept:
      return "accept";
    case Step::request:
      return "request";
    case Step::confirm:
      return "confirm";
    case Step::client_hello:
      return "client_hello";
    case Step::server_hello:
      return "server_hello";
    case Step::established:
      return "established";
  }
  return "";
}

std::string_view name(Ending ending) {
  switch (ending) {
    case Ending::close:
      return "close";
    case Ending::reset:
      return "reset";
    case Ending::stall:
      return "stall";
    case Ending::proceed:
      return "proceed";
  }
  return "";
}

}  // namespace rdpwatch::sim
