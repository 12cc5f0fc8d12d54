// Usage: track_log FOLDER
// What on_log costs the training thread with trackers, and how the memory grows while a tracker's server is down.
// Writes journals into FOLDER, up to 200 MB at a time, and takes them away again.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "baton/core/callback_handler.h"
#include "baton/track/mlflow.h"
#include "baton/track/report_to.h"
#include "baton/track/tensorboard.h"
#include "baton/track/tracker_group.h"
#include "bench/dry_run.h"
#include "tests/fakes/loopback_server.h"

namespace {

namespace fs = std::filesystem;
using namespace baton;

class DropTracker final : public track::Tracker {
 public:
  std::string name() const override { return "drop"; }
  Record options() const override { return {}; }
  track::Status start(const track::RunInfo&, track::Remarks&, Record&) override { return {}; }
  track::Delivery write(std::span<const track::Entry> entries) override { return {entries.size(), {}}; }
  track::Status reset(const track::Entry&) override { return {}; }
  track::Status finish(RunStatus, std::int64_t) override { return {}; }
};

/// Its server goes down after the start.
class DownTracker final : public track::Tracker {
 public:
  std::string name() const override { return "down"; }
  Record options() const override { return {}; }
  track::Status start(const track::RunInfo&, track::Remarks&, Record&) override { return {}; }
  track::Delivery write(std::span<const track::Entry>) override { return {0, track::Status::temporary("down")}; }
  track::Status reset(const track::Entry&) override { return {}; }
  track::Status finish(RunStatus, std::int64_t) override { return {}; }
};

template <class Made>
class Reporting final : public TrackerCallback {
 public:
  std::string tracker_name() const override { return Made().name(); }
  std::unique_ptr<track::Tracker> setup(const Event&) override { return std::make_unique<Made>(); }
};

/// A training that does nothing but log, with these trackers on one journal in `folder`.
class Training {
 public:
  Training(fs::path folder, CallbackList trackers, double flush_seconds)
      : folder_(std::move(folder)), handler_(list(trackers), context()) {
    args_.output_dir = folder_.string();
    args_.tracker_flush_seconds = flush_seconds;
    state_.is_world_process_zero = true;
    track::share_run(trackers, std::make_shared<track::TrackerGroup>());
    handler_.on_train_begin();
  }
  /// Seconds that the training thread was held up.
  double log() {
    const double x = static_cast<double>(++state_.global_step);
    const LogRecord record{{"loss", 1.7 / x}, {"grad_norm", 0.3 * x}, {"learning_rate", 5e-5 / x}, {"epoch", x / 937}};
    const auto start = std::chrono::steady_clock::now();
    handler_.on_log(record);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  void end() {
    handler_.on_close(RunStatus::kFinished);
    fs::remove_all(folder_);
  }

 private:
  static CallbackList list(CallbackList trackers) {
    trackers.insert(trackers.begin(), std::make_shared<DefaultFlowCallback>());
    return trackers;
  }
  RunContext context() { return {args_, state_, control_, objects_, notices_}; }

  fs::path folder_;
  ResolvedArguments args_ = bench::steps_only(1);
  TrainerState state_;
  TrainerControl control_;
  Objects objects_;
  bench::NoNotices notices_;
  CallbackHandler handler_;
};

CallbackList dropping(int count) {
  CallbackList trackers;
  for (int i = 0; i < count; ++i) trackers.push_back(std::make_shared<Reporting<DropTracker>>());
  return trackers;
}

CallbackList with_tensorboard(CallbackList trackers) {
  trackers.push_back(std::make_shared<TensorBoardCallback>(TensorBoardOptions{}));
  return trackers;
}

CallbackList mlflow_at(const std::string& address) {
  return {std::make_shared<MLflowCallback>(MLflowOptions{.tracking_uri = address})};
}

struct Contender {
  const char* name;
  std::function<CallbackList()> trackers;
  double flush_seconds = 600.0;
  std::vector<double> seconds{};

  double at(double share) {
    const auto place = seconds.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(seconds.size()));
    std::nth_element(seconds.begin(), place, seconds.end());
    return *place * 1e6;
  }
};

void compare_trackers(const fs::path& folder) {
  constexpr int kRounds = 20, kCalls = 10'000;  // 200,000 calls each, in turn
  using fakes::ServedAnswer, fakes::ServedRequest;
  fakes::LoopbackServer silent([](const ServedRequest&) { return ServedAnswer{.way = ServedAnswer::Way::kNever}; });
  const std::string refusing = "http://127.0.0.1:" + std::to_string(fakes::closed_port());
  std::vector<Contender> contenders{
      {"one that drops everything", [] { return dropping(1); }},
      {"four that drop everything", [] { return dropping(4); }},
      {"TensorBoard", [] { return with_tensorboard({}); }},
      {"TensorBoard and three that drop", [] { return with_tensorboard(dropping(3)); }},
      {"MLflow, whose server refuses connections", [&] { return mlflow_at(refusing); }, 0.0},
      {"MLflow, whose server never answers", [&] { return mlflow_at(silent.url()); }, 0.0},
      {"none, hence no journal", [] { return CallbackList(); }}};
  for (int round = 0; round < kRounds; ++round) {
    for (Contender& contender : contenders) {
      Training training(folder, contender.trackers(), contender.flush_seconds);
      for (int call = 0; call < kCalls; ++call) contender.seconds.push_back(training.log());
      training.end();
    }
  }
  std::cout << "| trackers | median, us | p99, us | median, of the first one's |\n|---|---|---|---|\n";
  const double first = contenders.front().at(0.5);
  for (Contender& contender : contenders) {
    std::cout << "| " << contender.name << " | " << contender.at(0.5) << " | " << contender.at(0.99) << " | "
              << contender.at(0.5) / first << " |\n";
  }
}

/// KiB
std::int64_t resident_set() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::int64_t size = 0;
    if (word == "VmRSS:" && status >> size) return size;
  }
  return 0;
}

void watch_memory(const fs::path& folder) {
  Training training(folder, {std::make_shared<Reporting<DownTracker>>()}, 0.0);
  std::cout << "\n| records while the server is down | resident set, KiB |\n|---|---|\n";
  std::int64_t logged = 0;
  for (const std::int64_t until : {10'000, 100'000, 1'000'000}) {
    while (logged < until) training.log(), ++logged;
    std::cout << "| " << until << " | " << resident_set() << " |\n";
  }
  training.end();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const fs::path folder = fs::path(argv[1]) / "track_log";
  compare_trackers(folder);
  watch_memory(folder);
}
