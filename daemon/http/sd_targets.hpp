#pragma once
// The fleet's targets as Prometheus's http_sd reads them: [{"targets": [...], "labels": {...}}], targets with
// equal labels together.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "daemon/fleet/target_state.hpp"
#include "daemon/http/message.hpp"

namespace rdpwatch::http {

/// Targets whose labels are equal; at least one.
using SdGroup = std::vector<inventory::TargetPtr>;

/// In the order in which each first stands in `states`, which are sorted by target; a target with several
/// endpoints is there once. Lets others run on the executor in between, about every half a millisecond.
boost::asio::awaitable<std::vector<SdGroup>> group_for_sd(std::vector<fleet::StatePtr> states);

/// The body in pieces of about 32 KiB.
class SdTargetsStream : public BodyStream {
 public:
  explicit SdTargetsStream(std::vector<SdGroup> groups) : groups_(std::move(groups)) {}
  std::string_view next() override;

 private:
  void begin_group(const SdGroup& group);
  void write_labels(const inventory::Target& target);

  std::vector<SdGroup> groups_;
  std::string piece_;
  std::size_t group_ = 0;
  std::size_t target_ = 0;  ///< the next one in it
  bool begun_ = false;
  bool ended_ = false;
};

/// `text` in quotes, as valid UTF-8 of at most fleet::kMaxLabelValue bytes: just as series show it.
std::string sd_text(std::string_view text);

}  // namespace rdpwatch::http
