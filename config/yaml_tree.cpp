#include "config/yaml_tree.hpp"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "config/text.hpp"
#include "config/yaml_text.hpp"

namespace rdpwatch::config {

namespace {

Place place_of(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

/// The parser's own words do not tell the commonest slip.
std::string hint_for_line(std::string_view text, const YAML::Mark& mark) {
  const std::size_t at = std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text.size());
  const std::size_t newline = text.substr(0, at).rfind('\n');
  const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
  const std::size_t first = text.find_first_not_of(' ', begin);
  const bool has_tab = first != std::string_view::npos && text[first] == '\t';
  return has_tab ? " (the line is indented with a tab), allowed: spaces only" : "";
}

/// Thrown to leave the parser at the start of a second document, whose content does not matter.
struct SecondDocument {};

class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ < 2) return;
    diagnostics_.add(place_of(mark), "a second YAML document begins, allowed: one document a file");
    throw SecondDocument{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node = make(Node::Kind::null, mark);
    refuse_anchor(node, anchor);
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    diagnostics_.add(place_of(mark), "a YAML alias (*), allowed: the value written out");
    add(make(Node::Kind::refused, mark));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = make(Node::Kind::scalar, mark);
    node.plain = tag == "?";
    node.text = value;
    refuse_anchor(node, anchor);
    refuse_tag(node, tag);
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override {
    check_keys(open_.back());
    close();
  }

 private:
  static Node make(Node::Kind kind, const YAML::Mark& mark) {
    Node node;
    node.kind = kind;
    node.place = place_of(mark);
    return node;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Node node = make(kind, mark);
    refuse_anchor(node, anchor);
    refuse_tag(node, tag);
    open_.push_back(std::move(node));
  }

  void close() {
    Node node = std::move(open_.back());
    open_.pop_back();
    add(std::move(node));
  }

  void add(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    std::vector<Node>& siblings = open_.back().children;
    // yaml-cpp puts an absent value behind the key or on a later line: the key is what a reader looks for.
    const bool is_value = open_.back().kind == Node::Kind::mapping && siblings.size() % 2 == 1;
    if (is_value && node.kind == Node::Kind::null) node.place = siblings.back().place;
    siblings.push_back(std::move(node));
  }

  void refuse_anchor(const Node& node, YAML::anchor_t anchor) {
    if (anchor == YAML::NullAnchor) return;
    diagnostics_.add(node.place, "a YAML anchor (&), allowed: the value written out where it is needed");
  }

  void refuse_tag(Node& node, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    diagnostics_.add(node.place, "a YAML tag " + quoted(tag) + ", allowed: values without tags");
    node.kind = Node::Kind::refused;
  }

  void check_keys(const Node& mapping) {
    std::unordered_map<std::string_view, Place> seen;
    for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
      const Node& key = mapping.children[i];
      if (key.kind != Node::Kind::scalar) {
        if (key.kind != Node::Kind::refused) {
          diagnostics_.add(key.place, describe(key) + " as a key, allowed: a plain word");
        }
        continue;
      }
      const auto [known, is_new] = seen.emplace(key.text, key.place);
      if (is_new) continue;
      diagnostics_.add(key.place, "duplicate key " + quoted(key.text) + ", first on line " +
                                      std::to_string(known->second.line) + ", allowed: each key once");
    }
  }

  Diagnostics& diagnostics_;
  Node root_;
  std::vector<Node> open_;
  int documents_ = 0;
};

}  // namespace

std::optional<Node> parse_yaml(std::string_view text, Diagnostics& diagnostics) {
  if (!check_text(text, diagnostics)) return std::nullopt;
  std::istringstream stream{std::string(text)};
  TreeBuilder builder(diagnostics);
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    parser.HandleNextDocument(builder);
  } catch (const SecondDocument&) {
    return std::nullopt;
  } catch (const YAML::DeepRecursion& error) {
    diagnostics.add(place_of(error.mark), "nested too deep, allowed: at most 500 levels");
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    diagnostics.add(place_of(error.mark), "YAML syntax: " + error.msg + hint_for_line(text, error.mark));
    return std::nullopt;
  }
  return builder.take();
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "an empty value";
    case Node::Kind::scalar:
      return quoted(node.text);
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::mapping:
      return "a mapping";
    case Node::Kind::refused:
      return "an alias";
  }
  return "";
}

}  // namespace rdpwatch::config
