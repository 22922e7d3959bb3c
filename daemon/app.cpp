#include "daemon/app.hpp"

#include <openssl/crypto.h>

#include <csignal>
#include <set>
#include <utility>
#include <variant>

#include "config/load.hpp"
#include "config/shown_yaml.hpp"
#include "daemon/background.hpp"
#include "daemon/cli/logging.hpp"
#include "daemon/events/event_json.hpp"
#include "daemon/inventory_log.hpp"
#include "daemon/kept_maintenance.hpp"
#include "daemon/maintenance_log.hpp"
#include "daemon/report/version.hpp"
#include "daemon/scheduling/descriptor_limit.hpp"
#include "probes/transport/rdp_prober.hpp"

namespace rdpwatch {

namespace asio = boost::asio;

namespace {

/// Of what the control thread publishes: the state of the inventory, and a judgement of the fleet, which
/// takes some tens of milliseconds for 50,000 endpoints.
constexpr auto kPublicationInterval = std::chrono::seconds(5);

metrics::BuildInfo build_info() {
  const auto& version = report::version();
  return {std::string(version.version), std::string(version.revision), std::string(version.compiler),
          OpenSSL_version(OPENSSL_VERSION)};
}

// Counts a probe as in flight for as long as its coroutine lives, however it ends.
class InFlight {
 public:
  explicit InFlight(metrics::SelfMetrics& metrics) : metrics_(metrics) { metrics_.attempt_started(); }
  ~InFlight() { metrics_.attempt_ended(); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  metrics::SelfMetrics& metrics_;
};

asio::awaitable<handshake::ProbeResult> counted_probe(std::shared_ptr<transport::RdpProber> prober,
                                                      metrics::SelfMetrics& metrics,
                                                      handshake::ProbePlan plan,
                                                      handshake::ProbeWatch watch) {
  const InFlight in_flight(metrics);
  handshake::ProbeResult result = co_await prober->probe(std::move(plan), std::move(watch));
  co_return result;
}

scheduling::PolicySettings policy_of(const config::GlobalSettings& global) {
  scheduling::PolicySettings policy;
  policy.max_connections_per_minute = global.max_connections_per_minute;
  policy.confirm_attempts = global.confirm.attempts;
  policy.confirm_delay = global.confirm.delay;
  policy.max_backoff = global.max_backoff;
  return policy;
}

scheduling::GateLimits limits_of(const config::GlobalSettings& global, std::uint64_t descriptor_limit) {
  const auto budget = scheduling::fit_in_flight(descriptor_limit, global.max_in_flight);
  if (!budget.warning.empty()) log::warn(budget.warning);
  return {budget.max_in_flight, global.max_in_flight_per_subnet, global.max_connections_per_minute};
}

events::JournalLimits limits_of(const config::EventsSettings& events) {
  return {events.retention, static_cast<std::size_t>(events.max)};
}

std::unique_ptr<events::LineFile> events_file(const std::string& path, metrics::SelfMetrics& metrics) {
  if (path.empty()) return nullptr;
  events::LineFileHooks hooks;
  hooks.lost = [&metrics](std::uint64_t lines) { metrics.events_dropped(lines); };
  hooks.trouble = [path](const std::string& what) {
    log::error("events can't be written to their file", {{"file", path}, {"why", what}});
  };
  hooks.recovered = [path] { log::info("events are written to their file again", {{"file", path}}); };
  return std::make_unique<events::LineFile>(path, std::move(hooks));
}

}  // namespace

App::App(cli::ServeOptions options, config::Settings settings)
    : options_(std::move(options)),
      settings_(std::move(settings)),
      descriptor_limit_(scheduling::raise_descriptor_limit().now),
      signals_(control_, SIGINT, SIGTERM, SIGHUP),
      publication_(control_),
      self_metrics_(build_info()),
      maintenances_([this] { asio::post(control_, [this] { tick_maintenance(); }); }),
      journal_(limits_of(settings_.events)),
      events_file_(events_file(options_.events_file, self_metrics_)),
      observer_(self_metrics_, event_log_),
      service_(control_.get_executor()) {
  journal_.set_sink([this](const events::Event& event) { take_event(event); });
  gate_ = std::make_shared<scheduling::Gate>(
      scheduling::GateOptions{});  // its limits come with the configuration

  open_storage();  // before anything asks for a state or puts an endpoint
  const auto reload_from_web = [this](std::function<void(std::string)> done) {
    asio::post(control_,
               [this, done = std::move(done)] { done(stopping_ ? "rdpwatch is stopping" : reload()); });
  };
  scheduling::SchedulerOptions scheduler_options;
  scheduler_options.workers = settings_.global.workers;
  scheduler_options.policy = policy_of(settings_.global);
  const transport::ResolverOptions resolver_options{settings_.global.resolver.nameservers};
  const auto factory = [this, resolver_options](asio::io_context& io) {
    auto prober = std::make_shared<transport::RdpProber>(io, gate_, resolver_options);
    return [this, prober](handshake::ProbePlan plan, handshake::ProbeWatch watch = {}) {
      return counted_probe(prober, self_metrics_, std::move(plan), std::move(watch));
    };
  };
  web_ = std::make_unique<Web>(options_, settings_.metrics, store_, self_metrics_, maintenances_, journal_,
                               reload_from_web, factory);
  scheduler_ = std::make_unique<scheduling::Scheduler>(scheduler_options, store_, observer_, factory);

  inventory_ = std::make_unique<inventory::InventoryManager>(
      control_.get_executor(), [this](auto snapshot) { inventory_changed(std::move(snapshot)); },
      [](inventory::Severity severity, const std::string& text) {
        severity == inventory::Severity::warning ? log::warn(text) : log::info(text);
      });
}

App::~App() {
  stop();
}

int App::run() {
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow is an error of that write, and ends nothing else.
  std::signal(SIGXFSZ, SIG_IGN);
  self_metrics_.set_shard(0, 1);
  put_into_force(settings_);
  say_missed_ends(maintenances_.list(std::chrono::system_clock::now()), event_log_, journal_);
  publish_storage_status();
  await_signal();
  await_next_publication();
  web_->set_ready(true);
  const auto& version = report::version().version;
  const auto targets = inventory_->snapshot()->size();
  event_log_.say(log::Level::info, "rdpwatch is running",
                 event_of(events::EventType::started, "rdpwatch " + std::string(version) +
                                                          " started; targets: " + std::to_string(targets)),
                 {{"version", version},
                  {"targets", targets},
                  {"config", settings_.file},
                  {"descriptors", descriptor_limit_}});
  service_.running(store_.snapshot(), loops());
  give_way_to_probes();
  if (storage_) storage_->start();
  control_.run();
  return 0;
}

void App::open_storage() {
  if (settings_.storage.path == config::kInMemory) return;
  storage::StorageOptions options;
  options.path = settings_.storage.path;
  options.batch = settings_.storage.flush_interval;
  using Severity = storage::Storage::Severity;
  const auto say = [](Severity severity, const std::string& text) {
    switch (severity) {
      case Severity::info:
        return log::info(text);
      case Severity::warning:
        return log::warn(text);
      case Severity::error:
        return log::error(text);
    }
  };
  storage_ = std::make_unique<storage::Storage>(std::move(options), store_, journal_, say);
  storage_->load();
  try {
    maintenances_.restore(decode_maintenance(storage_->kept(kKeptMaintenance)));
  } catch (const std::exception& error) {
    log::error("what was in maintenance before the restart can't be read", {{"error", error.what()}});
  }
}

void App::put_into_force(config::Settings settings) {
  settings_ = std::move(settings);
  for (const auto& warning : settings_.warnings) log::warn(warning);
  gate_->set_limits(limits_of(settings_.global, descriptor_limit_));
  scheduler_->set_policy(policy_of(settings_.global));
  web_->set_settings(settings_);
  maintenances_.set_windows(settings_.maintenance);
  journal_.set_limits(limits_of(settings_.events));
  inventory_->reload(settings_);
  tick_maintenance();
  const auto now = std::chrono::system_clock::now();
  self_metrics_.config_loaded(true, now);
  web_->configuration().loaded(config::shown_yaml(settings_), settings_.file, now);
  publish_inventory_status();
}

void App::inventory_changed(std::shared_ptr<const inventory::Snapshot> snapshot) {
  std::set<std::string> modules;
  for (const auto& [name, target] : *snapshot) modules.insert(target->recipe->module);
  self_metrics_.set_modules(modules);
  say_inventory(event_log_, known_inventory_.get(), *snapshot);
  known_inventory_ = snapshot;
  web_->set_inventory(snapshot);
  maintenances_.set_inventory(snapshot);
  tick_maintenance();  // before the first probe of what is new
  scheduler_->apply(std::move(snapshot));
}

std::string App::reload() {
  service_.reloading();
  std::string errors;
  try {
    errors = load_and_put_into_force();
  } catch (const std::exception& error) {
    // Nothing that a file brings in may end the daemon.
    reload_failed("the reload failed", error.what());
    errors = std::string(error.what()) + "\n";
  }
  service_.reloaded(errors.empty(), store_.snapshot());
  return errors;
}

void App::reload_failed(std::string_view message, const std::string& errors) {
  const auto now = std::chrono::system_clock::now();
  self_metrics_.config_loaded(false, now);
  const std::string first = errors.substr(0, errors.find('\n'));
  event_log_.say(log::Level::error, message,
                 event_of(events::EventType::reload_failed,
                          "The configuration was not reloaded, the one before goes on: " + first),
                 {{"error", first}});
  web_->configuration().reload_failed(errors, now);
}

std::string App::load_and_put_into_force() {
  config::LoadResult loaded = config::load_file(options_.config_file);
  if (const auto* errors = std::get_if<std::vector<config::Error>>(&loaded)) {
    constexpr std::string_view kNotValid = "configuration is not valid, the one before goes on";
    std::string text;
    for (const auto& error : *errors) text += config::to_string(error) + "\n";
    reload_failed(kNotValid, text);
    for (std::size_t i = 1; i < errors->size(); ++i)
      log::error(kNotValid, {{"error", config::to_string((*errors)[i])}});
    return text;
  }
  auto& settings = std::get<config::Settings>(loaded);
  if (settings.global.workers != settings_.global.workers) {
    log::warn("global.workers takes effect at the next start", {{"workers", settings_.global.workers}});
  }
  if (settings.global.resolver.nameservers != settings_.global.resolver.nameservers) {
    log::warn("global.resolver.nameservers takes effect at the next start");
  }
  if (settings.storage != settings_.storage) log::warn("storage takes effect at the next start");
  put_into_force(std::move(settings));
  const auto targets = inventory_->snapshot()->size();
  event_log_.say(log::Level::info, "configuration reloaded",
                 event_of(events::EventType::reload,
                          "The configuration was reloaded; targets: " + std::to_string(targets)),
                 {{"targets", targets}});
  return {};
}

void App::publish_inventory_status() {
  const auto status = inventory_->status();
  self_metrics_.set_targets(status.targets_by_source);
  self_metrics_.set_held_changes(status.held_changes.size());
  web_->configuration().set_held(status.held_changes);
  if (status.discovered_duplicates > logged_duplicates_) {
    log::warn("discovered targets that were there already are left out; the first one counts",
              {{"duplicates", status.discovered_duplicates}});
  }
  logged_duplicates_ = status.discovered_duplicates;
  for (const auto& [mechanism, failures] : status.refresh_failures) {
    for (auto& published = published_refresh_failures_[mechanism]; published < failures; ++published) {
      self_metrics_.sd_refresh_failed(mechanism);
    }
  }
  for (const auto& [mechanism, when] : status.last_refresh_success)
    self_metrics_.sd_refreshed(mechanism, when);
}

void App::tick_maintenance() {
  const auto now = std::chrono::system_clock::now();
  auto tick = maintenances_.tick(now);
  say_maintenance(tick.changes, event_log_, journal_);
  if (storage_ && !tick.changes.empty())
    storage_->keep(kKeptMaintenance, encode_maintenance(maintenances_.ad_hoc()));
  if (tick.coverage) log_coverage(store_.set_coverage(*std::move(tick.coverage), now), store_);
}

void App::take_event(const events::Event& event) {
  self_metrics_.event_noted(event.type);
  if (events_file_) events_file_->write(events::to_json_line(event));
}

void App::publish_storage_status() {
  if (!storage_) return;
  const auto status = storage_->status();
  self_metrics_.storage_status({status.working, status.errors, status.bytes, status.last_write});
}

void App::judge_fleet() {
  const auto now = std::chrono::system_clock::now();
  const auto fleet = store_.snapshot();
  const auto judgement = std::make_shared<const fleet::FleetJudgement>(fleet, now);
  store_.set_judgement(judgement);
  self_metrics_.judged(*judgement);
  judgement_log_.write(judgement);
  service_.fleet(fleet);
}

void App::await_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    if (signal != SIGHUP) {
      const char* const name = signal == SIGTERM ? "SIGTERM" : "SIGINT";
      event_log_.say(log::Level::info, "stopping",
                     event_of(events::EventType::stopped, "rdpwatch stops: " + std::string(name)),
                     {{"signal", name}});
      stop();
      return;
    }
    if (events_file_) events_file_->reopen();
    reload();
    await_signal();
  });
}

void App::await_next_publication() {
  publication_.expires_after(kPublicationInterval);
  publication_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    publish_inventory_status();
    tick_maintenance();
    publish_storage_status();
    judge_fleet();
    journal_.expire(std::chrono::system_clock::now());
    await_next_publication();
  });
}

std::vector<service::Loop> App::loops() {
  std::vector<service::Loop> loops = web_->loops();
  for (const auto& executor : scheduler_->executors())
    loops.push_back({"worker " + std::to_string(loops.size() - 1), executor});
  return loops;
}

void App::stop() {
  stopping_ = true;
  service_.stopping();
  web_->set_ready(false);
  inventory_->stop();
  // The gate goes on until no run is left: refused by it, a probe would have an outcome, and a probe that is
  // cut off has none.
  scheduler_->stop();
  gate_->stop();
  if (storage_) storage_->stop();
  web_->stop();
  boost::system::error_code ignored;
  signals_.cancel(ignored);
  publication_.cancel();
}

}  // namespace rdpwatch
