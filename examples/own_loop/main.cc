// A training loop of one's own, watched and steered by Baton's callbacks: no Trainer, no LibTorch. It fits a line to
// noisy points by gradient descent; early stopping ends it. docs/guide.md says what such a loop owes its callbacks.
#include <baton/baton.h>
#include <baton/core/step_plan.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <vector>

namespace {

struct Point {
  double x, y;
};
struct Line {
  double slope, offset;
};

/// Points near y = 3x - 2.
std::vector<Point> points_near_line(std::size_t count) {
  std::vector<Point> points(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double x = std::sin(2.0 * static_cast<double>(i));
    points[i] = {x, 3.0 * x - 2.0 + 0.2 * std::cos(static_cast<double>(i * i))};
  }
  return points;
}

struct Fit {
  double loss = 0.0;  // the mean squared error
  Line gradient{};
};
Fit fit(const Line& line, const std::vector<Point>& points) {
  Fit sum;
  for (const Point& point : points) {
    const double error = line.slope * point.x + line.offset - point.y;
    const double share = error / static_cast<double>(points.size());
    sum.loss += error * share;
    sum.gradient.slope += 2.0 * share * point.x;
    sum.gradient.offset += 2.0 * share;
  }
  return sum;
}

class LineFitting {
 public:
  explicit LineFitting(const baton::TrainingArguments& args) : args_(baton::resolve(args)) { handler_.on_init_end(); }

  Line train() {
    try {
      run();
    } catch (...) {
      handler_.on_exception(std::current_exception());
      handler_.on_close(baton::RunStatus::kFailed);
      throw;
    }
    handler_.on_close(baton::RunStatus::kFinished);
    return best_;
  }

  const baton::TrainerState& state() const { return state_; }

 private:
  void run() {
    const baton::StepPlan plan = baton::plan_steps(1, 1, args_.num_train_epochs, args_.max_steps);
    state_.max_steps = plan.max_steps;
    state_.num_train_epochs = plan.num_train_epochs;
    state_.logging_steps = baton::absolute_steps(args_.logging_steps, plan.max_steps);
    state_.eval_steps = baton::absolute_steps(args_.eval_steps, plan.max_steps);

    handler_.on_train_begin();
    for (std::int64_t epoch = 0; epoch < plan.num_train_epochs && !control_.should_training_stop; ++epoch) {
      handler_.on_epoch_begin();
      update();
      state_.epoch = plan.epoch_after(epoch, 1);
      handler_.on_step_end();
      do_what_is_due();
      handler_.on_epoch_end();
      do_what_is_due();
    }
    handler_.on_train_end();
  }

  /// One step of gradient descent over all points.
  void update() {
    handler_.on_step_begin();
    const Fit now = fit(line_, train_points_);
    handler_.on_pre_optimizer_step();
    line_.slope -= args_.learning_rate * now.gradient.slope;
    line_.offset -= args_.learning_rate * now.gradient.offset;
    handler_.on_optimizer_step();
    ++state_.global_step;
    loss_ = now.loss;
  }

  void do_what_is_due() {
    if (control_.should_log) log({{"loss", loss_}});
    if (control_.should_evaluate) evaluate();
  }

  void evaluate() {
    baton::Record metrics{{"eval_loss", fit(line_, eval_points_).loss}};
    handler_.on_prediction_step(1);
    log(metrics);
    handler_.on_evaluate(metrics);  // before the best is updated: early stopping compares with the one before
    const double loss = metrics.number("eval_loss");
    if (state_.best_metric && loss >= *state_.best_metric) return;
    state_.best_metric = loss;
    state_.best_global_step = state_.global_step;
    best_ = line_;
  }

  void log(baton::LogRecord logs) {
    logs.set("epoch", state_.epoch);
    handler_.on_prepare_log(logs);
    state_.log_history.push_back(logs);
    state_.log_history.back().set("step", state_.global_step);
    handler_.on_log(logs);
  }

  const std::vector<Point> train_points_ = points_near_line(64);
  const std::vector<Point> eval_points_ = points_near_line(40);
  Line line_{};
  Line best_{};
  double loss_ = 0.0;

  const baton::ResolvedArguments args_;
  baton::TrainerState state_;
  baton::TrainerControl control_;
  const baton::Objects objects_;
  const std::shared_ptr<baton::Console> console_ = baton::standard_console_from_env();
  baton::ConsoleNotices notices_{console_};
  baton::CallbackHandler handler_{
      baton::with_default_callbacks(args_, {std::make_shared<baton::EarlyStoppingCallback>(2, 1e-3)}, console_),
      {args_, state_, control_, objects_, notices_}};
};

}  // namespace

int main() try {
  LineFitting fitting({.num_train_epochs = 200,
                       .learning_rate = 0.1,
                       .logging_steps = 5,
                       .eval_strategy = baton::EvalStrategy::kSteps,
                       .save_strategy = baton::SaveStrategy::kBest,  // best_ is what is saved
                       .load_best_model_at_end = true});
  const Line line = fitting.train();
  std::printf("y = %.2f x %+.2f after %d of %d steps\n", line.slope, line.offset,
              static_cast<int>(fitting.state().global_step), static_cast<int>(fitting.state().max_steps));
} catch (const std::exception& error) {
  std::fprintf(stderr, "own_loop: %s\n", error.what());
  return 1;
}
