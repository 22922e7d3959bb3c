// Hosts whose trouble only a second question tells apart from another one: a device on the way that breaks
// what it looks for, versions of TLS that nobody else has, TLS without X.224.

#include "tests/sim/personality_groups.hpp"

namespace rdpwatch::sim {

namespace {

Behaviour broken_at(Step at, Ending then, Sign when = Sign::always) {
  Behaviour behaviour;
  behaviour.fault =
      Fault{.at = at, .after = {}, .payload = {}, .then = then, .flight_bytes = {}, .when = when};
  return behaviour;
}

Behaviour cuts_client_hello(Refusal not_tls) {
  Behaviour behaviour = broken_at(Step::client_hello, Ending::reset);
  behaviour.tls.not_tls = not_tls;
  return behaviour;
}

Behaviour versions(TlsVersion min, TlsVersion max, Refusal no_common_version) {
  Behaviour behaviour;
  behaviour.tls.min_version = min;
  behaviour.tls.max_version = max;
  if (min < TlsVersion::tls12) behaviour.tls.ciphers = "ALL";
  behaviour.tls.no_common_version = no_common_version;
  return behaviour;
}

}  // namespace

void add_watched(PersonalityList& list) {
  Behaviour takes_direct_tls;
  takes_direct_tls.direct_tls = DirectTls::also;
  Behaviour cuts_request_takes_direct_tls = broken_at(Step::request, Ending::reset);
  cuts_request_takes_direct_tls.direct_tls = DirectTls::also;
  list.push_back({"cuts_client_hello", cuts_client_hello(Refusal::stall),
                  "RST to a ClientHello; what is no TLS is left unanswered"});
  list.push_back({"cuts_client_hello_alerts", cuts_client_hello(Refusal::alert),
                  "RST to a ClientHello; what is no TLS gets an alert"});
  list.push_back({"resets_first_bytes", broken_at(Step::first_bytes, Ending::reset),
                  "RST to whatever comes behind the Connection Confirm, as with an unusable TLS key"});
  list.push_back({"closes_first_bytes", broken_at(Step::first_bytes, Ending::close),
                  "FIN to whatever comes behind the Connection Confirm"});
  list.push_back({"cuts_server_name", broken_at(Step::client_hello, Ending::reset, Sign::server_name),
                  "RST to a ClientHello with SNI"});
  list.push_back({"cuts_cookie", broken_at(Step::request, Ending::reset, Sign::cookie),
                  "RST to a Connection Request with a cookie"});
  list.push_back({"cuts_hybrid", broken_at(Step::request, Ending::reset, Sign::hybrid),
                  "RST to a Connection Request that asks for NLA"});
  list.push_back({"takes_direct_tls", takes_direct_tls, "TLS without X.224 too, as Windows"});
  list.push_back({"cuts_request_takes_direct_tls", cuts_request_takes_direct_tls,
                  "RST to a Connection Request; TLS without X.224 is served"});
  list.push_back({"tls10_tls11", versions(TlsVersion::tls10, TlsVersion::tls11, Refusal::alert),
                  "TLS 1.0 and 1.1 only"});
  list.push_back({"tls10_tls11_resets", versions(TlsVersion::tls10, TlsVersion::tls11, Refusal::reset),
                  "TLS 1.0 and 1.1 only; RST to a client without them"});
  list.push_back({"tls13_resets", versions(TlsVersion::tls13, TlsVersion::tls13, Refusal::reset),
                  "TLS 1.3 only; RST to a client without it"});
}

}  // namespace rdpwatch::sim
