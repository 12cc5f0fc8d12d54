#include "baton/callbacks/progress.h"

#include <utility>

#include "src/callbacks/record_text.h"

namespace baton {
namespace {

std::optional<BarState> state_of(const std::optional<ProgressBar>& bar) {
  if (!bar) return std::nullopt;
  return BarState{bar->position(), bar->options().total, bar->options().keep};
}

}  // namespace

ProgressCallback::ProgressCallback(std::shared_ptr<Console> console, std::int64_t max_str_len)
    : console_(std::move(console)), max_str_len_(max_str_len) {}

void ProgressCallback::on_train_begin(TrainEvent& event) {
  if (!event.state.is_world_process_zero) return;
  training_.emplace(
      *console_,
      ProgressBarOptions{.label = "training", .total = event.state.max_steps, .start = event.state.global_step});
}

void ProgressCallback::on_step_end(StepEvent& event) {
  if (training_) training_->advance_to(event.state.global_step);
}

void ProgressCallback::on_prediction_step(PredictionStepEvent& event) {
  if (!event.state.is_world_process_zero || !event.batches) return;
  if (!prediction_) {
    if (training_) training_->refresh();  // it will stand still for a while
    prediction_.emplace(*console_, ProgressBarOptions{.label = "evaluating",
                                                      .unit = "batch",
                                                      .units = "batches",
                                                      .total = event.batches,
                                                      .keep = !training_,
                                                      .line = Console::StatusLine::kLower});
  }
  prediction_->advance_to(prediction_->position() + 1);
}

void ProgressCallback::on_evaluate(EvaluateEvent&) { prediction_.reset(); }

void ProgressCallback::on_predict(PredictEvent&) { prediction_.reset(); }

void ProgressCallback::on_log(LogEvent& event) {
  if (!training_) return;
  const Record shown = shown_record(event.logs, max_str_len_);
  if (const Value* loss = shown.find("loss"); loss != nullptr && loss->text() != nullptr) {
    training_->set_note("loss " + *loss->text());
  }
  console_->write_line(python_repr(shown), Console::Channel::kOut);
  training_->refresh();
}

void ProgressCallback::on_train_end(TrainEvent&) { training_.reset(); }

void ProgressCallback::on_close(CloseEvent&) {
  prediction_.reset();
  training_.reset();
}

std::optional<BarState> ProgressCallback::training_bar() const { return state_of(training_); }

std::optional<BarState> ProgressCallback::prediction_bar() const { return state_of(prediction_); }

}  // namespace baton
