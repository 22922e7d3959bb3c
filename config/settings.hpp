#pragma once
// Settings: the configuration as plain structs with their defaults inline. config/ is a leaf: it knows YAML
// and the handshake's tables of names, nothing of schedules, sockets or metrics.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/shared_labels.hpp"

namespace rdpwatch::config {

using Seconds = std::chrono::duration<double>;

/// A place in a file.
struct Place {
  int line = 0;    ///< from 1; 0: the whole file
  int column = 0;  ///< from 1
};

struct Position {
  std::string file;
  int line = 0;    ///< from 1; 0: the whole file
  int column = 0;  ///< from 1
};

struct ConfirmSettings {
  int attempts = 2;                       ///< 1..5; 1 means no confirmation
  std::chrono::milliseconds delay{2000};  ///< 1s..60s
};

struct ResolverSettings {
  std::vector<std::string> nameservers;  ///< ip or ip:port; empty: the system's
};

struct GlobalSettings {
  std::chrono::milliseconds probe_interval{60000};  ///< 10s..24h
  std::chrono::milliseconds probe_timeout{10000};   ///< 1s..50s
  ConfirmSettings confirm;
  int max_in_flight = 1000;             ///< 1..100000
  int max_in_flight_per_subnet = 64;    ///< 1..100000, each /24 and /64
  int max_connections_per_minute = 10;  ///< 1..60, each address:port
  /// 0 (off) or 10s..1h: the longest interval after ban-like symptoms.
  std::chrono::milliseconds max_backoff{900000};
  int workers = 1;             ///< 1..64 threads that probe
  std::string source_address;  ///< empty: the kernel chooses
  Labels labels;               ///< on every per-target series
  ResolverSettings resolver;
};

/// A module as configured; names are checked against the handshake's tables while loading.
struct ModuleSettings {
  std::string name;
  std::string depth = "tls";  ///< tcp, negotiate, tls, nla, licensing
  bool require_tls = true;    ///< default: true from depth tls on, else false
  bool require_nla = false;
  std::vector<std::string> fail_on;  ///< certificate problems
  std::string ca_file;               ///< absolute after loading (relative to the configuration file)
  std::string server_name;
  std::string cookie = "rdpwatch";        ///< "" or at most 9 of [A-Za-z0-9_-]
  std::string tls_min_version = "TLS10";  ///< TLS10 TLS11 TLS12 TLS13
  std::string source_address;             ///< empty: the global one
  /// Time between two audits of a target's security: 0 (never) or 1h..30d.
  std::chrono::milliseconds audit_interval{0};
  int diagnosis_experiments = 6;   ///< 0..6 connections, once in a failing episode, to tell causes apart
  bool diagnosis_patient = false;  ///< whether one of them may wait 75 s for timers
};

struct TargetSettings {
  std::string host;  ///< lower case, without brackets
  bool host_is_literal = false;
  std::uint16_t port = 3389;
  SharedLabels labels;
  Place where;  ///< in the file that lists it
};

struct FileSdSettings {
  std::vector<std::string> files;  ///< globs in the last path component, absolute after loading
  std::chrono::milliseconds refresh_interval{300000};  ///< 1s..24h; a re-read besides inotify
  Position where;
};

struct GroupSettings {
  std::string group;
  std::string module = "tls";
  std::chrono::milliseconds interval{0};  ///< 0: the global one
  std::chrono::milliseconds timeout{0};   ///< 0: the global one
  Labels labels;
  bool expand_addresses = false;
  std::vector<TargetSettings> targets;
  std::vector<FileSdSettings> file_sd;
  Position where;
};

struct MetricsSettings {
  bool targets_on_root = true;
  std::uint64_t max_series = 3000000;  ///< 1000..
};

/// How much of what happened is kept.
struct EventsSettings {
  std::chrono::milliseconds retention{30LL * 24 * 60 * 60 * 1000};  ///< 1h..3650d
  std::int64_t max = 50000;                                         ///< 100..1000000 events
};

struct WebSettings {
  std::vector<std::string> probe_allow;  ///< what /probe may be asked for besides the inventory's targets
};

/// Which targets a maintenance covers. Of every kind that is not empty one entry must fit.
struct MatchSettings {
  bool all = false;                  ///< every target; then the rest is empty
  std::vector<std::string> groups;   ///< names
  std::vector<std::string> targets;  ///< globs with * and ?, lower case; of host:port or of the host alone
  std::map<std::string, std::vector<std::string>> labels;  ///< values by the label's name
  bool operator==(const MatchSettings&) const = default;
};

/// A wall clock's time, of whatever time zone.
using LocalMinutes = std::chrono::local_time<std::chrono::minutes>;

enum class WindowRepeat : std::uint8_t { once, weekly, monthly };

/// The second Tuesday of a month: {2, 2}.
struct MonthlyDay {
  unsigned weekday = 0;  ///< 0 is Sunday
  unsigned which = 1;    ///< 1..4, or kLastOfMonth
  bool operator==(const MonthlyDay&) const = default;
};
inline constexpr unsigned kLastOfMonth = 5;

/// A window of maintenance that the configuration plans.
struct WindowSettings {
  std::string name;  ///< unique
  MatchSettings match;
  WindowRepeat repeat = WindowRepeat::once;
  std::vector<unsigned> weekdays;         ///< of a weekly one; 0 is Sunday
  std::vector<MonthlyDay> monthly_days;   ///< of a monthly one
  std::chrono::minutes at{0};             ///< after midnight, of a weekly or monthly one
  LocalMinutes from{};                    ///< of one that comes once
  std::optional<LocalMinutes> to;         ///< of one that comes once, in place of the duration
  std::chrono::milliseconds duration{0};  ///< elapsed time; 1m..7d, 1m..366d of one that comes once
  std::string time_zone = "UTC";          ///< exists (time_zone.hpp)
  std::string reason;
};

/// In place of a file: nothing is kept over a restart.
inline constexpr std::string_view kInMemory = ":memory:";

struct StorageSettings {
  std::string path = std::string(kInMemory);       ///< absolute after loading, or kInMemory
  std::chrono::milliseconds flush_interval{5000};  ///< 100ms..5m; how much a crash may cost
  bool operator==(const StorageSettings&) const = default;
};

struct Settings {
  GlobalSettings global;
  std::map<std::string, ModuleSettings> modules;  ///< built-in ones included
  std::vector<GroupSettings> inventory;
  std::vector<WindowSettings> maintenance;
  MetricsSettings metrics;
  EventsSettings events;
  WebSettings web;
  StorageSettings storage;
  std::string file;                   ///< absolute path it was loaded from
  std::vector<std::string> warnings;  ///< of what is read but deprecated: "file:line:column: message"
};

/// The modules that need no configuration: one for each depth, of its name.
std::map<std::string, ModuleSettings> built_in_modules();

/// "host", "host:port", "[v6]:port" or a bare IPv6 literal. On error returns false and sets `why` to what is
/// wrong and what is allowed.
bool parse_target(const std::string& text, TargetSettings& target, std::string& why);

/// host:port or [v6]:port: how a target is named everywhere.
std::string target_name(const TargetSettings& target);

}  // namespace rdpwatch::config
