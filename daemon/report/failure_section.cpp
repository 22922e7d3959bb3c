#include "daemon/report/failure_section.hpp"

#include <charconv>
#include <system_error>

#include "daemon/report/first_check.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/report/text_layout.hpp"
#include "probes/diagnosis/client_error.hpp"

namespace rdpwatch::report {
namespace {

constexpr std::size_t kLabel = 12;

std::string client_text(const diagnosis::ClientError& error) {
  std::string text = "Microsoft's client shows " + diagnosis::hex_label(error.code);
  if (error.extended) text += ", extended " + diagnosis::hex_label(*error.extended);
  const auto* const row = diagnosis::find_client_code(error.code);
  if (row != nullptr) text += ": " + std::string(row->meaning);
  return text + " (" + std::string(describe(error.certainty)) + ")";
}

// Brackets mean something to a shell.
std::string for_shell(const std::string& target, bool utf8) {
  const std::string text = clean(target, utf8);
  return text.starts_with('[') ? "'" + text + "'" : text;
}

}  // namespace

std::string failure_section(const TextStyle& style, const handshake::Failure& failure) {
  std::string out = labelled(
      style, "reason", kLabel,
      std::string(handshake::name(failure.reason)) + ": " + std::string(handshake::row(failure.reason).help));
  out += labelled(
      style, "phase", kLabel,
      std::string(handshake::name(failure.phase)) + ": " + std::string(handshake::row(failure.phase).help));
  if (!failure.detail.empty()) out += labelled(style, "detail", kLabel, clean(failure.detail, style.utf8));
  const auto error = diagnosis::client_error(failure);
  if (error) out += labelled(style, "client", kLabel, client_text(*error));
  return out;
}

std::string next_section(const TextStyle& style, const std::string& target,
                         const handshake::Failure& failure) {
  const auto [host, port] = split_target(clean(target, style.utf8));
  const FirstCheck check = first_check(failure.phase, failure.reason, host, port);
  std::string out = labelled(style, "", 0, std::string(check.where) + ":");
  out += "    " + paint(style, Colour::bold, check.command) + "\n";
  out += labelled(style, "", 2, check.look_for);
  const auto error = diagnosis::client_error(failure);
  if (handshake::category(failure.reason) != handshake::Category::local) {
    out += labelled(style, "", 0, "to narrow it down, with a few connections more:");
    out += "    " + paint(style, Colour::bold, "rdpwatch diagnose " + for_shell(target, style.utf8)) + "\n";
  }
  out += labelled(style, "", 0, "what is known of it:");
  std::string subject(handshake::name(failure.reason));
  if (error) {
    subject = diagnosis::hex_label(error->code);
    if (error->extended) subject += " " + diagnosis::hex_label(*error->extended);
  }
  return out + "    " + paint(style, Colour::bold, "rdpwatch explain " + subject) + "\n";
}

HostAndPort split_target(const std::string& target) {
  HostAndPort out;
  const auto colon = target.rfind(':');
  if (colon == std::string::npos) return {target, out.port};
  const char* const end = target.data() + target.size();
  const auto [stop, error] = std::from_chars(target.data() + colon + 1, end, out.port);
  if (error != std::errc() || stop != end) return {target, HostAndPort{}.port};
  out.host = target.substr(0, colon);
  if (out.host.starts_with('[') && out.host.ends_with(']'))
    out.host = out.host.substr(1, out.host.size() - 2);
  return out;
}

}  // namespace rdpwatch::report
