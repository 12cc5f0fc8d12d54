// Usage: save_load FOLDER [MILLIONS_OF_PARAMETERS]
// Seconds to save and load a checkpoint with AdamW's moments, to write as many bytes to the disk, and what a step waits
// for a save in the background. One line of JSON; compare.py sets it against Python.
#include <baton/train.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kSaves = 3;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Ten square layers; a loss that reaches them all and costs next to nothing.
struct Wide : torch::nn::Module {
  explicit Wide(std::int64_t parameters) {
    const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(parameters) / 10.0));
    for (int i = 0; i < 10; ++i) register_parameter("layer" + std::to_string(i), torch::randn({side, side}));
  }
  torch::Tensor forward(const torch::Tensor& inputs) {
    torch::Tensor sum = inputs.sum();
    for (const torch::Tensor& parameter : parameters()) sum = sum + parameter.sum() * 1e-9;
    return sum;
  }
};

/// A field of /proc/self/status, in MiB.
double memory_mib(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(field + ":", 0) == 0) return std::atof(line.c_str() + field.size() + 1) / 1024.0;
  }
  return 0.0;
}

void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

struct Times {
  double extra_mib = 0.0;     ///< the most that a save took beside what was there
  std::vector<double> saves;  ///< from the end of a step to on_save
  std::vector<double> waits;  ///< from the end of a step to the begin of the next
  double load = 0.0;          ///< from train() to on_train_begin
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0.0 : values[values.size() / 2];
}

Times train(const fs::path& folder, std::int64_t parameters, bool in_background, const std::string& resume) {
  baton::TrainingArguments args;
  args.output_dir = folder.string();
  args.max_steps = kSaves;
  args.save_steps = 1;
  args.save_total_limit = 1;
  args.save_async = in_background;
  args.per_device_train_batch_size = 1;
  args.disable_tqdm = true;
  args.logging_strategy = baton::LoggingStrategy::kNo;
  args.resume_from_checkpoint = resume;
  Times times;
  Clock::time_point last_step;
  Clock::time_point start;
  double memory_before = 0.0;
  baton::LambdaEvents watch;
  watch.on_train_begin = [&](baton::Event&) { times.load = seconds_since(start); };
  watch.on_step_begin = [&](baton::StepEvent& event) {
    if (event.state.global_step > 0) times.waits.push_back(seconds_since(last_step));
  };
  watch.on_step_end = [&](baton::StepEvent&) {
    forget_peak();
    memory_before = memory_mib("VmRSS");
    last_step = Clock::now();
  };
  watch.on_save = [&](baton::SaveEvent&) {
    times.saves.push_back(seconds_since(last_step));
    times.extra_mib = std::max(times.extra_mib, memory_mib("VmHWM") - memory_before);
  };
  const auto loss = [](const torch::Tensor& outputs, const torch::Tensor&) { return outputs; };
  baton::Trainer trainer(
      {.model = baton::supervised(std::make_shared<Wide>(parameters), loss),
       .args = args,
       .train_dataset = std::make_shared<baton::TensorDataset>(torch::zeros({16, 1}), torch::zeros({16, 1})),
       .callbacks = {std::make_shared<baton::LambdaCallback>(watch)}});
  start = Clock::now();
  trainer.train();
  return times;
}

double raw_write(const fs::path& file, std::size_t bytes) {
  const std::vector<char> block(1 << 20, 'x');
  const auto start = Clock::now();
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  for (std::size_t written = 0; written < bytes; written += block.size()) {
    if (::write(descriptor, block.data(), block.size()) < 0) throw std::runtime_error("cannot write " + file.string());
  }
  ::fsync(descriptor);
  ::close(descriptor);
  const double seconds = seconds_since(start);
  fs::remove(file);
  return seconds;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "Usage: save_load FOLDER [MILLIONS_OF_PARAMETERS]\n";
    return 2;
  }
  const fs::path folder = argv[1];
  const std::int64_t parameters = (argc > 2 ? std::atoll(argv[2]) : 100) * 1'000'000;
  fs::create_directories(folder);
  const Times saving = train(folder / "foreground", parameters, false, "");
  const Times loading = train(folder / "foreground", parameters, false, "true");
  const Times background = train(folder / "background", parameters, true, "");
  std::cout << "{\"extra_mib\": " << saving.extra_mib << ", \"save\": " << median(saving.saves)
            << ", \"load\": " << loading.load << ", \"background_wait\": " << background.waits.front()
            << ", \"raw_write\": " << raw_write(folder / "raw", static_cast<std::size_t>(parameters) * 12) << "}\n";
}
