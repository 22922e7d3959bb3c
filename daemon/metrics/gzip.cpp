#include "daemon/metrics/gzip.hpp"

#include <array>
#include <new>

namespace rdpwatch::metrics {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, with gzip's header and trailer (zlib.h)
constexpr int kMemoryLevel = 8;       // zlib's default

}  // namespace

GzipStream::GzipStream() {
  if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc();
  }
}

GzipStream::~GzipStream() {
  deflateEnd(&stream_);
}

void GzipStream::write(std::string_view text, std::string& out) {
  // zlib reads the input only, its interface is older than const.
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream_.avail_in = static_cast<uInt>(text.size());
  deflate_all(Z_NO_FLUSH, out);
}

void GzipStream::finish(std::string& out) {
  stream_.next_in = nullptr;
  stream_.avail_in = 0;
  deflate_all(Z_FINISH, out);
}

void GzipStream::deflate_all(int flush, std::string& out) {
  std::array<char, 16 * 1024> piece;
  do {
    stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream_.avail_out = static_cast<uInt>(piece.size());
    deflate(&stream_, flush);
    out.append(piece.data(), piece.size() - stream_.avail_out);
  } while (stream_.avail_out == 0);
}

}  // namespace rdpwatch::metrics
