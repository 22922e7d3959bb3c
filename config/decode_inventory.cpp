#include <algorithm>
#include <array>
#include <unordered_map>

#include "config/decode.hpp"
#include "config/duration.hpp"
#include "config/labels.hpp"
#include "config/map_reader.hpp"
#include "config/names.hpp"
#include "config/text.hpp"

namespace rdpwatch::config {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kLongestGroupName = 200;

/// Whether it ends in what file_sd files end in, and has its wildcards in the last component only.
bool is_discovery_pattern(const std::string& pattern) {
  constexpr std::array<std::string_view, 3> kEndings{".json", ".yml", ".yaml"};
  const std::size_t slash = pattern.rfind('/');
  const std::size_t directory_length = slash == std::string::npos ? 0 : slash;
  if (pattern.substr(0, directory_length).find_first_of("*?[") != std::string::npos) return false;
  const std::string_view name = std::string_view(pattern).substr(slash == std::string::npos ? 0 : slash + 1);
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) {
    return name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending;
  });
}

/// One group; `path` is "inventory[N]".
class GroupDecoder {
 public:
  GroupDecoder(const Node& node, const std::string& path, const std::string& directory,
               const Settings& settings, Diagnostics& diagnostics)
      : node_(node),
        directory_(directory),
        settings_(settings),
        diagnostics_(diagnostics),
        reader_(
            node, path,
            {"group", "module", "interval", "timeout", "labels", "expand_addresses", "targets", "file_sd"},
            diagnostics) {}

  GroupSettings decode() {
    group_.where = diagnostics_.position(reader_.place("group"));
    if (!reader_.is_mapping()) return group_;
    read_name();
    read_module();
    read_times();
    reader_.read_bool("expand_addresses", group_.expand_addresses);
    if (const Node* labels = reader_.find("labels")) {
      read_labels(*labels, reader_.path("labels"), LabelOrigin::configuration, diagnostics_, group_.labels);
    }
    const Node* targets = reader_.read_list("targets", "targets");
    if (targets != nullptr)
      decode_targets(*targets, reader_.path("targets"), true, diagnostics_, group_.targets);
    read_file_sd();
    check_has_targets();
    return group_;
  }

 private:
  void read_name() {
    const Node* name = reader_.find("group");
    if (name == nullptr) {
      diagnostics_.add(node_.place,
                       reader_.path("group") + " is missing, allowed: a name that no other group has");
      return;
    }
    reader_.read_text("group", group_.group);
    const bool is_scalar = name->kind == Node::Kind::scalar;
    if (is_scalar && (name->text.empty() || name->text.size() > kLongestGroupName)) {
      reader_.wrong("group", "a name of 1 to 200 bytes");
    }
  }

  void read_module() {
    const Node* module = reader_.find("module");
    if (module == nullptr) return;
    std::string name;
    if (!text_of(*module, reader_.path("module"), "the name of a module", diagnostics_, name)) return;
    std::vector<std::string> known;
    for (const auto& [known_name, unused] : settings_.modules) known.push_back(known_name);
    if (settings_.modules.count(name) > 0) {
      group_.module = name;
    } else if (is_not_yet(name)) {
      diagnostics_.add(module->place, reader_.path("module") + ": this version does not have " +
                                          quoted(name) + " yet, allowed: " + joined(known));
    } else {
      diagnostics_.add(module->place, reader_.path("module") + ": unknown module " + quoted(name) +
                                          did_you_mean(name, known) + ", allowed: " + joined(known));
    }
  }

  void read_times() {
    reader_.read_duration("interval", 10s, 24h, group_.interval);
    reader_.read_duration("timeout", 1s, 50s, group_.timeout);
    if (group_.interval.count() == 0 && group_.timeout.count() == 0) return;
    const auto interval = group_.interval.count() > 0 ? group_.interval : settings_.global.probe_interval;
    const auto timeout = group_.timeout.count() > 0 ? group_.timeout : settings_.global.probe_timeout;
    if (interval >= timeout) return;
    diagnostics_.add(reader_.place(group_.interval.count() > 0 ? "interval" : "timeout"),
                     reader_.path("interval") + " (" + format_duration(interval) +
                         ") is shorter than the timeout (" + format_duration(timeout) +
                         "), allowed: at least as long");
  }

  void read_file_sd() {
    const Node* list = reader_.read_list("file_sd", "mappings with the keys files, refresh_interval");
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->children.size(); ++i) {
      const Node& node = list->children[i];
      MapReader reader(node, reader_.path("file_sd") + "[" + std::to_string(i) + "]",
                       {"files", "refresh_interval"}, diagnostics_);
      if (!reader.is_mapping()) continue;
      FileSdSettings section;
      section.where = diagnostics_.position(node.place);
      reader.read_duration("refresh_interval", 1s, 24h, section.refresh_interval);
      for (const PlacedText& pattern : reader.read_text_list("files", "file names")) {
        if (is_discovery_pattern(pattern.text)) {
          section.files.push_back(absolute_path(directory_, pattern.text));
        } else {
          diagnostics_.add(pattern.place, reader.path("files") +
                                              ": must be a file name that ends in .json, .yml or " +
                                              ".yaml, with wildcards in the last component only, not " +
                                              quoted(pattern.text));
        }
      }
      const Node* files = reader.find("files");
      if (files == nullptr || (files->kind == Node::Kind::sequence && files->children.empty())) {
        diagnostics_.add(
            reader.place("files"),
            reader.path("files") + " is missing or empty, allowed: at least one " + "file name or pattern");
      }
      group_.file_sd.push_back(std::move(section));
    }
  }

  /// Whatever stands there, right or wrong, counts: what is wrong has its own message.
  void check_has_targets() {
    const auto is_absent = [this](std::string_view key) {
      const Node* value = reader_.find(key);
      return value == nullptr || (value->kind == Node::Kind::sequence && value->children.empty());
    };
    if (!is_absent("targets") || !is_absent("file_sd")) return;
    diagnostics_.add(node_.place, reader_.path("targets") +
                                      ": the group has neither targets nor file_sd, allowed: at " +
                                      "least one of them");
  }

  const Node& node_;
  const std::string& directory_;
  const Settings& settings_;
  Diagnostics& diagnostics_;
  MapReader reader_;
  GroupSettings group_;
};

std::string words(const Position& where) {
  return where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
}

Place place_of(const Position& where) {
  return {where.line, where.column};
}

void check_duplicates(const std::vector<GroupSettings>& groups, Diagnostics& diagnostics) {
  std::unordered_map<std::string, const Position*> group_places;
  std::unordered_map<std::string, Place> target_places;
  for (const GroupSettings& group : groups) {
    if (!group.group.empty()) {
      const auto [known, is_new] = group_places.emplace(group.group, &group.where);
      if (!is_new) {
        diagnostics.add(place_of(group.where), "duplicate group " + quoted(group.group) + ", first at " +
                                                   words(*known->second) + ", allowed: each group once");
      }
    }
    for (const TargetSettings& target : group.targets) {
      const auto [known, is_new] = target_places.emplace(target_name(target), target.where);
      if (is_new) continue;
      diagnostics.add(target.where, "duplicate target " + quoted(known->first) + ", first at " +
                                        words(diagnostics.position(known->second)) +
                                        ", allowed: each target once");
    }
  }
}

}  // namespace

void decode_inventory(const Node& node, const std::string& directory, Diagnostics& diagnostics,
                      Settings& settings) {
  if (node.kind != Node::Kind::sequence) {
    report_wrong(node, "inventory", "a list of groups ([] for none)", diagnostics);
    return;
  }
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    GroupDecoder decoder(node.children[i], "inventory[" + std::to_string(i) + "]", directory, settings,
                         diagnostics);
    settings.inventory.push_back(decoder.decode());
  }
  check_duplicates(settings.inventory, diagnostics);
}

}  // namespace rdpwatch::config
