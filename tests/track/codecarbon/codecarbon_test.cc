#include "baton/track/codecarbon.h"

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/track/codecarbon/csv.h"
#include "tests/fakes/error_of.h"
#include "tests/fakes/fake_run.h"
#include "tests/fakes/manual_clock.h"
#include "tests/track/codecarbon/fake_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace baton {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPackage = "intel-rapl/intel-rapl:0";
constexpr std::uint64_t kKwh = 3'600'000'000'000;  // in micro-joules

/// A machine in France whose processor tells its energy and whose memory draws 36 W.
class CodeCarbon : public testing::Test {
 protected:
  CodeCarbon() {
    machine.add_domain(kPackage, "package-0", 0, ~std::uint64_t{0});
    run.args.output_dir = (folder.path() / "out").string();
  }

  CodeCarbonOptions options() const {
    return {.measure_power_secs = 86400,
            .country_iso_code = "FRA",
            .force_ram_power = 36,
            .gpu_ids = std::vector<std::string>(),
            .system_root = machine.root()};
  }

  /// The processor uses so much in an hour; the memory uses 0.036 kWh.
  void train_an_hour(double kwh) {
    used_ += static_cast<std::uint64_t>(kwh * static_cast<double>(kKwh));
    machine.set_energy(kPackage, used_);
    clock->advance(1h);
  }

  std::vector<std::string> column(std::string_view name) const {
    const auto records = track::carbon::parse_csv(read_file(file()));
    const std::vector<std::string>& header = records[0].fields;
    const auto at = static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
    std::vector<std::string> fields;
    for (std::size_t i = 1; i < records.size(); ++i) fields.push_back(records[i].fields[at]);
    return fields;
  }
  std::vector<double> numbers(std::string_view name) const {
    std::vector<double> all;
    for (const std::string& field : column(name)) all.push_back(std::stod(field));
    return all;
  }
  std::filesystem::path file() const { return folder.path() / "out/emissions.csv"; }
  std::string text_of(const std::string& id) const {
    for (const Notice& notice : run.notices.all) {
      if (notice.id == id) return notice.text;
    }
    return "no such notice";
  }

  fakes::TemporaryFolder folder;
  fakes::FakeMachine machine;
  fakes::FakeRun run;
  std::shared_ptr<fakes::ManualClock> clock = std::make_shared<fakes::ManualClock>();
  CodeCarbonCallback carbon{options(), clock};

 private:
  std::uint64_t used_ = 0;
};

TEST_F(CodeCarbon, WritesARowWhenTrainingEnds) {
  run.train_begin(carbon);
  train_an_hour(0.25);
  run.train_end(carbon);
  EXPECT_THAT(numbers("cpu_energy"), ElementsAre(testing::DoubleNear(0.25, 1e-9)));
  EXPECT_THAT(numbers("ram_energy"), ElementsAre(testing::DoubleNear(0.036, 1e-9)));
  EXPECT_THAT(numbers("emissions"), ElementsAre(testing::DoubleNear(0.286 * 0.056039, 1e-9)));
  EXPECT_THAT(numbers("cpu_power"), ElementsAre(testing::DoubleNear(250, 1e-6)));
  EXPECT_THAT(numbers("duration"), ElementsAre(3600));
  EXPECT_THAT(column("country_name"), ElementsAre("France"));
}

TEST_F(CodeCarbon, SaysWhatWasUsedAndNothingElse) {
  run.train_begin(carbon);
  train_an_hour(1.5);
  run.train_end(carbon);
  run.close(carbon);
  EXPECT_THAT(run.notices.ids(), ElementsAre("codecarbon_summary"));
  EXPECT_EQ(text_of("codecarbon_summary"),
            "Energy: 1.54 kWh (CPU 1.5 kWh, GPU 0 Wh, RAM 36 Wh), 86.1 g CO2eq (France "
            "2023: 56 g/kWh) in " +
                file().string());
}

TEST_F(CodeCarbon, TellsItsTotalsAtAnyTime) {
  EXPECT_EQ(carbon.energy().kwh(), 0.0);
  run.train_begin(carbon);
  train_an_hour(0.25);
  EXPECT_NEAR(carbon.energy().kwh(), 0.286, 1e-9);
  run.train_end(carbon);
  train_an_hour(0.25);
  EXPECT_NEAR(carbon.energy().kwh(), 0.286, 1e-9);
}

TEST_F(CodeCarbon, RewritesItsRowAtEachCheckpoint) {
  run.train_begin(carbon);
  train_an_hour(0.25);
  run.save(carbon, "checkpoint-1");
  EXPECT_THAT(numbers("cpu_energy"), ElementsAre(testing::DoubleNear(0.25, 1e-9)));
  train_an_hour(0.5);
  run.save(carbon, "checkpoint-2");
  run.train_end(carbon);
  EXPECT_THAT(numbers("cpu_energy"), ElementsAre(testing::DoubleNear(0.75, 1e-9)));
}

TEST_F(CodeCarbon, WritesARowWhenTrainingFails) {
  run.train_begin(carbon);
  train_an_hour(0.25);
  run.close(carbon, RunStatus::kFailed);
  EXPECT_THAT(numbers("duration"), ElementsAre(3600));
}

TEST_F(CodeCarbon, ASecondTrainingIsARunOfItsOwn) {
  for (const double kwh : {0.25, 0.5}) {
    run.train_begin(carbon);
    train_an_hour(kwh);
    run.train_end(carbon);
  }
  EXPECT_THAT(numbers("cpu_energy"), ElementsAre(testing::DoubleNear(0.25, 1e-9), testing::DoubleNear(0.5, 1e-9)));
  EXPECT_NE(column("run_id")[0], column("run_id")[1]);
}

TEST_F(CodeCarbon, AResumedRunGoesOn) {
  run.train_begin(carbon);
  train_an_hour(0.25);
  const CallbackState saved = carbon.state();
  run.save(carbon, "checkpoint-1");

  CodeCarbonCallback other(options(), clock);
  other.restore(saved);
  run.train_begin(other);
  train_an_hour(0.5);
  run.train_end(other);
  EXPECT_THAT(numbers("cpu_energy"), ElementsAre(testing::DoubleNear(0.75, 1e-9)));
  EXPECT_THAT(numbers("duration"), ElementsAre(7200));
}

TEST_F(CodeCarbon, StepsThatAreDoneAgainHaveUsedTheirEnergyTwice) {
  run.train_begin(carbon);
  train_an_hour(0.25);
  const CallbackState saved = carbon.state();
  train_an_hour(0.5);
  run.close(carbon, RunStatus::kKilled);

  CodeCarbonCallback other(options(), clock);
  other.restore(saved);
  run.train_begin(other);
  train_an_hour(0.5);
  run.train_end(other);
  EXPECT_THAT(numbers("cpu_energy"), ElementsAre(testing::DoubleNear(1.25, 1e-9)));
}

TEST_F(CodeCarbon, AResumeCountsForTheNextTrainingOnly) {
  run.train_begin(carbon);
  train_an_hour(0.25);
  const CallbackState saved = carbon.state();
  run.train_end(carbon);
  carbon.restore(saved);
  run.train_begin(carbon);
  run.train_end(carbon);
  run.train_begin(carbon);
  train_an_hour(0.5);
  run.train_end(carbon);
  EXPECT_THAT(numbers("cpu_energy"), ElementsAre(testing::DoubleNear(0.25, 1e-9), testing::DoubleNear(0.5, 1e-9)));
}

TEST_F(CodeCarbon, RefusesAStateThatIsNone) {
  run.train_begin(carbon);
  const auto error = [&](const char* key, const Value& value) {
    CallbackState state = carbon.state();
    state.attributes.set(key, value);
    return fakes::error_of<StateError>([&] { carbon.restore(state); });
  };
  EXPECT_THAT(error("run_id", 3), HasSubstr("CodeCarbonMeter: run_id should be a text"));
  EXPECT_THAT(error("cpu_kwh", "many"), HasSubstr("cpu_kwh should be a number"));
  EXPECT_THAT(error("seconds", -1.0), HasSubstr("seconds should be"));
  EXPECT_THAT(error("ram_kwh", std::nan("")), HasSubstr("ram_kwh should be"));
}

TEST_F(CodeCarbon, AStateFromBeforeARunIsEmpty) {
  EXPECT_EQ(carbon.state(), CallbackState{});
  carbon.restore(CallbackState{});
  run.train_begin(carbon);
  run.train_end(carbon);
  EXPECT_THAT(numbers("duration"), ElementsAre(0));
}

TEST_F(CodeCarbon, OneProcessOfAMachineMeasures) {
  run.state.is_local_process_zero = false;
  run.train_begin(carbon);
  run.save(carbon, "checkpoint-1");
  run.train_end(carbon);
  EXPECT_TRUE(run.notices.all.empty());
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(CodeCarbon, GoesOnWithoutAFile) {
  write_file(folder.path() / "out", "no folder");
  run.train_begin(carbon);
  train_an_hour(0.25);
  run.save(carbon, "checkpoint-1");
  run.train_end(carbon);
  EXPECT_THAT(run.notices.ids(), ElementsAre("codecarbon_not_written", "codecarbon_summary"));
  EXPECT_EQ(run.notices.all[1].text.find(".csv"), std::string::npos);
}

TEST_F(CodeCarbon, WritesNothingIfAskedTo) {
  CodeCarbonOptions quiet = options();
  quiet.save_to_file = false;
  CodeCarbonCallback callback(quiet, clock);
  run.train_begin(callback);
  run.train_end(callback);
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_THAT(text_of("codecarbon_summary"), Not(HasSubstr("emissions.csv")));
}

TEST_F(CodeCarbon, WithoutACountryItTakesTheWorldAndSaysHowToSetOne) {
  CodeCarbonOptions unset = options();
  unset.country_iso_code.reset();
  CodeCarbonCallback callback(unset, clock);
  run.train_begin(callback);
  train_an_hour(1);
  run.train_end(callback);
  EXPECT_THAT(numbers("emissions"), ElementsAre(testing::DoubleNear(1.036 * 0.475, 1e-9)));
  EXPECT_THAT(text_of("codecarbon_no_country"), HasSubstr("CODECARBON_COUNTRY_ISO_CODE"));
}

TEST_F(CodeCarbon, AForcedIntensityOutranksTheCountry) {
  CodeCarbonOptions forced = options();
  forced.force_carbon_intensity_g_co2e_kwh = 1000;
  CodeCarbonCallback callback(forced, clock);
  run.train_begin(callback);
  train_an_hour(1);
  run.train_end(callback);
  EXPECT_THAT(numbers("emissions"), ElementsAre(testing::DoubleNear(1.036, 1e-9)));
  EXPECT_THAT(column("country_iso_code"), ElementsAre("FRA"));
}

TEST_F(CodeCarbon, SaysThatARegionHasNoFigureOfItsOwn) {
  CodeCarbonOptions regional = options();
  regional.region = "brittany";
  CodeCarbonCallback callback(regional, clock);
  run.train_begin(callback);
  run.train_end(callback);
  EXPECT_THAT(text_of("codecarbon_region"), HasSubstr("figure of France; for that of brittany set"));
  EXPECT_THAT(column("region"), ElementsAre("brittany"));
}

TEST_F(CodeCarbon, WithoutCountersItSaysWhatTheEstimateIsMadeOf) {
  std::filesystem::remove_all(machine.powercap());
  run.train_begin(carbon);
  machine.busy(100);
  clock->advance(1h);
  run.train_end(carbon);
  EXPECT_THAT(text_of("codecarbon_cpu_estimated"),
              HasSubstr("AMD EPYC 7742 64-Core Processor, 225 W at full load): this machine has no energy counters"));
  EXPECT_THAT(numbers("cpu_energy"), ElementsAre(testing::DoubleNear(0.225, 1e-9)));
}

TEST_F(CodeCarbon, AProcessorThatNobodyKnowsIsPaidForByTheThread) {
  std::filesystem::remove_all(machine.powercap());
  machine.write("proc/cpuinfo", "model name : Z80\n");
  run.train_begin(carbon);
  EXPECT_THAT(text_of("codecarbon_cpu_estimated"),
              HasSubstr("Z80 is not in the table, so 8 W at full load, 4 a thread"));
}

TEST_F(CodeCarbon, AForcedPowerNeedsNoNotice) {
  CodeCarbonOptions forced = options();
  forced.force_cpu_power = 100;
  forced.tracking_mode = "process";
  CodeCarbonCallback callback(forced, clock);
  run.train_begin(callback);
  machine.process_cpu(720'000);  // all that two threads have in an hour
  clock->advance(1h);
  run.train_end(callback);
  EXPECT_THAT(run.notices.ids(), ElementsAre("codecarbon_summary"));
  EXPECT_THAT(numbers("cpu_energy"), ElementsAre(testing::DoubleNear(0.1, 1e-9)));
}

TEST_F(CodeCarbon, SaysThatTheEnergyIsNotCompleteWhenACounterFails) {
  run.train_begin(carbon);
  clock->advance(1s);
  machine.break_energy(kPackage);
  run.train_end(carbon);
  EXPECT_THAT(text_of("codecarbon_problem"), HasSubstr("energy_uj can no longer be read"));
}

TEST_F(CodeCarbon, ListsSettingsThatItIgnores) {
  CodeCarbonOptions more = options();
  more.ignored = {"api_key (CODECARBON_API_KEY)"};
  CodeCarbonCallback callback(more, clock);
  run.train_begin(callback);
  EXPECT_THAT(text_of("codecarbon_ignored"), HasSubstr("api_key (CODECARBON_API_KEY)"));
}

}  // namespace
}  // namespace baton
