#include "src/track/codecarbon/meter.h"

#include "src/track/codecarbon/model_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::track::carbon {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;

class GivenLevels final : public Gauges {
 public:
  Levels read() override { return levels; }
  Levels levels{.cpu_percent = 40, .gpu_percent = 90, .ram_percent = 25, .ram_used_gb = 4};
};

class BrokenSource final : public EnergySource {
 public:
  void begin() override {}
  double joules(double) override { return 0.0; }
  std::string problem() const override { return "it is broken"; }
};

MeterParts parts(double cpu_watts, double gpu_watts, double ram_watts) {
  MeterParts made;
  made.cpu = std::make_unique<ConstantSource>(cpu_watts);
  if (gpu_watts > 0) made.gpu = std::make_unique<ConstantSource>(gpu_watts);
  made.ram = std::make_unique<ConstantSource>(ram_watts);
  made.gauges = std::make_unique<GivenLevels>();
  return made;
}

TEST(Meter, AddsUpWhatThePartsUse) {
  Meter meter(parts(100, 700, 20), {.grams_per_kwh = 50});
  meter.begin(7);
  meter.sample(7 + kHour);
  const Totals totals = meter.totals();
  EXPECT_DOUBLE_EQ(totals.cpu_kwh, 0.1);
  EXPECT_DOUBLE_EQ(totals.gpu_kwh, 0.7);
  EXPECT_DOUBLE_EQ(totals.ram_kwh, 0.02);
  EXPECT_DOUBLE_EQ(totals.kwh(), 0.82);
  EXPECT_NEAR(totals.emissions_kg, 0.041, 1e-15);
  EXPECT_DOUBLE_EQ(totals.seconds, 3600.0);
  EXPECT_DOUBLE_EQ(totals.mean_watts(totals.cpu_kwh), 100.0);
}

TEST(Meter, ManySamplesAreAsOne) {
  Meter meter(parts(100, 0, 20), {});
  meter.begin(0);
  for (int i = 1; i <= 240; ++i) meter.sample(i * 15 * kSecond);
  EXPECT_NEAR(meter.totals().kwh(), 0.12, 1e-12);
  EXPECT_DOUBLE_EQ(meter.totals().gpu_kwh, 0.0);
}

TEST(Meter, TheDataCentreAddsItsShare) {
  Meter meter(parts(100, 0, 0), {.pue = 1.5, .wue = 2.0, .grams_per_kwh = 100});
  meter.begin(0);
  meter.sample(kHour);
  EXPECT_DOUBLE_EQ(meter.totals().cpu_kwh, 0.15);
  EXPECT_DOUBLE_EQ(meter.totals().water_litres, 0.3);
  EXPECT_DOUBLE_EQ(meter.totals().emissions_kg, 0.015);
}

TEST(Meter, TakesTheMeanOfLevelsOverTime) {
  MeterParts made = parts(1, 0, 0);
  auto gauges = std::make_unique<GivenLevels>();
  GivenLevels& given = *gauges;
  made.gauges = std::move(gauges);
  Meter meter(std::move(made), {});
  meter.begin(0);
  meter.sample(3 * kSecond);
  given.levels.cpu_percent = 80;
  meter.sample(4 * kSecond);
  const Totals totals = meter.totals();
  EXPECT_DOUBLE_EQ(totals.mean(totals.cpu_percent_seconds), 50.0);
  EXPECT_DOUBLE_EQ(totals.mean(totals.ram_gb_seconds), 4.0);
}

TEST(Meter, NothingHappensInNoTime) {
  Meter meter(parts(100, 0, 20), {});
  meter.begin(kHour);
  meter.sample(kHour);
  meter.sample(kHour - 1);
  EXPECT_EQ(meter.totals(), Totals{});
  EXPECT_EQ(meter.totals().mean(1.0), 0.0);
}

TEST(Meter, GoesOnFromEarlierTotals) {
  Meter meter(parts(100, 0, 0), {}, {.seconds = 60, .cpu_kwh = 1.0});
  meter.begin(0);
  meter.sample(kHour);
  EXPECT_DOUBLE_EQ(meter.totals().cpu_kwh, 1.1);
  EXPECT_DOUBLE_EQ(meter.totals().seconds, 3660.0);
}

TEST(Meter, TellsTheProblemsOfItsParts) {
  MeterParts made = parts(1, 1, 1);
  made.gpu = std::make_unique<BrokenSource>();
  EXPECT_THAT(Meter(std::move(made), {}).problems(), testing::ElementsAre("it is broken"));
}

}  // namespace
}  // namespace baton::track::carbon
