#include "src/track/codecarbon/power_models.h"

#include <gtest/gtest.h>

namespace baton::track::carbon {
namespace {

TEST(PowerModels, ATenthOfTheProcessorsPowerIsSpentWhenIdleAndTheRestGrowsWithTheCube) {
  EXPECT_DOUBLE_EQ(cpu_watts(100, 0.0), 10.0);
  EXPECT_DOUBLE_EQ(cpu_watts(100, 0.1), 10.09);
  EXPECT_DOUBLE_EQ(cpu_watts(100, 0.5), 21.25);
  EXPECT_DOUBLE_EQ(cpu_watts(100, 1.0), 100.0);
}

TEST(PowerModels, AProcessPaysForItsShareOfTheThreads) {
  EXPECT_DOUBLE_EQ(process_watts(80, 10, 5, 8), 20.0);
  EXPECT_DOUBLE_EQ(process_watts(80, 10, 0, 8), 0.0);
}

TEST(PowerModels, MemoryIsPaidForByTheModule) {
  const struct {
    double gigabytes;
    int modules;
    double watts, arm_watts;
    const char* reason;
  } rows[] = {
      {1, 1, 10, 3, "at least two modules are paid for"},
      {4, 2, 10, 3, "2 x 2 GB"},
      {8, 2, 10, 3, "2 x 4 GB"},
      {16, 2, 10, 3, "2 x 8 GB"},
      {16.5, 4, 20, 6, "above 16 GB there are four"},
      {24, 4, 20, 6, "a machine of 24 GB"},
      {64, 4, 20, 6, "4 x 16 GB"},
      {128, 8, 38, 11.4, "8 x 16 GB, the last four at a discount"},
      {200, 13, 58, 17.4, "13 x 16 GB: the largest that leave eight"},
      {512, 8, 38, 11.4, "8 x 64 GB"},
      {1024, 8, 38, 11.4, "8 x 128 GB"},
      {2048, 16, 70, 21, "16 x 128 GB"},
      {9999, 32, 126, 37.8, "no machine has more than 32"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(memory_modules(row.gigabytes), row.modules) << row.reason;
    EXPECT_DOUBLE_EQ(memory_watts(row.gigabytes, false), row.watts) << row.reason;
    EXPECT_DOUBLE_EQ(memory_watts(row.gigabytes, true), row.arm_watts) << row.reason;
  }
}

TEST(PowerModels, KnowsProcessorsByTheNamesThatLinuxGivesThem) {
  const struct {
    const char* model;
    std::optional<double> watts;
  } rows[] = {
      {"AMD EPYC 7742 64-Core Processor", 225},
      {"AMD Ryzen 5 3600 6-Core Processor", 65},
      {"AMD Ryzen 7 PRO 5850U with Radeon Graphics", 15},
      {"AMD Ryzen Threadripper PRO 3995WX 64-Cores", 280},
      {"AMD Ryzen Threadripper 3990X 64-Core Processor", 280},
      {"Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz", 150},
      {"Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", 120},
      {"Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz", 95},
      {"11th Gen Intel(R) Core(TM) i7-1185G7 @ 3.00GHz", 28},
      {"Intel(R) Xeon(R) Platinum 8480+", 350},
      {"Intel(R) Xeon(R) Processor", std::nullopt},
      {"AMD Ryzen 5 9999 6-Core Processor", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(tdp_watts(row.model), row.watts) << row.model;
}

}  // namespace
}  // namespace baton::track::carbon
