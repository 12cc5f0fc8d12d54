#include "src/core/help_text.h"

#include <algorithm>

#include "src/base/json.h"
#include "src/base/wrap.h"
#include "src/core/argument_values.h"

namespace baton {
namespace {

constexpr std::size_t kLineWidth = 100;
constexpr std::size_t kHelpColumn = 36;
constexpr char kHardBlank = '\x1f';  // a blank at which no line is broken

std::string default_text(const Value& value) {
  if (value.text()) return *value.text();
  if (value.is_number()) return json::dump(plain_number(value.number()));
  if (value.boolean()) return *value.boolean() ? "true" : "false";
  std::string texts;
  for (const Value& item : value.list() ? *value.list() : Value::List()) {
    texts += (texts.empty() ? "" : ",") + default_text(item);
  }
  return texts;
}

std::string description(const Flag& flag) {
  const bool is_choice = flag.expected.starts_with("one of ");
  const std::string text = flag.help + (is_choice ? "; " + flag.expected : "");
  const std::string present = default_text(flag.get());
  if (present.empty()) return text;
  const bool is_on = flag.placeholder.empty() && present == "true";
  return text + " (default:" + kHardBlank + present + (is_on ? "; off with --no_" + flag.name : "") + ")";
}

std::string entry(const std::string& head, const std::string& help) {
  const std::string line = "  " + head;
  const bool beside = line.size() + 2 <= kHelpColumn;
  std::string text = wrapped(help, kHelpColumn, kLineWidth);
  std::replace(text.begin(), text.end(), kHardBlank, ' ');
  return line + (beside ? "" : "\n") + std::string(kHelpColumn - (beside ? line.size() : 0), ' ') + text + "\n";
}

std::string general_entries() {
  return "\nConfiguration and help\n" +
         entry("--config FILE", "read arguments from a .json, .yaml or .yml file; flags win over it") +
         entry("--print_config", "print the configuration in effect, as JSON for --config, and exit") +
         entry("--version", "print the version of Baton and exit") + entry("--help, -h", "print this and exit");
}

}  // namespace

std::string help_text(const std::string& program, const Flags& own, const std::vector<Flag>& flags) {
  std::string out = own.about().empty() ? "" : own.about() + "\n\n";
  out += "Usage:   " + program + " [--name value | --name=value] ...\n";
  out += "Example: " + program + " " + own.example() + "\n";
  std::string group;
  for (const Flag& flag : flags) {
    if (flag.group != group) out += "\n" + flag.group + "\n";
    group = flag.group;
    out += entry("--" + flag.name + (flag.placeholder.empty() ? "" : " " + flag.placeholder), description(flag));
  }
  return out + general_entries();
}

}  // namespace baton
