#include "daemon/inventory/inventory_manager.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <set>
#include <unordered_set>

#include "daemon/inventory/build_targets.hpp"
#include "daemon/inventory/directory_watcher.hpp"
#include "daemon/inventory/file_sd.hpp"

namespace rdpwatch::inventory {

namespace {

namespace asio = boost::asio;

/// One file_sd section of a group.
struct Section {
  Section(const asio::any_io_executor& executor, config::FileSdSettings section_settings,
          std::size_t group_index)
      : settings(std::move(section_settings)), group(group_index), timer(executor) {}

  config::FileSdSettings settings;
  std::size_t group;
  asio::steady_timer timer;
  std::vector<DiscoveredTarget> targets;
  std::set<std::string> errors;  ///< of the last refresh
};

std::set<std::string> directories_of(const std::vector<std::shared_ptr<Section>>& sections) {
  std::set<std::string> directories;
  for (const std::shared_ptr<Section>& section : sections) {
    for (const std::string& pattern : section->settings.files) directories.insert(directory_of(pattern));
  }
  return directories;
}

}  // namespace

class InventoryManager::Impl : public std::enable_shared_from_this<InventoryManager::Impl> {
 public:
  Impl(asio::any_io_executor executor, OnChange on_change, OnMessage on_message)
      : executor_(std::move(executor)), on_change_(std::move(on_change)), on_message_(std::move(on_message)) {
    status_.refresh_failures[std::string(kFileSdSource)] = 0;
    count_sources(0, 0);
  }

  /// Apart from the constructor, because the watcher calls back through a weak pointer to this.
  void start(std::chrono::milliseconds settle) {
    watcher_ = std::make_unique<DirectoryWatcher>(
        executor_, settle, [weak = weak_from_this()](const std::set<std::string>& directories) {
          if (const std::shared_ptr<Impl> self = weak.lock()) self->refresh_directories(directories);
        });
  }

  void reload(config::Settings settings) {
    if (stopped_) return;
    std::map<std::string, GroupDiscovery> previous;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      previous.emplace(settings_.inventory[i].group, std::move(groups_[i]));
    }
    settings_ = std::move(settings);
    groups_.clear();
    sections_.clear();
    for (std::size_t i = 0; i < settings_.inventory.size(); ++i) {
      const config::GroupSettings& group = settings_.inventory[i];
      groups_.push_back(std::move(previous[group.group]));
      for (const config::FileSdSettings& section : group.file_sd) {
        sections_.push_back(std::make_shared<Section>(executor_, section, i));
      }
    }
    list_configured();
    std::vector<const config::FileSdSettings*> named;
    for (const std::shared_ptr<Section>& section : sections_) named.push_back(&section->settings);
    file_sd_.keep_only(named);
    watch();
    for (const std::shared_ptr<Section>& section : sections_) {
      refresh(*section);
      arm(section);
    }
    for (std::size_t i = 0; i < groups_.size(); ++i) offer(i, GroupDiscovery::Mode::accept);
    publish();
  }

  void stop() {
    stopped_ = true;
    sections_.clear();
    if (watcher_ != nullptr) watcher_->stop();
  }

  std::shared_ptr<const Snapshot> snapshot() const { return snapshot_; }

  InventoryStatus status() const {
    InventoryStatus status = status_;
    for (const GroupDiscovery& group : groups_) {
      if (group.held()) status.held_changes.push_back(*group.held());
    }
    return status;
  }

 private:
  void list_configured() {
    configured_ = build_targets(settings_);
    configured_names_.clear();
    for (TargetPtr& target : configured_) {
      configured_names_.insert(target->name);
      target = same_as_before(std::move(target));
    }
  }

  /// Watches the directories of all sections; those that failed before are tried again.
  void watch() {
    const std::set<std::pair<std::string, std::string>> failed = watcher_->watch(directories_of(sections_));
    for (const auto& failure : failed) {
      if (unwatched_.count(failure) > 0) continue;
      on_message_(Severity::warning, "file_sd: directory " + failure.first + " is not watched (" +
                                         failure.second + "): changes are seen at refresh_interval only");
    }
    unwatched_ = failed;
  }

  void arm(const std::shared_ptr<Section>& section) {
    section->timer.expires_after(section->settings.refresh_interval);
    section->timer.async_wait([weak = weak_from_this(), weak_section = std::weak_ptr<Section>(section)](
                                  const boost::system::error_code& error) {
      const std::shared_ptr<Impl> self = weak.lock();
      const std::shared_ptr<Section> due = weak_section.lock();
      if (error || self == nullptr || due == nullptr || self->stopped_) return;
      self->arm(due);
      self->watch();
      self->refresh(*due);
      self->offer(due->group, GroupDiscovery::Mode::guarded);
      self->publish();
    });
  }

  void refresh_directories(const std::set<std::string>& directories) {
    if (stopped_) return;
    watch();
    std::set<std::size_t> touched;
    for (const std::shared_ptr<Section>& section : sections_) {
      const std::vector<std::string>& patterns = section->settings.files;
      const bool is_touched = std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return directories.count(directory_of(pattern)) > 0;
      });
      if (!is_touched) continue;
      refresh(*section);
      touched.insert(section->group);
    }
    for (const std::size_t group : touched) offer(group, GroupDiscovery::Mode::guarded);
    publish();
  }

  void refresh(Section& section) {
    FileSd::Refresh result = file_sd_.refresh(section.settings);
    section.targets = std::move(result.targets);
    const std::string mechanism(kFileSdSource);
    status_.refresh_failures[mechanism] += result.errors.size();
    for (const std::string& error : result.errors) {
      if (section.errors.count(error) == 0) on_message_(Severity::warning, "file_sd: " + error);
    }
    if (result.errors.empty()) {
      if (!section.errors.empty()) {
        on_message_(Severity::info, "file_sd: the files of group " +
                                        settings_.inventory[section.group].group + " are all good again");
      }
      status_.last_refresh_success[mechanism] = std::chrono::system_clock::now();
    }
    section.errors = std::set<std::string>(result.errors.begin(), result.errors.end());
  }

  void offer(std::size_t index, GroupDiscovery::Mode mode) {
    const config::GroupSettings& settings = settings_.inventory[index];
    GroupDiscovery& group = groups_[index];
    std::vector<DiscoveredTarget> offered;
    for (const std::shared_ptr<Section>& section : sections_) {
      if (section->group == index)
        offered.insert(offered.end(), section->targets.begin(), section->targets.end());
    }
    const std::optional<HeldChange> before = group.held();
    group.offer(settings.group, offered, configured_names_, settings.targets.size(), mode);
    if (group.held() == before) return;
    if (group.held()) {
      on_message_(Severity::warning, "inventory: an update of group " + settings.group +
                                         " that would remove " + std::to_string(group.held()->would_remove) +
                                         " of " + std::to_string(group.held()->of) +
                                         " targets is held; a reload accepts it");
    } else {
      on_message_(Severity::info, "inventory: no update of group " + settings.group + " is held any more");
    }
  }

  /// The target of the last snapshot in place of an equal new one, so that a change is a change of the
  /// pointer.
  TargetPtr same_as_before(TargetPtr target) const {
    const auto known = snapshot_->find(target->name);
    return known != snapshot_->end() && *known->second == *target ? known->second : target;
  }

  void publish() {
    auto next = std::make_shared<Snapshot>();
    for (const TargetPtr& target : configured_) next->emplace(target->name, target);
    const std::size_t configured = next->size();
    std::size_t duplicates = 0;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      duplicates += groups_[i].duplicates();
      TargetBuilder builder(settings_, settings_.inventory[i]);
      for (const DiscoveredTarget& discovered : groups_[i].targets()) {
        TargetPtr target = builder.build(*discovered, kFileSdSource);
        const std::string name = target->name;
        // Another group may have brought the same name.
        if (!next->emplace(name, same_as_before(std::move(target))).second) ++duplicates;
      }
    }
    count_sources(configured, next->size() - configured);
    status_.discovered_duplicates = duplicates;
    if (published_ && *next == *snapshot_) return;
    published_ = true;
    snapshot_ = std::move(next);
    on_change_(snapshot_);
  }

  void count_sources(std::size_t configured, std::size_t discovered) {
    status_.targets_by_source[std::string(kStaticSource)] = configured;
    status_.targets_by_source[std::string(kFileSdSource)] = discovered;
  }

  asio::any_io_executor executor_;
  OnChange on_change_;
  OnMessage on_message_;
  config::Settings settings_;
  std::vector<TargetPtr> configured_;
  std::unordered_set<std::string> configured_names_;
  std::vector<GroupDiscovery> groups_;  ///< one for each group of settings_.inventory
  std::vector<std::shared_ptr<Section>> sections_;
  FileSd file_sd_;
  std::unique_ptr<DirectoryWatcher> watcher_;
  std::set<std::pair<std::string, std::string>> unwatched_;
  std::shared_ptr<const Snapshot> snapshot_ = std::make_shared<Snapshot>();
  InventoryStatus status_;
  bool published_ = false;
  bool stopped_ = false;
};

InventoryManager::InventoryManager(asio::any_io_executor executor, OnChange on_change, OnMessage on_message,
                                   std::chrono::milliseconds settle)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(on_change), std::move(on_message))) {
  impl_->start(settle);
}

InventoryManager::~InventoryManager() {
  stop();
}

void InventoryManager::reload(config::Settings settings) {
  impl_->reload(std::move(settings));
}
void InventoryManager::stop() {
  impl_->stop();
}
std::shared_ptr<const Snapshot> InventoryManager::snapshot() const {
  return impl_->snapshot();
}
InventoryStatus InventoryManager::status() const {
  return impl_->status();
}
std::size_t InventoryManager::held_changes() const {
  return impl_->status().held_changes.size();
}

}  // namespace rdpwatch::inventory
