#include "baton/core/train_loop.h"

#include <exception>
#include <utility>

#include "baton/core/errors.h"
#include "src/core/evaluation.h"
#include "src/core/loop_context.h"
#include "src/core/stopping.h"
#include "src/core/training_run.h"

namespace baton {
namespace {

void check_data(const ResolvedArguments& args, Engine& engine) {
  std::vector<std::string> problems = data_problems(args, {.has_train_data = engine.has_train_data(),
                                                           .train_data_is_sized = engine.train_data_is_sized(),
                                                           .has_eval_data = !engine.eval_sets().empty()});
  if (!problems.empty()) throw ConfigError(std::move(problems));
}

}  // namespace

class TrainLoop::Impl {
 public:
  /// A flag that is set for as long as this lives.
  class Raised {
   public:
    explicit Raised(bool& flag) : flag_(flag) { flag_ = true; }
    ~Raised() { flag_ = false; }
    Raised(const Raised&) = delete;
    Raised& operator=(const Raised&) = delete;

   private:
    bool& flag_;
  };

  /// Runs `work` as part of a run that ends with exactly one on_close, also if it throws. Within another call, as when
  /// a callback evaluates, that call sees to it.
  template <class Work>
  auto guarded(Work work) {
    if (busy_) return work();
    const Raised busy(busy_);
    open_ = true;
    try {
      return work();
    } catch (const Stopped& stopped) {
      close(RunStatus::kKilled);
      run_.parts.notices.notice({"stopped", stopped.what()});
      throw;
    } catch (...) {
      run_.handler.on_exception(std::current_exception());
      close(RunStatus::kFailed);
      throw;
    }
  }

  /// The same for work that can be asked to stop.
  template <class Work>
  auto stoppable(Work work) {
    return guarded([&] {
      auto result = [&] {
        const Listening listening(run_.parts.stop);
        return work();
      }();
      if (!run_.is_training) stop_outside_training(run_);  // too late for the work to notice
      return result;
    });
  }

  Impl(ResolvedArguments args, CallbackList callbacks, const LoopParts& parts)
      : run_((check_data(args, parts.engine), std::move(args)), std::move(callbacks), parts) {
    run_.state.stateful_callbacks = run_.handler.export_states();
    guarded([&] { run_.handler.on_init_end(); });
  }

  void close(RunStatus status) {
    if (std::exchange(open_, false)) run_.handler.on_close(status);
  }

  LoopContext& context() { return run_; }

 private:
  LoopContext run_;
  bool open_ = false;  ///< between the first event of a run and its on_close
  bool busy_ = false;
};

TrainLoop::TrainLoop(ResolvedArguments args, CallbackList callbacks, LoopParts parts)
    : impl_(std::make_unique<Impl>(std::move(args), std::move(callbacks), parts)) {}

TrainLoop::~TrainLoop() {
  impl_->close(RunStatus::kFinished);
  impl_->context().engine().objects().clear(ObjectKind::kLrScheduler);
}

TrainOutput TrainLoop::train(const std::optional<std::string>& resume) {
  LoopContext& run = impl_->context();
  const JitCheckpoint jit(run);
  return impl_->stoppable([&] {
    if (!run.engine().has_train_data()) throw ConfigError("train() was called, but there is no train_dataset");
    const Impl::Raised training(run.is_training);
    return TrainingRun(run).train(resume.value_or(run.args.resume_from_checkpoint));
  });
}

Record TrainLoop::evaluate(const std::string& prefix) {
  return impl_->stoppable([&] { return evaluate_sets(impl_->context(), prefix); });
}

Record TrainLoop::evaluate_given(const std::string& prefix) {
  return impl_->stoppable([&] { return evaluate_one(impl_->context(), {.data = EvalRequest::Data::kGiven}, prefix); });
}

Record TrainLoop::predict(const std::string& prefix) {
  return impl_->stoppable([&] { return predict_given(impl_->context(), prefix); });
}

void TrainLoop::log(LogRecord& logs) {
  impl_->guarded([&] { add_to_log(impl_->context(), logs); });
}

void TrainLoop::close(RunStatus status) { impl_->close(status); }

const ResolvedArguments& TrainLoop::args() const { return impl_->context().args; }
const TrainerState& TrainLoop::state() const { return impl_->context().state; }
const TrainerControl& TrainLoop::control() const { return impl_->context().control; }
CallbackHandler& TrainLoop::callbacks() { return impl_->context().handler; }
const std::optional<std::filesystem::path>& TrainLoop::best_reloaded_from() const {
  return impl_->context().best_reloaded_from;
}

}  // namespace baton
