#pragma once
// The knowledge of causes.yml: what each cause is, how it looks from outside, what rules it out, what would
// confirm it on the host, and how it is fixed. Embedded in the program; the source of `explain`, the API, and
// the runbook pages.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probes/diagnosis/client_codes.hpp"
#include "probes/handshake/taxonomy.hpp"

namespace rdpwatch::diagnosis {

/// Whose cause it is: the first thing that an admin wants to know.
enum class Blame : std::uint8_t { host, path, name, client, prober };
std::string_view name(Blame blame);
/// For people: "the network between the prober and the host".
std::string_view describe(Blame blame);

/// Where a check or fix is done.
enum class Place : std::uint8_t { host, prober, client, network, directory };
std::string_view name(Place place);

/// The values of the label `platform` that fixes know.
enum class Platform : std::uint8_t { azure, aws, hyperv, physical };
std::string_view name(Platform platform);
/// Nothing for any other text.
std::optional<Platform> platform_by_name(std::string_view text);
/// For people: "Hyper-V".
std::string_view describe(Platform platform);

/// What would confirm the cause.
struct Check {
  Place where = Place::host;
  std::string look;       ///< what to look at, in words
  std::string command;    ///< to be copied: PowerShell on a host, a shell elsewhere; empty: none
  std::string expect;     ///< what is seen when it is this cause
  bool on_linux = false;  ///< only for a host that runs Linux; the command is for a shell there
};

struct Fix {
  Place where = Place::host;
  std::string step;                 ///< what to do, in words
  std::string command;              ///< empty: none
  std::string warning;              ///< what it interrupts or may break; empty: nothing
  std::vector<Platform> platforms;  ///< only for these; empty: for all
  bool on_linux = false;            ///< only for a host that runs Linux; the command is for a shell there
};

/// For people: "on the host, in an elevated PowerShell".
std::string_view describe_place(const Check& check);
std::string_view describe_place(const Fix& fix);

/// A failure of a probe that the cause can show as.
struct Symptom {
  handshake::Phase phase{};
  handshake::FailureReason reason{};
  friend bool operator==(const Symptom&, const Symptom&) = default;
};
/// "tls/connection_reset".
std::string to_label(const Symptom& symptom);

struct Cause {
  std::string id;
  std::string title;
  std::string explanation;  ///< plain words, some sentences
  Blame blame = Blame::host;
  Certainty certainty = Certainty::one_report;  ///< how sure the field is of the signs
  std::vector<std::string> signs;               ///< what a prober outside sees
  std::vector<std::string> rules_out;           ///< what speaks against it
  std::string tells_apart;    ///< how rdpwatch tells it from what looks alike; its first sentence is the gist
  std::vector<Check> checks;  ///< the most telling first
  std::vector<Fix> fixes;     ///< the least invasive first
  std::vector<std::string> client_codes;  ///< what a user may be shown, "0x904/0x7"; most usual first
  std::vector<Symptom> reasons;  ///< what a probe ends with; empty where a probe succeeds all the same
};

/// The embedded book, in the file's order. Parsed at the first use, thread-safe. A book at fault throws
/// std::logic_error with its errors; a test holds that it has none.
std::span<const Cause> causes();
/// Null for an id that is in no row.
const Cause* find_cause(std::string_view id);

/// The fixes for a host of this platform: those for all and those for it, in order. Without a platform those
/// for all come first, then the others, each of which names its platforms.
std::vector<const Fix*> fixes_for(const Cause& cause, std::optional<Platform> platform);

/// The causes behind what a client shows. Without an extended code every pair with this code counts. First
/// those that show it more usually than any other code, then in the book's order.
std::vector<const Cause*> causes_of_code(std::uint32_t code, std::optional<std::uint32_t> extended);
/// The causes that a failure can come from, in the book's order.
std::vector<const Cause*> causes_of(Symptom symptom);

struct ParsedCauses {
  std::vector<Cause> causes;
  std::vector<std::string> errors;  ///< "causes.yml:line:column: what is wrong, what is allowed"
};
/// Strict: unknown keys, missing ones, doubled ids and empty texts are errors. Never throws.
ParsedCauses parse_causes(std::string_view yaml);

}  // namespace rdpwatch::diagnosis
