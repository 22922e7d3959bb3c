#pragma once
// MapReader: reads one mapping strictly. Unknown keys are reported at once; each read checks type and range.
// What is absent, or wrong and therefore reported, leaves the destination as it is, so defaults stay. Every
// message of a value has the form "path: must be WHAT IS ALLOWED, not WHAT IS THERE".

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/yaml_tree.hpp"

namespace rdpwatch::config {

/// A text of a list, and where it stands.
struct PlacedText {
  std::string text;
  Place place;
};

class MapReader {
 public:
  /// `path` is how messages call the mapping ("" for the whole file). `node` and `diagnostics` must outlive
  /// the reader.
  MapReader(const Node& node, std::string path, std::vector<std::string> keys, Diagnostics& diagnostics);

  bool is_mapping() const { return node_.kind == Node::Kind::mapping; }
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// The value of a key, or null.
  const Node* find(std::string_view key) const;
  /// Where the key's value stands; where the mapping stands when the key is absent.
  Place place(std::string_view key) const;
  /// The path of one of its keys: "global.labels".
  std::string path(std::string_view key) const;

  void read_text(std::string_view key, std::string& out);
  void read_bool(std::string_view key, bool& out);
  void read_integer(std::string_view key, std::int64_t least, std::int64_t most, std::int64_t& out);
  void read_integer(std::string_view key, std::int64_t least, std::int64_t most, int& out);
  void read_duration(std::string_view key, std::chrono::milliseconds least, std::chrono::milliseconds most,
                     std::chrono::milliseconds& out);
  /// The same, but zero, which turns something off, is allowed as well.
  void read_duration_or_zero(std::string_view key, std::chrono::milliseconds least,
                             std::chrono::milliseconds most, std::chrono::milliseconds& out);
  /// The value must be a list; null when it is absent or no list.
  const Node* read_list(std::string_view key, std::string_view of_what);
  std::vector<PlacedText> read_text_list(std::string_view key, std::string_view of_what);

  /// Reports "path: must be `allowed`, not (what is there)" at the key's value.
  void wrong(std::string_view key, const std::string& allowed);

 private:
  const Node& node_;
  std::string path_;
  Diagnostics& diagnostics_;
};

/// Reports that a node must be something else; silent for nodes that have been reported already.
void report_wrong(const Node& node, const std::string& path, const std::string& allowed,
                  Diagnostics& diagnostics);

/// A scalar's text; reports and returns false for anything else, and for texts with control characters.
bool text_of(const Node& node, const std::string& path, const std::string& allowed, Diagnostics& diagnostics,
             std::string& out);

}  // namespace rdpwatch::config
