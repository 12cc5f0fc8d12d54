#include "src/train/torch_engine.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <sstream>

#include "baton/core/errors.h"
#include "baton/train/optimizers.h"
#include "src/train/autocast.h"
#include "src/train/checkpoint/module_file.h"
#include "src/train/checkpoint/pt_record.h"
#include "src/train/device.h"
#include "src/train/model_options.h"
#include "src/train/torch_errors.h"
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
      processing_class_(std::move(parts.processing_class)),
      overrides_(std::move(parts.overrides)),
      streams_(parts.streams),
      train_batch_size_(args_.per_device_train_batch_size),
      python_generators_(PythonGenerators::seeded(args_.seed)) {
  if (!model_) throw ConfigError("There is no model, expected one such as baton::supervised(net, loss)");
  if (create_optimizer_ && !param_rules_.empty())
    throw ConfigError(
        "There are param_rules beside create_optimizer, expected one of them: both make parameter groups");
  check_data();
  if (!streams_ && stages_batches()) streams_ = c10::impl::getDeviceGuardImpl(device_.type());
  precision_ = precision_of(args_, device_);
  if (args_.tf32) allow_tf32(*args_.tf32);
  model_->to(device_);
  model_config_ = model_->config();
  apply_model_options(*model_, args_);
  backward_ = std::make_unique<BackwardPass>(model_->parameters(), host_, backward_options());
  objects_.put<TrainingModule>(ObjectKind::kModel, *model_);
  if (!model_config_.empty()) objects_.put<Record>(ObjectKind::kModelConfig, model_config_);
  if (processing_class_) objects_.put<ProcessingClass>(ObjectKind::kProcessingClass, *processing_class_);
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
  if (train_dataset_) {
    check("train_dataset", train_dataset_);
    DataLoaderOptions options = train_loader_options();
    options.workers = 0;
    const DataLoader says_now_what_is_wrong(train_dataset_, options);
  }
  for (const auto& [name, data] : eval_datasets_) {
    check(name.empty() ? "eval_dataset" : "eval_dataset \"" + name + "\"", data);
  }
}

// --- training data ---

DataLoaderOptions TorchEngine::loader_options(std::int64_t batch_size) const {
  DataLoaderOptions options{.batch_size = batch_size,
                            .seed = args_.data_seed,
                            .workers = args_.dataloader_num_workers,
                            .pin_memory = stages_batches()};
  if (args_.dataloader_prefetch_factor) options.prefetch_factor = *args_.dataloader_prefetch_factor;
  return options;
}

/// Whether batches go through page-locked memory, from which alone a copy runs beside the host.
bool TorchEngine::stages_batches() const { return args_.dataloader_pin_memory && device_.is_cuda(); }

DataLoaderOptions TorchEngine::train_loader_options() const {
  DataLoaderOptions options = loader_options(train_batch_size_);
  options.drop_last = args_.dataloader_drop_last;
  options.sampling = args_.train_sampling_strategy;
  options.batches_per_update = args_.gradient_accumulation_steps;
  return options;
}

std::unique_ptr<DataLoader> TorchEngine::make_train_loader() const {
  return std::make_unique<DataLoader>(train_dataset_, train_loader_options());
}

DataLoader& TorchEngine::train_loader() {
  if (train_loader_) return *train_loader_;
  const auto& own = overrides_.get_train_dataloader;
  train_loader_ = own ? own() : make_train_loader();
  if (!train_loader_) throw ConfigError("get_train_dataloader returned a null pointer, expected a data loader");
  objects_.put<DataLoader>(ObjectKind::kTrainDataloader, *train_loader_);
  const auto& stream = train_loader_->source().stream();
  const bool can_be_replayed = !stream || stream->restarts();
  copy_ahead_ = streams_ && can_be_replayed ? std::make_unique<CopyAhead>(device_, *streams_) : nullptr;
  return *train_loader_;
}

std::optional<std::int64_t> TorchEngine::train_samples() { return train_loader().samples(); }

std::optional<std::int64_t> TorchEngine::train_batches() { return train_loader().batches(); }

void TorchEngine::begin_epoch(std::int64_t epoch, std::int64_t skip) {
  train_loader().begin_epoch(epoch, skip);
  if (copy_ahead_) copy_ahead_->restart();
}

int TorchEngine::fetch_window(int batches) {
  const auto count = static_cast<std::size_t>(batches);
  const auto next = [this] { return next_batch(); };
  if (copy_ahead_) {
    copy_ahead_->fetch(count, next, window_);
  } else {
    window_.clear();
    while (window_.size() < count) {
      std::optional<MicroBatch> micro = next();
      if (!micro) break;
      move_to_device(micro->batch, device_);
      window_.push_back(*std::move(micro));
    }
  }
  return static_cast<int>(window_.size());
}

/// Not on the device yet.
std::optional<MicroBatch> TorchEngine::next_batch() {
  std::optional<AnyBatch> batch = train_loader().next();
  if (!batch) return std::nullopt;
  const std::int64_t tokens = tokens_in(*batch);
  return MicroBatch{*std::move(batch), tokens};
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
  train_loader_ = nullptr;
  train_loader();
}

// --- one update ---

void TorchEngine::prepare(std::int64_t /*max_steps*/) {
  train_loader();
  if (optimizer_) return;
  optimizer_ = overrides_.create_optimizer ? overrides_.create_optimizer() : make_optimizer();
  if (!optimizer_ || optimizer_->groups().empty()) throw ConfigError("create_optimizer returned no optimizer");
  const ParamGroup& first = optimizer_->groups().front();
  base_rate_ = first.lr_factor > 0.0 ? first.learning_rate / first.lr_factor : 0.0;
  objects_.put<Optimizer>(ObjectKind::kOptimizer, *optimizer_);
}

std::unique_ptr<Optimizer> TorchEngine::make_optimizer() {
  if (create_optimizer_) return create_optimizer_();
  return baton::make_optimizer(args_, make_param_groups(*model_, args_.weight_decay, param_rules_));
}

at::Tensor TorchEngine::loss_of(const AnyBatch& batch) {
  const Autocast autocast(device_.type(), precision_.autocast);
  at::Tensor loss = overrides_.compute_loss ? overrides_.compute_loss(batch) : model_->training_step(batch);
  if (!loss.defined() || loss.numel() != 1 || !loss.requires_grad()) {
    std::ostringstream message;
    message << "The training step must return one number that depends on a trainable parameter, found ";
    if (!loss.defined()) message << "an undefined tensor";
    if (loss.defined()) message << "shape " << loss.sizes() << (loss.requires_grad() ? "" : " without gradients");
    throw ConfigError(message.str());
  }
  return loss;
}

at::Tensor TorchEngine::forward_backward(const AnyBatch& batch, double divisor) {
  at::Tensor loss = loss_of(batch);
  if (divisor != 1.0) loss = loss.div(divisor);
  if (args_.torch_empty_cache_steps && step_.global_step % *args_.torch_empty_cache_steps == 0)
    empty_device_cache(device_);
  if (step_.ledger) step_.ledger->lap(Phase::kForward);
  backward(loss);
  return loss;
}

void TorchEngine::backward(const at::Tensor& loss) { backward_->run(loss); }

MicroResult TorchEngine::micro_step(const MicroStep& step) {
  const MicroBatch& micro = window_.at(static_cast<std::size_t>(step.index));
  const AnyBatch& batch = micro.batch;
  step_ = step;
  with_clear_errors("Training step", &batch, [&] {
    model_->train(true);
    const auto& own = overrides_.training_step;
    losses_.add(own ? own(batch, step.divisor) : forward_backward(batch, step.divisor), step);
  });
  const auto& flos = overrides_.floating_point_ops;
  return {.input_tokens = micro.tokens, .flos = flos ? flos(batch) : model_->floating_point_ops(batch)};
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
  const auto& own = overrides_.get_eval_dataloader;
  eval_loader_ = own ? own(data) : make_eval_loader(data);
  if (!eval_loader_) throw ConfigError("get_eval_dataloader returned a null pointer, expected a data loader");
  objects_.put<DataLoader>(ObjectKind::kEvalDataloader, *eval_loader_);
  return *eval_loader_;
}

std::unique_ptr<DataLoader> TorchEngine::make_eval_loader(const DataSource& data) const {
  return std::make_unique<DataLoader>(data, loader_options(eval_batch_size()));
}

EvalResult TorchEngine::evaluate(const EvalRequest& request, bool leave_out_nonfinite,
                                 const std::function<void(std::optional<std::int64_t> batches)>& after_batch) {
  DataLoader& loader = eval_loader(request);
  // A copy, because a metric may sum up from batch to batch.
  MetricsFunction metrics = args_.prediction_loss_only ? nullptr : compute_metrics_;
  EvaluationOptions options = evaluation_options(request, metrics);
  options.leave_out_nonfinite = leave_out_nonfinite;
  const WeightsCast cast(*model_, full_eval(request));
  const auto& own = overrides_.prediction_step;
  model_->train(false);
  EvaluationPass pass([&](const AnyBatch& batch) { return own ? own(batch) : model_->evaluation_step(batch); }, host_,
                      std::move(options));
  pass.run(loader, [&] { after_batch(loader.batches()); });
  const EvalPrediction& all = pass.prediction();
  EvalResult result{
      .loss = pass.loss(), .metrics = pass.metrics(), .samples = pass.samples(), .batches = pass.batches()};
  if (metrics && !args_.batch_eval_metrics && all.predictions.defined() && all.labels.defined()) {
    const at::NoGradGuard no_grad;
    with_clear_errors("compute_metrics", nullptr, [&] { result.metrics = metrics(all); });
  }
  if (request.predict) last_prediction_ = all;
  return result;
}

/// The type that all weights take on for it, as the reference has it: outside of training only.
std::optional<at::ScalarType> TorchEngine::full_eval(const EvalRequest& request) const {
  return request.within_training ? std::nullopt : precision_.full_eval;
}

EvaluationOptions TorchEngine::evaluation_options(const EvalRequest& request, const MetricsFunction& metrics) const {
  const auto includes = [&](const char* what) {
    return metrics && std::count(args_.include_for_metrics.begin(), args_.include_for_metrics.end(), what) > 0;
  };
  const bool predicts = request.predict && !args_.prediction_loss_only;
  const auto half = full_eval(request);
  return {.device = device_,
          .autocast = half ? half : precision_.autocast,
          .keep_outputs = predicts || (metrics && !args_.batch_eval_metrics),
          .keep_inputs = includes("inputs"),
          .keep_losses = includes("loss"),
          .accumulation_steps = args_.eval_accumulation_steps.value_or(0),
          .batch_metrics = args_.batch_eval_metrics ? metrics : nullptr};
}

// --- checkpoints ---

SaveWork TorchEngine::save(CheckpointDraft& draft, SaveScope scope, const LrScheduler& scheduler, bool may_wait) {
  std::vector<PendingFile> files;
  {
    saving_ = {&draft, may_wait ? &files : nullptr};
    const auto forget = [](Saving* saving) { *saving = {}; };
    const std::unique_ptr<Saving, decltype(forget)> forgotten(&saving_, forget);  // also when saving throws
    overrides_.save_model ? overrides_.save_model(draft.folder()) : save_weights(draft.folder());
  }
  if (scope == SaveScope::kEverything) add_training_state(scheduler, may_wait, files);
  return [&draft, files = std::move(files)] {
    for (const PendingFile& file : files) draft.add(file.name, file.write);
  };
}

void TorchEngine::add_training_state(const LrScheduler& scheduler, bool detached, std::vector<PendingFile>& files) {
  if (optimizer_) {
    for (PendingFile& file : optimizer_files(*optimizer_, scheduler, base_learning_rate(args_.learning_rate), detached))
      files.push_back(std::move(file));
  }
  if (const LossScaler* scaler = backward_->scaler()) files.push_back(pending_pt(kScalerFile, to_pt(scaler->state())));
  files.push_back(pending_pt(kGeneratorsFile, generators_to_pt({RngState(device_), python_generators_})));
}

void TorchEngine::save_weights(const std::filesystem::path& folder) {
  if (processing_class_) processing_class_->save(folder);
  if (!saving_.draft || folder != saving_.draft->folder()) return save_module(*model_, folder / kModelFile);
  const bool detached = saving_.later != nullptr;
  const PendingFile file{kModelFile, [content = content_of(*model_, detached)](ByteSink& sink) {
                           safetensors::write(sink, content.tensors, content.metadata, kModelFile);
                         }};
  detached ? saving_.later->push_back(file) : saving_.draft->add(file.name, file.write);
}

void TorchEngine::verify(const std::filesystem::path& folder) const { verify_files(folder); }

void TorchEngine::check_fit(const std::filesystem::path& folder) {
  check_module(*model_, folder / kModelFile);
  prepare(0);
  fitting_ = {folder, load_optimizer_files(folder, *optimizer_, backward_->scaler())};
}

void TorchEngine::load_model(const std::filesystem::path& folder) { load_module(*model_, folder / kModelFile); }

std::optional<LrSchedulerState> TorchEngine::load_optimizer(const std::filesystem::path& folder) {
  const Fitting fitting = std::exchange(fitting_, {});
  if (fitting.folder == folder) return fitting.schedule;
  return load_optimizer_files(folder, *optimizer_, backward_->scaler());
}

void TorchEngine::load_rng(const std::filesystem::path& folder) {
  const std::optional<SavedGenerators> saved = read_generators(folder, device_, python_generators_);
  if (!saved) return;
  with_clear_errors(kGeneratorsFile, nullptr, [&] { saved->torch.restore(); });
  python_generators_ = saved->python;
}

}  // namespace baton::train
