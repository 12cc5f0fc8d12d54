#include "src/track/codecarbon/emissions_file.h"

#include "src/base/files.h"
#include "src/track/codecarbon/csv.h"
#include "src/track/codecarbon/emissions_row.h"
#include "tests/fakes/damage.h"
#include "tests/fakes/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace baton::track::carbon {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

const Totals kTotals{.seconds = 20,
                     .cpu_kwh = 0.25,
                     .gpu_kwh = 0.5,
                     .ram_kwh = 5e-5,
                     .emissions_kg = 0.1,
                     .water_litres = 2,
                     .cpu_percent_seconds = 800,
                     .gpu_percent_seconds = 1000,
                     .ram_percent_seconds = 500,
                     .ram_gb_seconds = 80};

std::vector<std::string> row_of(const std::string& run_id, const Totals& totals = kTotals) {
  const RowFacts facts{.project_name = "a, \"b\"",
                       .run_id = run_id,
                       .country_name = "France",
                       .country_iso_code = "FRA",
                       .cpu_count = 8,
                       .cpu_model = "EPYC",
                       .ram_total_gb = 23.5,
                       .tracking_mode = "machine"};
  return emissions_row(facts, totals, "2026-11-23T00:42:09");
}

class EmissionsFile : public testing::Test {
 protected:
  std::vector<CsvRecord> records() const { return parse_csv(read_file(file)); }
  std::string field(std::size_t record, std::string_view column) const {
    const std::vector<CsvRecord> all = records();
    const std::vector<std::string>& header = all[0].fields;
    const auto at = std::find(header.begin(), header.end(), column) - header.begin();
    return all[record].fields[static_cast<std::size_t>(at)];
  }
  bool exists(const char* name) const { return std::filesystem::exists(folder.path() / name); }

  fakes::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "emissions.csv";
};

TEST(EmissionsRow, HasTheColumnsAndTheNumbersAsPandasWritesThem) {
  std::string text;
  for (const std::string& value : row_of("r1")) text += value + "|";
  EXPECT_THAT(
      text,
      MatchesRegex("2026-11-23T00:42:09\\|a, \"b\"\\|r1\\|\\|20.0\\|0.1\\|0.005\\|45000.0\\|90000.0\\|9.0\\|"
                   "0.25\\|0.5\\|5e-05\\|0.75005\\|2.0\\|France\\|FRA\\|\\|\\|\\|Linux-.*\\|\\|baton-.*\\|8\\|EPYC\\|"
                   "0\\|\\|\\|\\|23.5\\|machine\\|40.0\\|50.0\\|25.0\\|4.0\\|N\\|1.0\\|0.0\\|"));
}

TEST(EmissionsRow, TellsItsTotalsAgain) {
  const std::vector<std::string> header(kColumns.begin(), kColumns.end());
  EXPECT_EQ(totals_of(header, row_of("r1")), kTotals);
  EXPECT_EQ(totals_of({"duration", "cpu_energy"}, {"no number"}), Totals{});
}

TEST(EmissionsRow, RunsAreNamedByRandomUuids) {
  EXPECT_THAT(new_run_id(), MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(new_run_id(), new_run_id());
}

TEST(EmissionsRow, TimesAreLocalAndWithoutAZone) {
  EXPECT_THAT(local_timestamp(), MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"));
}

TEST_F(EmissionsFile, BeginsWithItsHeader) {
  write_row(file, row_of("r1"));
  ASSERT_EQ(records().size(), 2u);
  EXPECT_TRUE(std::equal(kColumns.begin(), kColumns.end(), records()[0].fields.begin()));
  EXPECT_EQ(records()[1].fields, row_of("r1"));
}

TEST_F(EmissionsFile, MakesItsFolder) {
  write_row(folder.path() / "a/b/emissions.csv", row_of("r1"));
  EXPECT_TRUE(exists("a/b/emissions.csv"));
}

TEST_F(EmissionsFile, KeepsOtherRunsAsTheyAreAndReplacesItsOwnRow) {
  write_row(file, row_of("r1"));
  write_row(file, row_of("r2"));
  write_row(file, row_of("r3"));
  const std::string before = read_file(file);
  write_row(file, row_of("r2", {.seconds = 1, .cpu_kwh = 8}));
  ASSERT_EQ(records().size(), 4u);
  EXPECT_EQ(field(2, "cpu_energy"), "8.0");
  write_row(file, row_of("r2"));
  EXPECT_EQ(read_file(file), before);
}

TEST_F(EmissionsFile, KeepsTheColumnsInTheFilesOrderAndAddsAMissingLineEnd) {
  std::vector<std::string> header(kColumns.rbegin(), kColumns.rend());
  write_file(file, csv_line(header).substr(0, csv_line(header).size() - 1));
  write_row(file, row_of("r1"));
  EXPECT_EQ(records()[0].fields, header);
  EXPECT_EQ(field(1, "run_id"), "r1");
  EXPECT_EQ(field(1, "country_name"), "France");
}

TEST_F(EmissionsFile, SetsAFileWithOtherColumnsAside) {
  write_file(file, "timestamp,run_id\n1,r1\n");
  write_row(file, row_of("r1"));
  EXPECT_EQ(read_file(folder.path() / "emissions.csv.bak"), "timestamp,run_id\n1,r1\n");
  EXPECT_EQ(records().size(), 2u);
  write_file(file, "an \"open quote\n");
  write_row(file, row_of("r2"));
  EXPECT_EQ(read_file(folder.path() / "emissions.csv_0.bak"), "an \"open quote\n");
  write_file(file, "x\n");
  write_row(file, row_of("r3"));
  EXPECT_TRUE(exists("emissions.csv_1.bak"));
}

TEST_F(EmissionsFile, AnEmptyFileIsANewOne) {
  write_file(file, "");
  write_row(file, row_of("r1"));
  EXPECT_EQ(records().size(), 2u);
  EXPECT_FALSE(exists("emissions.csv.bak"));
}

TEST_F(EmissionsFile, TellsTheTotalsOfARun) {
  EXPECT_EQ(read_totals(file, "r1"), std::nullopt);
  write_row(file, row_of("r1"));
  EXPECT_EQ(read_totals(file, "r1"), kTotals);
  EXPECT_EQ(read_totals(file, "r2"), std::nullopt);
}

TEST_F(EmissionsFile, SaysThatItCannotBeWritten) {
  std::filesystem::create_directory(file);
  EXPECT_THROW(write_row(file, row_of("r1")), FileError);
}

TEST_F(EmissionsFile, DamageIsReadOrSetAside) {
  write_row(file, row_of("r1"));
  const std::string good = read_file(file);
  const std::string tail = good.substr(good.find('\n') - 8);  // of the header, and the row
  const std::string head = good.substr(0, good.find('\n') - 8);
  int unknown = 0;
  fakes::count_refused_damage<Error>(tail, [&](const std::string& damaged) {
    write_file(file, head + damaged);
    if (!read_totals(file, "r1")) ++unknown;
  });
  EXPECT_GT(unknown, 0);
}

}  // namespace
}  // namespace baton::track::carbon
