#include "src/track/codecarbon/ini.h"

#include "baton/core/errors.h"
#include "tests/fakes/damage.h"
#include "tests/fakes/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::track::carbon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

auto items(std::string_view text) { return read_ini(text, "codecarbon", "file"); }

TEST(Ini, ReadsTheKeysOfItsSection) {
  EXPECT_THAT(items("# of mine\n[other]\npue = 9\n[codecarbon]\nPUE = 1.5\n; more\nregion: a b\n\n[last]\nwue=1\n"),
              ElementsAre(Pair("pue", "1.5"), Pair("region", "a b")));
}

TEST(Ini, AValueMayHoldSignsAndGoOnInTheNextLine) {
  EXPECT_THAT(items("[codecarbon]\r\nurl = http://a=b ; c\r\n  d\r\nempty =\r\n"),
              ElementsAre(Pair("url", "http://a=b ; c\nd"), Pair("empty", "")));
}

TEST(Ini, OfEqualKeysTheLastCounts) {
  EXPECT_THAT(items("[codecarbon]\na = 1\nb = 2\na = 3\n"), ElementsAre(Pair("b", "2"), Pair("a", "3")));
}

TEST(Ini, AnEmptyFileHasNoKeys) { EXPECT_TRUE(items("").empty()); }

TEST(Ini, SaysWhereItCannotBeRead) {
  const auto error = [](const char* text) { return fakes::error_of<ConfigError>([&] { items(text); }); };
  EXPECT_THAT(error("pue = 1\n"), HasSubstr("file, line 1: expected a section"));
  EXPECT_THAT(error("[codecarbon]\n\nwhat\n"), HasSubstr("file, line 3: expected key = value"));
  EXPECT_THAT(error("[codecarbon\n"), HasSubstr("expected a section"));
}

TEST(Ini, DamageIsReadOrRefused) {
  const std::string good = "[codecarbon]\npue = 1.5\n  2\n# x\nwue: 3\n";
  EXPECT_GT(fakes::count_refused_damage<ConfigError>(good, [](const std::string& text) { items(text); }), 0);
}

}  // namespace
}  // namespace baton::track::carbon
