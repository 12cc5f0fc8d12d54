#include "src/track/tensorboard/event_encoder.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "src/track/tensorboard/event_reader.h"

namespace baton::tensorboard {
namespace {

constexpr Moment kMoment = {.time_ns = 1'500'000'000, .step = 7};

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

/// The one event in `records`.
FileEvent only(const std::string& records) {
  const EventFileContent content = read_events(records);
  EXPECT_EQ(content.whole, records.size());
  EXPECT_EQ(content.events.size(), 1U);
  return content.events.empty() ? FileEvent{} : content.events.front();
}

void expect_event(const FileEvent& event, const std::string& kind, const std::string& tag, const Value& value) {
  EXPECT_EQ(event.kind, kind);
  EXPECT_EQ(event.tag, tag);
  EXPECT_EQ(event.value, value);
}

TEST(EventEncoder, MasksChecksumsAsTensorBoardDoes) {
  EXPECT_EQ(masked_crc("123456789"), 0xC78AB0E5U);
  EXPECT_EQ(masked_crc(std::string_view("\x18\0\0\0\0\0\0\0", 8)), 0x224B7FA3U);
}

TEST(EventEncoder, AScalarIsByteForByteWhatTensorBoardWrites) {
  std::string records;
  add_scalars(records, {.time_ns = 0, .step = 0}, std::array{Scalar{"loss", 0.5}});
  EXPECT_EQ(hex(records.substr(0, 12)), "1800000000000000a37f4b22");
  EXPECT_EQ(hex(records.substr(12, 24)), "0900000000000000002a0d0a0b0a046c6f7373150000003f");
  EXPECT_EQ(records.size(), 40U);
}

TEST(EventEncoder, WallTimeIsInSecondsAndStepsMayBeNegative) {
  std::string records;
  add_scalars(records, {.time_ns = 1'700'000'000'250'000'000, .step = -3}, std::array{Scalar{"loss", 0.5}});
  EXPECT_EQ(only(records).wall_time, 1'700'000'000.25);
  EXPECT_EQ(only(records).step, -3);
}

TEST(EventEncoder, ScalarsAreTheNearestFloats) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::pair<double, double> values[] = {
      {0.1, double{0.1F}}, {1e300, kInfinity}, {-1e300, -kInfinity}, {kInfinity, kInfinity}, {1e-300, 0.0}};
  for (const auto& [given, found] : values) {
    std::string records;
    add_scalars(records, kMoment, std::array{Scalar{"x", given}});
    EXPECT_EQ(only(records).value, Value(found)) << given;
  }
  std::string records;
  add_scalars(records, kMoment, std::array{Scalar{"x", std::nan("")}});
  EXPECT_TRUE(std::isnan(only(records).value.number()));
}

TEST(EventEncoder, TheScalarsOfOneMomentAreOneRecord) {
  std::string records;
  add_scalars(records, kMoment, std::array{Scalar{"a", 1.0}, Scalar{"b", 2.0}});
  const EventFileContent content = read_events(records);
  ASSERT_EQ(content.events.size(), 2U);
  expect_event(content.events[1], "scalars", "b", 2.0);
  EXPECT_EQ(content.events[1].step, 7);
}

TEST(EventEncoder, ATextHasPyTorchsTag) {
  std::string records;
  add_text(records, kMoment, "args", "{\"seed\": 42}");
  expect_event(only(records), "text", "args/text_summary", "{\"seed\": 42}");
}

TEST(EventEncoder, TextsThatAreNoUtf8AreMended) {
  std::string records;
  add_text(records, kMoment, "a\xFFz", "gr\xFC\xC3\x9F");
  expect_event(only(records), "text", "a\xEF\xBF\xBDz/text_summary", "gr\xEF\xBF\xBD\xC3\x9F");
}

TEST(EventEncoder, AHistogramIsATableOfBins) {
  std::string records;
  const std::array edges = {0.0, 0.5, 2.0};
  const std::array counts = {3.0, 0.0};
  add_histogram(records, kMoment, "weights", {edges, counts});
  expect_event(only(records), "histograms", "weights",
               Value::List{Value::List{0.0, 0.5, 3.0}, Value::List{0.5, 2.0, 0.0}});
}

TEST(EventEncoder, AnImageTellsItsSize) {
  std::string records;
  add_image(records, kMoment, "sample", {.width = 4, .height = 3, .png = "not looked at"});
  expect_event(only(records), "images", "sample", Record{{"width", 4}, {"height", 3}, {"bytes", 13}});
}

TEST(EventEncoder, HparamsKeepTheirTypesAndWhatHasNoRoomIsLeftOut) {
  std::string records;
  add_session_start(records, kMoment,
                    {{"lr", 0.1},
                     {"epochs", 3},
                     {"fp16", true},
                     {"optim", "sgd"},
                     {"none", nullptr},
                     {"list", Value::List{1}},
                     {"nan", std::nan("")}});
  expect_event(only(records), "hparams", "_hparams_/session_start_info",
               Record{{"lr", 0.1}, {"epochs", 3.0}, {"fp16", true}, {"optim", "sgd"}});
}

TEST(EventEncoder, OnlyAFinishedRunWasASuccess) {
  const std::pair<RunStatus, int> statuses[] = {
      {RunStatus::kFinished, 1}, {RunStatus::kFailed, 2}, {RunStatus::kKilled, 2}};
  for (const auto& [status, number] : statuses) {
    std::string records;
    add_session_end(records, kMoment, status);
    expect_event(only(records), "hparams", "_hparams_/session_end_info", Record{{"status", number}});
  }
}

TEST(EventEncoder, AFileBeginsWithItsVersion) {
  std::string records;
  add_file_version(records, 0);
  add_restart(records, kMoment);
  const EventFileContent content = read_events(records);
  ASSERT_EQ(content.events.size(), 2U);
  expect_event(content.events[0], "file_version", "", "brain.Event:2");
  expect_event(content.events[1], "session", "", "start");
  EXPECT_EQ(content.events[1].step, 7);
}

}  // namespace
}  // namespace baton::tensorboard
