#include "probes/handshake/tpkt_stream.hpp"

#include "probes/wire/mcs.hpp"
#include "probes/wire/tpkt.hpp"

namespace rdpwatch::handshake {

wire::DecodeResult<Bytes> TpktStream::next() {
  const auto framed = wire::frame_tpkt(buffer_, wire::kMaxMcsPdu);
  if (framed.malformed() != nullptr) return *framed.malformed();
  if (framed.need_more() != nullptr) return *framed.need_more();
  const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(framed.value());
  Bytes pdu(buffer_.begin(), end);
  buffer_.erase(buffer_.begin(), end);
  return pdu;
}

}  // namespace rdpwatch::handshake
