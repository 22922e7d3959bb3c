#include "daemon/storage/storage.hpp"

#include <algorithm>
#include <utility>

namespace rdpwatch::storage {
namespace {

using Clock = std::chrono::steady_clock;

/// States in one transaction: what is in memory as text at a time, and how long the file is locked.
constexpr std::size_t kStatesAtOnce = 5000;
constexpr std::size_t kEventsAtOnce = 2000;

fleet::WallTime wall_now() {
  return std::chrono::system_clock::now();
}

}  // namespace

Storage::Storage(StorageOptions options, fleet::ResultStore& store, events::Journal& journal,
                 OnMessage on_message)
    : options_(std::move(options)),
      store_(store),
      journal_(journal),
      on_message_(std::move(on_message)),
      next_sweep_(Clock::now() + options_.sweep) {}

Storage::~Storage() {
  stop();
}

void Storage::load() {
  if (!open()) return;
  try {
    StateFile::Loaded loaded = file_->load();
    if (loaded.unreadable > 0) {
      on_message_(Severity::warning, options_.path + ": " + std::to_string(loaded.unreadable) +
                                         " states or events could not be read and are left out");
    }
    on_message_(Severity::info, options_.path + ": the state of " + std::to_string(loaded.states.size()) +
                                    " endpoints is restored");
    store_.restore(std::move(loaded.states));
    written_event_ = file_->last_event_id();
    journal_.restore(std::move(loaded.events), written_event_);
    loaded_ = true;
    event_shift_ = 0;
    {
      const std::lock_guard lock(mutex_);
      documents_ = std::move(loaded.documents);
    }
    succeeded();
  } catch (const std::exception& error) {
    failed(error);
  }
}

std::string Storage::kept(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = documents_.find(name);
  return found == documents_.end() ? std::string() : found->second;
}

void Storage::keep(const std::string& name, std::string text) {
  {
    const std::lock_guard lock(mutex_);
    documents_[name] = std::move(text);
    documents_written_ = false;
    urgent_ = true;
  }
  wake_.notify_all();
}

void Storage::start() {
  thread_ = std::thread([this] { run(); });
}

void Storage::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  file_.reset();  // Another daemon may have it.
}

StorageStatus Storage::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Storage::run() {
  std::chrono::milliseconds wait = options_.batch;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, wait, [this] { return stopping_ || urgent_; });
    if (stopping_) break;
    urgent_ = false;
    lock.unlock();
    wait =
        write_batch() ? options_.batch : std::min(2 * wait, std::max(options_.batch, options_.longest_retry));
    lock.lock();
  }
  lock.unlock();
  write_batch();
}

bool Storage::write_batch() {
  if (!file_ && !open()) return false;
  try {
    write_changes();
    write_events();
    write_documents();
    sweep_if_due();
    succeeded();
    return true;
  } catch (const std::exception& error) {
    failed(error);
    return false;
  }
}

bool Storage::open() {
  try {
    file_ = std::make_unique<StateFile>(options_.path);
    // Whatever it lacks is written, and what it has is newer in memory.
    written_revision_ = 0;
    written_event_ = 0;
    // Events that nobody asked for at the start stay before those that came since.
    event_shift_ = loaded_ ? 0 : file_->last_event_id();
    const std::lock_guard lock(mutex_);
    documents_written_ = documents_.empty();
    return true;
  } catch (const std::exception& error) {
    failed(error);
    return false;
  }
}

void Storage::write_changes() {
  // Taken before the snapshot, so that whatever it does not show yet is written the next time.
  const std::uint64_t revision = store_.revision();
  std::vector<fleet::StatePtr> changed = store_.snapshot();
  std::erase_if(changed, [this](const auto& state) { return state->revision <= written_revision_; });
  std::ranges::sort(changed, {}, &fleet::TargetState::revision);
  for (std::size_t first = 0; first < changed.size(); first += kStatesAtOnce) {
    const std::size_t end = std::min(changed.size(), first + kStatesAtOnce);
    file_->write(std::vector<fleet::StatePtr>(changed.begin() + static_cast<std::ptrdiff_t>(first),
                                              changed.begin() + static_cast<std::ptrdiff_t>(end)));
  }
  written_revision_ = revision;
}

void Storage::write_events() {
  events::EventQuery query;
  query.limit = kEventsAtOnce;
  query.newest_first = false;
  while (true) {
    query.after = written_event_;
    const auto events = journal_.query(query);
    if (events.empty()) break;
    file_->write(events, event_shift_);
    written_event_ = events.back()->id;
  }
  // The journal bounds the file too. As long as it forgot nothing, what the file has before it is not too
  // much.
  const std::int64_t oldest = journal_.oldest_id();
  if (oldest > 1) file_->forget_events_before(oldest + event_shift_);
}

void Storage::write_documents() {
  Documents documents;
  {
    const std::lock_guard lock(mutex_);
    if (documents_written_) return;
    documents = documents_;
    documents_written_ = true;
  }
  try {
    file_->write(documents);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    documents_written_ = false;
    throw;
  }
}

void Storage::sweep_if_due() {
  if (Clock::now() < next_sweep_) return;
  next_sweep_ = Clock::now() + options_.sweep;
  // Who has not come by now does not count on it.
  store_.forget_restored();
  std::set<fleet::EndpointKey> present;
  store_.for_each([&present](const auto& state) { present.insert(state.key); });
  file_->sweep(present, wall_now(), wall_now() - options_.keep_gone);
}

void Storage::failed(const std::exception& error) {
  bool is_new = false;
  {
    const std::lock_guard lock(mutex_);
    ++status_.errors;
    is_new = status_.working || status_.error != error.what();
    status_.working = false;
    status_.error = error.what();
  }
  if (is_new) {
    on_message_(Severity::error, "the state is kept in memory only, and a restart would forget it: " +
                                     std::string(error.what()));
  }
  const auto* database_error = dynamic_cast<const DatabaseError*>(&error);
  if (database_error == nullptr || !database_error->is_corrupt()) return;
  file_.reset();
  try {
    const std::string aside = put_aside(options_.path, wall_now());
    on_message_(Severity::warning,
                options_.path + " is damaged; it is " + aside + " now, and a new one is begun");
  } catch (const std::exception& why) {
    on_message_(Severity::error, "the damaged file can't be put aside: " + std::string(why.what()));
  }
}

void Storage::succeeded() {
  bool recovered = false;
  {
    const std::lock_guard lock(mutex_);
    recovered = !status_.working && status_.errors > 0;
    status_.working = true;
    status_.error.clear();
    status_.last_write = wall_now();
    status_.bytes = file_->bytes();
  }
  if (recovered) on_message_(Severity::info, options_.path + ": the state is kept in the file again");
}

}  // namespace rdpwatch::storage
