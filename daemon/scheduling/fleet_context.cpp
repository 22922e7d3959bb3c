#include "daemon/scheduling/fleet_context.hpp"

namespace rdpwatch::scheduling {
namespace {

// The first healthy sibling that is still there.
std::optional<handshake::ProbePlan> sibling_plan(const fleet::ResultStore& store,
                                                 const fleet::Standing& standing) {
  for (const fleet::EndpointKey& key : standing.healthy_siblings) {
    const fleet::StatePtr state = store.find(key);
    if (!state) continue;
    handshake::ProbePlan plan = state->target->plan();
    plan.pinned_address = key.address;
    return plan;
  }
  return std::nullopt;
}

}  // namespace

diagnosis::FleetContext fleet_context(const fleet::ResultStore& store, const fleet::EndpointKey& key,
                                      const inventory::Target& target) {
  diagnosis::FleetContext context;
  if (const fleet::StatePtr state = store.find(key)) {
    context.last_success = state->last_success;
    if (state->certificate) context.certificate = *state->certificate;
    if (state->host) context.host = *state->host;
    context.last_address = diagnosis::address_of(state->last_good_address);
  }
  const fleet::JudgementPtr judgement = store.judgement();
  const fleet::Standing standing = judgement->standing(key, target.group);
  context.siblings = standing.siblings;
  context.siblings_up = standing.siblings_up;
  context.sibling = sibling_plan(store, standing);
  if (standing.path != nullptr) {
    context.shared = diagnosis::SharedFailure{std::string(name(standing.path->scope)), standing.path->name,
                                              standing.path->members};
  }
  context.prober_blind = standing.prober_blind;
  context.prober_clock_wrong = standing.prober_clock_wrong;
  for (const fleet::Outlier& outlier : standing.outliers) context.differences.push_back(outlier.why);
  return context;
}

}  // namespace rdpwatch::scheduling
