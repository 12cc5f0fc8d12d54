// One list of events: EventKind, the methods of a callback, those of the handler, the slots of LambdaCallback and
// docs/events.md name the same ones.
#include "baton/core/event_kind.h"
#include "tests/fakes/test_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>
#include <vector>

namespace baton {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

/// What the group in `pattern` matches, in order.
std::vector<std::string> found(const std::string& file, const std::string& pattern) {
  const std::string text = fakes::read_test_file("../" + file);
  const std::regex regex(pattern);
  std::vector<std::string> names;
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
    names.push_back((*match)[1]);
  }
  return names;
}

std::vector<std::string> event_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kEventKindCount; ++i) names.emplace_back(event_name(static_cast<EventKind>(i)));
  return names;
}

TEST(EventNames, AreTheMethodsOfACallback) {
  EXPECT_THAT(found("include/baton/core/callback.h", R"(virtual void (on_\w+)\()"), ElementsAreArray(event_names()));
}

TEST(EventNames, AreTheMethodsOfTheHandler) {
  EXPECT_THAT(found("include/baton/core/callback_handler.h", R"(\n  void (on_\w+)\()"),
              ElementsAreArray(event_names()));
}

TEST(EventNames, AreTheSlotsOfALambdaCallback) {
  EXPECT_THAT(found("include/baton/callbacks/lambda.h", R"(\n  std::function<void\(\w+&\)> (on_\w+)\b)"),
              ElementsAreArray(event_names()));
}

TEST(EventNames, AreTheRowsOfTheDocumentedTable) {
  EXPECT_THAT(found("docs/events.md", R"(\n\| `(on_\w+)` \|[^|\n]*\|[^|\n]*\| `\w+Event`)"),
              ElementsAreArray(event_names()));
}

TEST(EventNames, AreAllInTheDocumentedLoopAndNoOthersAreSpokenOf) {
  const std::string document = fakes::read_test_file("../docs/events.md");
  const std::size_t loop = document.find("```text");
  const std::string pseudocode = document.substr(loop, document.find("```", loop + 3) - loop);
  std::set<std::string> superfluous;
  for (const std::string& name : found("docs/events.md", R"(\b(on_\w+))")) superfluous.insert(name);
  std::vector<std::string> missing;
  for (const std::string& name : event_names()) {
    superfluous.erase(name);
    if (!std::regex_search(pseudocode, std::regex("\\b" + name + "\\b"))) missing.push_back(name);
  }
  EXPECT_THAT(missing, IsEmpty()) << "in the pseudocode of the loop";
  EXPECT_THAT(superfluous, IsEmpty());
}

}  // namespace
}  // namespace baton
