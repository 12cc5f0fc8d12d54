// CodeCarbonCallback: measures the energy of a training and what it stands for in carbon dioxide, and writes a row into
// emissions.csv, as CodeCarbon does for the reference (report_to="codecarbon").
//   trainer.add_callback(std::make_shared<CodeCarbonCallback>(CodeCarbonOptions{.country_iso_code = "FRA"}));
// What is measured and what is estimated, and where the figures come from: docs/trackers/codecarbon.md.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "baton/core/callback.h"
#include "baton/core/clock.h"
#include "baton/core/environment.h"

namespace baton {

/// Names and defaults are CodeCarbon's, where it has them.
struct CodeCarbonOptions {
  std::string project_name = "codecarbon";
  std::string experiment_id = "5b0fa12a-3dd7-45bb-9766-cc326314d9f1";
  std::optional<std::filesystem::path> output_dir{};  ///< unset: the run's
  std::string output_file = "emissions.csv";
  bool save_to_file = true;
  double measure_power_secs = 15.0;       ///< between two readings of the counters; above 0
  std::string tracking_mode = "machine";  ///< or "process": this process's share of processors and memory

  std::optional<std::string> country_iso_code{};  ///< ISO 3166-1 alpha-3, as in FRA; unset: the world's mean
  std::string region{};                           ///< for the row only; the figure is the country's
  std::optional<double> force_carbon_intensity_g_co2e_kwh{};  ///< grams of CO2 equivalent a kWh; outranks the country
  double pue = 1.0;  ///< power usage effectiveness: all energies and powers are multiplied with it
  double wue = 0.0;  ///< water usage effectiveness, litres a kWh

  std::optional<double> force_cpu_power{};            ///< watts of all processors at full load; no counter is used then
  std::optional<double> force_ram_power{};            ///< watts of the memory
  bool force_mode_cpu_load = false;                   ///< estimates from the load even where there are counters
  bool rapl_include_dram = false;                     ///< counts the memory's counters in with the processors'
  bool rapl_prefer_psys = false;                      ///< the counter of the whole platform in place of the processors'
  std::optional<std::vector<std::string>> gpu_ids{};  ///< numbers or beginnings of UUIDs; unset: all cards

  std::filesystem::path system_root = "/";  ///< where /proc and /sys lie; Baton's own
  /// Settings that were found but that Baton does not act upon; from_env() fills it, one notice tells of them.
  std::vector<std::string> ignored{};

  /// From ~/.codecarbon.config, then `folder`/.codecarbon.config (section [codecarbon]), then CODECARBON_<NAME>, where
  /// later ones win; gpu_ids also from CUDA_VISIBLE_DEVICES. Throws ConfigError naming the setting and where it was
  /// found.
  static CodeCarbonOptions from_env(const Environment& environment, const std::filesystem::path& folder = ".");
};

/// What was used since a run began, a part before a resume included.
struct EnergyUse {
  double seconds = 0.0;  ///< measured
  double cpu_kwh = 0.0;
  double gpu_kwh = 0.0;
  double ram_kwh = 0.0;
  double emissions_kg = 0.0;  ///< CO2 equivalent
  double water_litres = 0.0;

  double kwh() const { return cpu_kwh + gpu_kwh + ram_kwh; }
};

/// Measures from train_begin to train_end, or to on_close if training fails or is stopped, on the first process of each
/// machine. A thread of its own reads the counters; methods take the time of one reading. Each train() is a run with a
/// row of its own, whose run_id is new. The row is written at each checkpoint and at the end, always the same one, so a
/// process that is killed loses what came after the last checkpoint.
///
/// The run goes on in a resume: its run_id and totals travel in checkpoints, and if the file's row of that run tells
/// more, because training went on after that checkpoint, that counts: energy is used, also for steps that are done
/// again.
///
/// Nothing but a wrong option stops training. Notices: "codecarbon_no_country", "codecarbon_region",
/// "codecarbon_cpu_estimated", "codecarbon_gpu_ids", "codecarbon_ignored", "codecarbon_not_written",
/// "codecarbon_problem", and at the end "codecarbon_summary".
class CodeCarbonCallback : public TrainerCallback, public StatefulCallback {
 public:
  /// Throws ConfigError listing every option that cannot be used.
  explicit CodeCarbonCallback(CodeCarbonOptions options = {},
                              std::shared_ptr<Clock> clock = std::make_shared<SteadyClock>());
  ~CodeCarbonCallback() override;

  /// Up to now, or of the last run if none is under way.
  EnergyUse energy() const;

  void on_train_begin(TrainEvent& event) override;
  void on_save(SaveEvent& event) override;
  void on_train_end(TrainEvent& event) override;
  void on_close(CloseEvent& event) override;

  /// Not the class name: the reference's callback of that name keeps no state and must not be given this one.
  std::string state_key() const override { return "CodeCarbonMeter"; }
  CallbackState state() const override;
  void restore(const CallbackState& state) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace baton
