// The callback in whole runs of the loop: its state lies in trainer_state.json.
#include "baton/track/codecarbon.h"
#include "src/base/files.h"
#include "src/track/codecarbon/csv.h"
#include "tests/fakes/loop_fixture.h"
#include "tests/track/codecarbon/fake_machine.h"

#include <gtest/gtest.h>

namespace baton {
namespace {

using namespace std::chrono_literals;

/// A step takes a second.
class CodeCarbonResume : public testing::Test {
 protected:
  CodeCarbonResume() {
    machine.add_domain("intel-rapl/intel-rapl:0", "package-0", 1);
    run.args.save_steps = 4;
    run.args.num_train_epochs = 2;  // 16 steps
  }

  /// Those of a process that begins: it knows nothing of others.
  void begin_process() {
    const CodeCarbonOptions options{.measure_power_secs = 86400,
                                    .country_iso_code = "FRA",
                                    .force_ram_power = 100,
                                    .gpu_ids = std::vector<std::string>(),
                                    .system_root = machine.root()};
    const auto shared_clock = std::shared_ptr<Clock>(std::shared_ptr<void>(), &run.clock);
    run.callbacks = {std::make_shared<CodeCarbonCallback>(options, shared_clock)};
    run.add({.on_step_begin = [this](StepEvent&) { run.clock.advance(1s); }});
  }

  /// "duration" of each row.
  std::vector<double> durations() const {
    std::vector<double> durations;
    const std::string text = read_file(std::filesystem::path(run.args.output_dir) / "emissions.csv");
    for (const auto& record : track::carbon::parse_csv(text)) {
      if (record.fields[4] != "duration") durations.push_back(std::stod(record.fields[4]));
    }
    return durations;
  }

  fakes::FakeMachine machine;
  fakes::LoopFixture run;
};

TEST_F(CodeCarbonResume, CountsEveryStepOnceInOneProcess) {
  begin_process();
  run.train();
  EXPECT_EQ(durations(), std::vector<double>{16});
}

TEST_F(CodeCarbonResume, CountsStepsThatAreDoneAgainAndStaysOneRun) {
  begin_process();
  run.crash(EventKind::kStepEnd, 7);
  EXPECT_EQ(durations(), std::vector<double>{7});
  begin_process();
  run.resume();
  EXPECT_EQ(durations(), std::vector<double>{7 + 12});
}

TEST_F(CodeCarbonResume, GoesOnFromTheCheckpointWhereTheFileIsGone) {
  begin_process();
  run.crash(EventKind::kStepEnd, 7);
  std::filesystem::remove(std::filesystem::path(run.args.output_dir) / "emissions.csv");
  begin_process();
  run.resume();
  EXPECT_EQ(durations(), std::vector<double>{4 + 12});
}

}  // namespace
}  // namespace baton
