// Tracks a simulation, without a Trainer and without LibTorch: build/bin/track_only --report_to tensorboard
#include <baton/track.h>

#include <cmath>
#include <cstdint>
#include <iostream>
#include <vector>

namespace {

struct Ball {
  double height = 10.0;  // metres
  double speed = 0.0;    // metres a second, upwards

  /// A hundredth of a second later; a bounce takes a tenth of the speed.
  void move() {
    constexpr double kSeconds = 0.01;
    speed -= 9.81 * kSeconds;
    height += speed * kSeconds;
    if (height >= 0.0) return;
    height = -height;
    speed *= -0.9;
  }
  double energy() const { return 9.81 * height + 0.5 * speed * speed; }  // joules a kilogram
};

void simulate(baton::track::Run& run, std::int64_t steps) {
  Ball ball;
  std::vector<double> heights;
  for (std::int64_t step = 1; step <= steps; ++step) {
    ball.move();
    heights.push_back(ball.height);
    if (step % 10 == 0) run.log({{"height", ball.height}, {"speed", ball.speed}, {"energy", ball.energy()}}, step);
  }
  run.histogram("heights", heights, steps);
  run.text("what", "A ball that falls from **10 m** and bounces.", 0);
}

}  // namespace

int main(int argc, char** argv) {
  std::int64_t steps = 5000;
  baton::Flags flags("Tracks a ball that bounces.");
  flags.add("steps", &steps, "hundredths of a second to simulate");
  flags.set_example("--report_to tensorboard,mlflow --run_name bounce");

  return baton::run(
      argc, argv, {.output_dir = "runs/track_only"},
      [&](const baton::TrainingArguments& args) {
        baton::track::Run run({.output_dir = args.output_dir,
                               .name = args.run_name.value_or(""),
                               .report_to = args.report_to,
                               .flush_seconds = args.tracker_flush_seconds});
        run.params({{"args", baton::Record{{"steps", steps}, {"start_height", 10.0}, {"bounce", 0.9}}}});
        simulate(run, steps);
        run.finish();
        std::cout << "tracked in " << run.info().folder.string() << '\n';
      },
      flags);
}
