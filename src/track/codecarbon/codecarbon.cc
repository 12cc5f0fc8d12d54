#include "baton/track/codecarbon.h"

#include <cmath>
#include <utility>

#include "baton/core/errors.h"
#include "src/track/codecarbon/emissions_file.h"
#include "src/track/codecarbon/instruments.h"
#include "src/track/codecarbon/sampler.h"
#include "src/track/codecarbon/text.h"

namespace baton {

using namespace track::carbon;

namespace {

constexpr const char* kRunId = "run_id";
constexpr double kLoadSeconds = 1.0;  ///< between two looks at a load, which is CodeCarbon's

/// A run that goes on: what a checkpoint told of it.
struct Carried {
  std::string run_id{};
  Totals totals{};
};

/// One run, from train_begin to its end.
class Measurement {
 public:
  Measurement(const CodeCarbonOptions& options, std::shared_ptr<Clock> clock, std::filesystem::path file,
              const Carried& carried);
  Measurement(const Measurement&) = delete;
  Measurement& operator=(const Measurement&) = delete;

  const std::vector<Notice>& notices() const { return notices_; }
  const std::string& run_id() const { return facts_.run_id; }
  /// Up to now.
  Totals totals();
  /// The row as it is now. Throws FileError.
  void write();
  void stop() { sampler_.reset(); }
  std::vector<std::string> problems() const { return meter_->problems(); }
  std::string summary();

 private:
  const CodeCarbonOptions& options_;
  std::shared_ptr<Clock> clock_;
  std::filesystem::path file_;
  Machine machine_;
  std::unique_ptr<Gpus> gpus_ = open_nvml();
  RowFacts facts_;
  Origin origin_;
  std::vector<Notice> notices_;
  bool is_written_ = false;  ///< the last row that was to be
  std::unique_ptr<Meter> meter_;
  std::unique_ptr<Sampler> sampler_;  ///< last, for it uses the others
};

Measurement::Measurement(const CodeCarbonOptions& options, std::shared_ptr<Clock> clock, std::filesystem::path file,
                         const Carried& carried)
    : options_(options), clock_(std::move(clock)), file_(std::move(file)), machine_(options.system_root) {
  Instruments instruments = make_instruments(options, machine_, gpus_.get());
  notices_ = std::move(instruments.notices);
  origin_ = origin_of(options, notices_);
  facts_ = std::move(instruments.facts);
  facts_.project_name = options.project_name;
  facts_.run_id = carried.run_id.empty() ? new_run_id() : carried.run_id;
  facts_.experiment_id = options.experiment_id;
  facts_.country_name = origin_.country_name;
  facts_.country_iso_code = origin_.country_iso_code;
  facts_.region = options.region;
  facts_.tracking_mode = options.tracking_mode;
  facts_.pue = options.pue;
  facts_.wue = options.wue;
  const Factors factors{.pue = options.pue, .wue = options.wue, .grams_per_kwh = origin_.grams_per_kwh};
  meter_ = std::make_unique<Meter>(std::move(instruments.parts), factors, carried.totals);
  meter_->begin(clock_->now_ns());
  const double seconds = instruments.watches_load ? std::fmin(kLoadSeconds, options.measure_power_secs)  //
                                                  : options.measure_power_secs;
  sampler_ = std::make_unique<Sampler>(std::chrono::nanoseconds(std::llround(seconds * 1e9)),
                                       [this] { meter_->sample(clock_->now_ns()); });
}

Totals Measurement::totals() {
  meter_->sample(clock_->now_ns());
  return meter_->totals();
}

void Measurement::write() {
  if (!options_.save_to_file) return;
  is_written_ = false;
  write_row(file_, emissions_row(facts_, totals(), local_timestamp()));
  is_written_ = true;
}

std::string Measurement::summary() {
  const Totals totals = meter_->totals();
  return "Energy: " + amount(totals.kwh(), "Wh") + " (CPU " + amount(totals.cpu_kwh, "Wh") + ", GPU " +
         amount(totals.gpu_kwh, "Wh") + ", RAM " + amount(totals.ram_kwh, "Wh") + "), " +
         amount(totals.emissions_kg, "g") + " CO2eq (" + origin_.label + ": " + short_number(origin_.grams_per_kwh) +
         " g/kWh)" + (is_written_ ? " in " + file_.string() : "");
}

EnergyUse public_totals(const Totals& totals) {
  return {.seconds = totals.seconds,
          .cpu_kwh = totals.cpu_kwh,
          .gpu_kwh = totals.gpu_kwh,
          .ram_kwh = totals.ram_kwh,
          .emissions_kg = totals.emissions_kg,
          .water_litres = totals.water_litres};
}

[[noreturn]] void reject(const std::string& name, const char* expected) {
  throw StateError("stateful_callbacks.CodeCarbonMeter: " + name + " should be " + expected);
}

}  // namespace

class CodeCarbonCallback::Impl {
 public:
  Impl(CodeCarbonOptions options, std::shared_ptr<Clock> clock)
      : options_(std::move(options)), clock_(std::move(clock)) {}

  void begin(const Event& event);
  void write(const Event& event);
  void end(const Event& event);

  bool is_under_way() const { return run_ != nullptr; }
  const std::string& run_id() const { return run_->run_id(); }
  Totals totals() const { return run_ ? run_->totals() : last_; }
  void carry_on(Carried carried) { carried_ = std::move(carried); }

 private:
  CodeCarbonOptions options_;
  std::shared_ptr<Clock> clock_;
  std::unique_ptr<Measurement> run_;
  Carried carried_;
  Totals last_;
  bool told_not_written_ = false;
};

void CodeCarbonCallback::Impl::begin(const Event& event) {
  run_.reset();
  Carried carried = std::exchange(carried_, {});
  if (!event.state.is_local_process_zero) return;
  if (!options_.ignored.empty())
    event.notices.notice(
        {"codecarbon_ignored", "Baton ignores these settings of CodeCarbon: " + joined(options_.ignored)});
  const std::filesystem::path file = options_.output_dir.value_or(event.args.output_dir) / options_.output_file;
  try {
    const auto written = carried.run_id.empty() ? std::nullopt : read_totals(file, carried.run_id);
    if (written && written->seconds > carried.totals.seconds) carried.totals = *written;
    run_ = std::make_unique<Measurement>(options_, clock_, file, carried);
    for (const Notice& notice : run_->notices()) event.notices.notice(notice);
  } catch (const std::exception& error) {
    event.notices.notice({"codecarbon_problem", std::string("Energy is not measured: ") + error.what()});
  }
}

void CodeCarbonCallback::Impl::write(const Event& event) {
  if (!run_) return;
  try {
    run_->write();
  } catch (const std::exception& error) {
    if (!std::exchange(told_not_written_, true))
      event.notices.notice({"codecarbon_not_written", std::string("The energy's row is not written: ") + error.what()});
  }
}

void CodeCarbonCallback::Impl::end(const Event& event) {
  if (!run_) return;
  run_->stop();
  write(event);
  last_ = run_->totals();
  for (const std::string& problem : run_->problems()) {
    event.notices.notice({"codecarbon_problem", "The energy is not complete: " + problem});
  }
  event.notices.notice({"codecarbon_summary", run_->summary()});
  run_.reset();
}

CodeCarbonCallback::CodeCarbonCallback(CodeCarbonOptions options, std::shared_ptr<Clock> clock) {
  if (std::vector<std::string> problems = option_problems(options); !problems.empty())
    throw ConfigError(std::move(problems));
  impl_ = std::make_unique<Impl>(std::move(options), std::move(clock));
}

CodeCarbonCallback::~CodeCarbonCallback() = default;

EnergyUse CodeCarbonCallback::energy() const { return public_totals(impl_->totals()); }

void CodeCarbonCallback::on_train_begin(TrainEvent& event) { impl_->begin(event); }
void CodeCarbonCallback::on_save(SaveEvent& event) { impl_->write(event); }
void CodeCarbonCallback::on_train_end(TrainEvent& event) { impl_->end(event); }
void CodeCarbonCallback::on_close(CloseEvent& event) { impl_->end(event); }

CallbackState CodeCarbonCallback::state() const {
  CallbackState state;
  if (!impl_->is_under_way()) return state;
  state.attributes.set(kRunId, impl_->run_id());
  const Totals totals = impl_->totals();
  for_each_total(totals, [&](const char* name, double number) { state.attributes.set(name, number); });
  return state;
}

void CodeCarbonCallback::restore(const CallbackState& state) {
  Carried carried;
  const Value* const run_id = state.attributes.find(kRunId);
  if (run_id != nullptr) {
    if (run_id->text() == nullptr) reject(kRunId, "a text");
    carried.run_id = *run_id->text();
    for_each_total(carried.totals, [&](const char* name, double& number) {
      const Value* const value = state.attributes.find(name);
      if (value == nullptr || !value->is_number() || !(value->number() >= 0.0)) reject(name, "a number, 0 or more");
      number = value->number();
    });
  }
  impl_->carry_on(std::move(carried));
}

}  // namespace baton
