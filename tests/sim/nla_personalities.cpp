#include <utility>

#include "tests/sim/personality_groups.hpp"

namespace rdpwatch::sim {

namespace {

template <typename Change>
Behaviour nla(Change change) {
  Behaviour behaviour;
  change(behaviour.nla);
  return behaviour;
}

Behaviour answers(NlaAnswer answer) {
  return nla([answer](NlaSpec& spec) { spec.answer = answer; });
}

Behaviour status(std::uint32_t code) {
  return nla([code](NlaSpec& spec) {
    spec.answer = NlaAnswer::error_code;
    spec.error_code = code;
  });
}

/// Names, and a certificate for them as Windows makes one.
Behaviour windows_2022() {
  Behaviour behaviour;
  behaviour.tls.certificate.common_name = "{host}.sim";
  return behaviour;
}

Behaviour wrong_name() {
  Behaviour behaviour = windows_2022();
  behaviour.nla.netbios_computer = "OTHERHOST";
  behaviour.nla.netbios_domain = "OTHER";
  behaviour.nla.dns_computer = "otherhost.other.example";
  behaviour.nla.dns_domain = behaviour.nla.dns_forest = "other.example";
  return behaviour;
}

void add_challenges(PersonalityList& list) {
  list.push_back({"nla_windows_2022", windows_2022(), "NLA: names, build and clock of Windows Server 2022"});
  list.push_back({"nla_v2", nla([](NlaSpec& spec) { spec.version = 2; }), "CredSSP version 2"});
  list.push_back({"nla_clock_ahead", nla([](NlaSpec& spec) { spec.clock_offset = std::chrono::hours(2); }),
                  "a clock that is two hours ahead"});
  list.push_back({"nla_wrong_name", wrong_name(), "the names of another host than its certificate's"});
  list.push_back(
      {"nla_no_version", nla([](NlaSpec& spec) { spec.build.clear(); }), "a CHALLENGE without a build"});
  list.push_back({"nla_no_timestamp", nla([](NlaSpec& spec) { spec.timestamp = false; }),
                  "a CHALLENGE without the time"});
}

void add_endings(PersonalityList& list) {
  list.push_back({"nla_closes", answers(NlaAnswer::close), "closes after the NEGOTIATE"});
  list.push_back({"nla_resets", answers(NlaAnswer::reset), "resets after the NEGOTIATE"});
  list.push_back({"nla_stalls", answers(NlaAnswer::stall), "silence after the NEGOTIATE"});
  list.push_back({"nla_half", answers(NlaAnswer::half), "half of the CHALLENGE, then close"});
}

void add_statuses(PersonalityList& list) {
  list.push_back({"nla_logon_failure", status(0xC000006D), "STATUS_LOGON_FAILURE"});
  list.push_back({"nla_ntlm_blocked", status(0xC0000418), "STATUS_NTLM_BLOCKED"});
  list.push_back({"nla_not_supported", status(0xC00000BB), "STATUS_NOT_SUPPORTED"});
  list.push_back({"nla_account_locked", status(0xC0000234), "STATUS_ACCOUNT_LOCKED_OUT"});
  list.push_back({"nla_access_denied", status(0xC0000022), "STATUS_ACCESS_DENIED"});
  list.push_back({"nla_no_logon_servers", status(0xC000005E), "STATUS_NO_LOGON_SERVERS"});
}

void add_odd_answers(PersonalityList& list) {
  list.push_back({"nla_rejects", answers(NlaAnswer::reject), "SPNEGO: reject"});
  list.push_back({"nla_no_token", answers(NlaAnswer::no_token), "a TSRequest without a token"});
  list.push_back({"nla_malformed", answers(NlaAnswer::malformed), "a TSRequest that is broken inside"});
  list.push_back({"nla_garbage_token", answers(NlaAnswer::garbage_token), "a token that is not NTLM"});
  list.push_back(
      {"nla_answers_rdp", answers(NlaAnswer::dpu), "an MCS DPU instead of a TSRequest, as FreeRDP"});
  list.push_back({"nla_early_denied", answers(NlaAnswer::early_denied),
                  "Early User Authorization Result: access denied"});
}

}  // namespace

void add_nla(PersonalityList& list) {
  add_challenges(list);
  add_endings(list);
  add_statuses(list);
  add_odd_answers(list);
}

}  // namespace rdpwatch::sim
