#include "src/track/codecarbon/csv.h"

#include "baton/core/errors.h"
#include "tests/fakes/damage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::track::carbon {
namespace {

using testing::ElementsAre;

TEST(Csv, ReadsWhatItWrote) {
  const std::vector<std::string> fields = {"", "a", "b,c", "say \"x\"", "two\nlines", " blanks ", ""};
  const std::string line = csv_line(fields);
  EXPECT_EQ(line, ",a,\"b,c\",\"say \"\"x\"\"\",\"two\nlines\", blanks ,\n");
  const std::vector<CsvRecord> records = parse_csv(line);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].fields, fields);
}

TEST(Csv, TellsWhereRecordsLie) {
  const std::vector<CsvRecord> records = parse_csv("a,b\r\n\n1,2\n3,4");
  ASSERT_EQ(records.size(), 3u);
  EXPECT_THAT(records[1].fields, ElementsAre("1", "2"));
  EXPECT_EQ(records[1].begin, 6u);
  EXPECT_EQ(records[1].end, 10u);
  EXPECT_EQ(records[2].end, 13u);
}

TEST(Csv, RefusesAnOpenQuote) { EXPECT_THROW(parse_csv("a,\"b\nc,d\n"), Error); }

TEST(Csv, DamageIsReadOrRefused) {
  const std::string good = csv_line({"name", "text"}) + csv_line({"a \"b\"", "c,d"});
  EXPECT_GT(fakes::count_refused_damage<Error>(good, [](const std::string& text) { parse_csv(text); }), 0);
}

}  // namespace
}  // namespace baton::track::carbon
