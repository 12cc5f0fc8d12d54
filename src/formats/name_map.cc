#include "src/formats/name_map.h"

#include <set>

#include "baton/core/errors.h"

namespace baton {
namespace {

std::string rule_text(const std::string& from, const std::string& to) {
  return std::string("rename ").append(from).append("=").append(to);
}

std::string joined(const std::string& prefix, std::string_view rest) {
  return prefix + (prefix.empty() || rest.empty() ? "" : ".") + std::string(rest);
}

/// What follows `prefix`, which ends at a dot or is the whole name.
std::string_view after(std::string_view prefix, std::string_view name) {
  if (prefix.empty()) return name;
  return prefix.size() == name.size() ? "" : name.substr(prefix.size() + 1);
}

/// Notes every new name; a second owner of one is a problem.
class Owners {
 public:
  void add(const std::string& renamed, const std::string& original, std::vector<std::string>& problems) {
    const auto [owner, is_new] = owners_.emplace(renamed, original);
    if (is_new) return;
    problems.push_back("rename: \"" + owner->second + "\" and \"" + original + "\" would both be called \"" + renamed +
                       "\"");
  }

 private:
  std::map<std::string, std::string> owners_;
};

}  // namespace

NameMap::NameMap(const std::vector<std::string>& rules) {
  std::vector<std::string> problems;
  for (const std::string& rule : rules) {
    const std::size_t equals = rule.find('=');
    if (equals == rule.npos) {
      problems.push_back("rename " + rule + ": expected OLD=NEW");
    } else {
      add(rule.substr(0, equals), rule.substr(equals + 1), problems);
    }
  }
  if (!problems.empty()) throw ConfigError(std::move(problems));
}

NameMap NameMap::of_pairs(const std::vector<std::pair<std::string, std::string>>& rules) {
  NameMap map;
  std::vector<std::string> problems;
  for (const auto& [from, to] : rules) map.add(from, to, problems);
  if (!problems.empty()) throw ConfigError(std::move(problems));
  return map;
}

void NameMap::add(const std::string& from, const std::string& to, std::vector<std::string>& problems) {
  if (rules_.emplace(from, to).second) return;
  problems.push_back(rule_text(from, to) + ": there is a rule for \"" + from + "\" already");
}

NameMap::Rules::const_iterator NameMap::rule_for(std::string_view name) const {
  while (true) {
    const auto rule = rules_.find(name);
    if (rule != rules_.end() || name.empty()) return rule;
    const std::size_t dot = name.rfind('.');
    name = name.substr(0, dot == name.npos ? 0 : dot);
  }
}

std::vector<std::string> NameMap::renamed(const std::vector<std::string>& names) const {
  std::vector<std::string> result;
  std::vector<std::string> problems;
  std::set<std::string_view> used;
  Owners owners;
  for (const std::string& name : names) {
    const auto rule = rule_for(name);
    if (rule != rules_.end()) used.insert(rule->first);
    result.push_back(rule == rules_.end() ? name : joined(rule->second, after(rule->first, name)));
    if (result.back().empty()) problems.push_back("rename: nothing would be left of \"" + name + "\"");
    owners.add(result.back(), name, problems);
  }
  for (const auto& [from, to] : rules_) {
    if (used.count(from) == 0) problems.push_back(rule_text(from, to) + ": no tensor's name needs this rule");
  }
  if (!problems.empty()) throw ConfigError(std::move(problems));
  return result;
}

}  // namespace baton
