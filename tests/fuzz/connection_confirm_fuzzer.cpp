// The answer to a Connection Request, from a hostile host: framing, then the Connection Confirm.

#include <cstdint>
#include <cstdlib>
#include <span>

#include "probes/wire/tpkt.hpp"
#include "probes/wire/x224.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rdpwatch::wire;
  const std::span bytes(data, size);
  const auto framed = frame_tpkt(bytes, kMaxConnectionConfirm);
  if (framed.ok()) {
    if (framed.value() > size || framed.value() > kMaxConnectionConfirm) std::abort();
    decode_connection_confirm(bytes.first(framed.value()));
  }
  decode_connection_confirm(bytes);
  decode_negotiation_answer(bytes);
  return 0;
}
