#include "src/track/codecarbon/gpus.h"

#include "src/track/codecarbon/gauges.h"
#include "tests/track/codecarbon/fake_gpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::track::carbon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class GpusTest : public testing::Test {
 protected:
  GpusTest() {
    gpus.cards = {{.uuid = "GPU-aa11", .energy = 5000, .power = 100'000, .utilization = 80},
                  {.uuid = "GPU-aa22", .energy = std::nullopt, .power = 250'000, .utilization = std::nullopt},
                  {.name = "NVIDIA A100", .uuid = "GPU-bb33", .energy = 7000}};
  }
  std::vector<std::size_t> chosen(std::optional<std::vector<std::string>> ids) {
    unknown.clear();
    return chosen_cards(gpus, ids, unknown);
  }

  fakes::FakeGpus gpus;
  std::vector<std::string> unknown;
};

TEST_F(GpusTest, AllAreChosenIfNoneIsNamed) {
  EXPECT_THAT(chosen(std::nullopt), ElementsAre(0, 1, 2));
  EXPECT_THAT(chosen(std::vector<std::string>()), IsEmpty());
}

TEST_F(GpusTest, AreChosenByNumberOrBeginningOfTheUuid) {
  EXPECT_THAT(chosen({{"2", "0", "2"}}), ElementsAre(0, 2));
  EXPECT_THAT(chosen({{"GPU-bb"}}), ElementsAre(2));
  EXPECT_THAT(chosen({{"MIG-GPU-aa22/1/0", "MIG-GPU-aa22"}}), ElementsAre(1));
}

TEST_F(GpusTest, TellsWhichIdsMeanNone) {
  EXPECT_THAT(chosen({{"0", "3", "-1", "GPU-cc", "MIG-"}}), ElementsAre(0));
  EXPECT_THAT(unknown, ElementsAre("3", "-1", "GPU-cc", "MIG-"));
}

TEST_F(GpusTest, ModelsAreCounted) { EXPECT_EQ(model_names(gpus, {0, 1, 2}), "1 x NVIDIA A100, 2 x NVIDIA H100"); }

TEST_F(GpusTest, EnergyIsThatOfTheCounters) {
  GpuSource source(gpus, {0, 2});
  source.begin();
  gpus.cards[0].energy = 65'000;
  gpus.cards[2].energy = 47'000;
  EXPECT_DOUBLE_EQ(source.joules(1), 100.0);
  EXPECT_EQ(source.problem(), "");
}

TEST_F(GpusTest, WithoutACounterItIsPowerTimesTime) {
  GpuSource source(gpus, {1});
  source.begin();
  EXPECT_DOUBLE_EQ(source.joules(2), 500.0);
}

TEST_F(GpusTest, ACounterThatFailsForAWhileLosesNothing) {
  GpuSource source(gpus, {0});
  source.begin();
  gpus.cards[0].energy = std::nullopt;
  EXPECT_DOUBLE_EQ(source.joules(1), 0.0);
  EXPECT_THAT(source.problem(), HasSubstr("GPU 0 tells neither"));
  gpus.cards[0].energy = 25'000;
  EXPECT_DOUBLE_EQ(source.joules(1), 20.0);
}

TEST_F(GpusTest, ACounterThatBeginsAnewWithTheDriverIsNoWrap) {
  GpuSource source(gpus, {0});
  source.begin();
  gpus.cards[0].energy = 10;
  EXPECT_DOUBLE_EQ(source.joules(1), 0.0);
}

TEST_F(GpusTest, GaugesTellTheMeanUtilization) {
  const Machine nowhere("/nowhere");
  EXPECT_DOUBLE_EQ(MachineGauges(nowhere, &gpus, {0, 1}).read().gpu_percent, 40.0);
}

TEST(Nvml, IsReadThroughItsLibrary) {
  const std::unique_ptr<Gpus> gpus = open_nvml(BATON_FAKE_NVML);
  ASSERT_NE(gpus, nullptr);
  ASSERT_EQ(gpus->count(), 2u);
  EXPECT_EQ(gpus->name(0), "Fake GPU");
  EXPECT_EQ(gpus->uuid(0), "GPU-0123");
  EXPECT_EQ(gpus->power_milliwatts(0), 300'000u);
  EXPECT_EQ(gpus->utilization_percent(0), 75.0);
  GpuSource source(*gpus, {0});
  source.begin();
  EXPECT_DOUBLE_EQ(source.joules(1), 60.0);
}

TEST(Nvml, ACardThatCannotBeLookedAtTellsNothing) {
  const std::unique_ptr<Gpus> gpus = open_nvml(BATON_FAKE_NVML);
  ASSERT_NE(gpus, nullptr);
  EXPECT_EQ(gpus->name(1), "");
  EXPECT_EQ(gpus->energy_millijoules(1), std::nullopt);
  EXPECT_EQ(gpus->power_milliwatts(1), std::nullopt);
  EXPECT_EQ(gpus->utilization_percent(1), std::nullopt);
}

TEST(Nvml, IsAbsentWithoutItsLibrary) {
  EXPECT_EQ(open_nvml("libthere-is-no-such-library.so"), nullptr);
  EXPECT_EQ(open_nvml("libc.so.6"), nullptr);  // which has none of its functions
}

}  // namespace
}  // namespace baton::track::carbon
