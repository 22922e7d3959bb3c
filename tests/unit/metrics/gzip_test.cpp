#include "daemon/metrics/gzip.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::metrics {
namespace {

std::string gunzip(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(16 * 1024 * 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0u);
  out.resize(out.size() - stream.avail_out);
  inflateEnd(&stream);
  return out;
}

TEST(GzipStream, WhatGoesInComesOut) {
  GzipStream gzip;
  std::string packed;
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    const auto piece = "rdp_probe_success{target=\"ts" + std::to_string(i * 7919) + ":3389\"} 1\n";
    gzip.write(piece, packed);
    text.append(piece);
  }
  gzip.finish(packed);
  EXPECT_EQ(packed.substr(0, 3), "\x1F\x8B\x08");
  EXPECT_LT(packed.size() * 4, text.size());
  EXPECT_EQ(gunzip(packed), text);
}

TEST(GzipStream, AnEmptyBodyIsAValidStream) {
  GzipStream gzip;
  std::string packed;
  gzip.finish(packed);
  EXPECT_EQ(gunzip(packed), "");
}

TEST(GzipStream, APieceLargerThanItsBuffers) {
  GzipStream gzip;
  std::string packed;
  std::string text;
  unsigned value = 1;
  for (int i = 0; i < 3000000; ++i)
    text.push_back(static_cast<char>((value = value * 1664525 + 1013904223) >> 24));
  gzip.write(text, packed);
  gzip.finish(packed);
  EXPECT_EQ(gunzip(packed), text);
}

}  // namespace
}  // namespace rdpwatch::metrics
