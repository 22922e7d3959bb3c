// Messages to bytes and back: what a probe encodes and decodes once each.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <span>
#include <vector>

#include "probes/wire/credssp.hpp"
#include "probes/wire/gcc.hpp"
#include "probes/wire/mcs.hpp"
#include "probes/wire/ntlm.hpp"
#include "probes/wire/x224.hpp"
#include "tests/support/hex.hpp"
#include "tests/unit/wire/mcs_vectors.hpp"
#include "tests/unit/wire/ntlm_vectors.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;
using Bytes = std::vector<std::uint8_t>;

void count_messages_of(const Bytes& bytes, benchmark::State& state) {
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

void wire_encode_connection_request(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(encode_connection_request("rdpwatch", 0x0B));
  count_messages_of(encode_connection_request("rdpwatch", 0x0B), state);
}
BENCHMARK(wire_encode_connection_request);

void wire_decode_connection_confirm(benchmark::State& state) {
  const Bytes bytes = from_hex("030000130ed00000123400021f080008000000");
  for (auto _ : state) {
    const auto confirm = decode_connection_confirm(bytes);
    if (!confirm.ok()) return state.SkipWithError("no Connection Confirm");
    benchmark::DoNotOptimize(confirm);
  }
  count_messages_of(bytes, state);
}
BENCHMARK(wire_decode_connection_confirm);

void wire_decode_challenge_in_ts_request(benchmark::State& state) {
  const Bytes bytes = encode_ts_request(6, from_hex(vectors::kDomainMember));
  for (auto _ : state) {
    const auto request = decode_ts_request(bytes);
    if (!request.ok() || !request.value().nego_token) return state.SkipWithError("no TSRequest");
    const auto challenge = decode_ntlm_challenge(*request.value().nego_token);
    if (!challenge.ok()) return state.SkipWithError("no CHALLENGE");
    benchmark::DoNotOptimize(challenge);
  }
  count_messages_of(bytes, state);
}
BENCHMARK(wire_decode_challenge_in_ts_request);

void wire_decode_connect_response(benchmark::State& state) {
  const Bytes bytes = from_hex(vectors::kSpecification);
  for (auto _ : state) {
    const auto pdu = decode_mcs_pdu(bytes);
    if (!pdu.ok()) return state.SkipWithError("no MCS PDU");
    const auto server = decode_conference_create_response(std::get<ConnectResponse>(pdu.value()).user_data);
    if (!server.ok()) return state.SkipWithError("no conference data");
    benchmark::DoNotOptimize(server);
  }
  count_messages_of(bytes, state);
}
BENCHMARK(wire_decode_connect_response);

}  // namespace
}  // namespace rdpwatch::wire
