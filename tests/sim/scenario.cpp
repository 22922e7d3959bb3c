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
    case Step::first_bytes:
      return "first_bytes";
    case Step::client_hello:
      return "client_hello";
    case Step::server_hello:
      return "server_hello";
    case Step::established:
      return "established";
    case Step::negotiate_token:
      return "negotiate_token";
    case Step::connect_initial:
      return "connect_initial";
    case Step::client_info:
      return "client_info";
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

std::string_view name(NlaAnswer answer) {
  switch (answer) {
    case NlaAnswer::challenge:
      return "challenge";
    case NlaAnswer::error_code:
      return "error_code";
    case NlaAnswer::close:
      return "close";
    case NlaAnswer::reset:
      return "reset";
    case NlaAnswer::stall:
      return "stall";
    case NlaAnswer::reject:
      return "reject";
    case NlaAnswer::no_token:
      return "no_token";
    case NlaAnswer::malformed:
      return "malformed";
    case NlaAnswer::garbage_token:
      return "garbage_token";
    case NlaAnswer::dpu:
      return "dpu";
    case NlaAnswer::early_denied:
      return "early_denied";
    case NlaAnswer::half:
      return "half";
  }
  return "";
}

std::string_view name(Licensing licensing) {
  switch (licensing) {
    case Licensing::valid_client:
      return "valid_client";
    case Licensing::request:
      return "request";
    case Licensing::no_license:
      return "no_license";
    case Licensing::no_license_server:
      return "no_license_server";
    case Licensing::invalid_client:
      return "invalid_client";
    case Licensing::challenge:
      return "challenge";
    case Licensing::demand_active:
      return "demand_active";
    case Licensing::autodetect_first:
      return "autodetect_first";
    case Licensing::stall:
      return "stall";
    case Licensing::close:
      return "close";
    case Licensing::reset:
      return "reset";
    case Licensing::malformed:
      return "malformed";
  }
  return "";
}

std::string_view name(SessionPoint point) {
  switch (point) {
    case SessionPoint::connect:
      return "connect";
    case SessionPoint::attach:
      return "attach";
    case SessionPoint::join:
      return "join";
    case SessionPoint::info:
      return "info";
  }
  return "";
}

}  // namespace rdpwatch::sim
