#include "daemon/metrics/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

#include "daemon/metrics/catalogue.hpp"

namespace rdpwatch::metrics {
namespace {

/// The fields of /proc/self/stat that are wanted here (proc(5) numbers them from 1).
struct ProcessStat {
  double threads = 0;         ///< 20
  double start_ticks = 0;     ///< 22, clock ticks after boot
  double virtual_bytes = 0;   ///< 23
  double resident_pages = 0;  ///< 24
};

std::optional<ProcessStat> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  // Field 2 is the program's name in parentheses and may hold anything, spaces and parentheses too.
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  ProcessStat stat;
  std::string field;
  for (int number = 3; number <= 24 && fields >> field; ++number) {
    const double value = std::strtod(field.c_str(), nullptr);
    if (number == 20) stat.threads = value;
    if (number == 22) stat.start_ticks = value;
    if (number == 23) stat.virtual_bytes = value;
    if (number == 24) stat.resident_pages = value;
  }
  return stat;
}

std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("btime ")) return std::strtod(line.c_str() + 6, nullptr);
  }
  return std::nullopt;
}

std::optional<double> open_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator entries("/proc/self/fd", error);
  if (error) return std::nullopt;
  const auto count = std::distance(begin(entries), end(entries));
  return static_cast<double>(count - 1);  // one of them reads this directory
}

double limit(__rlimit_resource resource) {
  rlimit value{};
  if (getrlimit(resource, &value) != 0 || value.rlim_cur == RLIM_INFINITY) return -1;
  return static_cast<double>(value.rlim_cur);
}

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

prometheus::MetricFamily family(SelfMetric metric, double value) {
  prometheus::MetricFamily family;
  family.name = row(metric).name;
  family.help = row(metric).help;
  family.metric.resize(1);
  if (row(metric).type == MetricType::counter) {
    family.type = prometheus::MetricType::Counter;
    family.metric[0].counter.value = value;
  } else {
    family.type = prometheus::MetricType::Gauge;
    family.metric[0].gauge.value = value;
  }
  return family;
}

}  // namespace

std::vector<prometheus::MetricFamily> process_metrics() {
  std::vector<prometheus::MetricFamily> all;
  all.push_back(family(SelfMetric::process_cpu_seconds_total, cpu_seconds()));
  if (const auto open = open_descriptors()) all.push_back(family(SelfMetric::process_open_fds, *open));
  all.push_back(family(SelfMetric::process_max_fds, limit(RLIMIT_NOFILE)));
  all.push_back(family(SelfMetric::process_virtual_memory_max_bytes, limit(RLIMIT_AS)));
  const auto stat = read_stat();
  if (!stat) return all;
  all.push_back(family(SelfMetric::process_virtual_memory_bytes, stat->virtual_bytes));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  all.push_back(family(SelfMetric::process_resident_memory_bytes, stat->resident_pages * page));
  all.push_back(family(SelfMetric::process_threads, stat->threads));
  if (const auto boot = boot_time()) {
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    all.push_back(family(SelfMetric::process_start_time_seconds, *boot + stat->start_ticks / ticks));
  }
  return all;
}

}  // namespace rdpwatch::metrics
