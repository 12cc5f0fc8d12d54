// NameMap: what the tensors of a model are called elsewhere, as rules "OLD=NEW". OLD is a whole name or one that ends
// before a dot: conv1=features.0 turns conv1.weight into features.0.weight and leaves conv10.weight alone. Of several
// rules the one with the longest OLD counts, and only that one, so that a=b together with b=a swaps two. Without OLD
// every name gets NEW in front (=model); without NEW, OLD is taken away (module=).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baton {

class NameMap {
 public:
  NameMap() = default;
  /// Throws one ConfigError that lists the rules without "=" and the OLDs that are there twice.
  explicit NameMap(const std::vector<std::string>& rules);
  /// Of pairs of OLD and NEW.
  static NameMap of_pairs(const std::vector<std::pair<std::string, std::string>>& rules);

  bool empty() const { return rules_.empty(); }
  /// The new names, in the same order. Throws one ConfigError that lists the rules that no name needs, the names of
  /// which nothing would be left, and those that two tensors would have.
  std::vector<std::string> renamed(const std::vector<std::string>& names) const;

 private:
  using Rules = std::map<std::string, std::string, std::less<>>;

  /// A second rule for `from` is a problem.
  void add(const std::string& from, const std::string& to, std::vector<std::string>& problems);
  Rules::const_iterator rule_for(std::string_view name) const;

  Rules rules_;
};

}  // namespace baton
