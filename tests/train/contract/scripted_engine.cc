#include "tests/train/contract/scripted_engine.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <torch/torch.h>

#include "src/train/torch_engine.h"

namespace baton::replay {
namespace {

/// Samples that are their own numbers; each as wide as it has input tokens.
std::shared_ptr<const Dataset> numbered_samples(std::int64_t samples, std::int64_t tokens_per_sample) {
  const at::Tensor numbers = torch::arange(samples);
  const std::int64_t width = std::max<std::int64_t>(tokens_per_sample, 1);
  return std::make_shared<TensorDataset>(numbers.unsqueeze(1).expand({samples, width}).contiguous(), numbers);
}

/// The same without a length.
std::shared_ptr<Stream> numbered_stream(const DryScript& script) {
  const NextBatch from_start = [data = numbered_samples(script.train_samples, script.tokens_per_sample),
                                next = std::int64_t{0}](std::int64_t samples) mutable -> std::optional<AnyBatch> {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(std::min(samples, data->size() - next)));
    std::iota(indices.begin(), indices.end(), std::exchange(next, next + static_cast<std::int64_t>(indices.size())));
    if (indices.empty()) return std::nullopt;
    return data->fetch({indices});
  };
  if (!script.restartable) return std::make_shared<OneShotStream>(from_start);
  return std::make_shared<RestartableStream>([from_start](const StreamPass&) { return from_start; });
}

/// One evaluation or prediction: its losses batch by batch, and its metrics.
struct EvalTurn {
  EvalLosses losses;
  Record metrics;
};

class ScriptedModel final : public TrainingModule {
 public:
  explicit ScriptedModel(const DryScript& script) : script_(script) {}

  /// The value is the scripted loss; the gradient of the first parameter is the scripted one, whatever its value.
  at::Tensor training_step(const AnyBatch& batch) override {
    micros_.push_back({batch.labels()[0].item<std::int64_t>(), batch.size(), 0});
    const float loss = script_.micro_losses.at(micro_steps_);
    const float gradient = script_.micro_grads.at(micro_steps_);
    ++micro_steps_;
    return (moving_ - moving_.detach()) * gradient + (idle_ - idle_.detach()) * 0.0F + loss;
  }

  EvalStep evaluation_step(const AnyBatch& batch) override {
    return {.loss = torch::full({}, turn_.losses.at(eval_batch_++), torch::kFloat32), .outputs = batch.inputs()};
  }

  void begin_evaluation(EvalTurn turn) {
    turn_ = std::move(turn);
    eval_batch_ = 0;
  }
  const Record& metrics() const { return turn_.metrics; }

  void note_window(double divisor) { micros_.back().window = static_cast<std::int64_t>(divisor); }
  const std::vector<DryEngine::Micro>& micros() const { return micros_; }

  void count_update() { updates_.add_(1); }
  std::int64_t updates() const { return updates_.item<std::int64_t>(); }

  std::vector<NamedTensor> named_parameters() const override { return {{"moving", moving_}, {"idle", idle_}}; }
  std::vector<NamedTensor> named_buffers() const override { return {{"updates", updates_}}; }

 private:
  const DryScript& script_;
  at::Tensor moving_ = torch::ones({}, torch::requires_grad());
  at::Tensor idle_ = torch::ones({}, torch::requires_grad());
  at::Tensor updates_ = torch::zeros({}, torch::kInt64);
  std::size_t micro_steps_ = 0;
  std::vector<DryEngine::Micro> micros_;
  EvalTurn turn_;
  std::size_t eval_batch_ = 0;
};

/// The real engine, observed.
class ObservedEngine final : public train::TorchEngine {
 public:
  ObservedEngine(const ResolvedArguments& args, train::TorchEngineParts parts, const DryScript& script,
                 ScriptedModel& model)
      : TorchEngine(args, std::move(parts)), script_(script), model_(model) {}

  MicroResult micro_step(const MicroStep& step) override {
    const MicroResult result = TorchEngine::micro_step(step);
    model_.note_window(step.divisor);
    return result;
  }
  bool optimizer_step(double learning_rate) override {
    model_.count_update();
    return TorchEngine::optimizer_step(learning_rate);
  }
  EvalResult evaluate(const EvalRequest& request, bool leave_out_nonfinite,
                      const std::function<void(std::optional<std::int64_t>)>& after_batch) override {
    model_.begin_evaluation(next_turn(request));
    return TorchEngine::evaluate(request, leave_out_nonfinite, after_batch);
  }

 private:
  EvalTurn next_turn(const EvalRequest& request) {
    const std::string name = request.data == EvalRequest::Data::kGiven ? "" : request.set;
    const std::size_t turn = request.predict ? predictions_++ : evaluations_[name]++;
    const DryEvalSet* set = request.predict ? &script_.predictions : &script_.given;
    for (const auto& [key, named] : script_.eval_sets) {
      if (!request.predict && key == name) set = &named;
    }
    EvalTurn result{set->losses.at(turn), {}};
    for (const auto& [metric, values] : set->metrics) {
      if (const auto value = values.at(turn)) result.metrics.set(metric, *value);
    }
    return result;
  }

  const DryScript& script_;
  ScriptedModel& model_;
  std::map<std::string, std::size_t> evaluations_;
  std::size_t predictions_ = 0;
};

class TorchReplayEngine final : public ReplayEngine {
 public:
  TorchReplayEngine(const DryScript& script, ResolvedArguments args)
      : script_(script), model_(std::make_shared<ScriptedModel>(script_)) {
    args.train_sampling_strategy = SamplingStrategy::kSequential;
    engine_ = std::make_unique<ObservedEngine>(args, parts(), script_, *model_);
  }

  Engine& engine() override { return *engine_; }
  void give_samples(std::int64_t samples) override { engine_->give_data(numbered_samples(samples, 0)); }
  const std::vector<DryEngine::Micro>& micros() const override { return model_->micros(); }
  std::int64_t updates_in_weights() const override { return model_->updates(); }
  std::string file_of(std::string_view part) const override {
    return part == "weights" ? "model.safetensors" : part == "rng" ? "rng_state.pth" : std::string(part) + ".pt";
  }

 private:
  train::TorchEngineParts parts() {
    train::TorchEngineParts parts{.model = model_};
    if (script_.sized) parts.train_dataset = numbered_samples(script_.train_samples, script_.tokens_per_sample);
    if (!script_.sized) parts.train_dataset = numbered_stream(script_);
    bool has_metrics = !script_.given.metrics.empty();
    for (const auto& [name, set] : script_.eval_sets) {
      parts.eval_datasets.emplace_back(name, numbered_samples(set.samples, 0));
      has_metrics |= !set.metrics.empty();
    }
    if (has_metrics) {
      parts.compute_metrics = [this](const EvalPrediction&) { return model_->metrics(); };
    }
    return parts;
  }

  DryScript script_;
  std::shared_ptr<ScriptedModel> model_;
  std::unique_ptr<ObservedEngine> engine_;
};

}  // namespace

std::unique_ptr<ReplayEngine> make_scripted_torch_engine(const DryScript& script, const ResolvedArguments& args) {
  return std::make_unique<TorchReplayEngine>(script, args);
}

}  // namespace baton::replay
