#include "probes/transport/dns_lookup.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

namespace rdpwatch::transport {

namespace asio = boost::asio;
using handshake::FailureReason;
using handshake::ResolveFailed;
using Kind = DnsReply::Kind;

namespace {

constexpr auto kGrace = std::chrono::milliseconds(50);
constexpr auto kCompanyAfter = std::chrono::seconds(1);

bool has_addresses(const std::optional<DnsReply>& answer) {
  return answer && answer->kind == Kind::addresses;
}

bool is(const std::optional<DnsReply>& answer, Kind kind) {
  return answer && answer->kind == kind;
}

bool is_definite(const std::optional<DnsReply>& answer) {
  return has_addresses(answer) || is(answer, Kind::no_data) || is(answer, Kind::no_such_name);
}

}  // namespace

DnsLookup::DnsLookup(asio::any_io_executor executor, DnsServers servers, std::string shown_name,
                     std::vector<std::string> names)
    : executor_(std::move(executor)),
      servers_(std::move(servers)),
      shown_name_(std::move(shown_name)),
      names_(std::move(names)),
      company_timer_(executor_),
      grace_timer_(executor_) {}

void DnsLookup::start(Done done) {
  done_ = std::move(done);
  ask_name();
}

void DnsLookup::stop() {
  done_ = nullptr;
  company_timer_.cancel();
  grace_timer_.cancel();
}

void DnsLookup::ask_name() {
  in_grace_ = false;
  questions_ = {Question{.type = RecordType::a}, Question{.type = RecordType::aaaa}};
  for (Question& question : questions_) ask_next_server(question);
  if (servers_.size() > 1) start_company_timer();
}

void DnsLookup::ask_next_server(Question& question) {
  if (question.servers_asked == servers_.size()) return;
  const std::size_t server = question.servers_asked++;
  ++question.waiting;
  ask(question, server);
}

void DnsLookup::ask(Question& question, std::size_t server) {
  servers_[server]->ask(
      names_[name_index_], question.type,
      [weak = weak_from_this(), name = name_index_, type = question.type, server](DnsReply reply) {
        const auto self = weak.lock();
        if (self) self->on_reply(name, type, server, std::move(reply));
      });
}

void DnsLookup::on_reply(std::size_t name_index, RecordType type, std::size_t server, DnsReply reply) {
  Question& asked = question(type);
  if (!done_ || name_index != name_index_ || asked.answer) return;
  switch (reply.kind) {
    case Kind::addresses:
    case Kind::no_data:
    case Kind::no_such_name:
      asked.answer = std::move(reply);
      break;
    case Kind::silent:
      // Somebody still waits, so the server is asked again.
      ask(asked, server);
      return;
    case Kind::server_failed:
    case Kind::local_fault:
      --asked.waiting;
      asked.local_fault = asked.local_fault && reply.kind == Kind::local_fault;
      asked.complaints.push_back(reply.complaint);
      ask_next_server(asked);
      if (asked.waiting > 0) return;
      asked.answer = std::move(reply);
      break;
  }
  judge();
}

void DnsLookup::start_company_timer() {
  company_timer_.expires_after(kCompanyAfter);
  company_timer_.async_wait([weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (!self || error || !self->done_) return;
    bool more = false;
    for (Question& question : self->questions_) {
      if (!question.answer) self->ask_next_server(question);
      more = more || question.servers_asked < self->servers_.size();
    }
    if (more) self->start_company_timer();
  });
}

void DnsLookup::judge() {
  const auto& [a, aaaa] = questions_;
  if (a.answer && aaaa.answer) return decide();
  const std::optional<DnsReply>& only = a.answer ? a.answer : aaaa.answer;
  if (!in_grace_ && (has_addresses(only) || is(only, Kind::no_such_name))) start_grace();
}

void DnsLookup::start_grace() {
  in_grace_ = true;
  grace_timer_.expires_after(kGrace);
  grace_timer_.async_wait([weak = weak_from_this(), name = name_index_](auto error) {
    const auto self = weak.lock();
    if (!self || error || !self->done_ || name != self->name_index_) return;
    // On a busy event loop the other answer may have arrived and not been read: that is no reason to lose it.
    // What is read now is handed over before what is posted here.
    for (const auto& server : self->servers_) server->drain();
    asio::post(self->executor_, [weak, name] {
      const auto late = weak.lock();
      if (late && late->done_ && name == late->name_index_) late->decide();
    });
  });
}

void DnsLookup::decide() {
  const auto& [a, aaaa] = questions_;
  if (has_addresses(a.answer) || has_addresses(aaaa.answer)) return finish(addresses_in_hand());
  const bool no_such_name = is(a.answer, Kind::no_such_name) || is(aaaa.answer, Kind::no_such_name);
  if (!no_such_name) {
    if (auto failure = servers_failure()) {
      if (!earlier_failure_) earlier_failure_ = std::move(failure);
    }
  }
  any_no_data_ = any_no_data_ || is(a.answer, Kind::no_data) || is(aaaa.answer, Kind::no_data);
  next_name();
}

void DnsLookup::next_name() {
  if (name_index_ + 1 == names_.size()) {
    finish({.failure = earlier_failure_ ? *earlier_failure_ : not_found()});
    return;
  }
  ++name_index_;
  grace_timer_.cancel();
  ask_name();
}

void DnsLookup::finish(DnsLookupResult result) {
  const Done done = std::move(done_);
  stop();
  done(std::move(result));
}

std::optional<DnsLookupResult> DnsLookup::so_far() const {
  const auto& [a, aaaa] = questions_;
  if (has_addresses(a.answer) || has_addresses(aaaa.answer)) return addresses_in_hand();
  const bool no_such_name = is(a.answer, Kind::no_such_name) || is(aaaa.answer, Kind::no_such_name);
  if (no_such_name && name_index_ + 1 == names_.size() && !earlier_failure_)
    return DnsLookupResult{.failure = not_found()};
  std::optional<ResolveFailed> failure = servers_failure();
  // Our own fault is no excuse while another server is merely silent.
  if (!failure || failure->reason == FailureReason::local_resources) failure = earlier_failure_;
  if (!failure) return std::nullopt;
  return DnsLookupResult{.failure = std::move(*failure)};
}

DnsLookupResult DnsLookup::addresses_in_hand() const {
  DnsLookupResult result{.ttl = std::chrono::seconds::max(), .complete = !earlier_failure_};
  for (const RecordType type : {RecordType::aaaa, RecordType::a}) {
    const std::optional<DnsReply>& answer = questions_[static_cast<std::size_t>(type)].answer;
    result.complete = result.complete && is_definite(answer);
    if (!answer) result.ttl = std::chrono::seconds::zero();
    if (!has_addresses(answer)) continue;
    result.ttl = std::min(result.ttl, answer->ttl);
    result.addresses.insert(result.addresses.end(), answer->addresses.begin(), answer->addresses.end());
  }
  return result;
}

std::optional<ResolveFailed> DnsLookup::servers_failure() const {
  std::vector<std::string> complaints;
  bool local_fault = true;
  for (const Question& question : questions_) {
    // Where a server failed and the next one answered, there is nothing to complain about.
    const bool told = question.answer &&
                      (question.answer->kind == Kind::no_data || question.answer->kind == Kind::no_such_name);
    if (told || question.complaints.empty()) continue;
    local_fault = local_fault && question.local_fault;
    for (const std::string& complaint : question.complaints) {
      if (std::ranges::find(complaints, complaint) == complaints.end()) complaints.push_back(complaint);
    }
  }
  if (complaints.empty()) return std::nullopt;
  std::string detail = "no answer for " + names_[name_index_] + ": ";
  for (std::size_t i = 0; i < complaints.size(); ++i) detail += (i == 0 ? "" : "; ") + complaints[i];
  return ResolveFailed{local_fault ? FailureReason::local_resources : FailureReason::resolver_failed,
                       std::move(detail)};
}

ResolveFailed DnsLookup::not_found() const {
  if (any_no_data_)
    return {FailureReason::name_not_found, "NODATA: " + shown_name_ + " exists but has no A or AAAA record"};
  std::string detail = "NXDOMAIN: the DNS server says that " + shown_name_ + " does not exist";
  if (names_.size() > 1 || !shown_name_.starts_with(names_.front())) {
    detail += "; asked for";
    for (std::size_t i = 0; i < names_.size(); ++i) detail += (i == 0 ? " " : ", ") + names_[i];
  }
  return {FailureReason::name_not_found, std::move(detail)};
}

}  // namespace rdpwatch::transport
