#include "baton/callbacks/time_limit.h"

#include <string>
#include <utility>

#include "baton/core/errors.h"

namespace baton {
namespace {

std::string in_seconds(std::chrono::nanoseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

}  // namespace

TimeLimitCallback::TimeLimitCallback(std::chrono::nanoseconds limit, std::shared_ptr<Clock> clock)
    : limit_(limit), clock_(std::move(clock)) {
  if (limit.count() <= 0)
    throw ConfigError("TimeLimitCallback: the limit is " + in_seconds(limit) + "; expected more than 0");
}

void TimeLimitCallback::on_train_begin(TrainEvent&) {
  started_ns_ = clock_->now_ns();
  is_over_ = false;
  is_saved_ = false;
}

void TimeLimitCallback::on_step_end(StepEvent& event) {
  if (is_over_) {
    event.control.should_training_stop = true;
    if (event.state.global_step < event.state.max_steps)
      event.control.should_save = false;  // as of a run at its end, D22
  } else if (clock_->now_ns() - started_ns_ >= limit_.count()) {
    is_over_ = true;
    event.control.should_save = true;
    event.notices.notice({"time_limit_reached", "the time limit of " + in_seconds(limit_) + " was reached at step " +
                                                    std::to_string(event.state.global_step) + ": saving and stopping"});
  }
}

void TimeLimitCallback::on_save(SaveEvent& event) {
  if (!is_over_ || event.step != event.state.global_step) return;  // one of before, written in the background
  is_saved_ = true;
  event.control.should_training_stop = true;
}

void TimeLimitCallback::on_epoch_end(EpochEvent& event) {
  const bool is_before_the_end = event.state.global_step < event.state.max_steps;
  if (is_saved_ || (is_over_ && is_before_the_end)) event.control.should_save = false;
}

}  // namespace baton
