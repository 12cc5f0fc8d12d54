// Environment: where environment variables come from, so that tests can give others.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace baton {

class Environment {
 public:
  virtual ~Environment() = default;
  /// Empty values count as absent.
  virtual std::optional<std::string> get(const std::string& name) const = 0;

  /// The variable, or `otherwise`.
  std::string get_or(const std::string& name, std::string otherwise) const;
  /// True for 1, ON, YES and TRUE in any case (hf-trackers §1.3).
  bool is_true(const std::string& name) const;
};

/// The process's own.
class ProcessEnvironment final : public Environment {
 public:
  std::optional<std::string> get(const std::string& name) const override;
};

/// Given ones only.
class GivenEnvironment final : public Environment {
 public:
  GivenEnvironment(std::initializer_list<std::pair<const std::string, std::string>> variables)
      : variables_(variables) {}
  std::optional<std::string> get(const std::string& name) const override;

 private:
  std::map<std::string, std::string> variables_;
};

}  // namespace baton
