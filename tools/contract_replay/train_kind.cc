// Kind `train`: plays the phases of a case through the real loop, handler and checkpoint folder.
#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "baton/callbacks/default_callbacks.h"
#include "baton/core/argument_fields.h"
#include "baton/core/train_loop.h"
#include "baton/track/report_to.h"
#include "baton/track/tracker_group.h"
#include "tools/contract_replay/case_callbacks.h"
#include "tools/contract_replay/case_script.h"
#include "tools/contract_replay/kinds.h"
#include "tools/contract_replay/phase_folder.h"
#include "tools/contract_replay/silent_console.h"

namespace baton::replay {
namespace {

/// Keeps the ids that the cases know; Baton's other notices are its own.
class WarningIds final : public NoticeSink {
 public:
  void notice(const Notice& notice) override {
    for (const std::string_view known : {"no_default_flow", "duplicate_callback:", "callback_state_ignored:",
                                         "args_differ_from_checkpoint:", "early_stopping_without_load_best",
                                         "early_stopping_metric_missing", "no_samples", "best_checkpoint_missing"}) {
      if (notice.id.rfind(known, 0) == 0) ids_.insert(notice.id);
    }
  }
  Value::List list() const { return {ids_.begin(), ids_.end()}; }

 private:
  std::set<std::string> ids_;
};

/// One life of a process: arguments, trainer, calls.
class Phase {
 public:
  Phase(const Record& input, const std::filesystem::path& output_dir, const EngineFactory& make_engine)
      : input_(input), output_dir_(output_dir), make_engine_(make_engine), store_(output_dir) {}

  Record play() {
    const ResolvedArguments args = run_stage("args", [&] { return resolve_arguments(); }).value_or(ResolvedArguments{});
    if (!error_) build_trainer(args);
    if (!error_) make_calls();
    return answer();
  }

 private:
  /// Runs one stage; what it throws becomes the phase's error.
  template <class Stage>
  auto run_stage(const std::string& name, Stage stage) -> std::optional<decltype(stage())> {
    try {
      return stage();
    } catch (const std::exception& error) {
      error_ = error_answer(error, name);
      if (dynamic_cast<const ScriptError*>(&error)) error_->set("kind", "script");
      return std::nullopt;
    }
  }

  ResolvedArguments resolve_arguments() {
    TrainingArguments defaults{.restore_callback_states_from_checkpoint = false};  // the reference's default (D21)
    defaults.output_dir = output_dir_.string();
    const Value* given = input_.find("args");
    return resolve(arguments_from_record(given ? *given->record() : Record{}, defaults));
  }

  void build_trainer(const ResolvedArguments& args) {
    engine_ = make_engine_(script_of_phase(input_, args), args);
    prepare_folder(input_, output_dir_, *engine_);
    run_stage("trainer", [&] {
      loop_ =
          std::make_unique<TrainLoop>(args, callbacks(args), LoopParts{engine_->engine(), store_, warnings_, clock_});
      return true;
    });
  }

  CallbackList callbacks(const ResolvedArguments& args) {
    CallbackList user = track::tracker_callbacks(args.report_to, ProcessEnvironment());
    for (CallbackPtr& callback : callbacks_of_phase(input_)) user.push_back(std::move(callback));
    track::share_run(user, trackers_);
    user.push_back(recorder_);
    CallbackList all = with_default_callbacks(args, std::move(user), console_.get());
    const Value* without = input_.find("without_default_flow");
    if (without && *without->boolean()) all.erase(all.begin());
    return all;
  }

  void make_calls() {
    const Value* calls = input_.find("calls");
    const Value::List list = calls ? *calls->list() : Value::List{Record{{"do", "train"}}};
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto output = run_stage("call", [&] { return make_call(*list[i].record()); });
      if (!output) {
        error_->set("call", static_cast<std::int64_t>(i));
        return;
      }
      outputs_.emplace_back(*output);
    }
  }

  Record make_call(const Record& call) {
    const std::string& what = *call.find("do")->text();
    const Value* samples = call.find("samples");
    const Value* prefix = call.find("prefix");
    if (what == "train") return train(call.find("resume"));
    if (what == "predict") {
      engine_->give_samples(samples ? *samples->integer() : 8);
      return loop_->predict(prefix ? *prefix->text() : "test");
    }
    const std::string eval_prefix = prefix ? *prefix->text() : "eval";
    if (!samples) return loop_->evaluate(eval_prefix);
    engine_->give_samples(*samples->integer());
    return loop_->evaluate_given(eval_prefix);
  }

  Record train(const Value* resume) {
    std::string request;
    if (resume && resume->text()) request = (output_dir_ / *resume->text()).string();
    if (resume && resume->boolean()) request = *resume->boolean() ? "true" : "";
    const TrainOutput output = loop_->train(request);
    return {{"global_step", output.global_step}, {"training_loss", output.training_loss}, {"metrics", output.metrics}};
  }

  Record answer() const {
    Record answer{{"trace", recorder_->trace()},
                  {"outputs", outputs_},
                  {"error", error_ ? Value(*error_) : Value()},
                  {"warnings", warnings_.list()}};
    if (loop_) describe_trainer(answer);
    describe_folder(output_dir_, store_.written(), engine_.get(), answer);
    return answer;
  }

  void describe_trainer(Record& answer) const {
    answer.set("state", state_answer(loop_->state().to_json()));
    answer.set("flags", flag_names(loop_->control()));
    answer.set("callbacks", callback_answer());
    const auto& best = loop_->best_reloaded_from();
    answer.set("best_reloaded_from", best ? Value(best->filename().string()) : Value());
    answer.set("weights_updates", engine_->updates_in_weights());
    Value::List micros;
    for (const DryEngine::Micro& micro : engine_->micros()) {
      micros.emplace_back(Value::List{micro.first_sample, micro.samples, micro.window});
    }
    answer.set("micros", micros);
  }

  Value::List callback_answer() const {
    Value::List list;
    for (const CallbackPtr& callback : loop_->callbacks().callbacks()) {
      if (callback == recorder_) continue;
      Record entry{{"class", callback->name()}};
      if (const auto* stateful = dynamic_cast<const StatefulCallback*>(callback.get())) {
        const CallbackState state = stateful->state();
        entry.set("state", Record{{"args", state.args}, {"attributes", state.attributes}});
      }
      list.emplace_back(std::move(entry));
    }
    return list;
  }

  const Record& input_;
  std::filesystem::path output_dir_;
  const EngineFactory& make_engine_;
  RecordingFolder store_;
  WarningIds warnings_;
  SteadyClock clock_;
  SilentConsole console_;
  std::shared_ptr<Recorder> recorder_ = std::make_shared<Recorder>();
  std::shared_ptr<track::TrackerGroup> trackers_ = std::make_shared<track::TrackerGroup>();
  std::unique_ptr<ReplayEngine> engine_;
  std::unique_ptr<TrainLoop> loop_;
  Value::List outputs_;
  std::optional<Record> error_;
};

}  // namespace

Value replay_train(const Record& test_case, const EngineFactory& make_engine) {
  const TemporaryFolder folder;
  Value::List phases;
  for (const Value& phase : *test_case.find("phases")->list()) {
    phases.emplace_back(Phase(*phase.record(), folder.path(), make_engine).play());
  }
  return Record{{"phases", phases}};
}

}  // namespace baton::replay
