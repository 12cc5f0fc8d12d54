#include "src/train/torch_engine.h"

#include <ATen/core/grad_mode.h>

#include <sstream>

#include "baton/core/errors.h"
#include "baton/train/optimizers.h"
#include "src/train/autocast.h"
#include "src/train/device.h"
#include "src/train/evaluation_pass.h"
#include "src/train/model_options.h"
#include "src/train/module_file.h"
#include "src/train/torch_errors.h"
#include "src/train/unsupported.h"
#include "src/train/weights_cast.h"

namespace baton::train {

TorchEngine::TorchEngine(ResolvedArguments args, TorchEngineParts parts)
    : args_(std::move(args)),
      device_(training_device({})),
      model_(std::move(parts.model)),
      train_dataset_(std::move(parts.train_dataset)),
      eval_datasets_(std::move(parts.eval_datasets)),
      compute_metrics_(std::move(parts.compute_metrics)),
      param_rules_(std::move(parts.param_rules)),
      create_optimizer_(std::move(parts.create_optimizer)),
      train_batch_size_(args_.per_device_train_batch_size) {
  const std::vector<std::string> problems = unsupported_arguments(args_);
  if (!problems.empty()) throw ConfigError(problems);
  if (!model_) throw ConfigError("There is no model, expected one such as baton::supervised(net, loss)");
  if (create_optimizer_ && !param_rules_.empty())
    throw ConfigError(
        "There are param_rules beside create_optimizer, expected one of them: both make parameter groups");
  check_data();
  if (train_dataset_) make_train_loader();
  precision_ = precision_of(args_, device_);
  if (args_.tf32) allow_tf32(*args_.tf32);
  model_->to(device_);
  apply_model_options(*model_, args_);
  backward_ = std::make_unique<BackwardPass>(model_->parameters(), host_, backward_options());
  objects_.put<TrainingModule>(ObjectKind::kModel, *model_);
}

BackwardOptions TorchEngine::backward_options() const {
  BackwardOptions options{.fold_clipping = args_.fold_clipping, .skip_nonfinite = args_.skip_nonfinite_gradients};
  if (precision_.scales_loss) options.scaler.emplace(device_);
  return options;
}

void TorchEngine::check_data() const {
  const auto check = [](const std::string& what, const DataSource& data) {
    if (!data) throw ConfigError(what + " is a null pointer, expected a data set or a stream");
    if (data.dataset() && data.dataset()->size() <= 0) {
      throw ConfigError(what + " is empty, expected at least one sample");
    }
  };
  if (train_dataset_) check("train_dataset", train_dataset_);
  for (const auto& [name, data] : eval_datasets_) {
    check(name.empty() ? "eval_dataset" : "eval_dataset \"" + name + "\"", data);
  }
}

// --- training data ---

DataLoaderOptions TorchEngine::loader_options(std::int64_t batch_size) const {
  DataLoaderOptions options{.batch_size = batch_size,
                            .seed = args_.data_seed,
                            .workers = args_.dataloader_num_workers,
                            .pin_memory = args_.dataloader_pin_memory && device_.is_cuda()};
  if (args_.dataloader_prefetch_factor) options.prefetch_factor = *args_.dataloader_prefetch_factor;
  return options;
}

void TorchEngine::make_train_loader() {
  DataLoaderOptions options = loader_options(train_batch_size_);
  options.drop_last = args_.dataloader_drop_last;
  options.sampling = args_.train_sampling_strategy;
  options.batches_per_update = args_.gradient_accumulation_steps;
  train_loader_ = std::make_unique<DataLoader>(train_dataset_, options);
}

std::optional<std::int64_t> TorchEngine::train_samples() const {
  if (!train_loader_) return std::nullopt;
  return train_loader_->samples();
}

std::optional<std::int64_t> TorchEngine::train_batches() const {
  if (!train_loader_) return std::nullopt;
  return train_loader_->batches();
}

void TorchEngine::begin_epoch(std::int64_t epoch, std::int64_t skip) { train_loader_->begin_epoch(epoch, skip); }

int TorchEngine::fetch_window(int batches) {
  window_.clear();
  window_tokens_.clear();
  for (int i = 0; i < batches; ++i) {
    std::optional<AnyBatch> batch = train_loader_->next();
    if (!batch) break;
    window_tokens_.push_back(tokens_in(*batch));
    batch->move_to(device_);
    window_.push_back(std::move(*batch));
  }
  return static_cast<int>(window_.size());
}

/// Of a batch on the host still, where a sum makes nobody wait.
std::int64_t TorchEngine::tokens_in(const AnyBatch& batch) {
  if (args_.include_num_input_tokens_seen == TokenCounting::kNo) return 0;
  const at::Tensor inputs = batch.inputs();
  const at::Tensor mask = batch.attention_mask();
  if (args_.include_num_input_tokens_seen == TokenCounting::kAll || !mask.defined()) {
    return inputs.defined() ? inputs.numel() : 0;
  }
  const at::Tensor count = mask.sum();
  return (count.is_cpu() ? count : host_.tensor(count)).item<std::int64_t>();
}

void TorchEngine::restart(std::int64_t batch_size) {
  train_batch_size_ = batch_size;
  window_.clear();
  make_train_loader();
  objects_.put<DataLoader>(ObjectKind::kTrainDataloader, *train_loader_);
}

// --- one update ---

void TorchEngine::prepare(std::int64_t /*max_steps*/) {
  objects_.put<DataLoader>(ObjectKind::kTrainDataloader, *train_loader_);
  if (optimizer_) return;
  optimizer_ = create_optimizer_ ? create_optimizer_()
                                 : make_optimizer(args_, make_param_groups(*model_, args_.weight_decay, param_rules_));
  if (!optimizer_ || optimizer_->groups().empty()) throw ConfigError("create_optimizer returned no optimizer");
  const ParamGroup& first = optimizer_->groups().front();
  base_rate_ = first.lr_factor > 0.0 ? first.learning_rate / first.lr_factor : 0.0;
  objects_.put<Optimizer>(ObjectKind::kOptimizer, *optimizer_);
}

at::Tensor TorchEngine::checked_loss(const AnyBatch& batch) {
  const Autocast autocast(device_.type(), precision_.autocast);
  at::Tensor loss = model_->training_step(batch);
  if (!loss.defined() || loss.numel() != 1 || !loss.requires_grad()) {
    std::ostringstream message;
    message << "The training step must return one number that depends on a trainable parameter, found ";
    if (!loss.defined()) message << "an undefined tensor";
    if (loss.defined()) message << "shape " << loss.sizes() << (loss.requires_grad() ? "" : " without gradients");
    throw ConfigError(message.str());
  }
  return loss;
}

MicroResult TorchEngine::micro_step(const MicroStep& step) {
  const AnyBatch& batch = window_.at(static_cast<std::size_t>(step.index));
  with_clear_errors("Training step", &batch, [&] {
    model_->train(true);
    at::Tensor loss = checked_loss(batch);
    if (step.divisor != 1.0) loss = loss.div(step.divisor);
    if (args_.torch_empty_cache_steps && step.global_step % *args_.torch_empty_cache_steps == 0)
      empty_device_cache(device_);
    if (step.ledger) step.ledger->lap(Phase::kForward);
    backward_->run(loss);
    losses_.add(loss.detach(), step);
  });
  return {.input_tokens = window_tokens_.at(static_cast<std::size_t>(step.index))};
}

void TorchEngine::clip(double max_norm, bool may_fold) {
  backward_->clip(max_norm, may_fold ? optimizer_.get() : nullptr);
}

bool TorchEngine::optimizer_step(double learning_rate) {
  if (!backward_->is_usable()) return false;
  for (ParamGroup& group : optimizer_->groups()) group.learning_rate = learning_rate * group.lr_factor;
  optimizer_->step();
  return true;
}

void TorchEngine::zero_grad() { backward_->clear(); }

// --- what was accumulated ---

LossRead TorchEngine::read_loss() {
  const LossSum sum = losses_.read();
  LossRead read{.loss_sum = static_cast<double>(sum.sum), .nonfinite = sum.nonfinite};
  if (backward_->norm().defined()) read.grad_norm = static_cast<double>(host_.scalars({backward_->norm()}).front());
  return read;
}

void TorchEngine::restore_loss(double loss_sum, std::int64_t nonfinite) {
  losses_.reset({static_cast<float>(loss_sum), nonfinite});
}

// --- evaluation ---

std::vector<std::string> TorchEngine::eval_sets() const {
  std::vector<std::string> names;
  for (const auto& [name, data] : eval_datasets_) names.push_back(name);
  return names;
}

DataLoader& TorchEngine::eval_loader(const EvalRequest& request) {
  DataSource data = request.data == EvalRequest::Data::kGiven ? given_ : DataSource();
  for (const NamedData& named : eval_datasets_) {
    if (request.data == EvalRequest::Data::kSet && named.first == request.set) data = named.second;
  }
  if (!data) throw ConfigError("There is no data set to evaluate or predict on");
  eval_loader_ = std::make_unique<DataLoader>(std::move(data), loader_options(eval_batch_size()));
  objects_.put<DataLoader>(ObjectKind::kEvalDataloader, *eval_loader_);
  return *eval_loader_;
}

EvalResult TorchEngine::evaluate(const EvalRequest& request, bool leave_out_nonfinite,
                                 const std::function<void(std::optional<std::int64_t> batches)>& after_batch) {
  DataLoader& loader = eval_loader(request);
  const bool wants_metrics = compute_metrics_ != nullptr && !args_.prediction_loss_only;
  const auto half = request.within_training ? std::nullopt : precision_.full_eval;
  const WeightsCast cast(*model_, half);
  EvaluationPass pass(*model_, host_,
                      {.device = device_,
                       .autocast = half ? half : precision_.autocast,
                       .leave_out_nonfinite = leave_out_nonfinite,
                       .keep_outputs = wants_metrics || (request.predict && !args_.prediction_loss_only),
                       .accumulation_steps = args_.eval_accumulation_steps.value_or(0)});
  pass.run(loader, [&] { after_batch(loader.batches()); });
  EvalResult result{.loss = pass.loss(), .samples = pass.samples(), .batches = pass.batches()};
  if (wants_metrics && pass.prediction().predictions.defined() && pass.prediction().labels.defined()) {
    const at::NoGradGuard no_grad;
    with_clear_errors("compute_metrics", nullptr, [&] { result.metrics = compute_metrics_(pass.prediction()); });
  }
  if (request.predict) last_prediction_ = pass.prediction();
  return result;
}

// --- checkpoints ---

void TorchEngine::save(const std::filesystem::path& folder, SaveScope /*scope*/,
                       const LrSchedulerState& /*scheduler*/) {
  save_module(*model_, folder / kModelFile);
}

void TorchEngine::load_model(const std::filesystem::path& folder) { load_module(*model_, folder / kModelFile); }

std::optional<LrSchedulerState> TorchEngine::load_optimizer(const std::filesystem::path& /*folder*/) {
  return std::nullopt;
}

void TorchEngine::load_rng(const std::filesystem::path& /*folder*/) {}

}  // namespace baton::train
