// What a hostile host answers inside TLS: framing, then the TSRequest, or the Early User Authorization
// Result.

#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "probes/wire/credssp.hpp"
#include "probes/wire/der_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rdpwatch::wire;
  const std::span bytes(data, size);
  const auto framed = frame_der(bytes, kMaxTsRequest);
  if (framed.ok() && framed.value() > size) std::abort();
  const auto request = decode_ts_request(bytes);
  // A message is asked to go on exactly while its frame is: whatever else is wrong ends it.
  if ((request.need_more() != nullptr) != (framed.need_more() != nullptr)) std::abort();
  if (request.need_more() != nullptr && request.need_more()->missing == 0) std::abort();
  if (request.malformed() != nullptr && request.malformed()->what.empty()) std::abort();
  if (request.ok() && request.value().nego_token && request.value().nego_token->size() > size) std::abort();
  if (size <= 65'000) {
    const auto ours = decode_ts_request(encode_ts_request(6, bytes));
    if (!ours.ok() || ours.value().nego_token != std::vector(data, data + size)) std::abort();
  }
  decode_early_user_authorization(bytes);
  return 0;
}
