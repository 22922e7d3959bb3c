#pragma once
// Reads one mapping of causes.yml strictly: every key is known, each text is there and says something, each
// word of a closed list is in it. What is wrong is noted with its place, and reading goes on.

#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::diagnosis {

/// Errors in the order of the file, whatever order they were found in.
class BookErrors {
 public:
  void add(const YAML::Mark& mark, const std::string& message);
  bool empty() const { return errors_.empty(); }
  /// "causes.yml:line:column: message".
  std::vector<std::string> texts() const;

 private:
  struct Error {
    int line;
    int column;
    std::string message;
  };
  std::vector<Error> errors_;
};

/// A text and where it stands.
struct Placed {
  std::string text;
  YAML::Mark mark;
};

class MappingReader {
 public:
  /// `what` is how messages call the mapping ("a cause"). `errors` must outlive the reader. Keys that are not
  /// in `keys`, or there twice, are reported at once.
  MappingReader(const YAML::Node& node, std::string what, std::vector<std::string_view> keys,
                BookErrors& errors);

  bool is_mapping() const { return node_.IsMap(); }
  const YAML::Mark& mark() const { return mark_; }
  bool has(std::string_view key) const { return find(key).first.IsDefined(); }

  /// A text that must be there and not empty; an empty one is returned after an error.
  Placed text(std::string_view key);
  /// The same, but the key may be absent.
  Placed optional_text(std::string_view key);
  /// A list of texts with at least `least` of them.
  std::vector<Placed> texts(std::string_view key, std::size_t least);
  /// The elements of a list with at least one of them.
  std::vector<YAML::Node> list(std::string_view key);

 private:
  /// The value, which is undefined when the key is absent, and where to report what is wrong with it.
  std::pair<YAML::Node, YAML::Mark> find(std::string_view key) const;
  void report_missing(std::string_view key);

  YAML::Node node_;
  YAML::Mark mark_;
  std::string what_;
  std::vector<std::string_view> keys_;
  BookErrors& errors_;
};

/// "a, b, c".
std::string joined(const std::vector<std::string_view>& words);

}  // namespace rdpwatch::diagnosis
