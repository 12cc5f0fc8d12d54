#include "src/track/tensorboard/event_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

#include "src/base/files.h"
#include "src/track/tensorboard/event_encoder.h"
#include "tests/fakes/damage.h"

namespace baton::tensorboard {
namespace {

std::string three_records() {
  std::string records;
  add_file_version(records, 0);
  add_scalars(records, {.time_ns = 1, .step = 1}, std::array{Scalar{"loss", 0.5}, Scalar{"lr", 0.1}});
  add_text(records, {.time_ns = 1, .step = 2}, "note", "hello");
  return records;
}

TEST(EventReader, ACutFileHoldsItsWholeRecords) {
  const std::string good = three_records();
  std::size_t whole = 0;
  for (std::size_t size = 0; size <= good.size(); ++size) {
    const EventFileContent content = read_events(std::string_view(good).substr(0, size));
    EXPECT_EQ(content.damage, "");
    EXPECT_EQ(content.whole + content.torn, size);
    EXPECT_GE(content.whole, whole);
    whole = content.whole;
  }
  EXPECT_EQ(whole, good.size());
}

TEST(EventReader, EveryFlippedBitIsFound) {
  const std::string good = three_records();
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string damaged = good;
    damaged[bit / 8] = static_cast<char>(static_cast<unsigned char>(damaged[bit / 8]) ^ 1U << bit % 8);
    const EventFileContent content = read_events(damaged);
    EXPECT_NE(content.damage, "") << bit;
    EXPECT_LE(content.whole, bit / 8) << "the records before it stay";
    EXPECT_EQ(content.torn, 0U);
  }
}

TEST(EventReader, DamageIsSaidWithItsPlace) {
  std::string damaged = three_records();
  damaged[damaged.size() - 1] = 'x';
  const EventFileContent content = read_events(damaged);
  EXPECT_EQ(content.events.size(), 3U);
  EXPECT_EQ(content.damage, "byte " + std::to_string(content.whole) + ": the checksum of a record is wrong");
}

TEST(EventReader, DamagedMessagesAreReadOrRefused) {
  const std::string records = three_records();
  std::vector<FileEvent> events;
  const std::string payload = records.substr(12, 24);  // no checksum protects it from here on
  const int refused = fakes::count_refused_damage<std::runtime_error>(payload, [&](const std::string& damaged) {
    if (!decode_event(damaged, events)) throw std::runtime_error("refused");
  });
  EXPECT_GT(refused, 0);
}

TEST(EventReader, AFileThatIsNotThereIsAnError) { EXPECT_THROW(read_event_file("there/is/none"), FileError); }

}  // namespace
}  // namespace baton::tensorboard
