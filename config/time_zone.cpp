#include "config/time_zone.hpp"

#include <date/tz.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "config/text.hpp"

namespace rdpwatch::config {
namespace {

/// Works on a machine without the database as well.
constexpr const char* kUtc = "UTC";

std::string unknown_zone(const std::string& name, const date::tzdb& database) {
  std::vector<std::string> known;
  for (const auto& zone : database.zones) known.push_back(zone.name());
  return "unknown time zone " + quoted(name) + did_you_mean(name, known) +
         ", allowed: a name of the IANA time zone database, such as Europe/Berlin, America/New_York or UTC";
}

}  // namespace

std::string fault_of_time_zone(const std::string& name) {
  if (name == kUtc) return "";
  try {
    const auto& database = date::get_tzdb();
    const auto is_it = [&name](const date::time_zone& zone) { return zone.name() == name; };
    if (std::none_of(database.zones.begin(), database.zones.end(), is_it))
      return unknown_zone(name, database);
    // What is not read yet is read now, so that nothing can fail later.
    static_cast<void>(date::locate_zone(name)->get_info(date::sys_seconds()));
    return "";
  } catch (const std::exception& error) {
    return "the time zone " + quoted(name) + " can't be read (" + error.what() +
           "), allowed: UTC, or any other where the system has its time zone database (package tzdata)";
  }
}

std::chrono::sys_seconds instant_of(LocalMinutes local, const std::string& zone) {
  if (zone == kUtc) return std::chrono::sys_seconds(local.time_since_epoch());
  const auto info =
      date::locate_zone(zone)->get_info(date::local_seconds(std::chrono::seconds(local.time_since_epoch())));
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return std::chrono::sys_seconds(local.time_since_epoch() - info.first.offset);
}

std::chrono::local_seconds local_of(std::chrono::sys_seconds instant, const std::string& zone) {
  if (zone == kUtc) return std::chrono::local_seconds(instant.time_since_epoch());
  const auto info = date::locate_zone(zone)->get_info(instant);
  return std::chrono::local_seconds(instant.time_since_epoch() + info.offset);
}

}  // namespace rdpwatch::config
