#pragma once
// DecodeResult: what a decoder says of bytes: a value, "not enough yet", or what is wrong with them.

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace rdpwatch::wire {

/// The bytes so far are a correct beginning; at least `missing` (>= 1) more are needed to go on.
struct NeedMore {
  std::size_t missing = 1;
  bool operator==(const NeedMore&) const = default;
};

enum class DecodeError {
  foreign,     ///< not this protocol at all
  malformed,   ///< this protocol, but a length or field contradicts the specification
  unexpected,  ///< well-formed, but not the message asked for
  oversized    ///< announces more than the caller allows
};

struct Malformed {
  DecodeError error = DecodeError::malformed;
  std::string what;  ///< for people, without a final full stop
  bool operator==(const Malformed&) const = default;
};

template <typename T>
class DecodeResult {
 public:
  DecodeResult(T value) : state_(std::move(value)) {}                  // NOLINT(google-explicit-constructor)
  DecodeResult(NeedMore need_more) : state_(need_more) {}              // NOLINT(google-explicit-constructor)
  DecodeResult(Malformed malformed) : state_(std::move(malformed)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  const T& value() const { return std::get<T>(state_); }
  const NeedMore* need_more() const { return std::get_if<NeedMore>(&state_); }
  const Malformed* malformed() const { return std::get_if<Malformed>(&state_); }

 private:
  std::variant<T, NeedMore, Malformed> state_;
};

}  // namespace rdpwatch::wire
