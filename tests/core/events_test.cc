#include "baton/core/events.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "baton/core/ledger.h"
#include "tests/fakes/test_files.h"

namespace baton {
namespace {

using Names = std::set<std::string>;

Names every_event() {
  Names names;
  for (std::size_t kind = 0; kind < kEventKindCount; ++kind) names.emplace(event_name(static_cast<EventKind>(kind)));
  return names;
}

/// What `pattern` captures in `text`.
Names found(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  Names names;
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
    names.insert((*match)[1]);
  return names;
}

std::string page() { return fakes::read_test_file("../docs/events.md"); }

TEST(EventsPage, NamesEveryEventAndNoOther) { EXPECT_EQ(found(page(), "\\b(on_\\w+)"), every_event()); }

TEST(EventsPage, ShowsEveryEventInTheLoop) {
  const std::string text = page();
  const std::size_t begin = text.find("```text");
  EXPECT_EQ(found(text.substr(begin, text.find("```\n", begin) - begin), "\\b(on_\\w+)"), every_event());
}

TEST(EventsPage, HasARowForEveryEvent) { EXPECT_EQ(found(page(), "\n\\| `(on_\\w+)` \\|"), every_event()); }

}  // namespace
}  // namespace baton
