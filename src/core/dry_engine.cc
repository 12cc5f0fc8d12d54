#include "src/core/dry_engine.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "baton/core/errors.h"
#include "baton/core/step_plan.h"
#include "src/base/byte_sink.h"
#include "src/base/files.h"
#include "src/base/json.h"

namespace baton {

namespace fs = std::filesystem;

namespace {

// What a dry checkpoint consists of, one small file each.
constexpr const char* kWeights = "weights.json";
constexpr const char* kOptimizer = "optimizer.json";
constexpr const char* kScheduler = "scheduler.json";
constexpr const char* kRng = "rng.json";

double sample_mean(const EvalLosses& losses, std::int64_t samples, std::int64_t batch_size, bool leave_out_nonfinite) {
  double sum = 0.0;
  double finite_sum = 0.0;
  std::int64_t finite_samples = 0;
  std::size_t batch = 0;
  for (std::int64_t first = 0; first < samples; first += batch_size, ++batch) {
    const std::int64_t in_batch = std::min(batch_size, samples - first);
    const double loss = losses.at(batch);
    sum += loss * static_cast<double>(in_batch);
    if (!std::isfinite(loss)) continue;
    finite_sum += loss * static_cast<double>(in_batch);
    finite_samples += in_batch;
  }
  if (leave_out_nonfinite && finite_samples > 0) return finite_sum / static_cast<double>(finite_samples);
  return sum / static_cast<double>(samples);
}

}  // namespace

DryEngine::DryEngine(DryScript script) : script_(std::move(script)) { objects_.put(ObjectKind::kModel, *this); }

std::optional<std::int64_t> DryEngine::train_samples() {
  return script_.sized ? std::optional(script_.train_samples) : std::nullopt;
}

std::optional<std::int64_t> DryEngine::train_batches() {
  if (!script_.sized) return std::nullopt;
  return batch_count(script_.train_samples, script_.train_batch_size, script_.drop_last);
}

void DryEngine::begin_epoch(std::int64_t, std::int64_t skip) {
  if (script_.sized || script_.restartable) position_ = 0;
  position_ = std::min(script_.train_samples, position_ + skip * script_.train_batch_size);
}

std::optional<DryEngine::Batch> DryEngine::next_batch() {
  const std::int64_t samples = std::min(script_.train_batch_size, script_.train_samples - position_);
  if (samples <= 0 || (script_.drop_last && script_.sized && samples < script_.train_batch_size)) return std::nullopt;
  return Batch{std::exchange(position_, position_ + samples), samples};
}

int DryEngine::fetch_window(int batches) {
  window_.clear();
  for (int i = 0; i < batches; ++i) {
    const auto batch = next_batch();
    if (!batch) break;
    window_.push_back(*batch);
  }
  return static_cast<int>(window_.size());
}

void DryEngine::prepare(std::int64_t) {
  objects_.put(ObjectKind::kOptimizer, *this);
  objects_.put(ObjectKind::kTrainDataloader, *this);
}

MicroResult DryEngine::micro_step(const MicroStep& step) {
  const Batch& batch = window_.at(static_cast<std::size_t>(step.index));
  if (script_.oom_above && batch.samples > *script_.oom_above) {
    throw OutOfMemoryError("A training batch of " + std::to_string(batch.samples) +
                           " samples does not fit into memory");
  }
  if (script_.record_micros) micros_.push_back({batch.first, batch.samples, static_cast<std::int64_t>(step.divisor)});
  const auto divisor = static_cast<float>(step.divisor);
  const float loss = script_.micro_losses.at(micro_count_) / divisor;
  gradient_ += script_.micro_grads.at(micro_count_) / divisor;
  ++micro_count_;
  const bool finite = std::isfinite(loss);
  if (!finite) ++nonfinite_;
  loss_ += finite || !step.leave_out_nonfinite ? loss : loss_ / static_cast<float>(1 + step.updates_since_log);
  return {.input_tokens = batch.samples * script_.tokens_per_sample};
}

void DryEngine::clip(double, bool) { grad_norm_ = std::abs(gradient_); }

bool DryEngine::optimizer_step(double) {
  ++updates_;
  return true;
}

void DryEngine::reset_loss() { restore_loss(0.0, 0); }

void DryEngine::restore_loss(double loss_sum, std::int64_t nonfinite) {
  loss_ = static_cast<float>(loss_sum);
  nonfinite_ = nonfinite;
}

std::vector<std::string> DryEngine::eval_sets() const {
  std::vector<std::string> names;
  for (const auto& [name, set] : script_.eval_sets) names.push_back(name);
  return names;
}

const DryEvalSet& DryEngine::eval_set(const EvalRequest& request) const {
  if (request.predict) return script_.predictions;
  if (request.data == EvalRequest::Data::kGiven) return script_.given;
  for (const auto& [name, set] : script_.eval_sets) {
    if (name == request.set) return set;
  }
  throw ConfigError("There is no evaluation set named '" + request.set + "'");
}

EvalResult DryEngine::evaluate(const EvalRequest& request, bool leave_out_nonfinite,
                               const std::function<void(std::optional<std::int64_t>)>& after_batch) {
  objects_.put(ObjectKind::kEvalDataloader, *this);
  const DryEvalSet& set = eval_set(request);
  const bool given = request.data == EvalRequest::Data::kGiven;
  std::size_t& count = request.predict ? predictions_ : evaluations_[given ? "" : request.set];
  const std::size_t turn = count++;

  EvalResult result;
  result.samples = given ? given_samples_ : set.samples;
  result.batches = batch_count(result.samples, script_.eval_batch_size, false);
  for (std::int64_t i = 0; i < result.batches; ++i) after_batch(result.batches);
  if (result.samples == 0) return result;
  result.loss = sample_mean(set.losses.at(turn), result.samples, script_.eval_batch_size, leave_out_nonfinite);
  for (const auto& [name, values] : set.metrics) {
    if (const auto value = values.at(turn)) result.metrics.set(name, *value);
  }
  return result;
}

SaveWork DryEngine::save(CheckpointDraft& draft, SaveScope scope, const LrScheduler& scheduler, bool /*may_wait*/) {
  const LrSchedulerState schedule = scheduler.state();
  return [&draft, scope, updates = updates_, schedule] {
    const auto add = [&](const char* name, const Record& content) {
      draft.add(name, [&](ByteSink& sink) { sink.write(json::dump(content)); });
    };
    add(kWeights, {{"updates", updates}});
    if (scope == SaveScope::kModelOnly) return;
    add(kOptimizer, {});
    add(kScheduler, {{"steps", schedule.steps}, {"metric", schedule.metric}});
    add(kRng, {});
  };
}

void DryEngine::load_model(const fs::path& folder) {
  const fs::path file = folder / kWeights;
  if (!fs::exists(file)) throw CheckpointError("There are no weights in " + folder.string());
  updates_ = static_cast<std::int64_t>(json::parse(read_file(file), file.string()).record()->number("updates"));
}

std::optional<LrSchedulerState> DryEngine::load_optimizer(const fs::path& folder) {
  const fs::path file = folder / kScheduler;
  if (!fs::exists(file) || !fs::exists(folder / kOptimizer)) return std::nullopt;
  const Value saved = json::parse(read_file(file), file.string());
  const Record& record = *saved.record();
  return LrSchedulerState{static_cast<std::int64_t>(record.number("steps")), *record.find("metric")->record()};
}

}  // namespace baton
