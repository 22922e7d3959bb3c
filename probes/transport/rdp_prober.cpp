#include "probes/transport/rdp_prober.hpp"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "probes/transport/probe_run.hpp"

namespace rdpwatch::transport {

namespace asio = boost::asio;

class RdpProber::Impl {
 public:
  Impl(asio::io_context& io, std::shared_ptr<ConnectionGate> gate, ResolverOptions resolver_options)
      : gate_(std::move(gate)),
        resolver_(io.get_executor(), std::move(resolver_options)),
        tools_{io, *gate_, resolver_, tls_contexts_, trust_stores_} {}

  asio::awaitable<handshake::ProbeResult> probe(handshake::ProbePlan plan, handshake::ProbeWatch watch) {
    // A cancelled probe still closes its connection in an orderly way, so cancellation comes as an outcome of
    // each wait and not as an exception between them.
    const bool throwing = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    ProbeRun run(tools_, std::move(plan), std::move(watch));
    handshake::ProbeResult result = co_await run.run();
    co_await asio::this_coro::throw_if_cancelled(throwing);
    co_return result;
  }

 private:
  std::shared_ptr<ConnectionGate> gate_;
  TlsContexts tls_contexts_;
  TrustStores trust_stores_;
  Resolver resolver_;
  ProberTools tools_;
};

RdpProber::RdpProber(asio::io_context& io, std::shared_ptr<ConnectionGate> gate,
                     ResolverOptions resolver_options)
    : impl_(std::make_unique<Impl>(io, std::move(gate), std::move(resolver_options))) {}
RdpProber::~RdpProber() = default;

asio::awaitable<handshake::ProbeResult> RdpProber::probe(handshake::ProbePlan plan, handshake::ProbeWatch watch) {
  return impl_->probe(std::move(plan), std::move(watch));
}

}  // namespace rdpwatch::transport
