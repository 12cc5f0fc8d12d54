#include "src/track/journal/format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace baton::track::journal {
namespace {

Entry example() {
  return {EntryKind::kLog, 3, 17, 1'700'000'000'123'456'789, 40, {{"loss", 0.1}, {"note", "grüße\n"}, {"epoch", 2}}};
}

std::string bytes_of(const Entry& entry) {
  std::string bytes;
  append_record(bytes, entry);
  return bytes;
}

TEST(JournalFormat, AnEntryComesBackAsItWas) {
  const std::string bytes = bytes_of(example());
  const Scan scanned = scan(bytes);
  ASSERT_EQ(scanned.what, Scan::What::kEntry);
  EXPECT_EQ(scanned.size, bytes.size());
  EXPECT_EQ(scanned.entry, example());
}

TEST(JournalFormat, NumbersThatAreNoneComeBackToo) {
  Entry entry = example();
  entry.values = {{"nan", std::nan("")}, {"inf", -std::numeric_limits<double>::infinity()}};
  const Record values = scan(bytes_of(entry)).entry.values;
  EXPECT_TRUE(std::isnan(values.number("nan")));
  EXPECT_EQ(values.number("inf"), -std::numeric_limits<double>::infinity());
}

TEST(JournalFormat, TheBytesStayWhatTheyAre) {
  const std::string bytes = bytes_of({EntryKind::kFinish, 1, 2, 3, 4, {{"status", "killed"}}});
  EXPECT_EQ(bytes.substr(0, 4), "BTJ1");
  EXPECT_EQ(bytes.substr(12, 12), std::string("\x13\0\0\0\x0a\0\0\0\1\0\0\0", 12));
  EXPECT_EQ(bytes.substr(24, 24), std::string("\2\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0", 24));
  EXPECT_EQ(bytes.substr(48), "{\"status\":\"killed\"}");
}

TEST(JournalFormat, AnyCutIsIncomplete) {
  const std::string bytes = bytes_of(example());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(scan(std::string_view(bytes).substr(0, size)).what, Scan::What::kIncomplete) << size;
  }
}

TEST(JournalFormat, AnyFlippedBitIsDamageUpToTheNextRecord) {
  const std::string good = bytes_of(example());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bytes = good + good;
      bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1u << bit));
      std::size_t skipped = 0;
      Scan found = scan(bytes);
      for (; found.what == Scan::What::kDamage; found = scan(std::string_view(bytes).substr(skipped))) {
        skipped += found.size;
      }
      EXPECT_EQ(found.what, Scan::What::kEntry) << at << " bit " << bit;
      EXPECT_EQ(skipped, good.size()) << at << " bit " << bit;
    }
  }
}

TEST(JournalFormat, RubbishIsSkippedToItsEndButForWhatMayBeABegin) {
  EXPECT_EQ(scan("x").size, 1u);
  EXPECT_EQ(scan("rubbish").what, Scan::What::kDamage);
  std::string_view rest = "rubbishBT";
  while (scan(rest).what == Scan::What::kDamage) rest.remove_prefix(scan(rest).size);
  EXPECT_EQ(rest, "BT");
}

}  // namespace
}  // namespace baton::track::journal
