#include "daemon/http/sd_targets.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <functional>
#include <unordered_map>
#include <utility>

#include "daemon/fleet/series_labels.hpp"

namespace rdpwatch::http {
namespace {

constexpr std::size_t kPieceBytes = 32 * 1024;

/// So many are sorted into groups in about half a millisecond.
constexpr std::size_t kTargetsAtATime = 1000;

/// All that the labels of an entry are made of.
struct SameLabels {
  bool operator()(const inventory::Target* a, const inventory::Target* b) const {
    return a->group == b->group && a->recipe->module == b->recipe->module && a->labels == b->labels;
  }
};

struct HashLabels {
  std::size_t operator()(const inventory::Target* target) const {
    std::size_t hash = 0;
    const auto mix = [&hash](const std::string& text) {
      hash = hash * 0x100000001b3 ^ std::hash<std::string>()(text);
    };
    mix(target->group);
    mix(target->recipe->module);
    for (const auto& [name, value] : target->labels) {
      mix(name);
      mix(value);
    }
    return hash;
  }
};

}  // namespace

boost::asio::awaitable<std::vector<SdGroup>> group_for_sd(std::vector<fleet::StatePtr> states) {
  const auto executor = co_await boost::asio::this_coro::executor;
  std::vector<SdGroup> groups;
  std::unordered_map<const inventory::Target*, std::size_t, HashLabels, SameLabels> places;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (i % kTargetsAtATime == kTargetsAtATime - 1)
      co_await boost::asio::post(executor, boost::asio::use_awaitable);
    if (i > 0 && states[i]->key.target == states[i - 1]->key.target) continue;
    const auto& target = states[i]->target;
    const auto [place, is_new] = places.try_emplace(target.get(), groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(target);
  }
  co_return groups;
}

std::string sd_text(std::string_view text) {
  std::string clean;
  fleet::append_clean_utf8(clean, text, fleet::kMaxLabelValue);
  return boost::json::serialize(boost::json::string_view(clean));
}

void SdTargetsStream::begin_group(const SdGroup& group) {
  piece_.append(group_ == 0 ? "" : ",\n").append("{\"labels\":");
  write_labels(*group.front());
  piece_.append(",\"targets\":[");
}

void SdTargetsStream::write_labels(const inventory::Target& target) {
  piece_.append("{\"group\":").append(sd_text(target.group));
  piece_.append(",\"__meta_rdpwatch_module\":").append(sd_text(target.recipe->module));
  for (const auto& [name, value] : target.labels)
    piece_.append(",").append(sd_text(name)).append(":").append(sd_text(value));
  piece_.append("}");
}

std::string_view SdTargetsStream::next() {
  piece_.clear();
  if (ended_) return piece_;
  if (!begun_) piece_.append("[");
  begun_ = true;
  while (group_ < groups_.size()) {
    const SdGroup& group = groups_[group_];
    if (target_ == 0) begin_group(group);
    while (target_ < group.size()) {
      piece_.append(target_ == 0 ? "" : ",").append(sd_text(group[target_]->name));
      ++target_;
      if (piece_.size() >= kPieceBytes) return piece_;
    }
    piece_.append("]}");
    ++group_;
    target_ = 0;
  }
  piece_.append("]\n");
  ended_ = true;
  return piece_;
}

}  // namespace rdpwatch::http
