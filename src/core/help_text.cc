#include "src/core/help_text.h"

#include <algorithm>
#include <sstream>

#include "src/base/json.h"
#include "src/core/argument_values.h"

namespace baton {
namespace {

constexpr std::size_t kLineWidth = 100;
constexpr std::size_t kHelpColumn = 36;
constexpr char kHardBlank = '\x1f';  // a blank at which no line is broken

/// `text`, which begins at kHelpColumn, in as many lines as it needs.
std::string wrapped(const std::string& text) {
  std::string out;
  std::istringstream words(text);
  std::size_t column = kHelpColumn - 1;
  for (std::string word; words >> word;) {
    const bool fits = out.empty() || column + 1 + word.size() <= kLineWidth;
    if (!out.empty()) out += fits ? " " : "\n" + std::string(kHelpColumn, ' ');
    out += word;
    column = (fits ? column + 1 : kHelpColumn) + word.size();
  }
  std::replace(out.begin(), out.end(), kHardBlank, ' ');
  return out;
}

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
  return line + (beside ? "" : "\n") + std::string(kHelpColumn - (beside ? line.size() : 0), ' ') + wrapped(help) +
         "\n";
}

std::string general_entries() {
  return "\nConfiguration and help\n" +
         entry("--config FILE", "read arguments from a .json, .yaml or .yml file; flags win over it") +
         entry("--print_config", "print the configuration in effect, as JSON for --config, and exit") +
         entry("--version", "print the version of Baton and exit") + entry("--help, -h", "print this and exit");
}

}  // namespace

std::string help_text(const std::string& program, const std::string& about, const std::vector<Flag>& flags) {
  std::string out = about.empty() ? "" : about + "\n\n";
  out += "Usage:   " + program + " [--name value | --name=value] ...\n";
  out += "Example: " + program + " --output_dir runs/a --num_train_epochs 5 --learning_rate 1e-3\n";
  std::string group;
  for (const Flag& flag : flags) {
    if (flag.group != group) out += "\n" + flag.group + "\n";
    group = flag.group;
    out += entry("--" + flag.name + (flag.placeholder.empty() ? "" : " " + flag.placeholder), description(flag));
  }
  return out + general_entries();
}

}  // namespace baton
