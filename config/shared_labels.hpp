#pragma once
// SharedLabels: labels that many targets have in common. Immutable; copies share them, because a map of its
// own for each of 50,000 targets of one file costs more than their names. Thread-safe, as what can't change.

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace rdpwatch::config {

using Labels = std::map<std::string, std::string>;

class SharedLabels {
 public:
  using value_type = Labels::value_type;
  using const_iterator = Labels::const_iterator;

  SharedLabels() = default;
  SharedLabels(Labels labels)
      : labels_(labels.empty() ? nullptr : std::make_shared<const Labels>(std::move(labels))) {}

  SharedLabels(std::initializer_list<Labels::value_type> labels) : SharedLabels(Labels(labels)) {}

  const Labels& get() const {
    static const Labels none;
    return labels_ ? *labels_ : none;
  }
  operator const Labels&() const { return get(); }
  bool empty() const { return get().empty(); }
  const_iterator begin() const { return get().begin(); }
  const_iterator end() const { return get().end(); }
  const_iterator find(const std::string& name) const { return get().find(name); }
  bool operator==(const SharedLabels& other) const {
    return labels_ == other.labels_ || get() == other.get();
  }

 private:
  std::shared_ptr<const Labels> labels_;  ///< null for none
};

}  // namespace rdpwatch::config
