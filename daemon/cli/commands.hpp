#pragma once
// The commands and their flags as plain data, and what runs them. Each writes its result to streams.out, all
// else to streams.err, and returns the exit code.

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/cli/streams.hpp"
#include "daemon/report/verdict.hpp"

namespace rdpwatch::cli {

enum class ProbeOutput : std::uint8_t { text, json, plugin };
enum class SweepOutput : std::uint8_t { text, csv, json };
enum class DiagnoseOutput : std::uint8_t { text, json, markdown };
enum class AuditOutput : std::uint8_t { text, csv, json };

struct ProbeOptions {
  std::string target;
  std::string module;       ///< empty: the target's in the inventory, else "tls"
  std::string config_file;  ///< empty: none
  std::string timeout;      ///< a duration that was checked; empty: the configuration's
  ProbeOutput output = ProbeOutput::text;
  report::Thresholds thresholds;
};
int probe(const ProbeOptions& options, const Streams& streams);

struct DiagnoseOptions {
  std::string target;
  std::string module;       ///< empty: the target's in the inventory, else "tls"
  std::string config_file;  ///< empty: none; then there are no siblings to compare with
  std::string timeout;      ///< a duration that was checked; empty: the configuration's
  bool quick = false;       ///< no connection that waits for timers of a minute
  DiagnoseOutput output = DiagnoseOutput::text;
  report::Thresholds thresholds;
};
int diagnose(const DiagnoseOptions& options, const Streams& streams);

struct AuditOptions {
  std::vector<std::string> targets;  ///< empty: the inventory's
  std::vector<std::string> groups;   ///< of the inventory; empty: all
  std::string module;                ///< empty: the target's in the inventory, else "tls"
  std::string config_file;           ///< empty: none
  std::string timeout;  ///< of each probe, a duration that was checked; empty: the configuration's
  AuditOutput output = AuditOutput::text;
  report::Thresholds thresholds;
};
int audit(const AuditOptions& options, const Streams& streams);

struct SweepOptions {
  std::string config_file;
  std::vector<std::string> groups;   ///< empty: all
  std::vector<std::string> modules;  ///< empty: all
  SweepOutput output = SweepOutput::text;
  report::Thresholds thresholds;
};
int sweep(const SweepOptions& options, const Streams& streams);

enum class StatusOutput : std::uint8_t { text, json };

struct StatusOptions {
  std::string url = "http://127.0.0.1:9839";
  std::vector<std::string> states;  ///< to list; empty: down, flapping and unknown
  std::vector<std::string> groups;  ///< empty: all
  std::size_t limit = 20;           ///< targets to list, 1..1000
  StatusOutput output = StatusOutput::text;
};
int status(const StatusOptions& options, const Streams& streams);

struct MaintenanceOptions {
  std::string action;  ///< start, list or end
  std::string id;      ///< of the one to end
  std::string url = "http://127.0.0.1:9839";
  std::vector<std::string> match;  ///< group=NAME, target=GLOB or label=value
  std::string duration;            ///< a duration that was checked
  std::string reason;
  std::string by;  ///< empty: whom the environment names
  bool allow_empty = false;
  StatusOutput output = StatusOutput::text;
};
/// 0 done, 3 usage, or the daemon refuses or can't be asked.
int maintenance(const MaintenanceOptions& options, const Streams& streams);

struct HealthcheckOptions {
  std::string url;                                     ///< empty: by the listen addresses
  std::vector<std::string> listen_addresses{":9839"};  ///< as of ServeOptions
  std::string web_config_file;                         ///< as of ServeOptions; empty: plain HTTP
};
/// 0 when the daemon answers on each address that it is ready, 1 when it does not.
int healthcheck(const HealthcheckOptions& options, const Streams& streams);

struct ExplainOptions {
  std::string subject;
  std::string extended;  ///< empty: none
};
int explain(const ExplainOptions& options, const Streams& streams);

/// 0 valid, 1 with every error on streams.err.
int check_config(const std::string& file, const Streams& streams);

/// `format` is one of catalogue_format_by_name's.
int print_metrics(const std::string& format, const Streams& streams);

/// Writes one page a cause and their index into `folder`, which is made when it is missing.
int print_runbooks(const std::string& folder, const Streams& streams);

}  // namespace rdpwatch::cli
