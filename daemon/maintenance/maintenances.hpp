#pragma once
// Maintenances: the windows of the configuration and what people started by hand, and which of them goes on.
// Thread-safe. Whoever calls tick() (the control thread) carries what it says to the result store and the
// log.

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/settings.hpp"
#include "daemon/fleet/maintenance.hpp"
#include "daemon/inventory/inventory.hpp"
#include "daemon/maintenance/calendar.hpp"

namespace rdpwatch::maintenance {

inline constexpr std::size_t kMostAdHoc = 200;  ///< that go on at a time
inline constexpr std::chrono::minutes kShortestAdHoc{1};
inline constexpr std::chrono::hours kLongestAdHoc{30 * 24};
inline constexpr std::chrono::hours kUpcoming{7 * 24};  ///< how far list() looks ahead
inline constexpr std::size_t kLongestBy = 100;          ///< bytes

/// A maintenance that somebody started: plain texts and times, so that it can be kept over a restart.
struct AdHoc {
  std::string id;                  ///< unique, for people to type: "m3f9a61c2"
  std::vector<std::string> match;  ///< as config::parse_match() takes them
  WallTime from;
  WallTime until;
  std::string reason;
  std::string by;
};

struct StartRequest {
  std::vector<std::string> match;
  std::chrono::milliseconds duration{};
  std::string reason;
  std::string by;            ///< may be empty
  bool allow_empty = false;  ///< although no target of the inventory is covered
};

/// What is wrong with a request, and what is allowed.
struct Refusal {
  std::string what;
  std::vector<std::string> allowed;
};

/// One that began or ended.
struct Change {
  enum class Kind : std::uint8_t {
    started,
    ended,   ///< by somebody, or because the configuration does not have the window any more
    ran_out  ///< by itself
  };
  Kind kind = Kind::started;
  fleet::Maintenance maintenance;
  std::string by;           ///< who ended it, as far as known
  std::size_t targets = 0;  ///< of the inventory, that it covers
};

struct Listed {
  fleet::Maintenance maintenance;
  std::string match;  ///< for people
  bool active = false;
  std::size_t targets = 0;  ///< of the inventory, that it covers
};

class Maintenances {
 public:
  /// `wake` is called, from whatever thread, without a lock, when tick() has something to do at once.
  explicit Maintenances(std::function<void()> wake = [] {}) : wake_(std::move(wake)) {}

  /// In place of those before.
  void set_windows(std::vector<config::WindowSettings> windows);
  void set_inventory(std::shared_ptr<const inventory::Snapshot> inventory);

  /// Starts one, from `now` on.
  std::variant<Listed, Refusal> start(const StartRequest& request, WallTime now);
  /// Ends one early. False when there is none with this id (any more).
  bool end(const std::string& id, const std::string& by, WallTime now);

  /// Those that go on, for safe-keeping; and what was kept before a restart. One whose time ran out meanwhile
  /// ends at the next tick(). What can't be understood any more is left out.
  std::vector<AdHoc> ad_hoc() const;
  void restore(std::vector<AdHoc> kept);

  /// Active ones, the first to end first; then those of the next kUpcoming, the first to begin first: of each
  /// window the next time only. Takes the time of one look at each target for each of them.
  std::vector<Listed> list(WallTime now) const;

  struct Tick {
    std::vector<Change> changes;
    std::optional<fleet::Coverage> coverage;  ///< when it is another than after the tick before
  };
  /// To be called every few seconds, and when `wake` says so; always by the same thread.
  Tick tick(WallTime now);

 private:
  using Windows = std::vector<config::WindowSettings>;

  /// One that goes on, with what it covers.
  struct Active {
    config::MatchSettings match;
    fleet::MaintenancePtr maintenance;
  };

  struct Started {
    AdHoc ad_hoc;
    config::MatchSettings match;
  };

  std::vector<Active> active_at(WallTime now) const;
  void note_window_changes(const std::vector<Active>& now_active, WallTime now,
                           std::vector<Change>& changes) const;
  std::size_t count(const config::MatchSettings& match) const;

  std::function<void()> wake_;
  mutable std::mutex mutex_;  ///< of what follows
  std::shared_ptr<const Windows> windows_ = std::make_shared<const Windows>();
  std::shared_ptr<const inventory::Snapshot> inventory_ = std::make_shared<const inventory::Snapshot>();
  std::vector<Started> started_;
  std::vector<Change> changes_;  ///< since the last tick
  std::vector<Active> active_;   ///< at the last tick
};

/// "started", "ended", "ran_out"
std::string_view name(Change::Kind kind);

}  // namespace rdpwatch::maintenance
