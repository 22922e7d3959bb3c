#include "tests/bench/text_families.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace rdpwatch::bench {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

[[noreturn]] void give_up(const char* what, std::string_view line) {
  std::fprintf(stderr, "the exposition does not parse: %s: %.*s\n", what, static_cast<int>(line.size()),
               line.data());
  std::exit(1);
}

/// Takes what stands before `end` away from `rest`, with `end` itself.
std::string_view take_until(std::string_view& rest, char end, std::string_view line) {
  const std::size_t at = rest.find(end);
  if (at == std::string_view::npos) give_up("something is missing at the end", line);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return taken;
}

/// Behind the opening quote, up to and with the closing one.
std::string take_value(std::string_view& rest, std::string_view line) {
  std::string value;
  std::size_t at = 0;
  for (; at < rest.size() && rest[at] != '"'; ++at) {
    if (rest[at] == '\\' && ++at < rest.size()) {
      value.push_back(rest[at] == 'n' ? '\n' : rest[at]);
    } else {
      value.push_back(rest[at]);
    }
  }
  if (at >= rest.size()) give_up("a label has no end", line);
  rest.remove_prefix(at + 1);
  return value;
}

void append_sample(std::string_view line, MetricFamily& family) {
  std::string_view rest = line;
  if (!rest.starts_with(family.name)) give_up("a sample of another family", line);
  rest.remove_prefix(family.name.size());
  ClientMetric metric;
  if (rest.starts_with('{')) {
    rest.remove_prefix(1);
    while (!rest.starts_with('}')) {
      std::string name(take_until(rest, '=', line));
      if (!rest.starts_with('"')) give_up("a label has no quotes", line);
      rest.remove_prefix(1);
      metric.label.push_back({std::move(name), take_value(rest, line)});
      if (rest.starts_with(',')) rest.remove_prefix(1);
    }
    rest.remove_prefix(1);
  }
  if (!rest.starts_with(' ')) give_up("there is no value", line);
  double value = 0;
  const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), value);
  if (error != std::errc() || end != rest.data() + rest.size()) give_up("the value is no number", line);
  if (family.type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family.metric.push_back(std::move(metric));
}

void append_comment(std::string_view line, std::vector<MetricFamily>& families) {
  std::string_view rest = line.substr(2);
  const std::string_view what = take_until(rest, ' ', line);
  const std::string_view name = take_until(rest, ' ', line);
  if (what == "HELP") {
    families.emplace_back();
    families.back().name = name;
    families.back().help = rest;
  } else if (what == "TYPE" && !families.empty() && families.back().name == name) {
    if (rest != "gauge" && rest != "counter") give_up("a type that targets don't have", line);
    families.back().type = rest == "counter" ? MetricType::Counter : MetricType::Gauge;
  } else {
    give_up("a comment that is neither HELP nor TYPE", line);
  }
}

}  // namespace

void append_families(std::string_view text, std::vector<MetricFamily>& families) {
  while (!text.empty()) {
    const std::string_view line = take_until(text, '\n', text);
    if (line.starts_with("# ")) {
      append_comment(line, families);
    } else if (families.empty()) {
      give_up("a sample without a family", line);
    } else {
      append_sample(line, families.back());
    }
  }
}

}  // namespace rdpwatch::bench
