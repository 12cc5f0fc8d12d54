// Trains a small GPT on the characters of a text: build/bin/char_lm --help
#include <baton/train.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>

#include "examples/char_lm/gpt.h"

namespace {

namespace fs = std::filesystem;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw baton::ConfigError("--text " + path + ": cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Numbers the characters of a text; it is saved with the model, whose numbers nobody could read otherwise.
class Characters : public baton::ProcessingClass {
 public:
  explicit Characters(const std::string& text) : known_(text) {
    std::sort(known_.begin(), known_.end());
    known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
  }

  std::int64_t size() const { return static_cast<std::int64_t>(known_.size()); }
  std::vector<std::int64_t> encode(const std::string& text) const {
    std::vector<std::int64_t> tokens;
    for (const char c : text) tokens.push_back(std::lower_bound(known_.begin(), known_.end(), c) - known_.begin());
    return tokens;
  }
  std::string decode(const torch::Tensor& tokens) const {
    std::string text;
    for (std::int64_t i = 0; i < tokens.size(0); ++i) text += known_[static_cast<std::size_t>(tokens[i].item<int>())];
    return text;
  }
  void save(const fs::path& folder) const override {
    std::ofstream file(folder / "characters.txt", std::ios::binary);
    if (!(file << known_ << std::flush)) throw baton::Error("characters.txt cannot be written to " + folder.string());
  }

 private:
  std::string known_;  ///< in order, each once
};

torch::Tensor next_token_loss(const torch::Tensor& logits, const torch::Tensor& labels) {
  return torch::nn::functional::cross_entropy(logits.flatten(0, 1), labels.flatten());
}

struct Data {
  std::shared_ptr<Characters> characters;
  std::shared_ptr<baton::Dataset> train;  ///< the first nine tenths
  std::shared_ptr<baton::Dataset> eval;
};

Data prepare(const std::string& text, const fs::path& folder, std::int64_t context) {
  Data data{.characters = std::make_shared<Characters>(text)};
  const std::vector<std::int64_t> tokens = data.characters->encode(text);
  const auto part = [&](const char* name, std::span<const std::int64_t> span) {
    fs::create_directories(folder);
    baton::write_token_file(folder / name, span, baton::TokenType::kUint16);
    return std::make_shared<baton::TokenFileDataset>(
        folder / name, baton::TokenFileOptions{.sequence_length = context, .vocabulary = data.characters->size()});
  };
  const std::span<const std::int64_t> all(tokens);
  const std::size_t cut = all.size() * 9 / 10;
  data.train = part("train.bin", all.first(cut));
  data.eval = part("eval.bin", all.subspan(cut));
  return data;
}

void train(const baton::TrainingArguments& args, const std::string& text, char_lm::GptOptions options) {
  baton::set_seed(args.seed);
  const Data data = prepare(read(text), args.output_dir, options.context);
  options.vocabulary = data.characters->size();
  auto net = std::make_shared<char_lm::Gpt>(options);
  baton::Trainer trainer({
      .model = baton::supervised(net, next_token_loss),
      .args = args,
      .train_dataset = data.train,
      .eval_dataset = data.eval,
      .compute_metrics = baton::all_of({baton::perplexity, baton::accuracy}),
      .processing_class = data.characters,
  });
  trainer.log_metrics("train", trainer.train().metrics);
  trainer.log_metrics("eval", trainer.evaluate());
  trainer.save_model();

  net->to(torch::kCPU);
  const std::string start = "The ";
  const auto written = net->generate(torch::tensor(data.characters->encode(start)), 200);
  std::cout << '\n' << start << data.characters->decode(written) << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  std::string text = "/usr/share/common-licenses/GPL-3";  // on every Debian
  char_lm::GptOptions options;
  baton::Flags flags("Trains a small GPT on the characters of a text, and lets it write.");
  flags.add("text", &text, "file to learn from");
  flags.add("context", &options.context, "characters that the model sees at once");
  flags.add("width", &options.width, "numbers that stand for a character inside the model");
  flags.add("layers", &options.layers, "transformer blocks");
  flags.add("heads", &options.heads, "attention heads a block; they have to divide --width");

  const baton::TrainingArguments defaults = {
      .output_dir = "runs/char_lm",
      .num_train_epochs = 30,
      .per_device_train_batch_size = 16,
      .per_device_eval_batch_size = 16,
      .learning_rate = 2e-3,
      .weight_decay = 0.1,
      .lr_scheduler_type = baton::LrSchedulerType::kCosine,
      .warmup_steps = 50,
      .logging_steps = 50,
      .include_num_input_tokens_seen = baton::TokenCounting::kAll,
      .eval_strategy = baton::EvalStrategy::kEpoch,
      .batch_eval_metrics = true,
      .save_strategy = baton::SaveStrategy::kEpoch,
      .save_total_limit = 1,
  };
  const auto body = [&](const baton::TrainingArguments& args) {
    if (options.heads < 1 || options.width % options.heads != 0) {
      throw baton::ConfigError("--heads " + std::to_string(options.heads) +
                               ": expected a divisor of --width, which is " + std::to_string(options.width));
    }
    train(args, text, options);
  };
  return baton::run(argc, argv, defaults, body, flags);
}
