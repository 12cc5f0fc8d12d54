#include "src/track/codecarbon/instruments.h"

#include "src/track/codecarbon/country.h"
#include "src/track/codecarbon/model_sources.h"
#include "src/track/codecarbon/power_models.h"
#include "src/track/codecarbon/rapl.h"
#include "src/track/codecarbon/text.h"

namespace baton::track::carbon {

namespace {

/// Watts of all processors at full load, and how they are known.
struct FullLoad {
  double watts = 0.0;
  std::string origin{};
};

FullLoad full_load(const Machine& machine) {
  const std::string model = machine.cpu_model();
  const std::string name = model.empty() ? "the processor" : model;
  if (const auto watts = tdp_watts(model)) {
    const double all = *watts * machine.cpu_sockets();
    return {all, name + ", " + short_number(all) + " W at full load"};
  }
  const double watts = kWattsPerThread * machine.cpu_threads();
  return {watts, name + " is not in the table, so " + short_number(watts) + " W at full load, " +
                     short_number(kWattsPerThread) + " a thread"};
}

std::string reason_for_estimate(const RaplScan& scan) {
  if (scan.forbidden.empty()) return "this machine has no energy counters (RAPL)";
  return "only root may read " + scan.forbidden.string() +
         ". To measure: sudo chmod -R a+r /sys/class/powercap/*/, or for good with the udev rule in "
         "docs/trackers/codecarbon.md";
}

void add_cpu(Instruments& instruments, const CodeCarbonOptions& options, const Machine& machine) {
  FullLoad full{options.force_cpu_power.value_or(0.0)};
  if (!options.force_cpu_power) {
    const RaplScan scan = scan_rapl(machine.root() / "sys/class/powercap", {.include_dram = options.rapl_include_dram,
                                                                            .prefer_psys = options.rapl_prefer_psys});
    if (!scan.domains.empty() && !options.force_mode_cpu_load) {
      instruments.parts.cpu = std::make_unique<RaplSource>(scan.domains);
      return;
    }
    full = full_load(machine);
    if (!options.force_mode_cpu_load) {
      instruments.notices.push_back(
          {"codecarbon_cpu_estimated",
           "The processors' energy is estimated from their load (" + full.origin + "): " + reason_for_estimate(scan)});
    }
  }
  instruments.watches_load = true;
  if (options.tracking_mode == "process") {
    instruments.parts.cpu = std::make_unique<ProcessSource>(machine, full.watts);
  } else {
    instruments.parts.cpu = std::make_unique<LoadSource>(machine, full.watts);
  }
}

std::unique_ptr<EnergySource> ram_source(const CodeCarbonOptions& options, const Machine& machine) {
  if (options.force_ram_power) return std::make_unique<ConstantSource>(*options.force_ram_power);
  if (options.tracking_mode == "process") return std::make_unique<ProcessMemorySource>(machine);
  return std::make_unique<ConstantSource>(memory_watts(machine.memory().total, is_arm_machine()));
}

std::vector<std::size_t> add_gpus(Instruments& instruments, const CodeCarbonOptions& options, const Gpus* gpus) {
  if (gpus == nullptr) return {};
  std::vector<std::string> unknown;
  std::vector<std::size_t> cards = chosen_cards(*gpus, options.gpu_ids, unknown);
  if (!unknown.empty()) {
    instruments.notices.push_back(
        {"codecarbon_gpu_ids", "gpu_ids (or CUDA_VISIBLE_DEVICES) names no GPU of this machine with " +
                                   joined(unknown) + "; its energy is not measured"});
  }
  if (!cards.empty()) instruments.parts.gpu = std::make_unique<GpuSource>(*gpus, cards);
  instruments.facts.gpu_count = cards.size();
  instruments.facts.gpu_model = model_names(*gpus, cards);
  return cards;
}

}  // namespace

Instruments make_instruments(const CodeCarbonOptions& options, const Machine& machine, const Gpus* gpus) {
  Instruments instruments;
  instruments.facts.cpu_count = machine.cpu_threads();
  instruments.facts.cpu_model = machine.cpu_model();
  instruments.facts.ram_total_gb = machine.memory().total;
  add_cpu(instruments, options, machine);
  instruments.parts.ram = ram_source(options, machine);
  const std::vector<std::size_t> cards = add_gpus(instruments, options, gpus);
  instruments.parts.gauges = std::make_unique<MachineGauges>(machine, gpus, cards);
  return instruments;
}

Origin origin_of(const CodeCarbonOptions& options, std::vector<Notice>& notices) {
  Origin origin;
  const Country* const country = find_country(options.country_iso_code.value_or(""));
  if (country != nullptr) {
    origin = {.grams_per_kwh = country->grams_per_kwh,
              .label = std::string(country->name) + " " + std::to_string(country->year),
              .country_name = std::string(country->name),
              .country_iso_code = std::string(country->iso_code)};
  }
  if (options.force_carbon_intensity_g_co2e_kwh) {
    origin.grams_per_kwh = *options.force_carbon_intensity_g_co2e_kwh;
    origin.label = "as set";
  } else if (country == nullptr) {
    origin.grams_per_kwh = kWorldGramsPerKwh;
    origin.label = "the world's mean";
    notices.push_back({"codecarbon_no_country", "The emissions are counted with the world's mean, " +
                                                    short_number(kWorldGramsPerKwh) +
                                                    " g CO2eq a kWh; countries lie between 20 and 1300. Set yours with "
                                                    "CODECARBON_COUNTRY_ISO_CODE, as in FRA"});
  } else if (!options.region.empty()) {
    notices.push_back({"codecarbon_region", "The emissions are counted with the figure of " + origin.country_name +
                                                "; for that of " + options.region +
                                                " set CODECARBON_FORCE_CARBON_INTENSITY_G_CO2E_KWH"});
  }
  return origin;
}

std::vector<std::string> option_problems(const CodeCarbonOptions& options) {
  std::vector<std::string> problems;
  const auto demand = [&](bool is_good, const std::string& name, const std::string& value, const char* expected) {
    if (!is_good) problems.push_back("CodeCarbon: " + name + " is " + value + "; expected " + expected);
  };
  const auto demand_amount = [&](const char* name, std::optional<double> value) {
    demand(!value || (*value >= 0.0 && *value < 1e9), name, short_number(value.value_or(0.0)), "0 or more");
  };
  demand(options.measure_power_secs > 0.0 && options.measure_power_secs <= 86400.0, "measure_power_secs",
         short_number(options.measure_power_secs), "seconds above 0, a day at most");
  demand(options.tracking_mode == "machine" || options.tracking_mode == "process", "tracking_mode",
         '"' + options.tracking_mode + '"', "\"machine\" or \"process\"");
  demand(!options.output_file.empty(), "output_file", "empty", "a file name");
  demand_amount("force_carbon_intensity_g_co2e_kwh", options.force_carbon_intensity_g_co2e_kwh);
  demand_amount("force_cpu_power", options.force_cpu_power);
  demand_amount("force_ram_power", options.force_ram_power);
  demand_amount("pue", options.pue);
  demand_amount("wue", options.wue);
  if (options.country_iso_code && find_country(*options.country_iso_code) == nullptr) {
    const Country* const guess = guess_country(*options.country_iso_code);
    const std::string code(guess == nullptr ? "FRA" : guess->iso_code);
    problems.push_back("CodeCarbon: country_iso_code is \"" + *options.country_iso_code +
                       "\"; expected three capital letters, as in " + code);
  }
  return problems;
}

}  // namespace baton::track::carbon
