#pragma once
// GzipStream: gzip (RFC 1952) piece by piece, at zlib's fastest level: a scrape's text shrinks tenfold with
// it. Not thread-safe.

#include <zlib.h>

#include <memory>
#include <string>
#include <string_view>

namespace rdpwatch::metrics {

class GzipStream {
 public:
  /// Throws std::bad_alloc when there is no memory for the compressor (256 KiB).
  GzipStream();
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  /// Appends to `out` what is ready of the compressed stream; may append nothing.
  void write(std::string_view text, std::string& out);
  /// Appends the rest. Nothing may be written afterwards.
  void finish(std::string& out);

 private:
  void deflate_all(int flush, std::string& out);

  z_stream stream_{};
};

}  // namespace rdpwatch::metrics
