#include "baton/core/event_kind.h"

#include <gtest/gtest.h>

#include <set>

namespace baton {
namespace {

TEST(EventName, DiffersForEachKind) {
  std::set<std::string_view> names;
  for (std::size_t kind = 0; kind < kEventKindCount; ++kind) names.insert(event_name(static_cast<EventKind>(kind)));
  EXPECT_EQ(names.size(), kEventKindCount);
  EXPECT_EQ(event_name(EventKind::kInitEnd), "on_init_end");
  EXPECT_EQ(event_name(EventKind::kClose), "on_close");
}

}  // namespace
}  // namespace baton
