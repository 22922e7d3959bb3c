#include "probes/diagnosis/judge.hpp"

#include "probes/diagnosis/judge_rules.hpp"

namespace rdpwatch::diagnosis {

using handshake::Category;
using handshake::Failure;
using handshake::Phase;

namespace {

void judge_failure(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const Category category = handshake::category(failure.reason);
  if (category == Category::policy || category == Category::certificate) {
    judge_policy(evidence, failure, ranking);
    return;
  }
  switch (failure.phase) {
    case Phase::resolve:
      judge_name(evidence, failure, ranking);
      return;
    case Phase::connect:
      judge_connection(evidence, failure, ranking);
      return;
    case Phase::negotiate:
      judge_negotiation(evidence, failure, ranking);
      return;
    case Phase::tls:
      judge_tls(evidence, failure, ranking);
      return;
    case Phase::nla:
    case Phase::login:
    case Phase::mcs:
    case Phase::licensing:
      judge_session(evidence, failure, ranking);
      return;
  }
}

}  // namespace

std::vector<RankedCause> judge(const Evidence& evidence) {
  Ranking ranking;
  const Failure* const failure = failure_of(evidence);
  if (failure == nullptr) {
    // Our own fault, or a probe that was cut off, says nothing of the host.
    const auto& last = last_attempt(evidence);
    if (last.verdict == handshake::Verdict::success) judge_healthy(evidence, ranking);
    const bool ours = last.failure && last.failure->reason == handshake::FailureReason::local_resources;
    if (ours)
      ranking.add("prober_blind", Likelihood::decisive)
          .because("this machine could not even try: " + last.failure->detail);
    return ranking.take();
  }
  judge_fleet(evidence, *failure, ranking);
  judge_failure(evidence, *failure, ranking);
  weigh_company(evidence, *failure, ranking);
  return ranking.take();
}

}  // namespace rdpwatch::diagnosis
