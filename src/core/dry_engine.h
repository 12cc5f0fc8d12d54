// DryEngine: an engine of scripted numbers. It drives the loop without tensors: for the contract tests and for `baton
// plan`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "baton/core/engine.h"

namespace baton {

/// A list whose last entry repeats when it is used up; `fallback` if it is empty.
template <class T>
struct Series {
  std::vector<T> values{};
  T fallback{};

  const T& at(std::size_t index) const {
    if (values.empty()) return fallback;
    return index < values.size() ? values[index] : values.back();
  }
};

/// Losses of one evaluation: one for all batches, or one for each (the last repeats).
using EvalLosses = Series<double>;

struct DryEvalSet {
  std::int64_t samples = 0;
  Series<EvalLosses> losses{{}, EvalLosses{{}, 0.5}};
  std::vector<std::pair<std::string, Series<std::optional<double>>>> metrics{};
};

/// Everything a dry engine plays.
struct DryScript {
  std::int64_t train_samples = 0;
  std::int64_t train_batch_size = 8;
  std::int64_t eval_batch_size = 8;
  bool drop_last = false;
  bool sized = true;
  bool restartable = true;  ///< of data without a length: every pass starts at sample 0
  std::int64_t tokens_per_sample = 0;
  std::optional<std::int64_t> oom_above{};  ///< larger training batches run out of memory

  Series<float> micro_losses{{}, 1.0F};
  Series<float> micro_grads{{}, 1.0F};

  std::vector<std::pair<std::string, DryEvalSet>> eval_sets{};  ///< one unnamed, or several named
  DryEvalSet given{};  ///< for evaluations over given data; shares the count of the unnamed set
  DryEvalSet predictions{};
  bool record_micros = true;
};

class DryEngine : public Engine {
 public:
  /// One executed training micro batch.
  struct Micro {
    std::int64_t first_sample;
    std::int64_t samples;
    std::int64_t window;
  };

  explicit DryEngine(DryScript script);

  const std::vector<Micro>& micros() const { return micros_; }
  /// Optimizer updates that are in the weights.
  std::int64_t updates_in_weights() const { return updates_; }
  /// The next evaluation or prediction over given data has this many samples.
  void give_samples(std::int64_t samples) { given_samples_ = samples; }

  Objects& objects() override { return objects_; }
  std::int64_t train_batch_size() const override { return script_.train_batch_size; }
  std::optional<std::int64_t> train_samples() override;
  std::optional<std::int64_t> train_batches() override;
  bool train_data_is_sized() const override { return script_.sized; }
  void begin_epoch(std::int64_t epoch, std::int64_t skip) override;
  int fetch_window(int batches) override;
  void prepare(std::int64_t max_steps) override;
  MicroResult micro_step(const MicroStep& step) override;
  void clip(double max_norm, bool may_fold) override;
  bool optimizer_step(double learning_rate) override;
  void zero_grad() override { gradient_ = 0.0F; }
  void restart(std::int64_t batch_size) override { script_.train_batch_size = batch_size; }
  LossRead read_loss() override { return {loss_, nonfinite_, grad_norm_}; }
  void reset_loss() override;
  void restore_loss(double loss_sum, std::int64_t nonfinite) override;
  std::vector<std::string> eval_sets() const override;
  std::int64_t eval_batch_size() const override { return script_.eval_batch_size; }
  EvalResult evaluate(const EvalRequest& request, bool leave_out_nonfinite,
                      const std::function<void(std::optional<std::int64_t>)>& after_batch) override;
  SaveWork save(CheckpointDraft& draft, SaveScope scope, const LrScheduler& scheduler, bool may_wait) override;
  void verify(const std::filesystem::path&) const override {}
  void check_fit(const std::filesystem::path&) override {}
  void load_model(const std::filesystem::path& folder) override;
  std::optional<LrSchedulerState> load_optimizer(const std::filesystem::path& folder) override;
  void load_rng(const std::filesystem::path&) override {}

 private:
  struct Batch {
    std::int64_t first;
    std::int64_t samples;
  };
  std::optional<Batch> next_batch();
  const DryEvalSet& eval_set(const EvalRequest& request) const;

  DryScript script_;
  Objects objects_;
  std::int64_t position_ = 0;  ///< next training sample of this pass
  std::vector<Batch> window_;
  std::size_t micro_count_ = 0;
  std::vector<Micro> micros_;
  float loss_ = 0.0F;
  float gradient_ = 0.0F;
  std::int64_t nonfinite_ = 0;
  std::optional<double> grad_norm_;
  std::int64_t updates_ = 0;
  std::int64_t given_samples_ = 0;
  std::map<std::string, std::size_t> evaluations_;
  std::size_t predictions_ = 0;
};

}  // namespace baton
