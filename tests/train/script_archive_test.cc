// Archives against LibTorch itself: what torch::save wrote is read, and torch::load reads what was written, bit by bit.
#include "src/formats/script_archive.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cstring>

#include "tests/fakes/temporary_folder.h"
#include "tests/train/archive_net.h"

namespace baton::train {
namespace {

using Tensors = std::vector<std::pair<std::string, at::Tensor>>;

Tensors tensors_of(const torch::nn::Module& module) {
  Tensors tensors;
  for (const auto& all : {module.named_parameters(), module.named_buffers()}) {
    for (const auto& item : all) tensors.emplace_back(item.key(), item.value().detach());
  }
  return tensors;
}

std::string bytes_of(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.contiguous();
  return {static_cast<const char*>(plain.const_data_ptr()), plain.nbytes()};
}

void expect_same(const torch::nn::Module& found, const torch::nn::Module& expected) {
  const Tensors all = tensors_of(found);
  const Tensors wanted = tensors_of(expected);
  ASSERT_EQ(all.size(), wanted.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [name, tensor] = all[i];
    EXPECT_EQ(name, wanted[i].first);
    EXPECT_EQ(tensor.scalar_type(), wanted[i].second.scalar_type()) << name;
    EXPECT_EQ(tensor.sizes(), wanted[i].second.sizes()) << name;
    EXPECT_EQ(bytes_of(tensor), bytes_of(wanted[i].second)) << name;
  }
}

/// The same module with zeros.
std::shared_ptr<ArchiveNet> blank() {
  const auto net = std::make_shared<ArchiveNet>();
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors_of(*net)) tensor.zero_();
  return net;
}

class ScriptArchiveWithLibTorch : public testing::Test {
 protected:
  void SetUp() override { torch::save(net_, saved_); }

  std::string written_from(const Weights& weights) const {
    write_script_archive(written_, weights, read_module_names(saved_));
    return written_;
  }

  fakes::TemporaryFolder folder_;
  const std::string saved_ = folder_.path() / "saved.pt";
  const std::filesystem::path safetensors_ = folder_.path() / "weights.safetensors";
  const std::string written_ = folder_.path() / "written.pt";
  const std::shared_ptr<ArchiveNet> net_ = std::make_shared<ArchiveNet>();
};

TEST_F(ScriptArchiveWithLibTorch, WhatTorchSaveWroteIsWhatTorchLoadReads) {
  auto loaded = blank();
  torch::load(loaded, written_from(read_weights(saved_)));
  expect_same(*loaded, *net_);
}

TEST_F(ScriptArchiveWithLibTorch, SafetensorsHoldTheSame) {
  write_safetensors(safetensors_, read_weights(saved_));
  auto loaded = blank();
  torch::load(loaded, written_from(read_weights(safetensors_)));
  expect_same(*loaded, *net_);
}

TEST_F(ScriptArchiveWithLibTorch, TiedTensorsStayTied) {
  torch::serialize::InputArchive archive;
  torch::serialize::InputArchive blocks;
  torch::serialize::InputArchive linear;
  archive.load_from(written_from(read_weights(saved_)));
  archive.read("blocks", blocks);
  blocks.read("0", linear);
  at::Tensor tied;
  at::Tensor weight;
  archive.read("tied", tied);
  linear.read("weight", weight);
  EXPECT_EQ(tied.const_data_ptr(), weight.const_data_ptr());
}

TEST_F(ScriptArchiveWithLibTorch, TorchLoadAsksForModulesWithoutTensors) {
  write_script_archive(written_, read_weights(saved_));  // lacks the ReLU at the end
  auto loaded = blank();
  EXPECT_THROW(torch::load(loaded, written_), c10::Error);
}

TEST_F(ScriptArchiveWithLibTorch, NamesMayBeWordsOfTheLanguageAndAnythingElse) {
  torch::nn::Module odd;
  const std::vector<std::string> names = {"class", "0", "a b", "n\u00e4me", "params/0"};
  Weights weights = read_weights(saved_);
  weights.tensors.resize(names.size(), weights.tensors.front());
  for (std::size_t i = 0; i < names.size(); ++i) weights.tensors[i] = {names[i], weights.tensors.front().tensor};
  for (const std::string& name : names) odd.register_parameter(name, torch::zeros(1));
  write_script_archive(written_, weights);
  torch::serialize::InputArchive archive;
  archive.load_from(written_);
  odd.load(archive);
  for (const std::string& name : names) EXPECT_EQ(odd.named_parameters()[name].numel(), 6) << name;
}

}  // namespace
}  // namespace baton::train
