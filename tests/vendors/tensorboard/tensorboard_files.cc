// Usage: tensorboard_files OUTPUT_DIR IMAGE begin | resume | fail
// Feeds a scripted run to the TensorBoard tracker, as a worker would: `begin` is killed after step 11, with a torn
// record behind what it wrote and before anything could be remembered; `resume` goes on from step 8 to 16 and
// finishes; `fail` is another run, which fails after two steps.
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "baton/core/environment.h"
#include "src/track/tensorboard/event_files.h"
#include "src/track/tensorboard/tensorboard_tracker.h"

namespace {

using namespace baton;
using namespace baton::track;

class NoRemarks final : public Remarks {
 public:
  void remark(std::string_view, std::string text) override {
    std::cerr << text << "\n";
    std::exit(1);
  }
};

class Script {
 public:
  explicit Script(const std::string& image) {
    add(EntryKind::kParams, 0,
        {{"args", Record{{"learning_rate", 0.001}, {"num_train_epochs", 3}, {"fp16", false}, {"optim", "adamw_torch"}}},
         {"model_config", Record{{"width", 8}, {"depth", 2}}}});
    add(EntryKind::kImage, 0, {{"key", "samples"}, {"file", image}, {"width", 3}, {"height", 2}});
  }

  /// Losses are factor / step; the one of step 12 is not a number.
  void steps(std::int64_t first, std::int64_t last, double factor) {
    for (std::int64_t step = first; step <= last; ++step) {
      const double loss = step == 12 ? std::nan("") : factor / static_cast<double>(step);
      add(EntryKind::kLog, step, {{"loss", loss}, {"learning_rate", 1e-3}, {"epoch", static_cast<double>(step) / 8}});
      if (step % 4 == 0)
        add(EntryKind::kLog, step, {{"eval_loss", loss + 1}, {"note", "after " + std::to_string(step)}});
    }
  }
  void histogram(std::int64_t step) {
    add(EntryKind::kHistogram, step,
        {{"key", "weights"}, {"edges", Value::List{-1.0, 0.0, 0.5}}, {"counts", Value::List{3.0, 5.0}}});
  }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  void add(EntryKind kind, std::int64_t step, Record values) {
    const auto number = static_cast<std::int64_t>(entries_.size()) + 1;
    entries_.push_back({kind, 0, static_cast<std::uint64_t>(number), (1'700'000'000 + number) * 1'000'000'000, step,
                        std::move(values)});
  }
  std::vector<Entry> entries_;
};

void expect(const Status& status) {
  if (status.ok()) return;
  std::cerr << status.reason << "\n";
  std::exit(1);
}

[[noreturn]] void be_killed(const std::filesystem::path& logs) {
  const std::filesystem::path run = std::filesystem::directory_iterator(logs)->path();
  std::ofstream(tensorboard::event_files(run).back(), std::ios::app) << std::string("\x18\0\0\0\0", 5);
  std::raise(SIGKILL);
  std::abort();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::filesystem::path output_dir = argv[1];
  const std::string what = argv[3];
  RunInfo run{.id = what == "fail" ? "failing" : "going", .output_dir = output_dir};
  run.start_ns = (what == "fail" ? 1'600'000'000 : 1'700'000'000) * std::int64_t{1'000'000'000};

  Script script(argv[2]);
  script.steps(1, what == "fail" ? 2 : 8, 1.0);
  script.histogram(8);
  if (what == "begin") script.steps(9, 11, 1.0);
  if (what == "resume") script.steps(9, 16, 2.0);

  const auto tracker = make_tensorboard({}, GivenEnvironment{});
  NoRemarks remarks;
  Record memory;
  expect(tracker->start(run, remarks, memory));
  expect(tracker->write(script.entries()).status);
  expect(tracker->flush());
  if (what == "begin") be_killed(output_dir / "runs");
  expect(tracker->finish(what == "fail" ? RunStatus::kFailed : RunStatus::kFinished, 1'800'000'000'000'000'000));
}
