#include "src/track/codecarbon/machine.h"

#include "src/track/codecarbon/gauges.h"
#include "src/track/codecarbon/model_sources.h"
#include "tests/track/codecarbon/fake_machine.h"

#include <gtest/gtest.h>

namespace baton::track::carbon {
namespace {

class MachineTest : public testing::Test {
 protected:
  fakes::FakeMachine files;
  Machine machine{files.root()};
};

TEST_F(MachineTest, TellsItsProcessors) {
  EXPECT_EQ(machine.cpu_model(), "AMD EPYC 7742 64-Core Processor");
  EXPECT_EQ(machine.cpu_threads(), 2);
  EXPECT_EQ(machine.cpu_sockets(), 1);
}

TEST_F(MachineTest, CountsSocketsByTheirIds) {
  files.write("proc/cpuinfo", "model name: A\nphysical id: 0\n\nmodel name: A\nphysical id: 1\n\nphysical id: 1\n");
  EXPECT_EQ(machine.cpu_sockets(), 2);
}

TEST_F(MachineTest, FindsASocketAtTheEndOfALongFile) {
  std::string text;
  for (int i = 0; i < 256; ++i)
    text += "physical id: " + std::to_string(i / 128) + "\nflags: " + std::string(1500, 'x') + "\n";
  files.write("proc/cpuinfo", text);
  EXPECT_EQ(machine.cpu_sockets(), 2);
}

TEST_F(MachineTest, TellsItsMemory) {
  EXPECT_DOUBLE_EQ(machine.memory().total, 16.0);
  EXPECT_DOUBLE_EQ(machine.memory().used, 4.0);
}

TEST_F(MachineTest, TellsThisProcess) {
  files.process_cpu(250);
  EXPECT_DOUBLE_EQ(machine.process_cpu_seconds().value(), 2.5);
  EXPECT_DOUBLE_EQ(machine.process_memory(), 4.0);
}

TEST_F(MachineTest, AMachineWithoutProcIsAnEmptyOne) {
  const Machine nowhere(files.root() / "nowhere");
  EXPECT_EQ(nowhere.cpu_model(), "");
  EXPECT_EQ(nowhere.cpu_threads(), 1);
  EXPECT_EQ(nowhere.cpu_times(), std::nullopt);
  EXPECT_EQ(nowhere.memory().total, 0.0);
  EXPECT_EQ(nowhere.process_cpu_seconds(), std::nullopt);
  EXPECT_EQ(nowhere.process_memory(), 0.0);
}

TEST_F(MachineTest, GarbageIsAbsent) {
  for (const char* garbage : {"", "cpu", "cpu \n", "cpu  1 2 3\n", ")))", "\xff\xfe"}) {
    files.write("proc/stat", garbage);
    files.write("proc/self/stat", garbage);
    EXPECT_EQ(machine.cpu_times(), std::nullopt) << garbage;
    EXPECT_EQ(machine.process_cpu_seconds(), std::nullopt) << garbage;
  }
}

TEST_F(MachineTest, TheRealOneTellsSomething) {
  const Machine real("/");
  EXPECT_GE(real.cpu_threads(), 1);
  EXPECT_GT(real.memory().total, 0.0);
  EXPECT_TRUE(real.cpu_times().has_value());
  EXPECT_GT(real.process_memory(), 0.0);
  EXPECT_EQ(platform_name().find("Linux-"), 0u);
}

TEST_F(MachineTest, ALoadBecomesWatts) {
  LoadSource source(machine, 100);
  source.begin();
  const std::pair<int, double> rows[] = {{0, 10.0}, {10, 10.09}, {50, 21.25}, {100, 100.0}};
  for (const auto& [percent, watts] : rows) {
    files.busy(percent);
    EXPECT_DOUBLE_EQ(source.joules(2), 2 * watts) << percent;
  }
}

TEST_F(MachineTest, WhatAProcessUsedBecomesWatts) {
  ProcessSource source(machine, 100);
  source.begin();
  files.process_cpu(100);
  EXPECT_DOUBLE_EQ(source.joules(2), 50.0);  // a second of two threads' four
  EXPECT_DOUBLE_EQ(source.joules(2), 0.0);
}

TEST_F(MachineTest, ALoadThatCannotBeReadIsIdle) {
  LoadSource source(machine, 100);
  source.begin();
  files.write("proc/stat", "");
  EXPECT_DOUBLE_EQ(source.joules(1), 10.0);
}

TEST_F(MachineTest, GaugesTellTheLoadSinceTheLastReading) {
  MachineGauges gauges(machine, nullptr, {});
  EXPECT_EQ(gauges.read().cpu_percent, 0.0);
  files.busy(30);
  const Levels levels = gauges.read();
  EXPECT_DOUBLE_EQ(levels.cpu_percent, 30.0);
  EXPECT_DOUBLE_EQ(levels.ram_percent, 25.0);
  EXPECT_DOUBLE_EQ(levels.ram_used_gb, 4.0);
  EXPECT_EQ(levels.gpu_percent, 0.0);
}

}  // namespace
}  // namespace baton::track::carbon
