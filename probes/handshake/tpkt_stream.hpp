#pragma once
// TpktStream: whole TPKTs out of bytes as they come, shared by the phases from MCS on: what follows a message
// in one read belongs to the next phase.

#include <optional>

#include "probes/handshake/step.hpp"
#include "probes/wire/decode_result.hpp"

namespace rdpwatch::handshake {

class TpktStream {
 public:
  void append(const Bytes& bytes) { buffer_.insert(buffer_.end(), bytes.begin(), bytes.end()); }

  /// The next whole TPKT, at most wire::kMaxMcsPdu long, taken off the stream.
  wire::DecodeResult<Bytes> next();

  const Bytes& rest() const { return buffer_; }

 private:
  Bytes buffer_;
};

}  // namespace rdpwatch::handshake
