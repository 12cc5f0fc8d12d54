#include "src/formats/name_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/core/errors.h"

namespace baton {
namespace {

using Names = std::vector<std::string>;

std::string error_of(const Names& rules, const Names& names) {
  try {
    NameMap(rules).renamed(names);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

struct Renamed {
  Names rules;
  Names from;  ///< the first one is looked at; the others give the other rules a use
  const char* to;
  const char* reason;
};

TEST(NameMap, RenamesWhatARuleNames) {
  const std::vector<Renamed> rows = {
      {{"conv1=features.0"}, {"conv1.weight"}, "features.0.weight", "a module"},
      {{"conv1=features.0"}, {"conv1"}, "features.0", "a tensor"},
      {{"a.b=c"}, {"a.b.c.d"}, "c.c.d", "a module in a module"},
      {{"a=x", "a.b=y"}, {"a.b.w", "a.q"}, "y.w", "the longest rule"},
      {{"a=b", "b=a"}, {"a.w", "b.w"}, "b.w", "one rule only"},
      {{"=model"}, {"fc.weight"}, "model.fc.weight", "everything goes into a module"},
      {{"module="}, {"module.fc.weight"}, "fc.weight", "everything comes out of a module"},
      {{"a=b=c"}, {"a"}, "b=c", "cut at the first ="},
      {{}, {"a.b"}, "a.b", "no rule"},
  };
  for (const Renamed& row : rows) EXPECT_EQ(NameMap(row.rules).renamed(row.from).front(), row.to) << row.reason;
}

TEST(NameMap, LeavesOtherNamesAlone) {
  EXPECT_EQ(NameMap({"conv1=x"}).renamed({"conv1.w", "conv10.w", "a.conv1.w", "conv"}),
            (Names{"x.w", "conv10.w", "a.conv1.w", "conv"}));
}

TEST(NameMap, RefusesWhatIsNoRule) {
  const std::string error = error_of({"a", "b=c", "b=d"}, {"b"});
  EXPECT_THAT(error, testing::HasSubstr("rename a: expected OLD=NEW"));
  EXPECT_THAT(error, testing::HasSubstr("rename b=d: there is a rule for \"b\" already"));
}

TEST(NameMap, RefusesRulesWithoutUse) {
  EXPECT_THAT(error_of({"conv=x"}, {"conv1.w"}), testing::HasSubstr("rename conv=x: no tensor's name needs this rule"));
  EXPECT_THAT(error_of({"a=x", "a.b=y"}, {"a.b.w"}), testing::HasSubstr("rename a=x: no tensor's name needs"));
}

TEST(NameMap, RefusesNamesThatCollideOrVanish) {
  EXPECT_THAT(error_of({"a=b"}, {"a.w", "b.w"}),
              testing::HasSubstr("\"a.w\" and \"b.w\" would both be called \"b.w\""));
  EXPECT_THAT(error_of({"a="}, {"a"}), testing::HasSubstr("nothing would be left of \"a\""));
}

}  // namespace
}  // namespace baton
