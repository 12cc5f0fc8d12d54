#include "src/track/dvclive/block_yaml.h"

#include <gtest/gtest.h>

#include "src/base/json.h"
#include "src/base/yaml.h"
#include "tests/fakes/test_files.h"

namespace baton::track {
namespace {

Record golden() { return *json::parse(fakes::read_test_file("golden/dvclive.json"), "dvclive.json").record(); }

TEST(BlockYaml, ParamsAreWrittenAsDvcWritesThem) {
  const Record content = golden();
  EXPECT_EQ(block_yaml(*content.find("params")->record()), *content.find("params_yaml")->text());
}

TEST(BlockYaml, TextsAreQuotedWhereDvcQuotesThem) {
  const Record content = golden();
  for (const Value& pair : *content.find("texts")->list()) {
    const std::string& text = *pair.list()->at(0).text();
    // Between quotes DVC breaks the line at these two, which reads as the same text; here they are escaped.
    if (text == "\xC2\x85" || text == "\xE2\x80\xA8") continue;
    EXPECT_EQ(block_yaml({{"k", text}}), *pair.list()->at(1).text());
  }
}

TEST(BlockYaml, WhatIsWrittenReadsAsItWas) {
  for (const char* text : {"\xE2\x80\xA8", "\xE2\x80\xA9 x", "a\nb: c\n", "\"\\"}) {
    EXPECT_EQ(yaml::parse(block_yaml({{"k", text}}), "it"), Value(Record{{"k", text}})) << text;
  }
}

TEST(BlockYaml, AnotherNextLineIsEscaped) { EXPECT_EQ(block_yaml({{"k", "\xC2\x85"}}), "k: \"\\N\"\n"); }

TEST(BlockYaml, NothingIsAnEmptyRecord) { EXPECT_EQ(block_yaml({}), "{}\n"); }

TEST(BlockYaml, BytesThatAreNoTextBecomeTheReplacementCharacter) {
  EXPECT_EQ(block_yaml({{"k", "a\xFFz"}}), "k: \"a\\uFFFDz\"\n");
}

}  // namespace
}  // namespace baton::track
