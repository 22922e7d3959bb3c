#pragma once
// Structs <-> JSON by their described members (state_description.hpp): what a member's default says is left
// out, and what is left out keeps its default. So a file of a version that knew fewer members can be read,
// and so can one of a version that knew more. Enums are written by name, because their numbers change when a
// table gets a row. Reading throws std::exception for a value of another type, never for what is missing.

#include <array>
#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <boost/mp11.hpp>
#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "daemon/events/event.hpp"
#include "daemon/fleet/fingerprint.hpp"
#include "daemon/fleet/run_history.hpp"
#include "probes/diagnosis/ranking.hpp"
#include "probes/handshake/rare.hpp"
#include "probes/handshake/taxonomy.hpp"

namespace rdpwatch::storage {

namespace json = boost::json;

template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;

// All are declared before any is defined: they call each other for what is inside.
template <class T>
requires std::is_arithmetic_v<T> json::value encode(const T& value);
inline json::value encode(const std::string& text);
inline json::value encode(const handshake::Phase& phase);
inline json::value encode(const handshake::FailureReason& reason);
inline json::value encode(const events::EventType& type);
inline json::value encode(const fleet::Fingerprint& fingerprint);
json::value encode(const fleet::RunHistory& runs);
json::value encode(const diagnosis::RankedCause& cause);
template <class E>
requires std::is_enum_v<E> json::value encode(const E& value);
template <class Rep, class Period>
json::value encode(const std::chrono::duration<Rep, Period>& duration);
template <class Clock, class Duration>
json::value encode(const std::chrono::time_point<Clock, Duration>& moment);
template <class First, class Second>
json::value encode(const std::pair<First, Second>& both);
template <class T>
json::value encode(const std::vector<T>& list);
template <class T, std::size_t N>
json::value encode(const std::array<T, N>& list);
template <class T>
json::value encode(const std::optional<T>& value);
template <class T>
json::value encode(const handshake::Rare<T>& value);
template <class T>
json::value encode(const std::shared_ptr<const T>& value);
template <Described T>
json::value encode(const T& value);

template <class T>
requires std::is_arithmetic_v<T>
void decode(const json::value& from, T& value);
inline void decode(const json::value& from, std::string& text);
inline void decode(const json::value& from, handshake::Phase& phase);
inline void decode(const json::value& from, handshake::FailureReason& reason);
inline void decode(const json::value& from, events::EventType& type);
inline void decode(const json::value& from, fleet::Fingerprint& fingerprint);
void decode(const json::value& from, fleet::RunHistory& runs);
void decode(const json::value& from, diagnosis::RankedCause& cause);
template <class E>
requires std::is_enum_v<E>
void decode(const json::value& from, E& value);
template <class Rep, class Period>
void decode(const json::value& from, std::chrono::duration<Rep, Period>& duration);
template <class Clock, class Duration>
void decode(const json::value& from, std::chrono::time_point<Clock, Duration>& moment);
template <class First, class Second>
void decode(const json::value& from, std::pair<First, Second>& both);
template <class T>
void decode(const json::value& from, std::vector<T>& list);
template <class T, std::size_t N>
void decode(const json::value& from, std::array<T, N>& list);
template <class T>
void decode(const json::value& from, std::optional<T>& value);
template <class T>
void decode(const json::value& from, handshake::Rare<T>& value);
template <class T>
void decode(const json::value& from, std::shared_ptr<const T>& value);
template <Described T>
void decode(const json::value& from, T& value);

template <class T>
requires std::is_arithmetic_v<T> json::value encode(const T& value) {
  return json::value(value);
}
template <class T>
requires std::is_arithmetic_v<T>
void decode(const json::value& from, T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    value = from.as_bool();
  } else {
    value = from.to_number<T>();
  }
}

inline json::value encode(const std::string& text) {
  return json::value(text);
}
inline void decode(const json::value& from, std::string& text) {
  text = std::string_view(from.as_string());
}

inline json::value encode(const fleet::Fingerprint& fingerprint) {
  return json::value(fleet::hex(fingerprint));
}
inline void decode(const json::value& from, fleet::Fingerprint& fingerprint) {
  fingerprint = fleet::fingerprint_of(from.as_string());
}

inline std::invalid_argument unknown_name(std::string_view name) {
  return std::invalid_argument("the name " + std::string(name) + " is not known");
}

inline json::value encode(const handshake::Phase& phase) {
  return json::value(handshake::name(phase));
}
inline void decode(const json::value& from, handshake::Phase& phase) {
  const auto known = handshake::phase_by_name(from.as_string());
  if (!known) throw unknown_name(from.as_string());
  phase = *known;
}

inline json::value encode(const handshake::FailureReason& reason) {
  return json::value(handshake::name(reason));
}
inline void decode(const json::value& from, handshake::FailureReason& reason) {
  const auto known = handshake::reason_by_name(from.as_string());
  if (!known) throw unknown_name(from.as_string());
  reason = *known;
}

inline json::value encode(const events::EventType& type) {
  return json::value(events::name(type));
}
inline void decode(const json::value& from, events::EventType& type) {
  const auto known = events::event_type_by_name(from.as_string());
  if (!known) throw unknown_name(from.as_string());
  type = *known;
}

template <class E>
requires std::is_enum_v<E> json::value encode(const E& value) {
  return json::value(boost::describe::enum_to_string(value, ""));
}
template <class E>
requires std::is_enum_v<E>
void decode(const json::value& from, E& value) {
  const std::string name(from.as_string());
  if (!boost::describe::enum_from_string(name.c_str(), value)) throw unknown_name(name);
}

template <class Rep, class Period>
json::value encode(const std::chrono::duration<Rep, Period>& duration) {
  return json::value(duration.count());
}
template <class Rep, class Period>
void decode(const json::value& from, std::chrono::duration<Rep, Period>& duration) {
  duration = std::chrono::duration<Rep, Period>(from.to_number<Rep>());
}

template <class Clock, class Duration>
json::value encode(const std::chrono::time_point<Clock, Duration>& moment) {
  return encode(moment.time_since_epoch());
}
template <class Clock, class Duration>
void decode(const json::value& from, std::chrono::time_point<Clock, Duration>& moment) {
  Duration since_epoch{};
  decode(from, since_epoch);
  moment = std::chrono::time_point<Clock, Duration>(since_epoch);
}

template <class First, class Second>
json::value encode(const std::pair<First, Second>& both) {
  return json::array{encode(both.first), encode(both.second)};
}
template <class First, class Second>
void decode(const json::value& from, std::pair<First, Second>& both) {
  decode(from.as_array().at(0), both.first);
  decode(from.as_array().at(1), both.second);
}

template <class T>
json::value encode(const std::vector<T>& list) {
  json::array out;
  out.reserve(list.size());
  for (const auto& item : list) out.push_back(encode(item));
  return out;
}
template <class T>
void decode(const json::value& from, std::vector<T>& list) {
  list.clear();
  list.reserve(from.as_array().size());
  for (const auto& item : from.as_array()) decode(item, list.emplace_back());
}

template <class T, std::size_t N>
json::value encode(const std::array<T, N>& list) {
  json::array out;
  out.reserve(N);
  for (const auto& item : list) out.push_back(encode(item));
  return out;
}
/// Of a list of another length, what both have.
template <class T, std::size_t N>
void decode(const json::value& from, std::array<T, N>& list) {
  const auto& items = from.as_array();
  for (std::size_t i = 0; i < N && i < items.size(); ++i) decode(items[i], list[i]);
}

template <class T>
json::value encode(const std::optional<T>& value) {
  return value ? encode(*value) : json::value();
}
template <class T>
void decode(const json::value& from, std::optional<T>& value) {
  value.reset();
  if (!from.is_null()) decode(from, value.emplace());
}

template <class T>
json::value encode(const handshake::Rare<T>& value) {
  return value ? encode(*value) : json::value();
}
template <class T>
void decode(const json::value& from, handshake::Rare<T>& value) {
  value.reset();
  if (!from.is_null()) decode(from, value.emplace());
}

template <class T>
json::value encode(const std::shared_ptr<const T>& value) {
  return value ? encode(*value) : json::value();
}
template <class T>
void decode(const json::value& from, std::shared_ptr<const T>& value) {
  value.reset();
  if (from.is_null()) return;
  auto made = std::make_shared<T>();
  decode(from, *made);
  value = std::move(made);
}

template <class T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_any_access>;

/// Every member, also those that have their defaults.
template <Described T>
json::object encode_all(const T& value) {
  json::object out;
  boost::mp11::mp_for_each<MembersOf<T>>(
      [&](auto member) { out[member.name] = encode(value.*member.pointer); });
  return out;
}

template <Described T>
json::value encode(const T& value) {
  static const json::object defaults = encode_all(T{});
  json::object out;
  boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
    json::value encoded = encode(value.*member.pointer);
    if (encoded != defaults.at(member.name)) out[member.name] = std::move(encoded);
  });
  return out;
}
template <Described T>
void decode(const json::value& from, T& value) {
  const auto& object = from.as_object();
  boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
    if (const auto* found = object.if_contains(member.name)) decode(*found, value.*member.pointer);
  });
}

}  // namespace rdpwatch::storage
