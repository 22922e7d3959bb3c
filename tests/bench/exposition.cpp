// What a scrape of a large fleet costs: `bench_exposition [targets] [rounds]`, 30,000 targets by default,
// which have about a million series. Prints one JSON object: CPU seconds (medians) and the heap that a scrape
// needs on top, of /metrics/targets as the HTTP server writes it, of one part of ten, and of prometheus-cpp's
// serializer with the same series. Sockets are not in it.
//
// prometheus-cpp's peak holds the families that a scrape has to make before they can be written, and the
// text; making them is not in its CPU seconds.

#include <malloc.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/routes.hpp"
#include "daemon/metrics/gzip.hpp"
#include "tests/bench/ask_route.hpp"
#include "tests/bench/counted_heap.hpp"
#include "tests/bench/cpu_time.hpp"
#include "tests/bench/nla_fleet.hpp"
#include "tests/bench/text_families.hpp"

namespace {

using namespace rdpwatch;

constexpr int kTargets = 30000;
constexpr int kRounds = 7;
constexpr const char* kPart = "part=0&parts=10";
/// As daemon/http/connection.cpp sends them.
constexpr std::size_t kGzipPiece = 32 * 1024;

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "bench_exposition: %s\n", what);
  std::exit(1);
}

double mebibytes(std::size_t bytes) {
  return static_cast<double>(bytes) / (1024 * 1024);
}

/// What was written, as far as a client could tell.
struct Written {
  std::size_t bytes = 0;   ///< before compression
  std::size_t packed = 0;  ///< after it; 0: not compressed
};

struct Measured {
  Written written;
  std::vector<double> seconds;
  std::size_t peak = 0;

  double median() {
    std::sort(seconds.begin(), seconds.end());
    return seconds[seconds.size() / 2];
  }
};

/// What the end of a gzip stream says of the length of its text, modulo 2^32 (RFC 1952, ISIZE).
std::uint32_t size_in_trailer(std::string_view packed) {
  std::uint32_t size = 0;
  for (std::size_t i = 1; i <= sizeof size; ++i) {
    size = size << 8 | static_cast<unsigned char>(packed[packed.size() - i]);
  }
  return size;
}

/// The pieces of a body as Connection::send_stream() would hand them to the socket.
Written write_as_server(http::Response response, bool compressed) {
  if (!response.stream) give_up("the route gave no stream");
  Written written;
  std::optional<metrics::GzipStream> gzip;
  if (compressed) gzip.emplace();
  std::string packed;
  for (std::string_view piece = response.stream->next(); !piece.empty(); piece = response.stream->next()) {
    written.bytes += piece.size();
    if (!gzip) continue;
    gzip->write(piece, packed);
    if (packed.size() < kGzipPiece) continue;
    written.packed += packed.size();
    packed.clear();
  }
  if (gzip) {
    gzip->finish(packed);
    written.packed += packed.size();
    if (size_in_trailer(packed) != static_cast<std::uint32_t>(written.bytes)) give_up("gzip lost something");
  }
  return written;
}

Written write_by_prometheus_cpp(const std::vector<prometheus::MetricFamily>& families, bool compressed) {
  const std::string text = prometheus::TextSerializer().Serialize(families);
  Written written{text.size(), 0};
  if (!compressed) return written;
  metrics::GzipStream gzip;
  std::string packed;
  gzip.write(text, packed);
  gzip.finish(packed);
  written.packed = packed.size();
  return written;
}

void measure(Measured& measured, const std::function<Written()>& write) {
  const std::size_t before = bench::restart_heap_peak();
  const double began = bench::cpu_milliseconds();
  measured.written = write();
  measured.seconds.push_back((bench::cpu_milliseconds() - began) / 1e3);
  measured.peak = std::max(measured.peak, bench::heap_peak() - before);
}

/// zlib takes its memory with malloc, which is not counted.
std::size_t compressor_bytes() {
  const auto in_use = [] {
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  const std::size_t before = in_use();
  const metrics::GzipStream gzip;
  return in_use() - before;
}

std::vector<prometheus::MetricFamily> families_of(http::Response response) {
  std::vector<prometheus::MetricFamily> families;
  for (auto piece = response.stream->next(); !piece.empty(); piece = response.stream->next())
    bench::append_families(piece, families);
  return families;
}

std::size_t series_of(const std::vector<prometheus::MetricFamily>& families) {
  std::size_t series = 0;
  for (const auto& family : families) series += family.metric.size();
  return series;
}

std::size_t samples_in(const std::string& text) {
  std::size_t samples = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) samples += text[at] != '#' ? 1 : 0;
  return samples;
}

void print(const char* name, Measured& plain, Measured& gzip, std::size_t peak, const char* more) {
  std::printf(
      "  \"%s\": {\"bytes\": %zu, \"gzip_bytes\": %zu, \"plain_cpu_seconds\": %.4f, "
      "\"gzip_cpu_seconds\": %.4f, \"peak_extra_mib\": %.2f}%s\n",
      name, plain.written.bytes, gzip.written.packed, plain.median(), gzip.median(), mebibytes(peak), more);
}

}  // namespace

int main(int argc, char** argv) {
  const int targets = argc > 1 ? std::atoi(argv[1]) : kTargets;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : kRounds;
  if (targets < 1 || rounds < 1) give_up("usage: bench_exposition [targets] [rounds]");
  fleet::ResultStore store;
  bench::fill_with_nla_fleet(store, targets);
  metrics::SelfMetrics self({"0", "0", "0", "0"});
  http::Routes routes({store, self, {}, false, "", {}});
  routes.set_max_series(1000000000);
  http::Router router;
  routes.add_to(router);
  const auto scrape = [&router](const char* query) { return bench::get(router, "/metrics/targets", query); };

  const std::size_t before_families = bench::heap_in_use();
  const auto families = families_of(scrape(""));
  const std::size_t families_bytes = bench::heap_in_use() - before_families;
  const std::size_t series = series_of(families);
  if (samples_in(prometheus::TextSerializer().Serialize(families)) != series)
    give_up("prometheus-cpp wrote another number of series");

  Measured plain, gzip, part, part_gzip, theirs, theirs_gzip;
  for (int i = 0; i < rounds; ++i) {
    measure(plain, [&] { return write_as_server(scrape(""), false); });
    measure(theirs, [&] { return write_by_prometheus_cpp(families, false); });
    measure(gzip, [&] { return write_as_server(scrape(""), true); });
    measure(theirs_gzip, [&] { return write_by_prometheus_cpp(families, true); });
    measure(part, [&] { return write_as_server(scrape(kPart), false); });
    measure(part_gzip, [&] { return write_as_server(scrape(kPart), true); });
  }
  const std::size_t compressor = compressor_bytes();
  std::printf("{\n  \"targets\": %d, \"series\": %zu, \"bytes\": %zu, \"rounds\": %d,\n", targets, series,
              plain.written.bytes, rounds);
  print("rdpwatch", plain, gzip, gzip.peak + compressor, ",");
  print("rdpwatch_one_part_of_ten", part, part_gzip, part_gzip.peak + compressor, ",");
  print("prometheus_cpp", theirs, theirs_gzip, families_bytes + theirs_gzip.peak + compressor, "");
  std::printf("}\n");
  return 0;
}
