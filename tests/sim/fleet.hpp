#pragma once
// Fleet: scenarios made ready to serve, with certificates made and TLS settings checked. Never changes once
// made; a reload makes a new one, and connections go on with the one they began with.

#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/certificate.hpp"
#include "tests/sim/scenario.hpp"
#include "tests/sim/tls_session.hpp"

namespace rdpwatch::sim {

struct PreparedBehaviour {
  const Behaviour* spec = nullptr;  ///< lives in the host's scenario
  SslContextPtr context;
  std::shared_ptr<const Credentials> credentials;  ///< null: none, or one for each address
};

struct PreparedHost {
  HostScenario scenario;
  std::vector<PreparedBehaviour> behaviours;  ///< one for each item of the sequence
};
using PreparedHostPtr = std::shared_ptr<const PreparedHost>;

class Fleet {
 public:
  /// Throws std::runtime_error with the range's entry for certificates or TLS settings that can't be made.
  Fleet(Scenarios scenarios, std::shared_ptr<CertificateStore> store);

  const Scenarios& scenarios() const { return scenarios_; }
  /// Null for an address that no range holds.
  PreparedHostPtr find(const boost::asio::ip::address& address) const;
  /// The certificate for a connection; null for anonymous ciphers. Throws std::runtime_error.
  std::shared_ptr<const Credentials> credentials(const PreparedBehaviour& behaviour,
                                                 const boost::asio::ip::address& address) const;

 private:
  Scenarios scenarios_;
  std::shared_ptr<CertificateStore> store_;
  RangeTable table_;
  std::vector<PreparedHostPtr> hosts_;
};

}  // namespace rdpwatch::sim
