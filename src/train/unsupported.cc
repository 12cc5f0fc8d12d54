#include "src/train/unsupported.h"

namespace baton::train {

std::vector<std::string> unsupported_arguments(const ResolvedArguments& args) {
  const bool reports = !args.report_to.empty() && args.report_to != std::vector<std::string>{"none"};
  const struct {
    bool is_set;
    const char* argument;
  } rows[] = {
      {reports, "--report_to, other than none,"},
  };
  std::vector<std::string> problems;
  for (const auto& row : rows) {
    if (row.is_set) problems.push_back(std::string(row.argument) + " is not available in this version");
  }
  return problems;
}

}  // namespace baton::train
